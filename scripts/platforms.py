"""Prints docs/platforms.md: what the networks of this distribution can do, from their specs and their quality.toml.

Run it as ``.venv/bin/python scripts/platforms.py > docs/platforms.md``, and commit the file with the change.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from connectors.catalog import BUILT_IN
from connectors.contract import ABILITIES, FetchesStatements, Reply
from connectors.spec import ConnectorSpec, Pace
from connectors.testing.conformance.grade import Quality
from gateway.registry import Registry

HEAD = """\
# Networks

Printed from the specs in `connectors/*/__init__.py` and from `connectors/*/quality.toml`; a test holds it against them. It is
renewed by `.venv/bin/python scripts/platforms.py > docs/platforms.md`. What a network sends, its quirks, and what is *assumed*
are in its README; each setting is told in [operators.md](operators.md#settings).
"""
ABILITIES_HEAD = """\
## Abilities

What the gateway does with each is in [connectors.md](connectors.md#1-what-a-connector-is). Which of them an account has may
depend on its settings: the README of the network says so.
"""
PACE_HEAD = """\
## Totals and pace

*COUNTED*: the gateway adds up donations and takes off refunds. *REPORTED*: the network states the total. The last column is
what the network is answered for what is genuine and cannot be read.
"""
BUDGETS_HEAD = """\
## Budgets

Calls in any minute, by an account and a process, and the least time between two of them. A daily budget is shared by all
processes, and its size is a setting.
"""
SETTINGS_HEAD = """\
## Settings

Beside `connector` and `general`. Secrets are in italics.
"""
GRADES_HEAD = """\
## Grades

What each connector has proven to the [suite](connectors.md#8-when-you-are-done), from its `quality.toml`; every rule is run
against it in the tests, and `giving-gateway connector check KEY` shows the evidence. A rule of which a network is exempt cannot
hold there: the reasons are below.
"""


def page(specs: Mapping[str, ConnectorSpec], qualities: Mapping[str, Quality]) -> str:
    """The whole file."""
    parts = (
        HEAD,
        table(("key", "network", "front page"), ((f"`{key}`", _linked(spec), spec.homepage) for key, spec in specs.items())),
        ABILITIES_HEAD,
        table(("ability", "", *(spec.name for spec in specs.values())), _abilities(specs.values())),
        PACE_HEAD,
        table(
            ("network", "total", "campaigns", "polled", "milestones", "posts read", "bill of a day", "accepted"),
            map(_pace, specs.values()),
        ),
        BUDGETS_HEAD,
        table(("network", "a minute", "apart", "a day"), (_budgets(spec) for spec in specs.values())),
        SETTINGS_HEAD,
        table(("network", "required", "optional"), (_settings(spec) for spec in specs.values())),
        GRADES_HEAD,
        table(("network", "grade", "exempt from"), (_graded(spec, qualities[key]) for key, spec in specs.items())),
        *(_exemptions(spec, qualities[key]) for key, spec in specs.items() if qualities[key].exempt),
    )
    return "\n".join(parts)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table of Markdown."""
    titles = list(head)
    lines = (titles, ["---"] * len(titles), *rows)
    return "".join("|" + "".join(f" {cell} |" if cell else " |" for cell in cells) + "\n" for cells in lines)


def _linked(spec: ConnectorSpec) -> str:
    return f"[{spec.name}](../connectors/{spec.key}/README.md)"


def _abilities(specs: Iterable[ConnectorSpec]) -> Iterator[list[str]]:
    several = list(specs)
    for ability in ABILITIES:
        says = (ability.__doc__ or "").split("\n")[0].rstrip(".")
        yield [f"`{ability.__name__}`", says, *("yes" if ability in spec.abilities else "" for spec in several)]


def _pace(spec: ConnectorSpec) -> list[str]:
    pace = spec.pace
    bill = _bill(pace) if FetchesStatements in spec.abilities else ""
    campaigns = "declared in `giving.toml`" if spec.declares_campaigns else "its own"
    return [
        spec.name,
        spec.basis.value,
        campaigns,
        _every(pace.poll),
        _every(pace.milestones),
        _every(pace.posts),
        bill,
        _reply(spec.accepted),
    ]


def _bill(pace: Pace) -> str:
    since = "of the next day" if pace.statements_at is None else f"from {pace.statements_at:%H:%M} of the next day"
    return f"{since} ({pace.zone}), for {pace.statements_kept.days} days"


def _every(interval: timedelta | None) -> str:
    if interval is None:
        return "never"
    seconds = int(interval.total_seconds())
    return f"every {seconds} s" if seconds < 120 else f"every {seconds // 60} min"


def _reply(reply: Reply) -> str:
    return f"{reply.status} `{reply.body.decode()}`" if reply.body else str(reply.status)


def _budgets(spec: ConnectorSpec) -> list[str]:
    minute = ", ".join(f"{name} {calls}" for name, calls in spec.pace.budgets.items())
    apart = ", ".join(f"{name} {_every(least).removeprefix('every ')}" for name, least in spec.pace.spacing.items())
    return [spec.name, minute, apart, ", ".join(f"{name}: `{setting}`" for name, setting in spec.pace.daily.items())]


def _settings(spec: ConnectorSpec) -> list[str]:
    def named(*, required: bool) -> str:
        return ", ".join(
            f"*`{setting.name}`*" if setting.kind == "secret" else f"`{setting.name}`"
            for setting in spec.settings
            if setting.required is required
        )

    return [spec.name, named(required=True), named(required=False)]


def _graded(spec: ConnectorSpec, quality: Quality) -> list[str]:
    return [spec.name, str(quality.claimed), f"{len(quality.exempt)} rules" if quality.exempt else "none"]


def _exemptions(spec: ConnectorSpec, quality: Quality) -> str:
    return f"**{spec.name}** is exempt from\n\n" + "".join(f"- `{rule}`: {reason}\n" for rule, reason in quality.exempt.items())


def main() -> None:
    """Prints it."""
    registry = Registry(outside=())
    specs = {key: registry.spec(key) for key in sorted(BUILT_IN)}
    sys.stdout.write(page(specs, {key: Quality.of_package(f"connectors.{key}") for key in specs}))


if __name__ == "__main__":
    main()

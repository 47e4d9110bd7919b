"""Holds the suite against a connector outside of pytest, with the gateway's own ledger on a private Redis."""

import difflib
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from connectors.testing.conformance import RULES, Finding, Report, Rule, examine
from gateway.partners.ledger import ledgers
from gateway.partners.subject import Subject
from gateway.store.embedded import embedded
from schema.model.errors import BadUserInput


def chosen(names: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of these names, all where there are none. Raises BadUserInput for a name that no rule has."""
    for name in names:
        if name not in RULES:
            near = difflib.get_close_matches(name, RULES, 3, 0.5)
            raise BadUserInput(f"there is no rule {name!r}" + (f"; did you mean {' or '.join(near)}?" if near else ""))
    return tuple(rule for rule in RULES.values() if not names or rule.name in names)


async def run(subject: Subject, rules: Sequence[Rule], told: Callable[[Finding], None]) -> Report:
    """What the connector proves of these rules; ``told`` hears of each at once. Raises StoreUnsuitable without Redis."""
    with tempfile.TemporaryDirectory() as folder:
        async with embedded(Path(folder) / "redis") as url:
            return await examine(
                subject.cases, subject.quality, ledger=ledgers(url), only=lambda rule: rule in rules, told=told
            )

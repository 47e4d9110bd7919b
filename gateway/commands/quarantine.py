"""The commands for what is held: ``giving-gateway quarantine list``, ``show`` and ``replay``."""

import base64
import json
import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
import uvloop
from rich.table import Table
from rich.text import Text

from connectors.contract import Delivery
from gateway.commands.terminal import Config, err, explained, out, settings_on_data, stopped, wide
from schema.model.errors import TryLater

if TYPE_CHECKING:  # the commands themselves are imported when one is run, as help needs no ledger
    from gateway.commands.making import Made
    from gateway.intake.quarantine import Held

quarantine = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look at what is held, and apply it again.")
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
PERSONS = "What follows was received as it is: it holds data of persons. Keep it to yourself, and delete it when you are done."
SHOWN = 12
"""Characters of a key in a list; so many name it."""


@quarantine.command("list")
def list_(
    account: Annotated[str | None, typer.Argument(help="Of this account only.")] = None,
    reason: Annotated[str | None, typer.Option(help="For this reason only.")] = None,
    config: Config = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """List what is held, the oldest first: for what reason, since when, and when it is tried again.

    It runs beside a gateway or without one, and opens nothing.
    """
    from gateway.commands.holding import Wanted, listed

    try:
        with explained():
            found = uvloop.run(listed(settings_on_data(config), Wanted(account=account, reason=reason)))
    except TryLater as error:
        raise stopped(error, "nothing was changed") from None
    if as_json:
        sys.stdout.write(json.dumps({"held": [_for_machines(held) for held in found.held]}) + "\n")
        return
    if found.held:
        table = Table(box=None)
        for heading in ("key", "account", "reason", "held for", "tries", "tried next", "size"):
            table.add_column(heading, justify="right" if heading in ("tries", "size") else "left")
        for held in found.held:
            figures = (_age(found.now - held.held_at), str(held.tries), _next(held, found.now), f"{held.size:,}")
            table.add_row(*map(Text, (held.key[:SHOWN], held.account, held.reason, *figures)))
        wide().print(table)
    out.print(f"{len(found.held):,} in quarantine.", highlight=False)


@quarantine.command()
def show(
    key: Annotated[str, typer.Argument(help="Its key in the list, or at least 6 characters of how that begins.")],
    account: Annotated[str | None, typer.Option(help="Its account, where the same was sent to two.")] = None,
    raw: Annotated[bool, typer.Option("--raw", help="Write what was received to standard output.")] = False,  # noqa: FBT002
    config: Config = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Open one, and tell what its connector and the configuration make of it now. Nothing is applied.

    What a payment carries for rules is shown, and nothing of a person. With --raw what was received is written to standard
    output as it is, and everything else to standard error: it holds data of persons.
    """
    from gateway.commands.holding import Wanted, opened
    from gateway.intake.evidence import packed

    try:
        with explained():
            found = uvloop.run(opened(settings_on_data(config), Wanted(key, account)))
    except TryLater as error:
        raise stopped(error, "nothing was changed") from None
    body = found.evidence.body if isinstance(found.evidence, Delivery) else packed(found.evidence)
    kind = "delivery" if isinstance(found.evidence, Delivery) else "fact"
    if raw:
        err.print(PERSONS, markup=False, highlight=False, soft_wrap=True)
    if as_json:
        told = {**_for_machines(found.held), "kind": kind, **_made(found.made)}
        more = {"raw_base64": base64.b64encode(body).decode()} if raw else {}
        sys.stdout.write(json.dumps({**told, **more}, ensure_ascii=False) + "\n")
        return
    console = err if raw else out
    held = found.held
    console.print(f"{held.key}  {kind} on {held.account}", markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"  held for {_age(found.now - held.held_at)}: {held.reason}; tried {held.tries} times, next {_next(held, found.now)}",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
    for line in _lines(found.made):
        console.print(f"  {line}", markup=False, highlight=False, soft_wrap=True)
    if raw:
        sys.stdout.buffer.write(body)


@quarantine.command()
def replay(
    key: Annotated[
        str | None,
        typer.Argument(metavar="[KEY|all]", help="One by its key, or at least 6 characters of how that begins; or all."),
    ] = None,
    reason: Annotated[str | None, typer.Option(help="All that are held for this reason.")] = None,
    account: Annotated[str | None, typer.Option(help="All of this account.")] = None,
    config: Config = None,
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Apply again what is held, as after a fix, by the configuration as it is in the file now.

    What counts now leaves quarantine; nothing counts twice. It runs beside a gateway or without one. Exit code 1: something
    stays held. Exit code 3: the ledger stopped answering.
    """
    from gateway.commands.holding import Replayed, Wanted, replayed

    def tell(done: Replayed) -> None:
        if not as_json:
            became = "counts now" if done.tried.reason is None else f"stays held: {done.tried.reason}"
            problem = f" ({done.tried.problem})" if done.tried.problem else ""
            line = f"{done.held.key[:SHOWN]}  {done.held.account}  {became}{problem}"
            out.print(line, markup=False, highlight=False, soft_wrap=True)

    try:
        with explained():
            done = uvloop.run(replayed(settings_on_data(config), Wanted(key, account, reason), tell))
    except TryLater as error:
        raise stopped(error, "nothing counts twice") from None
    applied = sum(each.tried.reason is None for each in done)
    if as_json:
        outcomes = [
            {
                **_for_machines(each.held),
                "outcome": "applied" if each.tried.reason is None else "held",
                "reason": each.tried.reason,
                "problem": each.tried.problem,
            }
            for each in done
        ]
        sys.stdout.write(json.dumps({"applied": applied, "held": len(done) - applied, "outcomes": outcomes}) + "\n")
    else:
        out.print(f"{applied:,} count now, {len(done) - applied:,} stay held.", highlight=False)
    raise typer.Exit(0 if applied == len(done) else 1)


def _for_machines(held: "Held") -> dict[str, Any]:
    return {
        "key": held.key,
        "account": held.account,
        "reason": held.reason,
        "held_at": held.held_at.isoformat(),
        "tries": held.tries,
        "tried_next": held.tried_next and held.tried_next.isoformat(),
        "size": held.size,
    }


def _made(made: "Made") -> dict[str, Any]:
    facts = [
        {
            "kind": fact.kind,
            "amount": fact.amount,
            "stage": fact.stage,
            "at": fact.at,
            "campaign": fact.campaign,
            "endorser": fact.endorser,
            "clues": dict(fact.clues),
        }
        for fact in made.facts
    ]
    return {"facts": facts, "questions": made.questions, "problem": made.problem, "code": made.code}


def _lines(made: "Made") -> list[str]:
    if made.problem is not None:
        return [f"cannot be read now: {made.problem}" + (f" ({made.code})" if made.code else "")]
    lines = []
    for fact in made.facts:
        words = [fact.kind, *(word for word in (fact.stage, fact.amount, fact.at) if word)]
        if fact.kind in ("donation", "refund"):
            words.append(f"of {fact.campaign}" if fact.campaign else "of no campaign: no rule takes it")
        if fact.endorser:
            words.append(f"for {fact.endorser}")
        lines.append(", ".join(words))
        lines += [f"    {name} = {text!r}" for name, text in fact.clues]
    if made.questions:
        lines.append(f"its network must be asked {made.questions} times before it counts")
    return lines or ["it says nothing that would count"]


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    days, hours = minutes // 1_440, minutes // 60 % 24
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _next(held: "Held", now: datetime) -> str:
    if held.tried_next is None:
        return "by hand"
    return "now" if held.tried_next <= now else f"in {_age(held.tried_next - now + timedelta(minutes=1))}"

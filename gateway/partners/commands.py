"""The commands for authors of connectors: ``giving-gateway connector new`` and ``giving-gateway connector check``."""

import contextlib
import json
import logging
import shlex
import sys
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer
import uvloop
from rich.console import Console
from rich.prompt import Prompt
from rich.table import Table

from gateway.partners.new import Amounts, Names, Shape, Signed, Total, free_place, write
from gateway.registry import Registry
from schema.model.errors import BadUserInput, CallerError, OperatorError

MISTAKE: Final = 2
WIDE: Final = 160
Choice = TypeVar("Choice", bound=StrEnum)


class GradeName(StrEnum):
    """A grade on the command line; importing the suite takes longer than most commands."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"
    PLATINUM = "platinum"


class Pushing(StrEnum):
    """The answer to whether a network pushes."""

    PUSHES = "pushes"
    POLLED = "polled"


connector = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Begin a connector of your own, or check one.")


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """A mistake is a message and exit code 2, never a traceback."""
    try:
        yield
    except (CallerError, OperatorError) as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(MISTAKE) from None


@connector.command()
def new(
    name: Annotated[str, typer.Argument(help="The connector's key: lower case letters, digits and _, such as acme.")],
    into: Annotated[Path, typer.Option(help="The folder in which the distribution's own folder is made.")] = Path(),
    pushes: Annotated[
        bool | None, typer.Option("--pushes/--polled", help="Whether the network sends webhooks, or is only asked.")
    ] = None,
    signed: Annotated[Signed | None, typer.Option(help="How its webhooks are signed.")] = None,
    total: Annotated[
        Total | None, typer.Option(help="Whether it reports what was raised, or the gateway adds up donations.")
    ] = None,
    amounts: Annotated[Amounts | None, typer.Option(help="Whether it writes 12.50 or 1250.")] = None,
) -> None:
    """Begin a connector: a distribution with green tests.

    It is for a made-up network, to be filled in with what is yours. The shape that is not said is asked for on a terminal;
    else the network pushes, signed by HMAC, and reports totals in decimal text.
    """
    with _explained():
        names = Names(name)
        target = free_place(names, into, Registry())
        shape = _shape(pushes, signed, total, amounts)
        write(names, shape, target)
    for line in _written(target, names, shape):
        Console().print(line, markup=False, highlight=False, soft_wrap=True)


@connector.command()
def check(
    named: Annotated[
        str, typer.Argument(metavar="NAME|FOLDER", help="An installed connector, or the folder of a distribution.")
    ] = ".",
    grade: Annotated[GradeName | None, typer.Option(help="What must be proven. Default: what quality.toml claims.")] = None,
    rule: Annotated[
        list[str] | None, typer.Option(metavar="RULE", help="Check this one only, and tell all of it. Again for more.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines, and without progress.")] = False,  # noqa: FBT002
) -> None:
    """Tell the grade that a connector proves.

    The conformance suite is held against the connector and its emulator, with a private Redis. Nothing else is asked.
    Exit code 1: the grade, or a rule that was asked for, is not proven. Exit code 2: nothing could be checked.
    """
    from connectors.testing.conformance import Grade  # here, as a gateway needs no emulators
    from gateway.observe import set_up_logs
    from gateway.partners.check import chosen, run
    from gateway.partners.subject import subject
    from gateway.partners.telling import for_machines, lines, passed, shown, table

    set_up_logs(pretty=False, level=logging.CRITICAL)  # what the ledger logs of odd facts is what the rules are about
    asked = None if grade is None else Grade[grade.upper()]
    with _explained():
        if grade is not None and rule:
            raise BadUserInput("--grade asks for all rules, --rule for one: leave one of them out")
        rules = chosen(rule or ())
        with subject(named, Registry()) as found, _emulators(heard=bool(rule)):
            with shown(Console(file=sys.stderr, quiet=as_json), rules) as told:
                report = uvloop.run(run(found, rules, told))
    if as_json:
        listing = for_machines(found, report, asked, all_rules=not rule)
        sys.stdout.write(json.dumps(listing, indent=2, ensure_ascii=False) + "\n")
    else:
        console = Console() if sys.stdout.isatty() else Console(width=WIDE)
        console.print(f"{found.spec.name} ({found.spec.key}, of {found.owner})", markup=False, highlight=False, style="bold")
        _print_table(console, table(report, console.width, whole=bool(rule)))
        for line in lines(report, asked, all_rules=not rule):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if passed(report, asked, all_rules=not rule) else 1)


def _print_table(console: Console, drawn: Table) -> None:
    if console.is_terminal:
        console.print(drawn)
        return
    with console.capture() as captured:
        console.print(drawn)
    for line in captured.get().splitlines():
        sys.stdout.write(line.rstrip() + "\n")  # nobody wants a log full of spaces


def _shape(pushes: bool | None, signed: Signed | None, total: Total | None, amounts: Amounts | None) -> Shape:  # noqa: FBT001
    """What was said, asked for, or taken for granted. Raises BadUserInput for a shape that there is not."""
    if signed is not None and pushes is False:
        raise BadUserInput("--signed is for a network that sends webhooks, --polled for one that sends none")
    if pushes is None and signed is None:
        pushes = _asked("Does it send webhooks, or is it only asked?", Pushing, Pushing.PUSHES) is Pushing.PUSHES
    if pushes is not False and signed is None:
        signed = _asked("How are its webhooks signed?", Signed, Signed.HMAC)
    return Shape(
        signed,
        total or _asked("Does it report totals, or are donations counted?", Total, Total.REPORTED),
        amounts or _asked("Does it write 12.50 or 1250?", Amounts, Amounts.DECIMAL),
    )


def _asked(question: str, choices: type[Choice], default: Choice) -> Choice:
    if not sys.stdin.isatty():
        return default
    try:
        return choices(Prompt.ask(question, choices=list(choices), default=default))
    except EOFError:
        raise typer.Abort from None


def _written(target: Path, names: Names, shape: Shape) -> Iterator[str]:
    yield f"{target} is written. Its network is made up: {shape}."
    yield f"  {names.package}/  the connector, its emulator, and what it claims"
    yield "  tests/  samples of the network's words, and the conformance suite"
    yield "  README.md  which places are yours to change"
    yield "Next:"
    yield f"  cd {shlex.quote(str(target))} && pytest"
    yield "  giving-gateway connector check"


@contextlib.contextmanager
def _emulators(*, heard: bool) -> Iterator[None]:
    """Whether the tracebacks of emulators are shown. Many a rule makes one fail on purpose, so by default they are not."""
    server = logging.getLogger("uvicorn.error")
    if heard:
        yield
        return
    server.addFilter(_nothing)  # a filter, as each server that starts sets levels and handlers anew
    try:
        yield
    finally:
        server.removeFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False

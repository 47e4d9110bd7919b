"""The command line: ``giving-gateway`` with its commands. ``python -m gateway`` is the same."""

import asyncio
import json
import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.table import Table
from rich.text import Text

from gateway import VERSION
from gateway.commands.quarantine import quarantine
from gateway.commands.terminal import INTERRUPTED, Config, err, explained, out, settings_of, settings_on_data, stopped, wide
from gateway.configuration import file_of
from gateway.partners.commands import connector
from gateway.registry import Registry
from schema.api.printed import printed
from schema.model.errors import TryLater

DAY = "%Y-%m-%d"
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(connector, name="connector")
app.add_typer(quarantine, name="quarantine")


@app.command()
def serve(config: Config = None) -> None:
    """Run the gateway."""
    from gateway.serving import serve as run  # here, as the other commands need no web server

    with explained():
        uvloop.run(run(partial(settings_of, file_of(config))))


@app.command()
def demo(
    seconds: Annotated[
        float | None, typer.Option("--seconds", help="End by itself after this long. Default: on Ctrl-C.")
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same donations.")] = 1,
    speed: Annotated[
        float, typer.Option(min=1, max=60, help="How fast the clock of the demo runs: at 60 an hour goes by in a minute.")
    ] = 1,
) -> None:
    """Run networks' emulators, a private Redis, the gateway and a live page, with donations flowing."""
    from gateway.demo.run import run

    with explained():
        try:
            agreed = uvloop.run(run(seconds=seconds, seed=seed, speed=speed, console=out))
        except asyncio.CancelledError:
            raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(0 if agreed else 1)


@app.command()
def check(config: Config = None) -> None:
    """Check the configuration and nothing else: every problem at once, with its path in the file."""
    from gateway.examination import examine_settings

    with explained():
        settings = settings_of(config)
        accounts = examine_settings(settings)
    out.print(f"The configuration is good: {len(accounts)} accounts, {len(settings.campaigns)} campaigns.", highlight=False)


@app.command()
def connectors(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,  # noqa: FBT002
) -> None:
    """List the networks that this installation can talk to, with the settings that each needs."""
    registry = Registry()
    with explained():
        specs = {key: registry.spec(key) for key in sorted(registry.sources)}
    if as_json:
        listing = [
            {
                "key": key,
                "name": spec.name,
                "homepage": spec.homepage,
                "owner": registry.sources[key].owner,
                "basis": spec.basis.value,
                "abilities": [ability.__name__ for ability in spec.abilities],
                "settings": [
                    {"name": setting.name, "kind": setting.kind, "required": setting.required, "help": setting.help}
                    for setting in spec.settings
                ],
            }
            for key, spec in specs.items()
        ]
        sys.stdout.write(json.dumps(listing, indent=2, ensure_ascii=False) + "\n")
        return
    for key, spec in specs.items():
        title = Text(f"{spec.name}  ({key}, from {registry.sources[key].owner})")
        table = Table(title=title, title_justify="left", box=None)
        for column in ("setting", "kind", "", "what it is"):
            table.add_column(column)
        for setting in spec.settings:
            row = (setting.name, setting.kind, "required" if setting.required else "", setting.help)
            table.add_row(*map(Text, row))  # as Text: square brackets in a partner's words are no markup
        out.print(table)
        out.print()


@app.command("import")
def import_(
    account: Annotated[
        str, typer.Argument(help="An account of the configuration, or the key of a connector that has only one.")
    ],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="What the network handed over.")],
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines, and without progress.")] = False,  # noqa: FBT002
) -> None:
    """Import a file of any size, beside a running gateway or without one.

    Nothing counts twice: import it again at will, and after an interruption to go on. Exit code 1: rows were rejected, and
    are listed with their lines in FILE.rejected.csv. Exit code 3: the ledger or the archive could not be written.
    """
    from gateway.commands.importing import run, told

    try:
        with explained():
            report = uvloop.run(run(settings_on_data(config), account, file, console=None if as_json else err))
    except TryLater as error:
        raise stopped(error, "it goes on where it was") from None
    if as_json:
        named = {"account": account, "file": str(file), "rejected_file": report.rejected_file and str(report.rejected_file)}
        counts = {"new": report.new, "known": report.known, "rejected": report.rejected}
        sys.stdout.write(json.dumps({**named, **counts}) + "\n")
    else:
        out.print(told(file, report), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1 if report.rejected else 0)


@app.command()
def reconcile(
    account: Annotated[
        str | None,
        typer.Argument(help="An account, or the key of a connector that has only one. Default: all that can be asked."),
    ] = None,
    campaign: Annotated[
        str | None, typer.Option(help="Report on this one only: PLATFORM:ID, its id in the API, or a declared id.")
    ] = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=[DAY], metavar="YYYY-MM-DD", help="The first day, in the network's zone. Default: seven days."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=[DAY], metavar="YYYY-MM-DD", help="The last day. Default: the newest that has a bill."),
    ] = None,
    archive: Annotated[  # noqa: FBT002
        bool, typer.Option("--archive", help="Also read again what was kept, for what a network has forgotten.")
    ] = False,
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines, and without progress.")] = False,  # noqa: FBT002
) -> None:
    """Hold networks' own bills and lists against the ledger, beside a running gateway or without one.

    What was missing here counts from then on, each donation once, however often this is run. Exit code 1: something
    clashes, is missing there, or could not be read or applied. Exit code 3: the ledger stopped answering.
    """
    from gateway.commands import agreeing
    from gateway.commands.reconciling import Wanted, run

    wanted = Wanted(account, campaign, since and since.date(), until and until.date(), archive)
    try:
        with explained():
            outcome = uvloop.run(run(settings_on_data(config), wanted, console=None if as_json else err))
    except TryLater as error:
        raise stopped(error, "nothing counts twice") from None
    if as_json:
        reports = agreeing.for_machines(outcome.reports, outcome.campaign)
        sys.stdout.write(json.dumps({"agrees": outcome.agrees, "reports": reports}) + "\n")
    else:
        for line in agreeing.lines(outcome.reports, outcome.campaign):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
        wide().print(agreeing.table(outcome.reports, outcome.campaign))
    raise typer.Exit(0 if outcome.agrees else 1)


@app.command()
def books(
    campaign: Annotated[
        str | None, typer.Option(help="This one only: PLATFORM:ID, its id in the API, or a declared id.")
    ] = None,
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines, and without progress.")] = False,  # noqa: FBT002
) -> None:
    """Add up every record of the ledger, and hold all its sums against them. Asks no network and changes nothing.

    It runs beside a gateway, which does the same by itself, or without one. Exit code 1: something does not balance. Exit
    code 3: the ledger stopped answering.
    """
    from gateway.commands.balancing import for_machines, run, told

    try:
        with explained():
            balance = uvloop.run(run(settings_on_data(config), campaign, console=None if as_json else err))
    except TryLater as error:
        raise stopped(error, "it begins anew") from None
    if as_json:
        sys.stdout.write(json.dumps(for_machines(balance)) + "\n")
    else:
        for line in told(balance):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if balance.is_even else 1)


@app.command()
def erase(
    platform: Annotated[str, typer.Option(help="The key of the network, such as twitch.")],
    donor: Annotated[str | None, typer.Option(help="The network's own id of a donor; - reads it from standard input.")] = None,
    donation: Annotated[
        str | None, typer.Option(help="The id of one donation, the network's own or that in the API; - reads it likewise.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be found.")] = False,  # noqa: FBT002
    config: Config = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines, and without progress.")] = False,  # noqa: FBT002
) -> None:
    """Take name and message off all gifts of a donor, or off one, for good; no total moves.

    It runs beside a gateway or without one. What comes again later, by whichever way, is shown without them as well. Exit
    code 1: nothing was found. Exit code 3: the ledger stopped answering.
    """
    from gateway.commands.erasing import Wanted, for_machines, run, told

    wanted = Wanted(platform, _typed(donor), _typed(donation), dry_run)
    try:
        with explained():
            outcome = uvloop.run(run(settings_on_data(config), wanted, console=None if as_json else err))
    except TryLater as error:
        raise stopped(error, "it does what is left") from None
    if as_json:
        sys.stdout.write(json.dumps(for_machines(wanted, outcome)) + "\n")
    else:
        for line in told(wanted, outcome):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(0 if outcome.found else 1)


def _typed(text: str | None) -> str | None:
    """An argument that need not stay in a shell's history."""
    return sys.stdin.readline().strip() if text == "-" else text


@app.command()
def schema() -> None:
    """Print the GraphQL schema."""
    sys.stdout.write(printed())


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,  # noqa: FBT002
) -> None:
    """One GraphQL endpoint over every social network that raises money."""
    if version:
        out.print(f"giving-gateway {VERSION}", highlight=False)
        raise typer.Exit


def main() -> None:
    """The entry point of the command."""
    app()

"""What all commands share: where they write, how they end, and how the configuration is named."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import typer
from rich.console import Console

from gateway.configuration import NAMED_BY, PREFIX, USUAL, file_of, read_file
from gateway.settings import Settings
from schema.model.errors import ArchiveUnavailable, OperatorError, SettingsInvalid, TryLater

BAD_SETTINGS: Final = 2
TRY_AGAIN: Final = 3
INTERRUPTED: Final = 130
WIDE: Final = 160
out = Console()
err = Console(stderr=True)

Config: TypeAlias = Annotated[
    Path | None, typer.Option("--config", "-c", help="The configuration. Default: GIVING_CONFIG, else giving.toml.")
]


def wide() -> Console:
    """Where tables go: nobody reads one in a mail that is cut to 80 columns."""
    return out if out.is_terminal else Console(width=WIDE)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """An operator's mistake is a message and exit code 2, never a traceback."""
    try:
        yield
    except SettingsInvalid as error:
        many = len(error.problems) > 1
        err.print(f"The configuration has {len(error.problems)} problems:" if many else "The configuration has a problem:")
        for problem in error.problems:
            err.print(f"  {problem}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(BAD_SETTINGS) from None
    except OperatorError as error:
        err.print(str(error), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(BAD_SETTINGS) from None


def stopped(error: TryLater, then: str) -> typer.Exit:
    """Ends a command that could not go on, with what the next call does."""
    what = "The archive cannot be written" if isinstance(error, ArchiveUnavailable) else "The ledger has stopped answering"
    err.print(f"{what}. Run the same command again: {then}.", soft_wrap=True)
    return typer.Exit(TRY_AGAIN)


def settings_of(config: Path | None) -> Settings:
    """The configuration. Raises SettingsInvalid with all problems, those of the accounts among them."""
    from gateway.examination import examine_settings  # here, as help needs no connectors

    values = read_file(config)
    try:
        return Settings.of(values)
    except SettingsInvalid as error:
        problems = list(error.problems)
    # the accounts by themselves, so that the connectors can say what they miss although the rest is not in order
    rows = values.get("accounts")
    tables = {name: row for name, row in rows.items() if isinstance(row, dict)} if isinstance(rows, dict) else {}
    alone = {name: {key: value for key, value in row.items() if key != "general"} for name, row in tables.items()}
    with contextlib.suppress(SettingsInvalid):
        apart = Settings.of({"accounts": alone})
        try:
            examine_settings(apart)
        except SettingsInvalid as error:
            problems += error.problems
    raise SettingsInvalid(problems)


def settings_on_data(config: Path | None) -> Settings:
    """The same for a command on data that are there. Raises OperatorError where there is neither a file nor a ledger: of what
    somebody looks for in a wrong folder nothing may be called well, and nothing is made there.
    """
    settings = settings_of(config)
    if file_of(config) is None and settings.ledger_url is None and not (settings.data_dir / "redis").is_dir():
        raise OperatorError(
            f"There is no {USUAL} in this folder, and no data in {settings.data_dir.absolute()}: name the configuration with "
            f"--config or {NAMED_BY}, or the data with {PREFIX}DATA_DIR."
        )
    return settings

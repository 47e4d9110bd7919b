"""The import as whoever waits for it sees it."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from rich.console import Console

from connectors.tencent_gongyi.emulator import write_export
from gateway.commands.importing import run, told
from gateway.intake.imports import Report
from gateway.settings import Settings
from schema.model.errors import OperatorError

PROJECTS = ("208391",)


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """One organisation with one project."""
    return Settings.of(
        {
            "data_dir": tmp_path / "data",
            "accounts": {"charity": {"connector": "tencent_gongyi"}},
            "campaigns": [{"platform": "tencent_gongyi", "id": PROJECTS[0], "title": "Lunch", "currency": "CNY"}],
        }
    )


def export(tmp_path: Path, rows: int) -> Path:
    file = tmp_path / "export[1].csv"  # square brackets are no markup
    write_export(file, rows, 1, projects=PROJECTS)
    return file


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100)


def shown(by: Console) -> str:
    assert isinstance(by.file, io.StringIO)
    return by.file.getvalue()


async def test_without_a_terminal_there_is_a_line_for_each_tenth(tmp_path: Path, settings: Settings) -> None:
    plain = console(terminal=False)
    await run(settings, "charity", export(tmp_path, 5_000), console=plain)
    lines = shown(plain).splitlines()
    assert lines[0].startswith("export[1].csv: 3")
    assert any(line.startswith("export[1].csv: 100 %, 4,9") for line in lines)
    assert lines[-1].endswith("100 %, 5,000 rows, 0 rejected")
    assert len(lines) < 20


async def test_on_a_terminal_there_is_a_bar(tmp_path: Path, settings: Settings) -> None:
    terminal = console(terminal=True)
    await run(settings, "charity", export(tmp_path, 100), console=terminal)
    assert "export[1].csv" in shown(terminal)
    assert "100%" in shown(terminal)


async def test_for_machines_nothing_is_shown(tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    await run(settings, "charity", export(tmp_path, 100), console=None)
    assert capsys.readouterr() == ("", "")


async def test_a_held_row_is_in_the_list_and_not_in_the_logs(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    file = export(tmp_path, 10)
    await run(settings, "charity", file, console=None)
    file.write_text(file.read_text("utf-8-sig").replace(",CNY,", "1,CNY,"), "utf-8")  # other amounts: clashes
    report = await run(settings, "charity", file, console=None)
    assert report.rejected > 0
    assert capsys.readouterr() == ("", "")


async def test_an_account_is_named_by_itself_or_by_the_key_of_the_only_one(tmp_path: Path, settings: Settings) -> None:
    file = export(tmp_path, 10)
    assert (await run(settings, "charity", file, console=None)).new > 0
    assert (await run(settings, "tencent_gongyi", file, console=None)).new == 0
    with pytest.raises(OperatorError, match="charity"):
        await run(settings, "nobody", file, console=None)


def test_the_report_is_one_line() -> None:
    file = Path("export.csv")
    assert told(file, Report(19_950, 47, 0, None)) == "export.csv: 19,950 rows were new, 47 told nothing new, 0 rejected"
    assert (
        told(file, Report(0, 0, 3, Path("a.csv"))) == "export.csv: 0 rows were new, 0 told nothing new, 3 rejected: see a.csv"
    )

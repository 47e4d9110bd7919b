"""Nothing that was released breaks, and ``scripts/schema_changes.py`` objects when it would."""

import runpy
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from schema.api.printed import printed

ROOT: Final = Path(__file__).parents[3]
PRINTED: Final = printed()
TODAY: Final = date(2031, 3, 1)
GOES: Final = '@deprecated(reason: "Use `name`. Goes on {}.")'


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return SimpleNamespace(**runpy.run_path(str(ROOT / "scripts" / "schema_changes.py")))


def replaced(old: str, new: str, text: str | None = None) -> str:
    text = text or PRINTED
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("ours", "planted", "said"),
    [
        ("  donateUrl: URL\n", "  giveUrl: URL\n", "FIELD_REMOVED: Field Campaign.donateUrl"),
        ("  title: String!\n", "  title: String\n", "FIELD_CHANGED_KIND: Field Campaign.title"),
        (
            "    maxRate: Float! = 10\n",
            "    maxRate: Float! = 5\n",
            "ARG_DEFAULT_VALUE_CHANGE: Subscription.campaignTotal(maxRate:)",
        ),
        (
            "    orderBy: CampaignOrder! = RAISED_DESC\n",
            "    orderBy: CampaignOrder!\n",
            "ARG_DEFAULT_VALUE_CHANGE: Query.campaigns",
        ),
        ("    in: CurrencyCode\n", "    in: CurrencyCode!\n", "ARG_CHANGED_KIND: "),
        ("    after: Position\n", "    from: Position\n", "ARG_REMOVED: "),
        ("  search: String\n", "  search: String\n  motto: String!\n", "REQUIRED_INPUT_FIELD_ADDED: "),
        ("  ATTEND\n", "  COME\n", "VALUE_REMOVED_FROM_ENUM: "),
        ("type Charity implements Node {", "type Charity {", "IMPLEMENTED_INTERFACE_REMOVED: "),
        ("Milestone", "Promise", "TYPE_REMOVED: "),
    ],
)
def test_what_would_break_a_client_is_told(script: SimpleNamespace, ours: str, planted: str, said: str) -> None:
    assert [each for each in script.breaking(PRINTED, replaced(ours, planted), TODAY) if each.startswith(said)] != []


def test_another_default_of_an_input_is_another_meaning(script: SimpleNamespace) -> None:
    first, second = (
        replaced("  currency: CurrencyCode\n", f"  currency: CurrencyCode = {text}\n") for text in ('"CNY"', '"EUR"')
    )

    assert [each.partition(":")[0] for each in script.breaking(first, second, TODAY)] == ["INPUT_FIELD_DEFAULT_VALUE_CHANGE"]


@pytest.mark.parametrize(
    ("ours", "planted"),
    [
        ("  donateUrl: URL\n", "  donateUrl: URL\n\n  slogan: String\n"),
        ("  search: String\n", "  search: String\n  motto: String\n"),
        ("    after: Position\n", "    after: Position\n    in: CurrencyCode\n"),
        ("  ATTEND\n", "  ATTEND\n  PRAY\n"),
        ("  donateUrl: URL\n", f"  donateUrl: URL {GOES.format('2032-03-02')}\n"),
        ("  total: Total\n", "  total: Total!\n"),
        ("It takes donations.", "It runs."),
    ],
)
def test_what_clients_are_told_to_expect_breaks_nothing(script: SimpleNamespace, ours: str, planted: str) -> None:
    assert script.breaking(PRINTED, replaced(ours, planted), TODAY) == []


@pytest.mark.parametrize(
    ("line", "renamed", "change"),
    [
        ("  donateUrl: URL", "  giveUrl: URL", "FIELD_REMOVED"),
        ("    after: Position", "    from: Position", "ARG_REMOVED"),
        ("  search: String", "  text: String", "FIELD_REMOVED"),
        ("  ATTEND", "  COME", "VALUE_REMOVED_FROM_ENUM"),
    ],
)
def test_what_the_last_release_announced_may_go_when_its_day_has_come(
    script: SimpleNamespace, line: str, renamed: str, change: str
) -> None:
    announced, without = replaced(f"{line}\n", f"{line} {GOES.format(TODAY)}\n"), replaced(f"{line}\n", f"{renamed}\n")

    assert script.breaking(announced, without, TODAY) == []
    assert script.breaking(announced, without, TODAY - timedelta(days=1))[0].startswith(change)


def test_a_type_goes_with_the_last_field_that_leads_to_it(script: SimpleNamespace) -> None:
    line = "  milestones: [Milestone!]\n"
    announced = replaced(line, f"  milestones: [Milestone!] {GOES.format(TODAY)}\n")
    without = replaced("type Milestone {", "type Promise {", replaced(line, "  promises: [Promise!]\n"))

    assert script.breaking(announced, without, TODAY) == []
    assert {each.partition(":")[0] for each in script.breaking(PRINTED, without, TODAY)} == {"FIELD_REMOVED", "TYPE_REMOVED"}


def test_whatever_goes_is_announced_twelve_months_ahead(script: SimpleNamespace) -> None:
    line = "  donateUrl: URL"
    enough, short, sooner = (f"{line} {GOES.format(TODAY + timedelta(days=days))}\n" for days in (365, 364, 200))

    assert script.short_notice(PRINTED, replaced(f"{line}\n", enough), TODAY) == []
    assert len(script.short_notice(PRINTED, replaced(f"{line}\n", short), TODAY)) == 1
    assert script.short_notice(replaced(f"{line}\n", enough), replaced(f"{line}\n", enough), TODAY + timedelta(days=300)) == []
    assert len(script.short_notice(replaced(f"{line}\n", short), replaced(f"{line}\n", sooner), TODAY)) == 1


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The two scripts and the two schemas, apart from everything."""
    for name in ("scripts/schema_lint.py", "scripts/schema_changes.py", "schema/schema.graphql", "schema/released.graphql"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def run(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(tree / "scripts" / "schema_changes.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_check_ends_well() -> None:
    ended = run(ROOT)

    assert (ended.returncode, ended.stdout) == (0, "")


def test_a_release_moves_the_schema_unless_something_breaks(tree: Path) -> None:
    ours, released = tree / "schema" / "schema.graphql", tree / "schema" / "released.graphql"
    ours.write_text(replaced("  ATTEND\n", "  ATTEND\n  PRAY\n"), "utf-8")
    assert run(tree, "--release").returncode == 0
    assert released.read_text("utf-8") == ours.read_text("utf-8")

    ours.write_text(PRINTED, "utf-8")
    refused = run(tree, "--release")
    assert (refused.returncode, refused.stdout.partition(":")[0]) == (1, "VALUE_REMOVED_FROM_ENUM")
    assert "PRAY" in released.read_text("utf-8")


def test_a_release_is_refused_where_notice_is_short(tree: Path) -> None:
    ours = tree / "schema" / "schema.graphql"
    ours.write_text(replaced("  ATTEND\n", f"  ATTEND {GOES.format(date(2020, 1, 1))}\n"), "utf-8")

    assert run(tree).returncode == 0
    refused = run(tree, "--release")
    assert (refused.returncode, refused.stdout.split()[0]) == (1, "ActionKind.ATTEND")

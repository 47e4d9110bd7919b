"""What an author sees of a check, on narrow and wide terminals."""

import io

import pytest
from rich.console import Console

from connectors.testing.conformance import RULES, Finding, Grade, Report, Standing
from gateway.partners.telling import lines, passed, shown, table

HELD = Finding(RULES["amounts-are-exact"], Standing.HELD, "5 amounts from 1 to 123456789 minor units are exact " + "word " * 40)
BROKEN = Finding(
    RULES["money-is-exact"],
    Standing.BROKEN,
    "money-is-exact: [red]DonationState.amount is a float, and that is no money at all, as everybody knows\n"
    + RULES["money-is-exact"].says,
)
UNPROVEN = Finding(RULES["unknown-kinds-are-unrecognised"], Standing.UNPROVEN, "AcmeCase has no SaysUnknown")
EXEMPT = Finding(RULES["late-and-early-deliveries-are-refused"], Standing.EXEMPT, "Acme dates no delivery")
UNCONCERNED = [
    Finding(RULES[name], Standing.NOT_CONCERNED, "the connector has no such ability")
    for name in ("posts-are-text-ids", "engagement-agrees-with-the-network")
]


def report(*findings: Finding, claimed: Grade = Grade.BRONZE, problems: tuple[str, ...] = ()) -> Report:
    return Report(findings, claimed, problems)


def drawn(told: Report, width: int, *, whole: bool = False) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width).print(table(told, width, whole=whole))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_there_is_one_row_for_each_rule_under_its_grade() -> None:
    rows = drawn(report(HELD, BROKEN, UNPROVEN, EXEMPT, *UNCONCERNED), 400)
    assert [row.split("  ")[0] or row.split()[0] for row in rows if row] == [
        "bronze: 3 of 4 proven",
        "amounts-are-exact",
        "money-is-exact",
        "2",
        "silver: 1 of 2 proven",
        "unknown-kinds-are-unrecognised",
        "late-and-early-deliveries-are-refused",
    ]
    assert rows[2].startswith("  money-is-exact                         broken    [red]DonationState.amount is a float, and ")
    assert rows[2].endswith("  " + RULES["money-is-exact"].place.rpartition("/")[2])
    assert rows[3].split() == ["2", "others", "about", "abilities", "that", "it", "does", "not", "have"]


@pytest.mark.parametrize("width", [60, 80, 119, 120, 160])
def test_nothing_is_wider_than_the_terminal_and_what_is_wrong_is_told_whole(width: int) -> None:
    rows = drawn(report(HELD, BROKEN, UNPROVEN), width)
    assert max(map(len, rows)) <= width
    for word in ("[red]DonationState.amount", "float,", "money", "everybody", "knows"):
        assert any(word in row for row in rows)
    for name in ("amounts-are-exact", "money-is-exact", "unknown-kinds-are-unrecognised"):
        assert any(row.startswith(f"  {name}  ") for row in rows)


def test_on_a_narrow_terminal_the_evidence_is_one_line_under_its_rule() -> None:
    rows = drawn(report(HELD), 80)
    assert rows[1].split()[:2] == ["amounts-are-exact", "held"]
    assert rows[2].startswith("    5 amounts from 1")
    assert rows[2].endswith("…")
    assert rows[3:] == [""]


def test_asked_for_by_name_a_rule_is_told_whole() -> None:
    rows = drawn(report(BROKEN, *UNCONCERNED), 400, whole=True)
    assert RULES["money-is-exact"].says in rows[1]
    assert "[red]DonationState.amount is a float" in rows[2]
    assert sum("not concerned  " in row for row in rows) == 2


def test_the_grades_are_told_with_what_is_open_for_the_next_one() -> None:
    silver = lines(report(HELD, UNPROVEN, EXEMPT), Grade.GOLD, all_rules=True)
    assert list(silver)[1:] == [
        "",
        "Proven: bronze. Claimed: bronze. Asked for: gold.",
        "Open for silver:",
        "  unknown-kinds-are-unrecognised, unproven",
        "More about one of them: --rule unknown-kinds-are-unrecognised",
    ]
    assert list(lines(report(HELD), None, all_rules=True))[2:] == [
        "Proven: platinum. Claimed: bronze.",
        "quality.toml may claim platinum.",
    ]
    many = [Finding(rule, Standing.UNPROVEN, "") for rule in RULES.values() if rule.grade is Grade.BRONZE]
    assert f"  and {len(many) - 12} more" in lines(report(*many), None, all_rules=True)


@pytest.mark.parametrize(
    ("told", "asked", "all_rules", "well"),
    [
        (report(HELD), None, True, True),
        (report(HELD, UNPROVEN), None, True, True),
        (report(HELD, UNPROVEN), Grade.SILVER, True, False),
        (report(HELD, UNPROVEN), None, False, False),
        (report(HELD, *UNCONCERNED, EXEMPT), None, False, True),
        (report(BROKEN), None, True, False),
        (report(BROKEN, claimed=Grade.NONE), None, True, True),
        (report(HELD, claimed=Grade.NONE, problems=("quality.toml: grade is missing",)), None, True, False),
    ],
)
def test_a_grade_is_passed_when_it_is_proven(told: Report, asked: Grade | None, all_rules: bool, well: bool) -> None:
    assert passed(told, asked, all_rules=all_rules) is well


def test_on_a_terminal_the_rule_that_is_checked_is_shown() -> None:
    out = io.StringIO()
    with shown(Console(file=out, force_terminal=True, width=80), [HELD.rule, BROKEN.rule]) as told:
        for finding in (HELD, BROKEN):
            told(finding)
    assert "2/2" in out.getvalue()


def test_elsewhere_each_rule_is_a_line_as_soon_as_it_is_decided() -> None:
    out = io.StringIO()
    with shown(Console(file=out, width=20), [HELD.rule, BROKEN.rule]) as told:
        told(HELD)
        assert out.getvalue() == "1/2 amounts-are-exact: held\n"
        told(BROKEN)
    assert out.getvalue().splitlines()[1:] == ["2/2 money-is-exact: broken"]

"""What an operator sees of a reconciliation."""

import io

from rich.console import Console

from gateway.commands.agreeing import Progress, for_machines, lines, shown, table
from gateway.upkeep.findings import Finding, Findings, Kind, Report
from schema.api.ids import read_donation
from schema.model.errors import UpstreamUnavailable
from schema.model.ids import CampaignId

LUNCH, RIVER = CampaignId("acme", "lunch"), CampaignId("acme", "river")
WHO = bytes(range(16))


def reports() -> list[Report]:
    findings = Findings()
    findings.add(Finding(Kind.MISSING_HERE, RIVER))
    findings.add(Finding(Kind.MISSING_THERE, LUNCH, entity=WHO))
    findings.add(Finding(Kind.HELD, None, 7, reason="unplaced"))
    findings.add(Finding(Kind.UNREADABLE, None, 8, reason="[red]amount cannot be read"))
    silent = Report.unread("shop", "2026-09-02", UpstreamUnavailable("silent"))
    return [Report("shop", "2026-09-01", 1_234, findings, (RIVER,)), silent]


def drawn(console_of: object) -> str:
    out = io.StringIO()
    Console(file=out, width=150).print(console_of)
    return out.getvalue()


def test_the_table_has_a_row_for_each_source() -> None:
    heading, first, second = drawn(table(reports(), None)).splitlines()
    assert heading.split("  ")[0].strip() == "account"
    assert first.split() == ["shop", "2026-09-01", "1,234", "1", "1", "0", "1", "1", "DIFFERS"]
    assert second.split() == ["shop", "2026-09-02", "0", "0", "0", "0", "0", "0", "not", "read:", "UPSTREAM_UNAVAILABLE"]


def test_of_one_campaign_only_its_own_is_told_and_what_may_be_its_own() -> None:
    _, first, _ = drawn(table(reports(), RIVER)).splitlines()
    assert first.split() == ["shop", "2026-09-01", "1,234", "1", "not", "comparable", "0", "1", "1", "DIFFERS"]
    assert len(list(lines(reports(), RIVER))) == 3


def test_each_finding_is_a_line_with_what_a_person_needs_to_find_it() -> None:
    missing, held, unreadable, unlike = lines(reports(), None)
    assert missing.startswith("shop 2026-09-01: missing there, in acme:lunch, donation ")
    assert read_donation(missing.rpartition(" ")[2]) == (LUNCH, WHO)
    assert held.startswith("shop 2026-09-01: held, line 7: it names no campaign")
    assert unreadable.endswith("unreadable, line 8: [red]amount cannot be read")
    assert "acme:river" in unlike


def test_machines_get_the_same() -> None:
    first, second = for_machines(reports(), None)
    assert (first["missing_here"], first["missing_there"], first["clash"], first["agrees"]) == (1, 1, 0, False)
    assert [finding["line"] for finding in first["findings"]] == [None, 7, 8]
    assert first["not_comparable"] == ["acme:river"]
    assert (second["failed"], second["agrees"]) == ("UPSTREAM_UNAVAILABLE", False)


def test_on_a_terminal_there_is_a_bar_and_elsewhere_a_line_for_each_source() -> None:
    for terminal in (True, False):
        out = io.StringIO()
        with shown(Console(file=out, force_terminal=terminal, width=100)) as tell:
            for number in range(3):
                for rows in (0, 500):
                    tell(Progress(number, 3, "shop", f"2026-09-0{number + 1}", rows))
        assert "shop 2026-09-03" in out.getvalue()
        assert terminal or out.getvalue().splitlines() == [f"{n} of 3: shop 2026-09-0{n}" for n in (1, 2, 3)]


def test_without_anybody_to_tell_nothing_is_told() -> None:
    with shown(None) as tell:
        tell(Progress(0, 1, "shop", "2026-09-01", 0))

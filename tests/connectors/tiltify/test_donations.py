"""Asking Tiltify for lists: donations, matches and milestones."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.testing.fakes import answer
from schema.model.donation import DonationKind
from schema.model.errors import NotFound, UpstreamGarbled
from schema.model.facts import Movement, Stage
from schema.model.money import Money
from schema.model.time import micros
from tests.connectors.tiltify.given import (
    CAMPAIGN,
    EVENT,
    GARBLED,
    MISSING,
    NOW,
    PUBLIC,
    SPONSORS,
    TEAM,
    UUID,
    Answers,
    instead,
    listed,
    page,
    path,
    query,
    row,
    sent,
    standing,
    tiltify,
    words,
)


async def test_donations_are_read_page_after_page_a_hundred_each() -> None:
    connector, ports = tiltify(standing)
    donations = await listed(connector)
    assert [(d.donor_name, d.amount and d.amount.minor, d.stage) for d in donations] == [
        ("Sample Sponsor", 50_000, Stage.COMPLETED),
        ("Sample Donor", 1_250, Stage.COMPLETED),
        (None, 500, Stage.PENDING),
    ]
    assert all(d.version == micros(NOW - timedelta(seconds=10)) for d in donations)
    first, second = sent(ports, "/donations")
    assert first.url == f"{PUBLIC}/campaigns/{UUID}/donations?limit=100"
    assert query(second) == {"limit": "100", "after": words("donations_1.json")["metadata"]["after"]}


async def test_a_listed_donation_is_the_one_that_was_pushed() -> None:
    connector, _ = tiltify(standing)
    second = (await listed(connector))[1]
    pushed = words("donation_updated.json")["data"]
    assert (second.native_id, second.campaign) == (pushed["id"], (CAMPAIGN,))
    assert second.donated_at == datetime(2026, 5, 2, 18, 29, 41, tzinfo=UTC)


async def test_repair_asks_for_what_was_completed_since_its_own_moment_included() -> None:
    connector, ports = tiltify(standing)
    await listed(connector, since=NOW)
    first, second = (query(request) for request in sent(ports, "/donations"))
    assert first == {"completed_after": "2026-05-02T18:30:59Z", "limit": "100"}
    assert second["completed_after"] == first["completed_after"]


async def test_a_sponsors_donation_is_a_match_and_a_running_match_is_no_money() -> None:
    connector, ports = tiltify(standing)
    donations = await listed(connector)
    assert {d.native_id: d.kind for d in donations} == {
        SPONSORS: DonationKind.MATCH,
        "22222222-2222-4222-8222-222222222222": DonationKind.ONE_TIME,
        "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb": DonationKind.RECURRING,
    }
    running = row("donation_matches.json", 0)
    assert running["donation_id"] is None
    assert running["id"] not in {d.native_id for d in donations}
    assert len(sent(ports, "/donation_matches")) == 1


@pytest.mark.parametrize("native", [TEAM, EVENT])
async def test_matches_are_asked_for_where_there_are_any(native: str) -> None:
    connector, ports = tiltify(standing)
    assert len(await listed(connector, native)) == 3
    assert sent(ports, "/donation_matches") == []


async def test_without_matches_there_are_donations() -> None:
    connector, _ = tiltify(instead(standing, donation_matches=MISSING))
    assert len(await listed(connector)) == 3


async def collected(answers: Answers) -> list[Movement]:
    """What is told before the list raises UpstreamGarbled."""
    connector, _ = tiltify(answers)
    seen: list[Movement] = []

    async def read() -> None:
        async for movement in connector.donations(CAMPAIGN):
            seen.append(movement)

    with pytest.raises(UpstreamGarbled):
        await read()
    return seen


async def test_matches_that_cannot_be_read_hide_no_donation() -> None:
    assert len(await collected(instead(standing, donation_matches=GARBLED))) == 3
    wrong = page(row("donation_matches.json", 1) | {"donation_id": 7})
    assert len(await collected(instead(standing, donation_matches=wrong))) == 3


@pytest.mark.parametrize("changed", [{"id": None}, {"amount": None}, {"completed_at": 7}, {"campaign_id": "x"}])
async def test_a_row_that_cannot_be_read_is_raised_after_the_others(changed: dict[str, Any]) -> None:
    rows = page(row("donations_1.json", 0) | changed, row("donations_1.json", 1))
    assert len(await collected(instead(standing, donations=rows))) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"data": []}',
        b'{"data": {}, "metadata": {"after": null}}',
        b'{"data": [1], "metadata": {"after": null}}',
        b'{"data": [], "metadata": [1]}',
        b'{"data": [], "metadata": {"after": 1}}',
        b'{"error": {"status": 422, "message": "no", "fields": {"limit": ["is invalid"]}}}',
    ],
)
async def test_a_list_of_another_form_is_garbled(body: bytes) -> None:
    assert await collected(instead(standing, donations=answer(200, body))) == []


async def test_pages_that_go_in_a_circle_end() -> None:
    connector, ports = tiltify(instead(standing, donations=page(after="same")))
    with pytest.raises(UpstreamGarbled, match="repeats"):
        await listed(connector)
    assert len(sent(ports, "/donations")) == 2


async def test_a_list_of_what_is_gone_is_not_found() -> None:
    connector, _ = tiltify(instead(standing, donations=MISSING))
    with pytest.raises(NotFound):
        await listed(connector)


async def test_an_empty_list_has_no_donations() -> None:
    connector, _ = tiltify(instead(standing, donations=page()))
    assert await listed(connector) == []


# ---------------------------------------------------------------------------------------------------- milestones


async def test_milestones_are_told_lowest_first_without_those_switched_off() -> None:
    connector, ports = tiltify(standing)
    milestones = await connector.milestones(CAMPAIGN)
    assert [(m.title, m.amount, m.reached) for m in milestones] == [
        ("Second day", Money.of_decimal("500", "GBP"), None),
        ("A song, sung badly", Money.of_decimal("1000", "GBP"), None),
    ]
    assert [request.url for request in sent(ports)] == [f"{PUBLIC}/campaigns/{UUID}/milestones?limit=100"]


async def test_team_campaigns_have_milestones_and_events_have_none() -> None:
    connector, ports = tiltify(instead(standing, milestones=page(row("milestones.json", 0))))
    assert len(await connector.milestones(TEAM)) == 1
    assert await connector.milestones(EVENT) == ()
    assert [path(request) for request in sent(ports)] == [f"{PUBLIC}/team_campaigns/{TEAM.partition('/')[2]}/milestones"]


async def test_milestones_of_what_is_gone_are_not_found_and_absurd_ones_garbled() -> None:
    connector, _ = tiltify(instead(standing, milestones=MISSING))
    with pytest.raises(NotFound):
        await connector.milestones(CAMPAIGN)
    connector, _ = tiltify(instead(standing, milestones=page(row("milestones.json", 0) | {"amount": "1000.00"})))
    with pytest.raises(UpstreamGarbled, match="amount"):
        await connector.milestones(CAMPAIGN)

"""Lists of donations and of milestones: page after page, and no further than needed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.http import HttpRequest, HttpResponse
from connectors.testing.fakes import answer
from schema.model.errors import UpstreamGarbled
from schema.model.time import micros
from tests.connectors.donordrive.given import (
    EVENT,
    HOST,
    NOW,
    PARTICIPANT,
    TEAM,
    Answers,
    asked,
    body,
    donations,
    donordrive,
    path,
    program,
    query,
    read,
    sent,
)


def gifts(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Rows of a team's list, newest first, a minute apart."""
    newest = datetime(2026, 5, 2, 18, tzinfo=UTC)
    return [
        {
            "donationID": f"{number:016X}",
            "createdDateUTC": f"{newest - timedelta(minutes=number):%Y-%m-%dT%H:%M:%S}.0+0000",
            "amount": 1,
            "eventID": 600,
            "teamID": 7001,
        }
        for number in range(first, first + count)
    ]


def paging(rows: Sequence[object]) -> Answers:
    """A program whose lists have these rows, and end with 204."""
    others = program()

    def answers(request: HttpRequest) -> HttpResponse:
        if "offset" not in query(request):
            return others(request)
        offset, limit = int(query(request)["offset"]), int(query(request)["limit"])
        return answer(400) if limit > 100 else body(rows[offset : offset + limit]) if offset < len(rows) else answer(204)

    return answers


async def test_donations_are_asked_for_newest_first_and_a_hundred_at_a_time() -> None:
    connector, ports = donordrive(program())
    await donations(connector)
    assert path(sent(ports)[-1]) == "teams/7001/donations"
    assert sent(ports)[-1].url.endswith("?version=1.3&orderBy=createdDateUTC%20DESC&limit=100&offset=0")


async def test_every_donation_with_an_id_is_told() -> None:
    connector, _ = donordrive(program())
    found = await donations(connector)
    assert [gift.native_id[-16:-12] for gift in found] == ["AAAA", "CCCC", "DDDD", "FFFF", "1111"]
    assert all(gift.version == micros(NOW) for gift in found)


@pytest.mark.parametrize(("count", "calls"), [(0, 1), (1, 1), (99, 1), (100, 2), (101, 2), (250, 3)])
async def test_a_list_is_read_page_after_page_to_its_end(count: int, calls: int) -> None:
    connector, ports = donordrive(paging(gifts(count)))
    assert len(await donations(connector)) == count
    assert asked(ports)[1:] == ["teams/7001/donations"] * calls
    assert [query(request)["offset"] for request in sent(ports)[1:]] == ["0", "100", "200"][:calls]


async def test_a_list_without_end_is_given_up() -> None:
    def endless(request: HttpRequest) -> HttpResponse:
        offset = query(request).get("offset")
        return program()(request) if offset is None else body([{"message": offset}] * 100)

    connector, ports = donordrive(endless)
    with pytest.raises(UpstreamGarbled, match="pages"):
        await donations(connector)
    assert len(asked(ports)) == 1 + 1_000


async def test_a_full_page_that_comes_whatever_the_offset_is_garbled_at_once() -> None:
    full = body(gifts(100))
    connector, ports = donordrive(lambda request: full if "offset" in query(request) else program()(request))
    with pytest.raises(UpstreamGarbled, match="repeats"):
        await donations(connector)
    assert len(asked(ports)) == 1 + 2


async def test_what_was_given_to_another_hides_nothing_and_is_not_told() -> None:
    rows = gifts(3)
    rows[1]["teamID"] = 7002
    connector, _ = donordrive(paging(rows))
    assert [gift.native_id for gift in await donations(connector)] == [f"{HOST}/{number:016X}" for number in (0, 2)]


async def test_reading_ends_at_the_first_donation_that_is_older_than_asked_for() -> None:
    rows = gifts(250)
    connector, ports = donordrive(paging(rows))
    since = datetime(2026, 5, 2, 18, tzinfo=UTC) - timedelta(minutes=30)
    found = await donations(connector, since=since)
    assert [gift.donated_at for gift in found][-1] == since  # which belongs to it
    assert len(found) == 31
    assert asked(ports) == ["about", "teams/7001/donations"]


async def test_the_second_in_which_reading_is_to_end_is_read_whole() -> None:
    rows = [row | {"createdDateUTC": "2026-05-02T17:00:00.93+0000"} for row in gifts(1)]
    connector, _ = donordrive(paging(rows))
    assert len(await donations(connector, since=datetime(2026, 5, 2, 17, 0, 0, 990000, tzinfo=UTC))) == 1
    assert await donations(connector, since=datetime(2026, 5, 2, 17, 0, 1, tzinfo=UTC)) == []


async def test_one_donation_that_cannot_be_read_hides_no_other() -> None:
    rows = gifts(3)
    rows[0]["createdDateUTC"], rows[1]["amount"] = "yesterday", "some"
    connector, _ = donordrive(paging(rows))
    told: list[str] = []
    with pytest.raises(UpstreamGarbled, match="createdDateUTC"):
        await read(connector.donations(TEAM), told)
    assert told == [f"{HOST}/{2:016X}"]


async def test_milestones_are_told_lowest_first_in_the_program_s_currency() -> None:
    connector, ports = donordrive(program())
    for native in (PARTICIPANT, TEAM):
        found = await connector.milestones(native)
        assert [(one.title, str(one.amount)) for one in found] == [
            ("Paints a fish", "500.00 CAD"),
            ("Sings a song", "1000.00 CAD"),
        ]
    assert asked(ports) == ["about", "participants/900001/milestones", "teams/7001/milestones"]


async def test_an_event_promises_nothing_and_is_not_asked() -> None:
    connector, ports = donordrive(program())
    assert await connector.milestones(EVENT) == ()
    assert asked(ports) == []


@pytest.mark.parametrize("nothing", [answer(204), answer(200, b"[]")])
async def test_a_list_that_is_empty_has_nothing(nothing: HttpResponse) -> None:
    connector, _ = donordrive(program({"teams/7001/milestones": nothing, "teams/7001/donations": nothing}))
    assert await connector.milestones(TEAM) == []
    assert await donations(connector) == []

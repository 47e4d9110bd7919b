"""The board of a season, as its document stands in the examples, over a real store."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from schema.api import ids
from tests.gateway.acme import LUNCH
from tests.gateway.autumn import COATS, MEMBER, SHOES, TEAM, WINTER, autumn, heard, stated
from tests.gateway.http.board import BOARD, COPIED, PRESENT, SEASON, Board, money, opened
from tests.gateway.http.rows import FIGURES, ROWS, WHOLE, converted, endorsement, gift, total


@pytest.fixture
async def board(client: Redis, redis_url: str) -> AsyncIterator[Board]:
    async with opened(client, redis_url) as found:
        yield found


async def test_the_board_is_whole_at_once(board: Board) -> None:
    season = (await board.ask(BOARD, "SeasonBoard", slug="autumn", currency="CNY"))["season"]
    edges, history = season.pop("campaigns"), season.pop("history")
    page = edges.pop("pageInfo")
    assert [edge["node"] for edge in edges["edges"]] == ROWS
    assert (edges["totalCount"], page) == (6, {"hasNextPage": False, "endCursor": edges["edges"][-1]["cursor"]})
    assert [day["raisedSoFar"]["money"]["amount"] for day in history] == [*["50.00"] * 10, *["986.00"] * 3, "2570.00"]
    assert [history[0]["until"], history[-2]["until"], history[-1]["until"]] == [
        "2026-08-20T16:00:00Z",
        "2026-09-01T16:00:00Z",
        PRESENT,
    ]
    one, many = (
        {"id": ids.phase_id("autumn", slug), "slug": slug, "name": name, "startsAt": start, "endsAt": end, "total": figures}
        for slug, name, start, end, figures in (
            ("one", "One school", "2026-08-23T03:00:00Z", "2026-09-03T03:00:00Z", total(converted("310.00"), 3, 1, "LIVE")),
            ("many", "A season of giving", "2026-09-03T03:00:00Z", None, total(WHOLE, 11, 4, "CACHED", asOf=COPIED)),
        )
    )
    first, second = "2026-09-02T02:59:00Z", "2026-09-02T02:58:00Z"
    lunch = [
        gift(LUNCH, "School lunch", 1, money("200.00"), first, "COMPLETED"),
        gift(LUNCH, "School lunch", 2, money("100.00"), second, "PARTIALLY_REFUNDED"),
        gift(LUNCH, "School lunch", 4, money("50.00"), "2026-08-20T04:00:00Z", "COMPLETED"),
    ]
    shoes = [gift(SHOES, "Shoes", 3, money("10.00", "USD"), "2026-09-02T02:57:00Z", "COMPLETED")]
    recent = [(LUNCH, lunch), (SHOES, shoes), (WINTER, []), (MEMBER, []), (TEAM, [])]
    assert season == {
        "id": SEASON,
        "slug": "autumn",
        "name": "Autumn of giving",
        "startsAt": "2026-08-23T03:00:00Z",
        "endsAt": None,
        "currentPhase": {"id": ids.phase_id("autumn", "one")},
        "phases": [one, many],
        **FIGURES,
        "recent": {"nodes": [{"id": ids.campaign_id(campaign), "donations": {"nodes": rows}} for campaign, rows in recent]},
        "endorsements": {
            "nodes": [
                endorsement(LUNCH, "School lunch", "star", money("60.00"), 1),
                endorsement(LUNCH, "School lunch", "voice", None, None),
                endorsement(COATS, "Coats", "star", None, None),
                endorsement(TEAM, "Team", "star", None, None),
            ]
        },
        "actions": [
            {
                "kind": "LEARN",
                "title": "Why lunch",
                "url": "https://lunch.example/why",
                "isOnline": True,
                "place": None,
                "startsAt": None,
                "endsAt": None,
            }
        ],
    }


async def test_the_board_without_a_currency_is_in_the_seasons_own_and_in_another_by_the_rates(board: Board) -> None:
    own = await board.ask(BOARD, "SeasonBoard", slug="autumn")
    assert own["season"]["total"] == FIGURES["total"]
    euros = (await board.ask(BOARD, "SeasonBoard", slug="autumn", currency="EUR"))["season"]["total"]
    assert (euros["raised"]["money"], euros["goal"]) == (money("329.49", "EUR"), money("1282.05", "EUR"))
    assert await board.ask(BOARD, "SeasonBoard", slug="winter") == {"season": None}


async def test_more_rows_come_page_by_page_each_once(client: Redis, redis_url: str) -> None:
    await heard(autumn(client), "pond", *[stated(f"c{number}", 100 * number) for number in range(30)])
    async with opened(client, redis_url) as board:
        page = (await board.ask(BOARD, "SeasonBoard", slug="autumn"))["season"]["campaigns"]
        found = [edge["node"]["id"] for edge in page["edges"]]
        while page["pageInfo"]["hasNextPage"]:
            after = page["pageInfo"]["endCursor"]
            page = (await board.ask(BOARD, "SeasonBoardMore", slug="autumn", after=after))["season"]["campaigns"]
            found += [edge["node"]["id"] for edge in page["edges"]]
        assert page["totalCount"] == len(found) == len(set(found)) == 36

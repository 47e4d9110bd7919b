"""The live documents of a season's board: the messages that its comments promise, in their order."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from schema.api import ids
from tests.gateway.acme import LUNCH, NOW, back, given, who
from tests.gateway.autumn import TEAM, WINTER, heard, stated
from tests.gateway.http.board import SEASON, Board, money, opened
from tests.gateway.http.rows import FIGURES, ROWS
from tests.gateway.world import soon

ROW = {row["id"]: {name: row[name] for name in ("id", "status", "updatedAt", "goal", "total")} for row in ROWS}


@pytest.fixture
async def board(client: Redis, redis_url: str) -> AsyncIterator[Board]:
    async with opened(client, redis_url) as found:
        yield found


async def test_the_total_of_the_board_begins_with_a_snapshot_and_goes_on(board: Board) -> None:
    async with aclosing(board.follow("SeasonBoardTotal", slug="autumn", currency="CNY")) as feed:
        assert await soon(feed) == {"seasonTotal": {"season": {"id": SEASON, **FIGURES}, "recovered": False}}
        await heard(board.world, "lunch", given(5, 1_250))
        update = (await soon(feed))["seasonTotal"]
        assert update["recovered"] is True
        assert update["season"]["total"]["raised"]["money"] == money("2582.50")
        shares = [share["raised"]["money"]["amount"] for share in update["season"]["byPlatform"]]
        assert shares == ["1560.00", "700.00", "322.50"]


async def test_the_rows_of_the_board_come_each_once_and_then_as_they_change(board: Board) -> None:
    wanted = [ids.campaign_id(campaign) for campaign in (LUNCH, WINTER, TEAM)]
    async with aclosing(board.follow("SeasonBoardRows", ids=wanted)) as feed:
        snapshots = [(await soon(feed))["campaignTotals"] for _ in wanted]
        assert {each["campaign"]["id"]: each for each in snapshots} == {
            each: {"campaign": ROW[each], "recovered": False} for each in wanted
        }
        await heard(board.world, "lunch", given(5, 1_250))
        update = (await soon(feed))["campaignTotals"]
        assert (update["recovered"], update["campaign"]["id"]) == (True, ids.campaign_id(LUNCH))
        assert update["campaign"]["total"]["raised"] == money("322.50")
        await board.world.book.feed("lunch", "revoked")  # its network is down
        update = (await soon(feed))["campaignTotals"]
        assert (update["recovered"], update["campaign"]["total"]["freshness"]) == (True, "STALE")
        assert update["campaign"]["total"]["raised"] == money("322.50")


async def test_the_ticker_of_the_board_tells_gifts_once_and_amends_them_quietly(board: Board) -> None:
    async with aclosing(board.follow("SeasonBoardTicker", slug="autumn")) as feed:
        assert await soon(feed) == {"seasonDonations": {"received": [], "changed": [], "missed": 0, "recovered": False}}
        await heard(board.world, "lunch", given(5, 1_250, name="coral_fan"))
        update = (await soon(feed))["seasonDonations"]
        assert (update["changed"], update["missed"], update["recovered"]) == ([], 0, True)
        assert update["received"] == [
            {
                "id": ids.donation_id(LUNCH, who(5)),
                "campaign": {"id": ids.campaign_id(LUNCH), "title": "School lunch"},
                "amount": money("12.50"),
                "donorName": "coral_fan",
                "message": None,
                "donatedAt": "2026-09-02T02:55:00Z",
                "status": "COMPLETED",
            }
        ]
        await heard(board.world, "lunch", back(1, 20_000))
        update = (await soon(feed))["seasonDonations"]
        assert update["received"] == []
        [changed] = update["changed"]
        assert (changed["id"], changed["status"]) == (ids.donation_id(LUNCH, who(1)), "REFUNDED")


async def test_after_a_lost_connection_the_ticker_has_a_hole_of_unknown_size(board: Board, redis: Redis) -> None:
    async with aclosing(board.follow("SeasonBoardTicker", slug="autumn")) as feed:
        await soon(feed)
        await redis.client_kill_filter(_type="pubsub")
        assert await soon(feed) == {"seasonDonations": {"received": [], "changed": [], "missed": None, "recovered": False}}


async def test_the_total_of_the_board_follows_what_a_network_states(board: Board) -> None:
    async with aclosing(board.follow("SeasonBoardTotal", slug="autumn", currency="CNY")) as feed:
        await soon(feed)
        await heard(board.world, "pond", stated("team", 21_000, at=NOW + timedelta(seconds=1), count=8))
        update = (await soon(feed))["seasonTotal"]
        assert update["season"]["total"]["raised"]["money"] == money("2648.00")
        assert update["season"]["total"]["donationCount"] == 12

"""The documents of a season's board and of a partner's report, as they stand in the examples, over a real store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson
import pytest
from redis.asyncio import Redis

from gateway.http.limits import Limits
from gateway.http.operations import Operations
from gateway.http.requests import OperationRequest
from gateway.store.history import HistoryShelf
from gateway.store.posts import PostShelf
from schema.api import ids
from schema.api.build import build
from schema.api.ports import Context
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.facts import Clues
from schema.model.ids import CampaignId
from tests.gateway.acme import LUNCH, NOW, back, given, who
from tests.gateway.autumn import COATS, DAY, MEMBER, SHOES, TEAM, WINTER, autumn, heard, published, stated
from tests.gateway.world import Followed, World, following, soon

QUERIES: Final = Path(__file__).parents[3] / "examples" / "queries"
BOARD, REPORT = ((QUERIES / f"{name}.graphql").read_text("utf-8") for name in ("season-board", "partner-report"))
HOUR: Final = timedelta(hours=1)
AUGUST, SEPTEMBER, OCTOBER = (f"2026-{month}-01T00:00:00+08:00" for month in ("08", "09", "10"))
PRESENT: Final = "2026-09-02T03:00:00Z"
SEASON: Final = ids.season_id("autumn")
STAR: Final = Clues(attach="lunch;star=1")
RATE: Final = {"from": "EUR", "to": "CNY", "value": "7.8", "source": "CONFIGURATION", "asOf": PRESENT}
COUNTERS: Final = Engagement(NOW - HOUR, reposts=3, comments=None, likes=700)


class Board:
    """What a page of the season sees: a process that follows the store, and the documents."""

    def __init__(self, world: World, followed: Followed) -> None:
        self.world = world
        self._operations = Operations(
            build(), lambda: Context(followed.reads, followed.hub), Limits(), introspection=False
        )

    async def ask(self, text: str, name: str, **variables: Any) -> Any:
        """The data of an operation without any error."""
        result = await self._operations.execute(self._operations.prepare(OperationRequest(text, name, variables), "request"))
        answer = orjson.loads(result.body)
        assert "errors" not in answer, answer
        return answer["data"]

    async def follow(self, name: str, **variables: Any) -> AsyncIterator[Any]:
        """The data of each message."""
        operation = self._operations.prepare(OperationRequest(BOARD, name, variables), "request")
        async with aclosing(self._operations.subscribe(operation)) as results:
            async for result in results:
                answer = orjson.loads(result.body)
                assert "errors" not in answer, answer
                yield answer["data"]


@pytest.fixture
async def board(client: Redis, redis_url: str) -> AsyncIterator[Board]:
    """310.00 yuan for lunch, 10.00 dollars for shoes, 200.00 euros for the team, and 700.00 yuan published for coats."""
    world = autumn(client)
    old = datetime(2026, 8, 20, 4, tzinfo=UTC)
    await heard(world, "lunch", given(4, 5_000, at=old), given(1, 20_000), given(2, 10_000, STAR), back(2, 4_000))
    await heard(world, "lunch", given(3, 1_000, "shoes", code="USD"))
    await heard(world, "pond", stated("team", 12_000, at=NOW - 3 * DAY, count=4), stated("team", 20_000, at=NOW - HOUR, count=7))
    await heard(world, "pond", stated("member", 5_000, at=NOW - HOUR, part_of=("team",)))
    await heard(world, "paper", published("coats", 70_000, at=NOW - 2 * HOUR))
    await PostShelf(client).keep("pond", {"p1": Post("p1", text="Give!", engagement=COUNTERS)}, {"1001": 2_000_000})
    await HistoryShelf(client).keep_engagement(TEAM, COUNTERS)
    await world.book.polled("pond")
    for account in ("lunch", "paper"):
        await world.book.heard(account)
    async with following(world, redis_url) as followed:
        yield Board(world, followed)


def money(amount: str, code: str = "CNY") -> dict[str, str]:
    """An amount as clients get it."""
    return {"amount": amount, "currencyCode": code}


def converted(amount: str, *missing: str, approximate: bool = False) -> dict[str, Any]:
    """A sum on the board."""
    return {"money": money(amount), "isApproximate": approximate, "missing": list(missing)}


def total(raised: dict[str, Any], count: int, campaigns: int, freshness: str, **goal: Any) -> dict[str, Any]:
    """The total of a season or a phase on the board."""
    figures = {"donationCount": count, "campaignCount": campaigns, "asOf": PRESENT, "freshness": freshness}
    return {"raised": raised, "goal": None, "progress": None, **figures, **goal}


def platform(key: str, **more: Any) -> dict[str, Any]:
    """A network."""
    return {"id": ids.platform_id(key), "key": key, "name": key.title(), **more}


def row(campaign: CampaignId, title: str, raised: dict[str, str] | None, count: int | None, **more: Any) -> dict[str, Any]:
    """A row of the board."""
    freshness = more.pop("freshness", "CACHED")
    figures = {"raised": raised, "donationCount": count, "progress": None, "asOf": PRESENT, "freshness": freshness}
    if (progress := more.pop("progress", None)) is not None:
        figures["progress"] = progress
    return {
        "id": ids.campaign_id(campaign),
        "title": title,
        "image": None,
        "donateUrl": None,
        "categories": [],
        "platform": platform(campaign.platform),
        "charity": None,
        "parent": None,
        "status": "ACTIVE",
        "updatedAt": PRESENT,
        "goal": None,
        "total": None if raised is None else figures,
        **more,
    }


def gift(campaign: CampaignId, title: str, number: int, amount: dict[str, str], at: str, status: str) -> dict[str, Any]:
    """A gift on the board."""
    return {
        "id": ids.donation_id(campaign, who(number)),
        "campaign": {"id": ids.campaign_id(campaign), "title": title},
        "amount": amount,
        "donorName": None,
        "message": None,
        "donatedAt": at,
        "status": status,
    }


def endorsement(campaign: CampaignId, title: str, endorser: str, raised: Any, count: int | None) -> dict[str, Any]:
    """An endorser's row on the board."""
    star = {
        "displayName": "A star",
        "followerCount": 2_000_000,
        "url": None,
        "platform": {"id": ids.platform_id("pond"), "key": "pond"},
    }
    voice = {"displayName": "A voice", "followerCount": None, "url": None, "platform": None}
    return {
        "id": ids.endorsement_id(campaign, endorser),
        "account": star if endorser == "star" else voice,
        "campaign": {"id": ids.campaign_id(campaign), "title": title},
        "raised": raised,
        "donationCount": count,
    }


WHOLE: Final = converted("2570.00", "USD", approximate=True)
FIGURES: Final = {
    "total": total(WHOLE, 11, 4, "CACHED", goal=money("10000.00"), progress=0.257),
    "byPlatform": [
        {
            "platform": platform("pond", freshness="CACHED", asOf=PRESENT),
            "raised": converted("1560.00", approximate=True),
            "donationCount": 7,
            "campaignCount": 1,
        },
        {
            "platform": platform("paper", freshness="CACHED", asOf=PRESENT),
            "raised": converted("700.00"),
            "donationCount": 0,
            "campaignCount": 1,
        },
        {
            "platform": platform("acme", freshness="LIVE", asOf=PRESENT),
            "raised": converted("310.00", "USD"),
            "donationCount": 4,
            "campaignCount": 2,
        },
    ],
}
ROWS: Final = [
    row(TEAM, "Team", money("200.00", "EUR"), 7),
    row(COATS, "Coats", money("700.00"), None),
    row(MEMBER, "Member", money("50.00", "EUR"), None, parent={"id": ids.campaign_id(TEAM)}),
    row(
        LUNCH,
        "School lunch",
        money("310.00"),
        3,
        freshness="LIVE",
        goal=money("1000.00"),
        progress=0.31,
        charity={"id": ids.charity_id("meals"), "name": "Free meals"},
    ),
    row(SHOES, "Shoes", money("10.00", "USD"), 1, freshness="LIVE"),
    row(WINTER, "Winter", None, None),
]


async def test_the_board_is_whole_at_once(board: Board) -> None:
    season = (await board.ask(BOARD, "SeasonBoard", slug="autumn", currency="CNY"))["season"]
    edges, page, history = season.pop("campaigns"), None, season.pop("history")
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
            ("many", "A season of giving", "2026-09-03T03:00:00Z", None, total(WHOLE, 11, 4, "CACHED")),
        )
    )
    first, second = "2026-09-02T02:59:00Z", "2026-09-02T02:58:00Z"
    lunch = [
        gift(LUNCH, "School lunch", 1, money("200.00"), first, "COMPLETED"),
        gift(LUNCH, "School lunch", 2, money("100.00"), second, "PARTIALLY_REFUNDED"),
        gift(LUNCH, "School lunch", 4, money("50.00"), "2026-08-20T04:00:00Z", "COMPLETED"),
    ]
    shoes = [gift(SHOES, "Shoes", 3, money("10.00", "USD"), "2026-09-02T02:57:00Z", "COMPLETED")]
    recent = [(LUNCH, lunch), (SHOES, shoes), (COATS, []), (WINTER, []), (MEMBER, [])]
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


async def test_more_rows_come_page_by_page_each_once(board: Board) -> None:
    await heard(board.world, "pond", *[stated(f"c{number}", 100 * number, at=NOW - HOUR) for number in range(30)])
    found, after = list[str](), None
    async with asyncio.timeout(10):
        while len(found) < 36:  # the process hears of the last of them soon
            found, after = [], None
            while True:
                name, more = ("SeasonBoard", {}) if after is None else ("SeasonBoardMore", {"after": after})
                page = (await board.ask(BOARD, name, slug="autumn", **more))["season"]["campaigns"]
                found += [edge["node"]["id"] for edge in page["edges"]]
                if not page["pageInfo"]["hasNextPage"]:
                    break
                after = page["pageInfo"]["endCursor"]
    assert len(set(found)) == 36 == page["totalCount"]


async def test_the_total_of_the_board_begins_with_a_snapshot_and_goes_on(board: Board) -> None:
    async with aclosing(board.follow("SeasonBoardTotal", slug="autumn", currency="CNY")) as feed:  # type: ignore[type-var]
        assert await soon(feed) == {"seasonTotal": {"season": {"id": SEASON, **FIGURES}, "recovered": False}}  # type: ignore[arg-type]
        await heard(board.world, "lunch", given(5, 1_250))
        update = (await soon(feed))["seasonTotal"]  # type: ignore[arg-type]
        assert update["recovered"] is True
        assert update["season"]["total"]["raised"]["money"] == money("2582.50")
        assert [share["raised"]["money"]["amount"] for share in update["season"]["byPlatform"]] == ["1560.00", "700.00", "322.50"]

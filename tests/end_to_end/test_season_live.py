"""A season while people watch it: phases that change by time, stars whose gifts go back, rates that come, live documents."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.demo.ecb import Fault
from tests.end_to_end.season import BOARD, SLUG, SeasonWorld, idle_season
from tests.end_to_end.season_file import LUNCH, NAMES
from tests.end_to_end.viewers import events, follow, socket
from tests.end_to_end.waiting import until

SECONDS = 30.0
TURNS_IN = timedelta(seconds=10)
"""Enough for the gateway to start before the second phase does."""
PHASE = """
subscription Phase($slug: String!) { seasonTotal(slug: $slug) {
    recovered season { currentPhase { slug } total { raised { money { amount } } } } } }
"""

Messages = AsyncGenerator[dict[str, Any], None]


@pytest.fixture
async def idle(tmp_path: Path, seed: int) -> AsyncIterator[SeasonWorld]:
    """A season in its second phase, whose gateway is not started yet."""
    async with idle_season(tmp_path, seed, turns_in=-timedelta(hours=1)) as world:
        yield world


@pytest.fixture
async def season(idle: SeasonWorld) -> SeasonWorld:
    """The same with a gateway that runs."""
    await idle.start()
    return idle


async def plain(frames: AsyncGenerator[tuple[str, dict[str, Any]], None]) -> Messages:
    """Server-sent events without their ids."""
    async with aclosing(frames):
        async for _, message in frames:
            yield message


async def stars(season: SeasonWorld, campaign: str) -> dict[str, str]:
    """Whom the board shows with what for a campaign, by its title."""
    told = await season.told(BOARD, "SeasonBoard")
    rows = [row for row in told["endorsements"]["nodes"] if row["campaign"]["title"] == campaign and row["raised"]]
    return {row["account"]["displayName"]: row["raised"]["amount"] for row in rows}


async def test_the_phase_changes_by_time_alone_and_whoever_watches_is_told(tmp_path: Path, seed: int) -> None:
    async with idle_season(tmp_path, seed, turns_in=TURNS_IN) as season:
        await season.start()
        turn = season.turn.replace(microsecond=0)
        async with socket(season.url) as viewer, asyncio.timeout(SECONDS):
            seen: list[tuple[str, bool]] = []
            async for message in follow(viewer, PHASE, slug=SLUG):
                before = datetime.now(UTC)
                if not seen and before < turn:
                    told = await season.told(BOARD, "SeasonBoard")
                    current = next(phase for phase in told["phases"] if phase["id"] == told["currentPhase"]["id"])
                    assert current["slug"] == "one-lunch" or datetime.now(UTC) >= turn
                    await season.lunch(1_000, "")
                seen.append((message["season"]["currentPhase"]["slug"], message["recovered"]))
                if seen[-1][0] == "many":
                    assert datetime.now(UTC) >= turn
                    break
        told = await season.told(BOARD, "SeasonBoard")

        assert [slug for slug, _ in seen] == ["one-lunch"] * (len(seen) - 1) + ["many"]
        assert [recovered for _, recovered in seen] == [False] + [True] * (len(seen) - 1)
        one, many = told["phases"]
        assert told["currentPhase"]["id"] == many["id"]
        assert (one["total"]["campaignCount"], many["total"]["campaignCount"]) == (1, 3)
        assert one["total"]["raised"]["money"]["amount"] == "10.00"


async def test_a_refund_lowers_the_star_that_the_gift_had_named_and_nobody_else(season: SeasonWorld) -> None:
    title = "A warm lunch at school"
    gifts = {star: await season.lunch(1_000, star) for star in ("star", "singer", "athlete", "")}
    await season.agree()
    assert await stars(season, title) == {NAMES[star]: "10.00" for star in ("star", "singer", "athlete")}

    await season.give_back(gifts["singer"], 400)
    await season.give_back(gifts[""], 1_000)
    await season.agree()

    assert await stars(season, title) == {NAMES["star"]: "10.00", NAMES["athlete"]: "10.00", NAMES["singer"]: "6.00"}
    await season.give_back(gifts["singer"], 600)
    await season.agree()
    assert await stars(season, title) == {NAMES["star"]: "10.00", NAMES["athlete"]: "10.00", NAMES["singer"]: "0.00"}
    assert season.wechat.books[LUNCH].endorsers == {"star": 1_000, "athlete": 1_000, "singer": 0}


async def test_a_currency_without_a_rate_is_left_out_and_named_until_the_rate_is_there(idle: SeasonWorld) -> None:
    idle.ecb.missing.add("USD")
    await idle.start()
    await idle.lunch(5_000, "")
    await idle.twitch.donate(1_000)
    await idle.twitch.donate(7_700, broadcaster_id=idle.gamer)
    await idle.agree()
    euros = idle.ecb.rates(idle.ecb.day())["CNY"]

    told = await idle.told(BOARD, "SeasonBoard")

    assert told["total"]["raised"]["missing"] == ["USD"]
    assert told["total"]["raised"]["money"]["amount"] == f"{50 + 10 * euros:.2f}"
    (twitch,) = (share for share in told["byPlatform"] if share["platform"]["key"] == "twitch")
    assert (twitch["raised"]["missing"], twitch["raised"]["money"]["amount"]) == (["USD"], f"{10 * euros:.2f}")
    only = await idle.told(BOARD, "SeasonBoard", currency="USD")  # nothing of the rest can be expressed in it
    assert sorted(only["total"]["raised"]["missing"]) == ["CNY", "EUR"]
    assert (only["total"]["raised"]["money"]["amount"], only["total"]["goal"]) == ("77.00", None)

    idle.ecb.missing.clear()
    idle.gateway.terminate()  # killed, it would leave its leases behind for half a minute
    await idle.gateway.ended(SECONDS)
    await idle.start()
    told = await idle.told(BOARD, "SeasonBoard")
    assert told["total"]["raised"]["missing"] == []
    dollars = euros / idle.ecb.rates(idle.ecb.day())["USD"]
    assert told["total"]["raised"]["money"]["amount"] == f"{50 + 10 * euros + 77 * dollars:.2f}"


async def test_a_bank_that_is_down_takes_nothing_from_the_sums_in_one_currency(idle: SeasonWorld) -> None:
    idle.ecb.fault = Fault.DOWN
    await idle.start(bank=False)
    await idle.lunch(5_000, "")
    await idle.twitch.donate(1_000)
    await idle.agree()

    told = await idle.told(BOARD, "SeasonBoard")

    assert told["total"]["raised"]["money"]["amount"] == "50.00"
    assert "EUR" in told["total"]["raised"]["missing"]


@dataclass(slots=True)
class Seen:
    """What the three live documents of a board have told so far."""

    totals: list[dict[str, Any]] = field(default_factory=list)
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)
    received: list[dict[str, Any]] = field(default_factory=list)
    changed: dict[str, dict[str, Any]] = field(default_factory=dict)
    missed: list[int | None] = field(default_factory=list)

    async def read_totals(self, messages: Messages) -> None:
        """Keeps the seasons."""
        async for message in messages:
            self.totals.append(message["season"])

    async def read_rows(self, messages: Messages) -> None:
        """Keeps the newest of each campaign."""
        async for message in messages:
            self.rows[message["campaign"]["id"]] = message["campaign"]

    async def read_gifts(self, messages: Messages) -> None:
        """Keeps the gifts."""
        async for message in messages:
            self.missed.append(message["missed"])
            self.received += message["received"]
            self.changed |= {gift["id"]: gift for gift in message["changed"]}


@pytest.mark.parametrize("way", ["websocket", "events"])
async def test_the_boards_subscriptions_end_with_what_the_books_say_and_tell_each_gift_once(
    season: SeasonWorld, way: str
) -> None:
    board = await season.told(BOARD, "SeasonBoard")
    ids = [edge["node"]["id"] for edge in board["campaigns"]["edges"]]
    seen = Seen()
    async with AsyncExitStack() as stack:
        viewer = await stack.enter_async_context(socket(season.url)) if way == "websocket" else None

        def opened(operation: str, **variables: Any) -> Messages:
            if viewer is not None:
                return follow(viewer, BOARD, operation=operation, **variables)
            return plain(events(season.session, season.url, BOARD, operation=operation, **variables))

        watching = [
            asyncio.create_task(seen.read_totals(opened("SeasonBoardTotal", slug=SLUG))),
            asyncio.create_task(seen.read_rows(opened("SeasonBoardRows", ids=ids))),
            asyncio.create_task(seen.read_gifts(opened("SeasonBoardTicker", slug=SLUG))),
        ]
        await until(lambda: bool(seen.totals and seen.missed) and len(seen.rows) == len(ids))
        assert seen.received == []

        await season.give(40)
        gift = await season.lunch(900, "star")
        await season.agree()
        await season.give_back(gift, 900)
        await season.agree()

        told = await season.told(BOARD, "SeasonBoard")
        final = {edge["node"]["id"]: edge["node"]["total"] for edge in told["campaigns"]["edges"]}
        gifts = sum(len(network.payments) for network in (season.wechat, season.weibo, season.alipay, season.gongyi))
        gifts += sum(book.count for book in season.twitch.books.values())
        await until(lambda: seen.totals[-1]["total"]["raised"] == told["total"]["raised"])
        await until(
            lambda: {name: money(row["total"]) for name, row in seen.rows.items()} == {n: money(t) for n, t in final.items()}
        )
        await until(lambda: len(seen.received) >= gifts)
        await until(lambda: any(each["status"] == "REFUNDED" for each in seen.changed.values()))
        for task in watching:
            assert not task.done(), task
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)

    assert len({each["id"] for each in seen.received}) == len(seen.received) == gifts
    assert set(seen.missed) == {0}
    assert seen.changed.keys() <= {each["id"] for each in seen.received}
    assert sum(share["donationCount"] for share in seen.totals[-1]["byPlatform"]) == told["total"]["donationCount"]


def money(total: Any) -> Any:
    """What was raised, where anything is known."""
    return total and (total["raised"], total["donationCount"])

"""Viewers whose lines are cut while a thousand gifts come see the server's own log; and thousands who return cost no more
than one of them.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias

from schema.model.ids import CampaignId
from tests.clients.server_log import Entry, donations_differ, read, totals_differ
from tests.end_to_end.crowd import Crowd, room_for
from tests.end_to_end.crowd_viewers import value
from tests.end_to_end.returning import WAYS, Returning
from tests.end_to_end.viewers import DONATIONS, TOTAL
from tests.end_to_end.waiting import until
from tests.end_to_end.world import World, set_up
from tests.faults.link import Link

LUNCH: Final = CampaignId("wechat_pay", "school-lunch")
GIFTS: Final = 1_000
REFUNDED: Final = 20
"""Of so many gifts one goes back."""
BETWEEN: Final = 0.025
"""The most seconds from one gift to the next: 300 of them, which are replayed, must take longer than anybody is away."""
WHOLE: Final = 1.5
"""The most seconds for which a line stays whole."""
AWAY: Final = 0.5
READERS: Final = 3
"""Of each feed, over each transport."""
CUTS: Final = 5
"""How often each of them is cut at the least."""
RESUMERS: Final = 2_000
POSITIONS: Final = 8
MEANWHILE: Final = 30
PAUSE: Final = 0.3
"""Gifts, and the seconds between them, that come while all of them are cut, are away and return."""
FEEDS: Final = {"donations": (DONATIONS, donations_differ), "total": (TOTAL, totals_differ)}

Places: TypeAlias = dict[str, str]
"""Positions by feed."""


@dataclass
class Watched:
    """One who returns, behind a line of its own."""

    feed: str
    reader: Returning
    link: Link


async def opened(world: World) -> tuple[str, str]:
    """The campaign after its first gift, as no position can name what is before it, and the position of that gift."""
    await world.wechat.pay(100)
    await world.agree()
    campaign = (await world.campaigns())["school-lunch"]["id"]
    return campaign, (await logged(world))[0].position


async def logged(world: World) -> list[Entry]:
    """The server's own log of the campaign, read past the gateway."""
    return await read(world.folder / "data", LUNCH, "CNY")


@asynccontextmanager
async def watching(world: World, campaign: str, began: str) -> AsyncIterator[list[Watched]]:
    """All readers, from a position on. They must not have complained."""
    async with AsyncExitStack() as stack:
        watched, tasks = [], []
        for feed, (document, _) in FEEDS.items():
            for way in WAYS * READERS:
                link = await stack.enter_async_context(Link(world.port, world.rng).open())
                reader = Returning(way, link.url, document, campaign, began, random.Random(world.rng.random()))
                tasks.append(asyncio.create_task(reader.run(AWAY)))
                watched.append(Watched(feed, reader, link))
        yield watched
        assert [task for task in tasks if task.done()] == []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def cut_again_and_again(each: Watched, giving: asyncio.Task[None], rng: random.Random) -> None:
    """At random times after it has been told something, until all is given."""
    while not giving.done():
        await asyncio.wait({giving}, timeout=rng.uniform(0, WHOLE))
        each.link.cut()
        before = len(each.reader.messages)
        await until(lambda: len(each.reader.messages) > before or giving.done())  # noqa: B023 (it is waited for here)


async def give(world: World) -> None:
    """The gifts, some of which go back."""
    for number in range(1, GIFTS):
        await world.wechat.pay(world.rng.randrange(2, 50_000))
        if number % REFUNDED == 0:
            payment = world.wechat.payments[number // 2]  # most of them were told before
            await world.wechat.refund(payment, world.rng.randint(1, payment.amount_fen))
        await asyncio.sleep(world.rng.uniform(0, BETWEEN))
    await world.settle()


async def test_whoever_is_cut_at_random_times_while_a_thousand_gifts_come_is_told_the_servers_log(world: World) -> None:
    campaign, began = await opened(world)
    async with watching(world, campaign, began) as watched:
        await until(lambda: all(each.reader.messages for each in watched))
        giving = asyncio.create_task(give(world))
        await asyncio.gather(*(cut_again_and_again(each, giving, random.Random(world.rng.random())) for each in watched))
        await giving
        log = await logged(world)
        await until(lambda: all(each.reader.position == log[-1].position for each in watched))

    kinds = Counter(entry.kind for entry in log)
    assert kinds["received"] == GIFTS
    assert kinds["changed"] > GIFTS // REFUNDED // 2
    for each in watched:
        differ = FEEDS[each.feed][1]
        assert differ(log, began, each.reader.messages) == [], f"seed {world.seed}"
        assert each.link.cuts >= CUTS
    await world.agree()


async def give_slowly(world: World) -> None:
    """So few that thousands can be told of each."""
    for _ in range(MEANWHILE):
        await world.wechat.pay(world.rng.randrange(2, 50_000))
        await asyncio.sleep(PAUSE)
    await world.settle()


@dataclass
class Cost:
    """What the gateway had run, and what was logged, at a moment."""

    world: World
    moment: float
    executed: float
    logged: int

    @classmethod
    async def now(cls, world: World) -> "Cost":
        """At this one."""
        executed = await world.count("giving_live_executed_total")
        return cls(world, time.monotonic(), executed, len(await logged(world)))

    async def of(self, places: int) -> None:
        """Since then no more was run than once for each of the places from which viewers go on, and once for all who are there.

        And that again whenever there was something new, or a second was over: for so long it is told to others as well.
        """
        now = await Cost.now(self.world)
        times = now.logged - self.logged + int(now.moment - self.moment) + 1
        most = len(FEEDS) * (places + (now.logged > self.logged)) * times
        assert now.executed - self.executed <= most < RESUMERS / 2
        assert await self.world.count("giving_live_operations") == len(FEEDS)
        assert await self.world.count("giving_live_viewers") == len(FEEDS) * RESUMERS


def resume(crowd: Crowd, campaign: str, places: list[Places]) -> None:
    """All at the same time, each from its own places."""
    for viewer, after in zip(crowd.viewers, places, strict=True):
        for feed, (document, _) in FEEDS.items():
            viewer.subscribe(feed, document, {"id": campaign, "after": after[feed]})


def at_end(crowd: Crowd, end: str) -> bool:
    """Whether all have been told everything."""
    return all(value(viewer.told[feed][-1])["position"] == end for viewer in crowd.viewers for feed in FEEDS)


def differences(log: list[Entry], began: list[Places], *crowds: Crowd) -> list[str]:
    """What anybody was told, over these connections one after the other, otherwise than the log has it."""
    sequences = {
        (feed, after[feed], tuple(frame for viewer in connections for frame in viewer.told[feed]))
        for after, *connections in zip(began, *(crowd.viewers for crowd in crowds), strict=True)
        for feed in FEEDS
    }
    return [each for feed, after, frames in sequences for each in FEEDS[feed][1](log, after, map(value, frames))]


async def test_two_thousand_who_resume_at_once_share_what_is_run_for_one(idle: World) -> None:
    room_for(RESUMERS)
    idle.gateway.variables = {"GIVING_LIMITS__SOCKETS_PER_ADDRESS": f"{2 * RESUMERS}"}
    world = await set_up(idle)
    campaign, _ = await opened(world)
    for _ in range(POSITIONS):
        await world.wechat.pay(100)
    await world.agree()
    log = await logged(world)
    began: list[Places] = [dict.fromkeys(FEEDS, log[number % POSITIONS].position) for number in range(RESUMERS)]

    first = Crowd(world.url)
    await first.connect(RESUMERS)
    cost = await Cost.now(world)
    resume(first, campaign, began)
    await first.until(lambda: first.all_told(FEEDS))
    await cost.of(POSITIONS)
    assert differences(log, began, first) == []

    # now at random times while gifts come, so that they stand at as many places as there are messages; then all return
    giving = asyncio.create_task(give_slowly(world))
    await first.cut(world.rng, WHOLE)
    places: list[Places] = [{feed: value(viewer.told[feed][-1])["position"] for feed in FEEDS} for viewer in first.viewers]
    different = max(len({each[feed] for each in places}) for feed in FEEDS)
    assert different > 1
    again = Crowd(world.url)
    await again.connect(RESUMERS)
    cost = await Cost.now(world)
    resume(again, campaign, places)
    await again.until(lambda: again.all_told(FEEDS))
    await cost.of(different)
    await giving
    log = await logged(world)
    await again.until(lambda: at_end(again, log[-1].position))
    assert differences(log, began, first, again) == [], f"seed {world.seed}"
    assert first.faults == again.faults == []
    again.leave()
    await world.agree()

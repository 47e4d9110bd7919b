"""Subscribe first, then read: readers that come, go and return by position while donations flow, over two processes.

Whatever the moment at which one joins, it ends at the newest state, no figure goes back, and no donation is missing or told
twice. Held against the log of the ledger itself.
"""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from redis.asyncio import Redis

from gateway.read import positions
from gateway.read.totals import TotalRow
from gateway.store.shelf import Entry
from schema.api.readings import TotalUpdate
from schema.model.facts import Movement, Stage
from schema.model.total import Place
from tests.gateway.acme import LUNCH, NOW, back, given
from tests.gateway.live.feeds import FAST, SHORTLY, alone
from tests.gateway.world import PATIENCE, Followed, World, following

WRITES = 120
READERS = 6
Update = TypeVar("Update")


@dataclass
class Flow:
    """One writer. When it is done, ``log`` is all that the ledger tells of it."""

    world: World
    rng: random.Random
    breaks: frozenset[int] = frozenset()
    """Before which writes every connection that listens is broken."""
    done: asyncio.Event = field(default_factory=asyncio.Event)
    log: list[Entry] = field(default_factory=list)

    async def run(self) -> None:
        """New donations, repeated ones, pending, late and refunded ones."""
        for number in range(1, WRITES):
            if number in self.breaks:
                await self.world.redis.client_kill_filter(_type="pubsub")
            await self.world.put(self._fact(number))
            if self.rng.random() < 0.3:
                await asyncio.sleep(self.rng.random() * 0.02)
        self.log = await self.world.shelf.entries(LUNCH, "-", 1_000)
        self.done.set()

    def _fact(self, number: int) -> Movement:
        some = self.rng.randrange(number)
        match self.rng.randrange(10):
            case 0:
                return back(some, 1, refund=number)
            case 1:
                return given(number, 100 + number, stage=Stage.PENDING)
            case 2:
                return given(number, 100 + number, at=NOW.replace(year=2025))
            case 3:
                return given(some, 100 + some, name=f"name {number}")
            case _:
                return given(number, 100 + number)


@dataclass
class Seen:
    """What one reader was told, from its first position on."""

    start: str = ""
    position: str = ""
    joined: int = 0
    received: list[bytes] = field(default_factory=list)
    changed: list[tuple[Place, bytes]] = field(default_factory=list)
    figures: list[tuple[Place, int | None]] = field(default_factory=list)


def place(position: str) -> Place:
    """The place that a position names."""
    found = positions.decode(position)
    assert found is not None
    return found


async def taken(feed: AsyncGenerator[Update, None], flow: Flow) -> Update | None:
    """The next message, or None when none comes although the writer is done."""
    asked, done = asyncio.ensure_future(anext(feed)), asyncio.ensure_future(flow.done.wait())
    await asyncio.wait({asked, done}, return_when=asyncio.FIRST_COMPLETED)
    await asyncio.wait({asked}, timeout=SHORTLY)
    for task in (asked, done):
        task.cancel()
    await asyncio.gather(asked, done, return_exceptions=True)
    return None if asked.cancelled() else asked.result()


async def figures(process: Followed, after: str | None) -> AsyncGenerator[tuple[TotalUpdate, TotalRow], None]:
    """The total's messages, each with what this process shows at that very moment."""
    async with aclosing(alone(process.hub.campaign_total(LUNCH, max_rate=FAST), after)) as feed:
        async for update in feed:
            row = process.follower.totals[LUNCH]
            assert row is not None
            yield update, row


async def read_total(followed: list[Followed], flow: Flow, rng: random.Random) -> Seen:
    """Joins, takes some messages, leaves, returns: until the newest state was seen, and a moment longer."""
    seen, over = Seen(), False
    while not over:
        process = rng.choice(followed)
        async with aclosing(figures(process, seen.position or None)) as feed:
            for number in range(rng.randrange(1, 8)):
                found = await taken(feed, flow)
                if found is None:
                    over = seen.figures[-1][1] == int(flow.log[-1].raised)
                    break
                update, row = found
                assert update.recovered or not seen.joined
                seen.figures.append((row.place, row.raised))
                assert place(update.position) >= place(seen.position or update.position)
                seen.position = update.position
                seen.joined += number == 0
        await asyncio.sleep(rng.random() * 0.03)
    return seen


async def read_donations(followed: list[Followed], flow: Flow, rng: random.Random) -> Seen:
    """The same with donations: until the last news was told."""
    seen, over = Seen(), False
    while not over:
        process = rng.choice(followed)
        async with aclosing(alone(process.hub.campaign_donations(LUNCH), seen.position or None)) as feed:
            for number in range(rng.randrange(1, 6)):
                update = await taken(feed, flow)
                if update is None:
                    news = [entry.place for entry in flow.log if entry.kind in ("received", "changed")]
                    over = place(seen.position) >= news[-1]
                    break
                assert update.missed == 0
                assert update.recovered or not seen.joined
                assert place(update.position) >= place(seen.position or update.position)
                seen.start, seen.position = seen.start or update.position, update.position
                seen.received += [donation.entity for donation in update.received]
                told = [*update.changed, *update.received]
                seen.changed += [(place(update.position), donation.entity) for donation in told]
                seen.joined += number == 0
        await asyncio.sleep(rng.random() * 0.03)
    return seen


def check_total(seen: Seen, log: list[Entry]) -> None:
    """Every figure is one of the log, none goes back, and the last is the newest."""
    figures = {entry.place: int(entry.raised) for entry in log}
    assert [raised for _, raised in seen.figures] == [figures[where] for where, _ in seen.figures]
    places = [where for where, _ in seen.figures]
    assert places == sorted(places)
    assert seen.figures[-1][1] == int(log[-1].raised)


def check_donations(seen: Seen, log: list[Entry]) -> None:
    """Exactly what the log has after the start, in its order; and every change was told after it had happened."""
    after = [entry for entry in log if entry.place > place(seen.start)]
    assert seen.received == [entry.entity for entry in after if entry.kind == "received"]
    for entry in after:
        if entry.kind == "changed":
            assert any(where >= entry.place and who == entry.entity for where, who in seen.changed)
    moved = {entry.entity for entry in after if entry.kind in ("received", "changed")}
    assert {who for _, who in seen.changed} <= moved


@pytest.mark.parametrize(
    ("seed", "breaks"),
    [*((seed, frozenset[int]()) for seed in range(4)), (4, frozenset({WRITES // 2})), (5, frozenset({9, 90}))],
)
async def test_whoever_joins_whenever_misses_nothing_and_sees_nothing_twice(
    client: Redis, redis_url: str, seed: int, breaks: frozenset[int]
) -> None:
    rng = random.Random(seed)
    world = World(client)
    await world.open()
    await world.put(given(0, 100))
    flow = Flow(world, rng, breaks)
    async with AsyncExitStack() as stack:
        processes = [await stack.enter_async_context(following(World(client), redis_url)) for _ in range(2)]
        readers = [
            asyncio.create_task(read(processes, flow, random.Random(f"{seed} {number}")))
            for read in (read_total, read_donations)
            for number in range(READERS)
        ]
        await flow.run()
        async with asyncio.timeout(PATIENCE):
            told = await asyncio.gather(*readers)
    assert len(flow.log) > WRITES / 2
    for seen in told[:READERS]:
        check_total(seen, flow.log)
    for seen in told[READERS:]:
        check_donations(seen, flow.log)
    assert sum(seen.joined for seen in told) > 3 * READERS

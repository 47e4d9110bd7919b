"""Running operations: one for all who ask for the same, and nobody misses anything as they come and go."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Self

import pytest
import strawberry

from gateway.http.limits import Limits
from gateway.http.operations import Operations
from gateway.http.requests import OperationRequest
from gateway.http.results import Result
from gateway.live.crowd import AT_ONCE
from gateway.live.frame import Frame
from gateway.live.metrics import LiveFigures
from gateway.live.places import Places
from gateway.live.running import RunningOperations
from schema.api.following import Following
from schema.api.ports import Message
from schema.model.errors import LedgerUnavailable, NotFound
from tests.gateway.http.toy import REQUEST_ID, codes, decoded
from tests.gateway.live.reading import results_of

QUERY = "subscription($after: String) {log(after: $after) {number}}"
TOTAL = "subscription($after: String) {total(after: $after) {number}}"


FAILING: Final[list[int]] = []
"""Numbers that cannot be told until somebody joins."""


@dataclass
class Log:
    """A feed of numbers, of which each viewer must be told each after its own place, once; or the newest of them.

    ``broken`` is raised to who joins. ``ways`` are what the next ones that join go through, one each.
    """

    conflates: bool = False
    last: int = 0
    told: int = 0
    opened: int = 0
    broken: Exception | None = None
    ways: list[AbstractAsyncContextManager[None]] = field(default_factory=list)
    joins: list[str | None] = field(default_factory=list)
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    def __enter__(self) -> Self:
        if self.last < 0:
            raise NotFound("there is no such log")
        self.opened += 1
        self.told = self.last
        return self

    def __exit__(self, *_: object) -> None:
        self.opened -= 1

    @property
    def place(self) -> int:
        """Up to where it was told; of a total, what there is."""
        return self.last if self.conflates else self.told

    def put(self) -> None:
        """One more."""
        self.last += 1
        self.moved.set()

    async def seek(self) -> None:
        """It is known."""

    async def reach(self, after: str) -> None:
        """It is here."""

    async def join(self, after: str | None) -> AsyncGenerator[Message[int], None]:
        """What came after, one message each; or the newest."""
        self.joins.append(after)
        FAILING.clear()
        if self.broken is not None:
            raise self.broken
        until = self.told
        async with self.ways.pop(0) if self.ways else nullcontext():
            await asyncio.sleep(0)
            if self.conflates:
                yield self._message(self.last, follows=after is not None)
            else:
                for number in range(until if after is None else int(after) + 1, until + 1):
                    yield self._message(number)

    async def live(self) -> AsyncGenerator[Message[int], None]:
        """What is new, one after the other."""
        while True:
            while self.told == self.last:
                self.moved.clear()
                await self.moved.wait()
            self.told = self.last if self.conflates else self.told + 1
            yield self._message(self.told)

    def _message(self, number: int, *, follows: bool = True) -> Message[int]:
        if not self.conflates:
            return Message(number, None, number, str(number), follows)
        return Message(number, "it", number, str(number), follows, lambda: self._message(self.last, follows=follows))


@dataclass
class Eyes:
    """Who looks."""

    log: Log
    total: Log
    scope: str = "public"


Context = strawberry.Info[Eyes, None]


@strawberry.type
class Query:
    """There must be one."""

    there: bool = True


@strawberry.type
class Entry:
    """What takes a while to be told."""

    value: int

    @strawberry.field
    def same(self, as_: Annotated[str | None, strawberry.argument(name="as")] = None) -> str | None:
        """What it is given."""
        return as_

    @strawberry.field
    async def number(self) -> int:
        if self.value in FAILING:
            raise LedgerUnavailable("not now")
        for _ in range(self.value % 3):
            await asyncio.sleep(0)
        return self.value


@strawberry.type
class Subscription:
    """Both kinds of feed."""

    @strawberry.subscription
    def log(self, info: Context, after: str | None = None) -> AsyncIterable[Entry]:
        return Following(info.context.log, lambda number: Entry(value=number), after)

    @strawberry.subscription
    async def total(
        self, info: Context, after: str | None = None, scale: int = 1, note: str | None = None
    ) -> AsyncIterable[Entry]:
        return Following(info.context.total, lambda number: Entry(value=number * scale), after)


SCHEMA = strawberry.Schema(Query, subscription=Subscription)


def number_of(result: Result) -> int:
    """The number that a result tells."""
    (entry,) = decoded(result.body)["data"].values()
    return int(entry["number"])


class World:
    """The feeds and what runs over them. ``scope`` is what whoever asks next sees with."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.log, self.total = Log(), Log(conflates=True)
        self.scope = "public"
        self.limits = limits or Limits()
        self.operations = Operations(SCHEMA, lambda: Eyes(self.log, self.total, self.scope), self.limits)
        self.running = RunningOperations(self.operations)

    def follow(self, query: str = QUERY, **variables: object) -> AsyncGenerator[int, None]:
        """What one viewer is told."""
        operation = self.operations.prepare(OperationRequest(query, None, variables), REQUEST_ID)
        return self._numbers(operation)

    async def _numbers(self, operation: Any) -> AsyncGenerator[int, None]:
        async with aclosing(results_of(self.running, operation)) as results:
            async for result in results:
                yield number_of(result)


@asynccontextmanager
async def way(leave: asyncio.Event) -> AsyncIterator[None]:
    """Has no end, and who turns around takes until ``leave``."""
    try:
        await asyncio.Event().wait()
        yield
    finally:
        await leave.wait()


async def settle() -> None:
    """Lets all that can run do so."""
    for _ in range(30):
        await asyncio.sleep(0)


async def taken(feed: AsyncGenerator[int, None], count: int) -> list[int]:
    """The next numbers."""
    return [await asyncio.wait_for(anext(feed), 5) for _ in range(count)]


async def test_a_message_is_executed_once_for_all_and_each_is_told_it() -> None:
    world = World()
    feeds = [world.follow() for _ in range(50)]
    for each in asyncio.as_completed([taken(feed, 1) for feed in feeds]):
        assert await each == [0]
    before = world.running.executed
    world.log.put()
    world.log.put()
    assert [await taken(feed, 2) for feed in feeds] == [[1, 2]] * 50
    assert (len(world.running), world.log.opened, world.running.executed - before) == (1, 1, 2)
    for feed in feeds:
        await feed.aclose()
    await settle()
    assert (len(world.running), world.log.opened) == (0, 0)


async def test_those_who_come_back_to_the_same_place_are_brought_on_together() -> None:
    world = World()
    watching = world.follow()
    await taken(watching, 1)
    for _ in range(5):
        world.log.put()
    await taken(watching, 5)
    joins, before = len(world.log.joins), world.running.executed
    feeds = [world.follow(after="2") for _ in range(40)]
    assert await asyncio.gather(*(taken(feed, 3) for feed in feeds)) == [[3, 4, 5]] * 40
    assert (world.log.joins[joins:], world.running.executed - before, len(world.running)) == (["2"], 3, 1)


async def test_those_who_join_in_a_quiet_moment_share_what_the_first_one_was_told() -> None:
    world = World()
    feeds = [world.follow(TOTAL) for _ in range(20)]
    for feed in feeds:
        assert await taken(feed, 1) == [0]
    assert world.running.executed == 1
    world.total.put()
    assert [await taken(feed, 1) for feed in feeds] == [[1]] * 20
    assert await taken(world.follow(TOTAL), 1) == [1]
    assert world.running.executed == 3


async def test_two_scopes_never_share() -> None:
    world = World()
    one = world.follow()
    await taken(one, 1)
    world.scope = "partner"
    other = world.follow()
    await taken(other, 1)
    assert (len(world.running), world.log.opened) == (2, 2)


@pytest.mark.parametrize(
    ("query", "variables", "running"),
    [
        (QUERY, {"after": "0"}, 1),
        (QUERY + " ", {}, 2),
        ("subscription($after: String) {a: log(after: $after) {number}}", {}, 2),
        ("subscription($after: String, $s: Int = 1) {total(after: $after, scale: $s) {number}}", {}, 2),
    ],
)
async def test_what_is_asked_for_decides_what_is_shared(query: str, variables: dict[str, object], running: int) -> None:
    world = World()
    one, other = world.follow(), world.follow(query, **variables)
    world.log.put()
    await taken(one, 1)
    await taken(other, 1)
    assert len(world.running) == running


async def test_a_variable_that_says_more_than_where_to_go_on_is_a_part_of_what_is_asked() -> None:
    world = World()
    query = "subscription($n: String) {total(after: $n, note: $n) {number}}"
    feeds = [world.follow(query, n=str(number)) for number in range(3)]
    for feed in feeds:
        await taken(feed, 1)
    assert len(world.running) == 3


async def test_two_subscriptions_of_one_document_are_two_operations() -> None:
    world = World()
    query = f"{QUERY.replace('subscription', 'subscription A')} {QUERY.replace('subscription', 'subscription B')}"
    for name in ("A", "B", "A"):
        world.running.follow(world.operations.prepare(OperationRequest(query, name, {}), REQUEST_ID), Recorder())
    assert (len(world.running), world.running.viewers) == (2, 3)
    await settle()


@pytest.mark.parametrize(
    "query",
    [
        "subscription S($after: String) {...F} fragment F on Subscription {log(after: $after) {number}}",
        "subscription S($after: String) {log(after: $after) {number ...G}} fragment G on Entry {same(as: $after)}",
    ],
)
async def test_where_each_goes_on_by_the_last_event_id_is_its_own_whatever_the_document_looks_like(query: str) -> None:
    world = World()
    for _ in range(3):
        world.log.put()
    watching = world.follow()
    await taken(watching, 1)
    viewers = {after: Recorder() for after in ("2", "0", None)}
    for after, viewer in viewers.items():
        operation = world.operations.prepare(OperationRequest(query, "S", {}), REQUEST_ID, after=after)
        world.running.follow(operation, viewer)
    await settle()
    assert [viewer.numbers for viewer in viewers.values()] == [[3], [1, 2, 3], [3]]


@pytest.mark.parametrize("query", [QUERY, TOTAL])
async def test_a_message_that_could_not_be_executed_is_told_when_it_can(query: str) -> None:
    world = World()
    log = world.log if query is QUERY else world.total
    feeds = [world.follow(query) for _ in range(3)]
    for feed in feeds:
        await taken(feed, 1)
    FAILING.append(1)
    log.put()
    assert [await taken(feed, 1) for feed in feeds] == [[1]] * 3
    log.put()
    assert [await taken(feed, 1) for feed in feeds] == [[2]] * 3
    assert (FAILING, world.running.behind) == ([], 3)


async def test_one_that_leaves_while_it_joins_leaves_the_others_to_it() -> None:
    world = World()
    first, second = world.follow(after="0"), world.follow(after="0")
    asked = [asyncio.ensure_future(anext(each)) for each in (first, second)]
    await asyncio.sleep(0)
    asked[0].cancel()
    await asyncio.gather(asked[0], return_exceptions=True)
    world.log.put()
    assert await asyncio.wait_for(asked[1], 5) == 1


async def test_who_joins_where_another_one_is_still_leaving_leaves_nothing_behind() -> None:
    world = World()
    watching = world.follow()
    await taken(watching, 1)
    operation = world.operations.prepare(OperationRequest(QUERY, None, {"after": "0"}), REQUEST_ID)
    first, second = Recorder(), Recorder()
    left = asyncio.Event()
    world.log.ways = [way(left), way(left)]
    leave = world.running.follow(operation, first)
    await settle()
    leave()
    leave = world.running.follow(operation, second)
    await settle()
    left.set()  # only now the joining of the first one ends
    await settle()
    leave()
    await settle()
    assert (world.running.viewers, len(asyncio.all_tasks())) == (1, 2)
    world.log.put()
    assert await taken(watching, 1) == [1]
    assert (first.numbers, second.numbers) == ([], [])


async def test_what_one_meets_who_joins_is_told_to_no_other() -> None:
    world = World()
    watching = world.follow()
    await taken(watching, 1)
    world.log.broken = LedgerUnavailable("silent")
    operation = world.operations.prepare(OperationRequest(QUERY, None, {"after": "0"}), REQUEST_ID)
    results = [result async for result in results_of(world.running, operation)]
    assert [codes(decoded(result.body)) for result in results] == [["UPSTREAM_UNAVAILABLE"]]
    world.log.put()
    assert await taken(watching, 1) == [1]


async def test_what_is_not_there_is_told_to_all_who_asked() -> None:
    world = World()
    world.log.last = -1
    operation = world.operations.prepare(OperationRequest(QUERY), REQUEST_ID)

    async def told() -> list[list[str]]:
        return [codes(decoded(result.body)) async for result in results_of(world.running, operation)]

    assert [*await asyncio.wait_for(asyncio.gather(told(), told()), 5)] == [[["NOT_FOUND"]]] * 2
    assert len(world.running) == 0


async def test_who_joins_a_total_is_not_told_it_twice() -> None:
    world = World()
    watching, joined = Recorder(), Recorder()
    operation = world.operations.prepare(OperationRequest(TOTAL), REQUEST_ID)
    world.running.follow(operation, watching)
    await settle()
    world.total.last += 1  # known, and not told yet
    world.running.follow(operation, joined)
    await settle()
    world.total.moved.set()
    await settle()
    world.total.put()
    await settle()
    assert (watching.numbers, joined.numbers) == ([0, 1, 2], [1, 2])


class Slow:
    """A viewer of the log that takes when it is told to."""

    def __init__(self, world: World, query: str = QUERY) -> None:
        operation = world.operations.prepare(OperationRequest(query), REQUEST_ID)
        self.results = results_of(world.running, operation, world.limits)

    async def take(self) -> int:
        """The next number."""
        return number_of(await asyncio.wait_for(anext(self.results), 5))


async def test_a_slow_reader_of_a_total_gets_the_snapshot_and_the_newest() -> None:
    world = World()
    slow = Slow(world, TOTAL)
    await slow.take()
    for _ in range(500):
        world.total.put()
        await settle()
    assert await slow.take() == 500


async def test_a_slow_reader_of_a_log_falls_behind_and_is_brought_on_from_where_it_was() -> None:
    world = World(Limits(outbox_frames=5))
    slow = Slow(world)
    assert await slow.take() == 0
    for _ in range(100):
        world.log.put()
        await settle()
    assert [await slow.take() for _ in range(100)] == list(range(1, 101))
    figures = {
        sample.name: sample.value
        for family in LiveFigures(world.running, Places(Limits())).collect()
        for sample in family.samples
    }
    assert figures["giving_live_behind_total"] == len(world.log.joins) - 1 > 0
    assert (figures["giving_live_viewers"], figures["giving_live_operations"]) == (1, 1)
    assert figures["giving_live_executed_total"] >= figures["giving_live_told_total"] > 0


class Recorder:
    """A viewer that keeps what it is told."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.ended = False

    def take(self, frame: Frame) -> None:
        """One more."""
        self.numbers.append(number_of(frame.result))

    def end(self, last: Frame | None = None) -> None:
        """No more."""
        if last is not None:
            self.take(last)
        self.ended = True


async def test_who_comes_back_while_others_are_still_told_is_told_once() -> None:
    world = World()

    def operation(after: int) -> Any:
        return world.operations.prepare(OperationRequest(QUERY, None, {"after": str(after)}), REQUEST_ID)

    watching = world.follow()
    await taken(watching, 1)
    world.log.put()
    await taken(watching, 1)
    crowd = [Recorder() for _ in range(20 * AT_ONCE)]
    leaving = [world.running.follow(operation(0), each) for each in crowd]
    async with asyncio.timeout(5):
        while not all(each.numbers for each in crowd):
            await asyncio.sleep(0)
    await settle()
    world.log.put()
    while all(each.numbers == [1] for each in crowd):
        await asyncio.sleep(0)
    *_, gone, back = [number for number, each in enumerate(crowd) if each.numbers == [1]]  # others have a turn before these
    leaving[back]()
    world.running.follow(operation(1), crowd[back])
    leaving[gone]()
    await settle()
    assert [number for number, each in enumerate(crowd) if each.numbers != [1, 2]] == [gone]
    assert crowd[gone].numbers == [1]


@pytest.mark.parametrize("query", [QUERY, TOTAL])
@pytest.mark.parametrize("seed", range(8))
async def test_whoever_comes_goes_and_comes_back_is_told_each_number_once(seed: int, query: str) -> None:
    rng, world = random.Random(seed), World()
    log = world.log if query is QUERY else world.total
    seen: list[list[int]] = [[] for _ in range(12)]
    open_: dict[int, tuple[Recorder, Callable[[], None]]] = {}

    def come(who: int) -> None:
        after = str(seen[who][-1]) if seen[who] else None
        operation = world.operations.prepare(OperationRequest(query, None, {"after": after}), REQUEST_ID)
        recorder = Recorder()
        open_[who] = recorder, world.running.follow(operation, recorder)

    def go(who: int) -> None:
        recorder, leave = open_.pop(who)
        leave()
        if query is TOTAL:  # one that comes back is told where it stands, whether it knows or not
            assert recorder.numbers == sorted(set(recorder.numbers))
            assert seen[who][-1:] <= recorder.numbers[:1] or not recorder.numbers
        seen[who] += recorder.numbers

    for _ in range(400):
        who = rng.randrange(len(seen))
        match rng.randrange(4):
            case 0 if who in open_:
                go(who)
            case 1 if who not in open_:
                come(who)
            case 2:
                log.put()
        for _ in range(rng.randrange(4)):
            await asyncio.sleep(0)
    for who in range(len(seen)):
        if who not in open_:
            come(who)
    async with asyncio.timeout(5):
        while any(([*seen[who], *recorder.numbers] or [0])[-1] != log.last for who, (recorder, _) in open_.items()):
            await asyncio.sleep(0)
    for who in [*open_]:
        go(who)
    await settle()
    for numbers in seen if query is QUERY else ():
        assert numbers == list(range(numbers[0], log.last + 1))
    assert (len(world.running), log.opened) == (0, 0)

"""Viewers who come in thousands, or ask for too much: they are refused, others notice nothing, and nothing is left of them."""

import asyncio
import json
import resource
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any, Final

import pytest
import pytest_asyncio

from gateway.http.limits import Limits
from tests.end_to_end.footprint import MIB, Footprint
from tests.end_to_end.hall import Hall, opened_hall, watched
from tests.end_to_end.line import PATIENCE, Line
from tests.end_to_end.lines import PING, PONG, EventsLine, PartsLine, SocketLine, framed
from tests.end_to_end.viewers import DONATIONS, TOTAL
from tests.end_to_end.world import at_once

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMITS: Final = Limits()
FEW_FILES: Final = 1_024
"""That a process may have open, as service managers have it; by itself it may have more."""
AT_ONCE: Final = 8
"""Of those who come in thousands."""
PAUSE: Final = 0.05
"""Seconds from gift to gift."""
GROWTH: Final = 24 * MIB
"""The most that may be kept of memory after a flood like another one before it."""
STRANGERS: Final = 1_000
ASKED: Final = 200
PINGS: Final = 1_000
"""A second."""
SECONDS: Final = 3
ROUNDS: Final = 1_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[Hall]:
    """One for all tests of this file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, hard))  # what the gateway is given to begin with
    try:
        async with opened_hall(tmp_path_factory.mktemp("hall"), seed) as made:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            yield made
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@asynccontextmanager
async def busy(hall: Hall) -> AsyncIterator[None]:
    """Gifts come all the while, and somebody is told of each of them in time."""
    async with watched(hall), hall.giving(PAUSE):
        yield


@asynccontextmanager
async def socket(hall: Hall) -> AsyncIterator[SocketLine]:
    """Somebody on a WebSocket."""
    line = await SocketLine.open(hall.url)
    try:
        await line.begin()
        yield line
    finally:
        line.close()


async def come(hall: Hall, addresses: Iterable[str]) -> list[Line]:
    """One viewer from each of these addresses, who stays."""

    async def one(address: str) -> SocketLine:
        line = await SocketLine.open(hall.url, source=address)
        await line.begin()
        return line

    opened: list[Line] = await at_once(map(one, addresses), AT_ONCE)
    return opened


async def refused(hall: Hall, address: str, limit: str) -> None:
    """Somebody comes from there in every way, and is told to come back later."""
    line = await SocketLine.open(hall.url, source=address)
    status, headers = await line.shake_hands()
    assert (status, 1 <= int(headers["retry-after"]) <= 10) == (503, True)
    line.close()
    for stream in (EventsLine, PartsLine):
        asking = await stream.open(hall.url, source=address)
        status, headers = await asking.ask(TOTAL, id=hall.campaign)
        assert (status, 1 <= int(headers["retry-after"]) <= 10) == (503, True)
        (error,) = json.loads(await asking.exactly(int(headers["content-length"])))["errors"]
        assert (error["extensions"]["code"], error["extensions"]["limit"]) == ("LIMIT_EXCEEDED", limit)
        asking.close()


async def test_as_many_as_there_are_places_may_come_and_one_more_is_refused(hall: Hall) -> None:
    sizes = []
    before = await Footprint.usual(hall)
    for _ in range(2):
        async with busy(hall):
            lines: list[Line] = []
            places, hosts = LIMITS.sockets - 1, count(2)  # one has the place of who watches
            while left := places - len(lines):
                address = f"127.0.0.{next(hosts)}"
                lines += await come(hall, [address] * min(left, LIMITS.sockets_per_address))
                if left > LIMITS.sockets_per_address:
                    await refused(hall, address, "sockets_per_address")
            assert await hall.count("giving_live_sockets") == LIMITS.sockets
            stranger = f"127.0.0.{next(hosts)}"
            await at_once((refused(hall, stranger, "sockets") for _ in range(STRANGERS // 3)), AT_ONCE)
            lines.pop().close()
            async with asyncio.timeout(5):
                while await hall.count("giving_live_sockets") == LIMITS.sockets:
                    await asyncio.sleep(0.05)
            lines += await come(hall, [stranger])
            for number, line in enumerate(lines):
                line.close()
                if number % LIMITS.sockets_per_address == 0:
                    await asyncio.sleep(PAUSE)
        sizes.append((await hall.emptied(before)).resident)
    assert sizes[1] - sizes[0] <= GROWTH


async def test_of_200_operations_asked_for_at_once_as_many_run_as_may_and_the_others_are_refused(hall: Hall) -> None:
    before = await Footprint.usual(hall)
    async with busy(hall), socket(hall) as line:
        running, refusals = set[str](), Counter[str]()

        async def answered() -> None:
            answer = await line.answer()
            if answer["type"] == "next":
                running.add(answer["id"])
            else:
                (error,) = answer["payload"]
                refusals[error["extensions"].get("limit") or error["extensions"]["code"]] += 1

        for number in range(ASKED):
            await line.subscribe(str(number), DONATIONS, id=hall.campaign)
        while len(running) + refusals.total() < ASKED:
            await answered()
        assert len(running) == LIMITS.operations_per_socket == await hall.count("giving_live_viewers") - 1
        assert refusals["RATE_LIMITED"] > ASKED / 2
        while not refusals["operations_per_socket"]:  # once it may ask again
            await line.subscribe("more", DONATIONS, id=hall.campaign)
            await answered()
    await hall.emptied(before)


async def test_a_thousand_pings_a_second_are_answered(hall: Hall) -> None:
    before = await Footprint.usual(hall)
    async with busy(hall), socket(hall) as line:
        told = Counter[Any]()

        async def read() -> None:
            while told.total() < 2 * PINGS * SECONDS:
                opcode, content = await line.frame()
                told[opcode, json.loads(content)["type"] if opcode != PONG else content] += 1

        reading = asyncio.create_task(read())
        for _ in range(SECONDS * 20):
            await line.send((framed(b"hello", PING) + framed(b'{"type":"ping"}')) * (PINGS // 20))
            await asyncio.sleep(1 / 20)
        await reading
        assert told == {(PONG, b"hello"): PINGS * SECONDS, (1, "pong"): PINGS * SECONDS}
    await hall.emptied(before)


@pytest.mark.parametrize(
    "frames",
    [
        framed(b"", PING),
        framed(b'{"type":"ping"}'),
        framed(b'{"type":"subscribe","id":"1","payload":{"query":"{__typename}"}}') + framed(b'{"type":"complete","id":"1"}'),
    ],
    ids=["pings of the socket", "pings of the protocol", "begun and stopped"],
)
async def test_who_sends_without_end_and_never_reads_hurts_nobody(hall: Hall, frames: bytes) -> None:
    before = await Footprint.usual(hall)
    async with busy(hall), socket(hall) as line:
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(SECONDS):
                while True:
                    await line.send(frames * 1_000)
        now = await Footprint.of(hall)
    assert now.resident - before.resident <= GROWTH
    await hall.emptied(before)


async def test_who_begins_and_stops_without_end_leaves_nothing_behind(hall: Hall) -> None:
    before = await Footprint.usual(hall)
    async with busy(hall), socket(hall) as line:
        told = Counter[str]()

        async def read() -> None:
            while True:
                answer = await line.answer()
                told[answer["type"]] += 1

        reading = asyncio.create_task(read())
        for number in range(ROUNDS):
            await line.subscribe(str(number), TOTAL, id=hall.campaign)
            await line.say(type="complete", id=str(number))
            await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE):
            while told["error"] < ROUNDS / 2 or await hall.count("giving_live_viewers") > 1:
                await asyncio.sleep(0.05)
        now = await Footprint.of(hall)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert now.resident - before.resident <= GROWTH
    await hall.emptied(before)

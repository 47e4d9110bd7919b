"""Viewers who stop reading: they cost little memory, get the newest when they go on in time, and hurt nobody else."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Final

import pytest
import pytest_asyncio

from gateway.http.limits import Limits
from tests.end_to_end.footprint import MIB, Footprint
from tests.end_to_end.hall import Hall, opened_hall, watched, wide
from tests.end_to_end.line import Line
from tests.end_to_end.lines import LINES, SocketLine, following
from tests.end_to_end.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMITS: Final = Limits()
SLEEPERS: Final = 2
"""Of each kind."""
SLOW_READER: Final = 4502
HEAD_START: Final = 2.0
GONE_WITHIN: Final = LIMITS.slow_reader_seconds + 5
"""A second of it is for the close frame, some for the system's own buffers to fill."""
OWN: Final = LIMITS.outbox_bytes + MIB
"""Of memory for each who does not read: what waits for it, and what the line has taken."""
OTHERWISE: Final = 16 * MIB
"""Of memory for all that happens meanwhile."""
CROWD: Final = 500
"""Gifts: after what the system takes, more than are told again to one who comes back."""
AT_ONCE: Final = 50
GIFTS: Final = """
subscription ($id: ID!) { campaignDonations(id: $id) {
    position recovered missed received { id campaign { a: summary b: summary } } } }
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[Hall]:
    """One for all tests of this file."""
    async with opened_hall(tmp_path_factory.mktemp("hall"), seed) as made:
        yield made


async def the_rest(line: Line) -> int:
    """How many messages still come before the end."""
    count = 0
    try:
        while True:
            await line.message()
            count += 1
    except EOFError:
        return count


async def test_who_takes_nothing_for_ten_seconds_is_closed_costs_little_and_hurts_nobody(hall: Hall) -> None:
    loop = asyncio.get_running_loop()
    before = await Footprint.usual(hall)
    most = before.resident

    async def look(*, viewers: int = 0, sockets: int = 0) -> None:
        nonlocal most
        while (now := await Footprint.of(hall)).viewers > viewers and now.sockets > sockets:
            most = max(most, now.resident)
            assert loop.time() - begun < GONE_WITHIN, f"{now.sockets} are still there"
            await asyncio.sleep(0.05)

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(watched(hall))
        await stack.enter_async_context(hall.giving(0.03))
        early = await stack.enter_async_context(following(SocketLine, hall.url, wide("early"), id=hall.campaign))
        begun = loop.time()
        await asyncio.sleep(HEAD_START)  # it must be the first whose time is up
        sleepers = [
            await stack.enter_async_context(following(line, hall.url, wide(f"{line.kind}{number}"), id=hall.campaign))
            for line in LINES
            for number in range(SLEEPERS)
        ]
        await look(viewers=1 + len(sleepers))
        assert loop.time() - begun >= LIMITS.slow_reader_seconds
        await the_rest(early)  # it has a second to take what it is closed with
        assert early.code == SLOW_READER
        begun += HEAD_START
        await look(sockets=1)
        assert loop.time() - begun >= LIMITS.slow_reader_seconds
        for sleeper in sleepers:
            assert await the_rest(sleeper) < 5 * LIMITS.slow_reader_seconds  # what the system had taken, of 200 and more
            assert sleeper.code is None
    assert most - before.resident <= OWN * (1 + len(sleepers)) + OTHERWISE
    await hall.emptied(before)


async def test_who_reads_again_in_time_gets_the_newest_total_and_not_all_before_it(hall: Hall) -> None:
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(watched(hall))
        lines = [
            await stack.enter_async_context(following(each, hall.url, wide(each.kind), id=hall.campaign)) for each in LINES
        ]
        begun = len(hall.given)
        async with hall.giving(0.03):
            await asyncio.sleep(4)
        await hall.agree()
        for line in lines:
            told = [await line.told()]
            while told[-1]["campaign"]["total"]["donationCount"] < len(hall.given):
                told.append(await line.told())
            counts = [each["campaign"]["total"]["donationCount"] for each in told]
            assert counts == sorted(counts)
            assert len(counts) < (len(hall.given) - begun) / 3
        await hall.give()
        for line in lines:
            assert (await line.told())["campaign"]["total"]["donationCount"] == len(hall.given)


async def test_who_falls_behind_the_donations_is_told_how_many_it_missed(hall: Hall) -> None:
    async with AsyncExitStack() as stack:
        watching = await stack.enter_async_context(watched(hall))
        lines = [await stack.enter_async_context(following(each, hall.url, GIFTS, id=hall.campaign)) for each in LINES]
        for line in lines:
            assert (await line.told())["received"] == []
        begun = len(hall.given)
        for _ in range(CROWD // AT_ONCE):
            await hall.give(AT_ONCE)
            await until(lambda: len(watching.ids) >= len(hall.given) - begun)
        for line in lines:
            received, missed, whole = list[str](), 0, list[bool]()
            while len(received) + missed < CROWD:
                told = await line.told()
                received += [each["id"] for each in told["received"]]
                missed += told["missed"]
                whole.append(told["recovered"])
            assert received == watching.ids[: len(received)]
            assert missed == CROWD - len(received) > 0
            assert whole == [True] * (len(whole) - 1) + [False]

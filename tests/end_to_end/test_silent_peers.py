"""Peers that fall silent without a word: their process stands still, or their line is cut. They are noticed in time."""

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from gateway.http.limits import Limits
from tests.end_to_end.footprint import Footprint
from tests.end_to_end.hall import opened_hall, wide
from tests.end_to_end.lines import LINES, following
from tests.end_to_end.onlookers import onlookers, read
from tests.end_to_end.viewers import TOTAL

NOTICED_WITHIN: Final = 33.0
CLOSED_WITHIN: Final = 2.0
"""For the close frame, and to be seen from here."""


def test_both_ways_to_notice_take_the_same_time() -> None:
    limits = Limits()
    assert limits.ping_seconds + limits.pong_seconds == NOTICED_WITHIN > limits.stream_ping_seconds + limits.unheard_seconds


async def test_who_falls_silent_is_closed_within_33_seconds_and_leaves_nothing_behind(tmp_path: Path, seed: int) -> None:
    loop = asyncio.get_running_loop()
    async with opened_hall(tmp_path, seed) as hall, AsyncExitStack() as stack:
        present = [await stack.enter_async_context(following(each, hall.url, TOTAL, id=hall.quiet)) for each in LINES]
        reading = [asyncio.create_task(read(line)) for line in present]
        await asyncio.sleep(0.5)
        before = await Footprint.usual(hall)
        assert (before.sockets, before.viewers) == (len(LINES), len(LINES))
        # a socket is asked, of a stream it shows only in what is not taken
        campaigns = [hall.quiet, *[hall.campaign] * (len(LINES) - 1)]
        still = await stack.enter_async_context(onlookers(hall.url, wide("still"), *campaigns))
        gone = [await stack.enter_async_context(following(each, hall.url, TOTAL, id=hall.quiet)) for each in LINES]
        for line in gone:
            await line.message()
        os.kill(still.pid, signal.SIGSTOP)
        for line in gone:
            line.cut()
        begun = loop.time()
        async with hall.giving(0.03):
            while (now := await Footprint.of(hall)).sockets > before.sockets:
                assert loop.time() - begun < NOTICED_WITHIN + CLOSED_WITHIN, f"{now} beside {before}"
                await asyncio.sleep(0.1)
        await hall.emptied(before)
        assert not any(task.done() for task in reading)
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)

"""A rolling deploy: two gateways on one ledger are restarted in turns while gifts come and people watch over every transport.

Nobody is refused, no viewer misses a donation or is told one twice, no total goes back, and at the end it is the books.
"""

import asyncio
import random
from pathlib import Path
from typing import Final

from tests.clients.server_log import donations_differ, totals_differ
from tests.end_to_end.returning import WAYS, Returning, over_one_stream
from tests.end_to_end.rolling import SETTLES_WITHIN, opened_rolling
from tests.end_to_end.viewers import DONATIONS, TOTAL

VIEWERS: Final = 2
"""Of each feed, over each transport."""
SECONDS: Final = 60.0
RESTARTS: Final = 4
"""Two of each gateway, however slow the machine is. In a minute there is time for about 10."""
FEEDS: Final = {DONATIONS: donations_differ, TOTAL: totals_differ}
BETWEEN: Final = 0.1
"""The most seconds from one gift to the next: nobody is away for 300 of them."""


async def test_gateways_that_are_restarted_in_turns_lose_no_gift_and_no_message(tmp_path: Path, seed: int) -> None:
    async with opened_rolling(tmp_path, seed) as rolling:
        start = await rolling.agreed()
        began = start["total"]["position"]
        doors = {way: rolling.keeping if way is over_one_stream else rolling.balancer for way in WAYS}
        viewers = [
            (differ, Returning(way, door.url, document, start["id"], began, random.Random(rolling.rng.random())))
            for document, differ in FEEDS.items()
            for way, door in doors.items()
            for _ in range(VIEWERS)
        ]
        watching = [asyncio.create_task(viewer.run()) for _, viewer in viewers]
        await rolling.roll(RESTARTS, SECONDS, BETWEEN)
        log = await rolling.log()
        async with asyncio.timeout(SETTLES_WITHIN):
            while any(viewer.position != log[-1].position for _, viewer in viewers):
                assert all(not task.done() for task in watching)
                await asyncio.sleep(0.05)
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await rolling.agreed()
    assert rolling.given > 3 * rolling.restarts
    assert [differ(log, began, viewer.messages) for differ, viewer in viewers] == [[]] * len(viewers)
    # everybody was on a gateway that left, and most more than once
    assert min(viewer.connections for _, viewer in viewers) > rolling.restarts // 2
    assert rolling.all_served()

"""How long an event loop is kept from everything else."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

LOOK_SECONDS: Final = 0.001


@dataclass(frozen=True, slots=True)
class Taken:
    """``seconds`` until it was done, those of this process' CPU, and the longest pause of the event loop meanwhile."""

    seconds: float
    cpu: float
    paused: float


async def taken(work: Callable[[], Awaitable[object]]) -> Taken:
    """Does it while something else wants to be done a thousand times a second."""
    pause = _Pause()
    turning = asyncio.create_task(pause.watch())
    await asyncio.sleep(0)
    began, before = time.perf_counter(), time.process_time()
    await work()
    seconds, cpu = time.perf_counter() - began, time.process_time() - before
    await asyncio.sleep(0)
    turning.cancel()
    with suppress(asyncio.CancelledError):
        await turning
    return Taken(seconds, cpu, pause.longest)


async def best(work: Callable[[], Awaitable[object]], times: int) -> Taken:
    """The median of several times, as other work on the machine disturbs single ones."""
    found = [await taken(work) for _ in range(times)]

    def median(figures: Iterable[float]) -> float:
        return sorted(figures)[times // 2]

    return Taken(
        median(each.seconds for each in found), median(each.cpu for each in found), median(each.paused for each in found)
    )


class _Pause:
    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        while True:
            due = time.perf_counter() + LOOK_SECONDS
            await asyncio.sleep(LOOK_SECONDS)
            self.longest = max(self.longest, time.perf_counter() - due)

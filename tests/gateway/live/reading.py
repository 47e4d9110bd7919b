"""One viewer of an operation, as transports read it for theirs."""

import asyncio
from collections.abc import AsyncGenerator

from gateway.http.limits import Limits
from gateway.http.operations import Operation
from gateway.http.results import Result
from gateway.live.reader import Reader
from gateway.live.room import Room
from gateway.live.running import RunningOperations


async def results_of(
    running: RunningOperations, operation: Operation | Result, limits: Limits | None = None
) -> AsyncGenerator[Result, None]:
    """All results, taken at the test's pace. Close it to leave."""
    rung = asyncio.Event()
    reader = Reader(Room(limits or Limits()), rung.set)
    reader.follow(lambda after: running.follow(operation, reader, after))
    try:
        while not reader.is_over:
            rung.clear()
            while (frame := reader.next()) is not None:
                yield frame.result
            if not reader.is_over:
                await rung.wait()
    finally:
        reader.leave()

"""What waits to be sent to one reader: bounded in frames and in bytes, and patient for so long."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from gateway.http.limits import Limits


class SlowReader(Exception):
    """The reader has taken nothing for too long, or more waits for it than may wait."""


class Outbox:
    """A queue of encoded frames. One task pumps it; any may put frames in.

    A single frame of more than ``outbox_bytes`` is let in while nothing else waits, since it could never be sent otherwise.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._frames: deque[bytes] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._roomy = asyncio.Event()
        self._roomy.set()

    def offer(self, frame: bytes) -> None:
        """Puts a frame in, without waiting. Raises SlowReader where there is no room."""
        if self._frames and not self._holds(len(self._frames) + 1, self._bytes + len(frame)):
            raise SlowReader
        self._frames.append(frame)
        self._bytes += len(frame)
        self._note()

    async def room(self) -> None:
        """Waits until it is at most half full. Who answers a reader's messages waits for this before taking the next one."""
        await self._roomy.wait()

    async def pump(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        """Hands frames on in order, for ever. Raises SlowReader when one has not been taken within the reader's time.

        A frame counts as waiting until it is taken.
        """
        while True:
            await self._filled.wait()
            frame = self._frames[0]
            try:
                async with asyncio.timeout(self._limits.slow_reader_seconds):
                    await write(frame)
            except TimeoutError:
                raise SlowReader from None
            self._frames.popleft()
            self._bytes -= len(frame)
            self._note()

    def _holds(self, frames: int, size: int) -> bool:
        return frames <= self._limits.outbox_frames and size <= self._limits.outbox_bytes

    def _note(self) -> None:
        _switch(self._filled, on=bool(self._frames))
        _switch(self._roomy, on=self._holds(2 * len(self._frames), 2 * self._bytes))


def _switch(event: asyncio.Event, *, on: bool) -> None:
    if on:
        event.set()
    else:
        event.clear()

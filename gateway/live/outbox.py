"""What waits to be sent over one connection: bounded in frames and in bytes, and patient for so long."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from gateway.http.limits import Limits


class SlowReader(Exception):
    """The reader has taken nothing for too long, or more waits for it than may wait."""


Source: TypeAlias = Callable[[], bytes | None]
"""Gives its next frame when that can be sent, or None when it has none."""


class Outbox:
    """A queue of encoded frames, and of sources that have some. One task pumps it; any may put frames in.

    ``push`` hands a frame on at once, or gives False where the reader has no room for it: so nothing waits that need not.
    A single frame of more than ``outbox_bytes`` is let in while nothing else waits, since it could never be sent otherwise.
    """

    def __init__(self, limits: Limits, push: Callable[[bytes], bool] = lambda _: False) -> None:
        self._limits = limits
        self._push = push
        self._waiting: deque[bytes | Source] = deque()
        self._frames = 0
        self._bytes = 0
        self._filled = asyncio.Event()
        self._roomy = asyncio.Event()
        self._roomy.set()

    def offer(self, frame: bytes) -> None:
        """Puts a frame in, without waiting. Raises SlowReader where there is no room."""
        if not self._waiting and self._push(frame):
            return
        if self._frames and not self._holds(self._frames + 1, self._bytes + len(frame)):
            raise SlowReader
        self._put(frame)

    def call(self, source: Source) -> None:
        """Takes what a source has, one frame after the other, in turns with whatever else waits. It is bounded by itself."""
        while not self._waiting:
            frame = source()
            if frame is None:
                return
            if not self._push(frame):
                self._put(frame)
        if source not in self._waiting:
            self._waiting.append(source)
            self._filled.set()

    async def room(self) -> None:
        """Waits until it is at most half full. Who answers a reader's messages waits for this before taking the next one."""
        await self._roomy.wait()

    async def pump(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        """Hands frames on in order, for ever. Raises SlowReader when one has not been taken within the reader's time.

        A frame counts as waiting until it is taken.
        """
        while True:
            await self._filled.wait()
            first = self._waiting[0]
            frame = first if isinstance(first, bytes) else first()
            if frame is not None:
                try:
                    async with asyncio.timeout(self._limits.slow_reader_seconds):
                        await write(frame)
                except TimeoutError:
                    raise SlowReader from None
            self._waiting.popleft()
            if isinstance(first, bytes):
                self._frames -= 1
                self._bytes -= len(first)
            elif frame is not None:
                self._waiting.append(first)
            self._note()

    def _put(self, frame: bytes) -> None:
        self._waiting.append(frame)
        self._frames += 1
        self._bytes += len(frame)
        self._note()

    def _holds(self, frames: int, size: int) -> bool:
        return frames <= self._limits.outbox_frames and size <= self._limits.outbox_bytes

    def _note(self) -> None:
        _switch(self._filled, on=bool(self._waiting))
        _switch(self._roomy, on=self._holds(2 * self._frames, 2 * self._bytes))


def _switch(event: asyncio.Event, *, on: bool) -> None:
    if on:
        event.set()
    else:
        event.clear()

"""What waits to be sent over one connection: bounded in frames and in bytes, and patient for so long."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from gateway.http.limits import Limits


class SlowReader(Exception):
    """The reader has taken nothing for too long, or more waits for it than may wait."""


Source: TypeAlias = Callable[[], bytes | None]
"""Gives its next frame when that can be sent, or None when it has none."""


class Outbox:
    """A queue of encoded frames, and of sources that have some.

    ``push`` hands a frame on at once, or gives False where the reader has no room for it: then what waits has to be pumped, and
    ``blocked`` is called to begin with that. Of thousands of connections few wait at any moment, so no task stands by.
    A single frame of more than ``outbox_bytes`` is let in while nothing else waits, since it could never be sent otherwise.
    """

    __slots__ = ("_blocked", "_bytes", "_frames", "_is_pumped", "_limits", "_push", "_roomy", "_waiting")

    def __init__(self, limits: Limits, blocked: Callable[[], object], push: Callable[[bytes], bool] = lambda _: False) -> None:
        self._limits = limits
        self._blocked = blocked
        self._push = push
        self._waiting: list[bytes | Source] = []
        self._frames = 0
        self._bytes = 0
        self._is_pumped = False
        self._roomy: asyncio.Event | None = None

    def hand_on(self, frame: bytes) -> bool:
        """Sends a frame at once, where nothing waits and the reader has room for it; gives whether that was so."""
        return not self._waiting and self._push(frame)

    def offer(self, frame: bytes) -> None:
        """Puts a frame in, without waiting. Raises SlowReader where there is no room."""
        if self.hand_on(frame):
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

    async def room(self) -> None:
        """Waits until it is at most half full. Who answers a reader's messages waits for this before taking the next one."""
        while not self._is_roomy():
            self._roomy = self._roomy or asyncio.Event()
            await self._roomy.wait()

    async def pump(self, write: Callable[[bytes], Awaitable[None]]) -> None:
        """Hands frames on in order, until none waits. Raises SlowReader when one has not been taken within the reader's time.

        A frame counts as waiting until it is taken.
        """
        while self._waiting:
            first = self._waiting[0]
            frame = first if isinstance(first, bytes) else first()
            if frame is not None:
                try:
                    async with asyncio.timeout(self._limits.slow_reader_seconds):
                        await write(frame)
                except TimeoutError:
                    raise SlowReader from None
            self._waiting.pop(0)
            if isinstance(first, bytes):
                self._frames -= 1
                self._bytes -= len(first)
            elif frame is not None:
                self._waiting.append(first)
            if self._roomy is not None and self._is_roomy():
                self._roomy.set()
                self._roomy = None
        self._is_pumped = False

    def close(self) -> None:
        """It is over, and refers to nobody any more: what refers to itself would stay for long."""
        self._waiting.clear()
        self._blocked, self._push = _nothing, _nothing

    def _put(self, frame: bytes) -> None:
        self._waiting.append(frame)
        self._frames += 1
        self._bytes += len(frame)
        if not self._is_pumped:
            self._is_pumped = True
            self._blocked()

    def _holds(self, frames: int, size: int) -> bool:
        return frames <= self._limits.outbox_frames and size <= self._limits.outbox_bytes

    def _is_roomy(self) -> bool:
        return self._holds(2 * self._frames, 2 * self._bytes)


def _nothing(*_: object) -> bool:
    return False

"""A line that fails: a TCP proxy on loopback that delays, cuts, half-closes, black-holes, corrupts and throttles.

Between a gateway and its Redis, a network and the gateway, or the gateway and a network.
"""

import asyncio
import contextlib
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

CHUNK: Final = 64 * 1024
TICK: Final = 0.02


@dataclass(repr=False)
class Link:
    """Leads to ``port`` on loopback; listens on ``near``. Everything is off until it is switched on, and counts for what is
    open already too.
    """

    port: int
    rng: random.Random
    near: int = 0
    delay: float = 0.0
    """Seconds that each piece is late, in both directions."""
    rate: float | None = None
    """Bytes a second, in both directions."""
    corrupt: float = 0.0
    """The share of pieces of which one bit is flipped, on the way back."""
    black_hole: bool = False
    """Everything is taken, nothing arrives, and nobody is told."""
    refuse: bool = False
    """New connections are cut at once."""
    cut_replies: int = 0
    """So many of the next pieces on the way back are dropped, with their connections."""
    cut_only: re.Pattern[bytes] | None = None
    """Of pieces on the way back only those with this in them are dropped; any, where it is None."""
    carried: int = 0
    """Bytes that arrived on the other side."""
    cuts: int = 0
    _open: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Its near end for HTTP."""
        return f"http://127.0.0.1:{self.near}"

    def cut(self) -> int:
        """Cuts every line, without a word to either side; gives how many."""
        lines = list(self._open)
        for writer in lines:
            writer.transport.abort()
        self.cuts += len(lines) // 2
        return len(lines) // 2

    def half_close(self) -> None:
        """Says to both sides that nothing more will come, and keeps the other direction open."""
        for writer in self._open:
            with contextlib.suppress(OSError):
                if writer.can_write_eof():
                    writer.write_eof()

    def heal(self) -> None:
        """All is well again, for lines that are new: what was swallowed is lost, so the old ones are cut."""
        self.delay, self.rate, self.corrupt, self.cut_replies, self.cut_only = 0.0, None, 0.0, 0, None
        if self.black_hole:
            self.cut()
        self.black_hole = self.refuse = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Link"]:
        """Listens for as long as the context is open."""
        server = await asyncio.start_server(self._carry, "127.0.0.1", self.near)
        self.near = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.cut()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuse:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._open |= ends
        there = asyncio.create_task(self._pump(reader, far_writer, back=False))
        back = asyncio.create_task(self._pump(far_reader, writer, back=True))
        self._tasks |= {there, back}
        try:
            await asyncio.gather(there, back, return_exceptions=True)
        finally:
            self._tasks -= {there, back}
            self._open -= ends
            for end in ends:
                end.transport.abort() if self.black_hole else end.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool) -> None:
        """Carries one direction to its end. A side that resets its line ends it quietly; the other one sees a close."""
        try:
            while piece := await reader.read(CHUNK):
                if self.delay:
                    await asyncio.sleep(self.delay)
                if self.black_hole:
                    continue
                if back and self.cut_replies > 0 and (self.cut_only is None or self.cut_only.search(piece)):
                    self.cut_replies -= 1
                    self.cuts += 1
                    writer.transport.abort()
                    return
                if back and self.rng.random() < self.corrupt:
                    piece = self._spoiled(piece)
                await self._write(writer, piece)
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            if not self.black_hole:
                writer.close()  # the other pump would wait for what the other side says, and that for an answer

    async def _write(self, writer: asyncio.StreamWriter, piece: bytes) -> None:
        step = len(piece) if self.rate is None else max(1, int(self.rate * TICK))
        for start in range(0, len(piece), step):
            writer.write(piece[start : start + step])
            await writer.drain()
            self.carried += len(piece[start : start + step])
            if self.rate is not None:
                await asyncio.sleep(TICK)

    def _spoiled(self, piece: bytes) -> bytes:
        place = self.rng.randrange(len(piece))
        return piece[:place] + bytes([piece[place] ^ 1 << self.rng.randrange(8)]) + piece[place + 1 :]

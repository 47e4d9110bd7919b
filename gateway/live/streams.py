"""Answers that go on: frames as they come, signs of life between them, and an end that tells whether to come back.

Nothing comes back on a stream, so of a reader that neither reads nor leaves only its system can tell. One that confirms nothing
is noticed by ours (``gateway.serving``); one that confirms all, for a reader that stands still, by the stream's age.
"""

import asyncio
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.http.limits import Limits
from gateway.http.operations import Operation
from gateway.http.responses import Receive, Send
from gateway.http.results import Result
from gateway.live.outbox import SlowReader
from gateway.live.places import stay
from gateway.live.reader import Reader
from gateway.live.room import Room
from gateway.live.running import RunningOperations


@dataclass(frozen=True, slots=True)
class Form:
    """How a stream is written. ``result`` and ``complete`` are those of a stream of one operation.

    ``away`` is the end of one whose process leaves, by the id of its request.
    """

    content_type: str
    opening: bytes
    ping: bytes
    result: Callable[[Result], bytes]
    complete: bytes
    away: Callable[[str], bytes]


class Feed(Protocol):
    """What is written on a stream. ``rung`` is set when there may be something."""

    @property
    def rung(self) -> asyncio.Event: ...

    @property
    def is_over(self) -> bool:
        """Whether nothing waits and nothing will come."""
        ...

    def next(self) -> bytes | None:
        """What is next, taken with this; None where nothing waits now."""
        ...

    def leave(self) -> None:
        """Nobody reads it any more. May be called again."""
        ...


class Followed:
    """A feed of one operation."""

    def __init__(
        self, running: RunningOperations, operation: Operation | Result, limits: Limits, encode: Callable[[Result], bytes]
    ) -> None:
        self.rung = asyncio.Event()
        self._encode = encode
        self._reader = reader = Reader(Room(limits), self.rung.set)
        reader.follow(lambda after: running.follow(operation, reader, after))

    @property
    def is_over(self) -> bool:
        """See ``Feed``."""
        return self._reader.is_over

    def next(self) -> bytes | None:
        """See ``Feed``."""
        frame = self._reader.next()
        return self._encode(frame.result) if frame else None

    def leave(self) -> None:
        """See ``Feed``."""
        self._reader.leave()


@dataclass(frozen=True, slots=True)
class Wire:
    """A request whose body has been read, and that has not been answered. ``abort`` cuts its line, where that can be."""

    receive: Receive
    send: Send
    request_id: str
    abort: Callable[[], None] | None = None


class Streams:
    """The open streams of a process. A stream ends with its feed, with its reader, with the process, or of old age."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: set[Feed] = set()
        self._old: set[Feed] = set()
        self._draining = False

    def __len__(self) -> int:
        return len(self._open)

    def drain(self) -> None:
        """Ends all streams, now and from now on."""
        self._draining = True
        for feed in self._open:
            feed.rung.set()

    async def serve(self, form: Form, feed: Feed, wire: Wire) -> None:
        """Writes a feed to its end, and leaves it whatever that is. A reader that takes nothing for too long is cut off."""
        left = asyncio.create_task(_disconnected(wire.receive))
        left.add_done_callback(lambda _: feed.rung.set())
        age = asyncio.get_running_loop().call_later(stay(self._limits), self._grow_old, feed)
        self._open.add(feed)
        try:
            await self._write(form, feed, wire, left)
        except SlowReader:
            if wire.abort:
                wire.abort()
        except OSError:
            return  # the connection is gone
        finally:
            age.cancel()
            self._open.discard(feed)
            self._old.discard(feed)
            feed.leave()
            left.cancel()
            await asyncio.gather(left, return_exceptions=True)

    async def _write(self, form: Form, feed: Feed, wire: Wire, left: asyncio.Task[None]) -> None:
        stream = _Stream(wire, self._limits.slow_reader_seconds)
        await stream.open(form)
        while not left.done() and not self._draining and feed not in self._old:
            feed.rung.clear()
            if (frame := feed.next()) is not None:
                await stream.write(frame)
            elif feed.is_over:
                await stream.end(form.complete)
                return
            elif not await self._rings(feed):
                await stream.write(form.ping)
        if not left.done():
            feed.leave()  # before its reader hears of it: what is begun from then on would never be told
            await stream.end(form.away(wire.request_id))

    def _grow_old(self, feed: Feed) -> None:
        self._old.add(feed)
        feed.rung.set()

    async def _rings(self, feed: Feed) -> bool:
        """Whether it does before a sign of life is due."""
        try:
            async with asyncio.timeout(self._limits.stream_ping_seconds):
                return await feed.rung.wait()
        except TimeoutError:
            return False


class _Stream:
    def __init__(self, wire: Wire, patience: float) -> None:
        self._wire = wire
        self._patience = patience

    async def open(self, form: Form) -> None:
        headers = {
            "content-type": form.content_type,
            "cache-control": "no-store",
            "vary": "accept",
            "x-accel-buffering": "no",
            "x-request-id": self._wire.request_id,
        }
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        await self._put({"type": "http.response.start", "status": 200, "headers": raw})
        await self.write(form.opening)

    async def write(self, frame: bytes) -> None:
        await self._put({"type": "http.response.body", "body": frame, "more_body": True})

    async def end(self, frame: bytes) -> None:
        await self._put({"type": "http.response.body", "body": frame, "more_body": False})

    async def _put(self, message: MutableMapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await self._wire.send(message)
        except TimeoutError:
            raise SlowReader from None


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

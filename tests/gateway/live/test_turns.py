"""What a peer sends is read in turns, so that one who sends without end keeps nobody waiting."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from gateway.http.responses import Receive, Scope, Send
from gateway.live.peer import TURN_BYTES
from gateway.live.transport import WebSocketTransport
from tests.end_to_end.lines import PING, framed

HEAD = (
    b"GET /graphql HTTP/1.1\r\nHost: giving.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
NUMBER = "{:05d}"
PONG = b"\x8a\x00"


class Line(asyncio.Transport):
    """A connection that says whether it is read, and what was written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.is_read = True
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keeps it."""
        self.written += data

    def pause_reading(self) -> None:
        """Not now."""
        self.is_read = False

    def resume_reading(self) -> None:
        """Now."""
        self.is_read = True

    def close(self) -> None:
        """Ends it."""
        self.closed = True

    def is_closing(self) -> bool:
        """Whether it has ended."""
        return self.closed

    def abort(self) -> None:
        """Ends it."""
        self.closed = True


class Peer:
    """The other end, before an application that takes messages when it ``may``."""

    def __init__(self) -> None:
        self.told: list[Mapping[str, Any]] = []
        self.may = asyncio.Event()
        self.may.set()
        self.began = asyncio.Event()
        self.line = Line()
        config = uvicorn.Config(self._application, interface="asgi3", ws_max_size=1 << 16, log_config=None)
        config.load()
        self.protocol = WebSocketTransport(config, ServerState(), {})
        self.protocol.connection_made(self.line)
        self.protocol.data_received(HEAD)

    async def _application(self, _: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.began.set()
        while not self.told or self.told[-1]["type"] != "websocket.disconnect":
            await self.may.wait()
            self.told.append(await receive())

    @property
    def pongs(self) -> int:
        """How many pings were answered."""
        return self.line.written.count(PONG)

    async def until_read(self) -> None:
        """Returns when more may come."""
        async with asyncio.timeout(10):
            while not self.line.is_read:
                await asyncio.sleep(0.001)


@pytest.fixture
async def peer() -> Peer:
    """One that has shaken hands."""
    peer = Peer()
    await asyncio.wait_for(peer.began.wait(), 5)
    return peer


def texts(count: int) -> bytes:
    """So many numbered messages."""
    return b"".join(framed(NUMBER.format(number).encode()) for number in range(count))


async def test_of_a_flood_no_more_is_read_at_once_than_a_turn_and_nothing_is_lost(peer: Peer) -> None:
    flood = framed(b"", PING) * 2_000
    peer.protocol.data_received(flood)
    assert peer.pongs == TURN_BYTES // len(framed(b"", PING))
    assert not peer.line.is_read
    await peer.until_read()
    assert peer.pongs == 2_000


async def test_messages_over_many_turns_are_taken_whole_and_in_order(peer: Peer) -> None:
    peer.protocol.data_received(texts(1_000))
    await peer.until_read()
    assert [each["text"] for each in peer.told] == [NUMBER.format(number) for number in range(1_000)]


async def test_who_is_not_taken_from_is_not_read_from(peer: Peer) -> None:
    peer.may.clear()
    peer.protocol.data_received(texts(1_000))
    for _ in range(5):
        await asyncio.sleep(0.01)  # turns pass: there is no event for nothing
    assert len(peer.told) <= 1  # for which it waited already
    assert peer.protocol.queue.qsize() <= TURN_BYTES // len(framed(b"00000"))
    assert not peer.line.is_read
    peer.may.set()
    await peer.until_read()
    assert len(peer.told) == 1_000


async def test_of_one_who_has_gone_nothing_more_is_read(peer: Peer) -> None:
    faults = list[object]()
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    peer.protocol.data_received(framed(b"", PING) * 2_000)
    answered = peer.pongs
    peer.line.close()
    peer.protocol.connection_lost(None)
    async with asyncio.timeout(5):
        while not peer.told:
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.02)  # the next turn's time
    assert (peer.pongs, peer.told[-1]["type"], faults) == (answered, "websocket.disconnect", [])

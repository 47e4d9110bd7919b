"""The gateway's side of a WebSocket, byte by byte: what no application sees, and a peer may send or leave undone."""

import asyncio
import tracemalloc
from collections.abc import Mapping
from typing import Any, Final

import pytest
import uvicorn
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.server import ServerState
from websockets.frames import Close, Frame, Opcode

from gateway.http.responses import Receive, Scope, Send
from gateway.live.transport import WebSocketTransport

FIELDS: Final = {
    "Host": "gateway.example",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}
MOST: Final = 64 * 1024


class Line(asyncio.Transport):
    """A connection whose peer reads only as far as the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closing = False
        self.aborted = asyncio.Event()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keeps it."""
        self.written += data

    def close(self) -> None:
        """It would close when all was read."""
        self.closing = True

    def is_closing(self) -> bool:
        """Whether nothing is to be sent any more."""
        return self.closing

    def abort(self) -> None:
        """It is cut."""
        self.aborted.set()

    def pause_reading(self) -> None:
        """Nothing is sent meanwhile."""

    def resume_reading(self) -> None:
        """The same."""


class Peer:
    """The other end of a line, before an application that accepts everybody and keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[Mapping[str, Any]] = []
        self.began, self.ended = asyncio.Event(), asyncio.Event()
        self.line = Line()
        config = uvicorn.Config(
            self._application, interface="asgi3", ws_max_size=64 * 1024, log_config=None, log_level="warning"
        )
        config.load()
        self.protocol = WebSocketTransport(config, ServerState(), {})
        self.protocol.connection_made(self.line)

    async def _application(self, _: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.send = send
        self.began.set()
        while not self.told or self.told[-1]["type"] != "websocket.disconnect":
            self.told.append(await receive())
        self.ended.set()

    def shake(self, line: str = "GET /graphql HTTP/1.1", **more: str) -> None:
        """Asks for a socket."""
        fields = {**FIELDS, **{name.replace("_", "-"): value for name, value in more.items()}}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.protocol.data_received(f"{line}\r\n{head}\r\n".encode())

    async def connect(self) -> None:
        """The same, and waits until there is one."""
        self.shake()
        await asyncio.wait_for(self.began.wait(), 5)
        self.taken()

    def say(self, opcode: Opcode, data: bytes = b"", *, last: bool = True) -> None:
        """Sends a frame."""
        self.protocol.data_received(Frame(opcode, data, last).serialize(mask=True))

    def taken(self) -> bytes:
        """What has come to it since it was last asked."""
        said, self.line.written = self.line.written, b""
        return said


def closing(code: int, reason: str) -> bytes:
    """The frame that ends a connection."""
    return Frame(Opcode.CLOSE, Close(code, reason).serialize()).serialize(mask=False)


@pytest.mark.parametrize(
    ("line", "fields", "status"),
    [
        ("GET /graphql HTTP/1.1", {"X": "x" * 9_000}, b"431 "),
        ("GET /graphql HTTP/1.1", {f"X_{number}": "x" for number in range(200)}, b"431 "),
        (f"GET /graphql?{'x' * 9_000} HTTP/1.1", {}, b"414 "),
        ("GET /graphql HTTP/1.1", {"Content_Length": "5"}, b"400 "),
        ("GET /graphql HTTP/1.1", {"Sec_WebSocket_Version": "8"}, b"400 "),
    ],
    ids=["a long field", "many fields", "a long address", "a body", "another version"],
)
async def test_a_head_that_opens_no_socket_is_answered(line: str, fields: dict[str, str], status: bytes) -> None:
    peer = Peer()

    peer.shake(line, **fields)

    assert peer.taken().startswith(b"HTTP/1.1 " + status)
    assert peer.line.closing


async def test_text_that_is_no_utf_8_ends_the_connection_and_is_not_worth_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for pieces in ([b"\xff"], [b"\xe4", b"\xb8"], [b"\xe4\xb8", b"\xad\xff"]):
        peer = Peer()
        await peer.connect()

        for piece in pieces:
            peer.say(Opcode.CONT if piece is not pieces[0] else Opcode.TEXT, piece, last=piece is pieces[-1])

        await asyncio.wait_for(peer.ended.wait(), 5)
        assert peer.taken() == closing(1007, "Invalid UTF-8")
        assert [each["type"] for each in peer.told] == ["websocket.disconnect"]
        assert peer.line.closing
        peer.say(Opcode.TEXT, b"\xff")  # it may have been on its way
    assert not caplog.records


async def test_text_may_be_cut_anywhere() -> None:
    peer = Peer()
    await peer.connect()

    for piece in (b"", b"\xe4", b"", b"\xb8"):
        peer.say(Opcode.CONT if peer.protocol.frames else Opcode.TEXT, piece, last=False)
        peer.say(Opcode.PING, b"between")
    peer.say(Opcode.CONT, b"\xad")
    peer.say(Opcode.TEXT, b"whole")

    async with asyncio.timeout(5):
        while len(peer.told) < 2:
            await asyncio.sleep(0)
    assert [each["text"] for each in peer.told] == ["中", "whole"]


async def test_a_message_in_pieces_takes_no_more_room_than_its_text() -> None:
    peer = Peer()
    await peer.connect()
    peer.say(Opcode.TEXT, last=False)
    tracemalloc.start()
    try:
        for _ in range(20_000):
            peer.say(Opcode.CONT, last=False)
        for _ in range(5_000):
            peer.say(Opcode.CONT, b"xy", last=False)
        now, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert now < 50_000


async def test_a_peer_that_pings_and_does_not_read_is_owed_one_pong() -> None:
    peer = Peer()
    await peer.connect()
    peer.say(Opcode.PING, b"0")
    assert peer.taken() == Frame(Opcode.PONG, b"0").serialize(mask=False)

    peer.protocol.pause_writing()
    for number in range(1, 1_000):
        peer.say(Opcode.PING, b"%d" % number)
    assert peer.taken() == b""
    peer.protocol.resume_writing()

    assert peer.taken() == Frame(Opcode.PONG, b"999").serialize(mask=False)
    peer.protocol.pause_writing()
    peer.protocol.resume_writing()
    assert peer.taken() == b""


async def test_whoever_writes_behind_the_end_is_told_that_the_peer_has_gone() -> None:
    peer = Peer()
    await peer.connect()
    peer.protocol.pause_writing()
    writing = asyncio.ensure_future(peer.send({"type": "websocket.send", "text": "late"}))

    peer.say(Opcode.TEXT, b"x" * (MOST + 1))
    peer.protocol.resume_writing()

    with pytest.raises(ClientDisconnected):
        await writing
    with pytest.raises(ClientDisconnected):
        await peer.send({"type": "websocket.close", "code": 1011, "reason": ""})


@pytest.mark.parametrize("how", ["it says that it leaves", "it breaks the protocol", "it answers no ping"])
async def test_who_does_not_read_the_end_is_cut_off(how: str) -> None:
    peer = Peer()
    await peer.connect()
    peer.protocol.close_timeout = 0.01

    if how == "it says that it leaves":
        peer.say(Opcode.CLOSE, Close(1000, "").serialize())
    elif how == "it breaks the protocol":
        peer.say(Opcode.CONT)
    else:
        peer.protocol.keepalive_timeout()

    await asyncio.wait_for(peer.line.aborted.wait(), 5)


async def test_who_leaves_in_time_is_not_waited_for() -> None:
    peer = Peer()
    await peer.connect()
    peer.protocol.close_timeout = 0.01

    peer.say(Opcode.CLOSE, Close(1000, "").serialize())
    await asyncio.wait_for(peer.ended.wait(), 5)
    peer.protocol.connection_lost(None)

    await asyncio.sleep(0.05)
    assert not peer.line.aborted.is_set()

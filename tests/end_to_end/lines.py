"""Viewers whose lines are in the test's own hands: over plain sockets, from which nothing is read unless it is asked for."""

import asyncio
import ctypes
import json
import socket
import struct
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Final, Self
from urllib.parse import urlsplit

PATIENCE: Final = 60.0
"""More than any signs of life are apart."""
SMALL: Final = 4_096
"""Of bytes that a narrow line's system keeps unread; it takes twice as many."""
SEGMENT: Final = 536
"""Of bytes in a piece of a narrow line, whose other side then keeps few of them, too: on loopback else some megabytes."""

ATTACH_FILTER: Final = 26
"""SO_ATTACH_FILTER, which Python has no name for: https://docs.kernel.org/networking/filter.html"""
NOTHING: Final = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
"""A filter's only instruction: no byte of any packet passes."""

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Line(ABC):
    """One connection of a viewer. ``message`` raises EOFError at its end, and ``code`` is what it was closed with then."""

    kind: ClassVar[str]

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.code: int | None = None
        self._unread = bytearray()

    @classmethod
    async def open(cls, url: str, *, narrow: bool = False, source: str = "") -> Self:
        """Connects. A narrow one soon has no room for what is not read; ``source`` is the viewer's own address."""
        sock = socket.socket()
        sock.setblocking(False)
        if narrow:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
        if source:
            sock.bind((source, 0))
        where = urlsplit(url)
        await asyncio.get_running_loop().sock_connect(sock, (where.hostname, where.port))
        return cls(sock)

    @abstractmethod
    async def follow(self, document: str, **variables: Any) -> None:
        """Asks for an operation."""

    @abstractmethod
    async def message(self) -> dict[str, Any]:
        """The next message's payload."""

    async def told(self) -> Any:
        """The next message's only root field."""
        (root,) = (await self.message())["data"].values()
        return root

    def close(self) -> None:
        """Ends it."""
        self.sock.close()

    def cut(self) -> None:
        """From now on its system hears nothing and confirms nothing, and nobody is told: as if a cable were cut."""
        program = struct.pack("HP", 1, ctypes.addressof(NOTHING))
        self.sock.setsockopt(socket.SOL_SOCKET, ATTACH_FILTER, program)

    async def send(self, data: bytes) -> None:
        """Writes all of it."""
        await asyncio.get_running_loop().sock_sendall(self.sock, data)

    async def exactly(self, size: int) -> bytes:
        """So many bytes."""
        while len(self._unread) < size:
            await self._more()
        taken = bytes(self._unread[:size])
        del self._unread[:size]
        return taken

    async def up_to(self, mark: bytes) -> bytes:
        """Everything before the mark, which is taken, too."""
        while (at := self._unread.find(mark)) < 0:
            await self._more()
        return (await self.exactly(at + len(mark)))[:at]

    async def head(self) -> tuple[int, Mapping[str, str]]:
        """Status and headers of an answer."""
        first, *rest = (await self.up_to(b"\r\n\r\n")).decode().split("\r\n")
        pairs = (line.split(": ", 1) for line in rest)
        return int(first.split()[1]), {name.lower(): value for name, value in pairs}

    async def _more(self) -> None:
        async with asyncio.timeout(PATIENCE):
            data = await asyncio.get_running_loop().sock_recv(self.sock, 1 << 16)
        if not data:
            raise EOFError
        self._unread += data


class SocketLine(Line):
    """graphql-transport-ws. It answers pings when it comes upon them."""

    kind = "socket"

    async def shake_hands(self) -> tuple[int, Mapping[str, str]]:
        """Asks for a WebSocket, and offers compression; gives the answer."""
        await self.send(
            b"GET /graphql HTTP/1.1\r\nHost: giving.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Sec-WebSocket-Protocol: graphql-transport-ws\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"
        )
        return await self.head()

    async def begin(self) -> None:
        """The handshakes of both protocols."""
        status, headers = await self.shake_hands()
        assert (status, "sec-websocket-extensions" in headers) == (101, False)
        await self.say(type="connection_init")
        assert json.loads((await self.frame())[1]) == {"type": "connection_ack"}

    async def follow(self, document: str, **variables: Any) -> None:
        """See ``Line``."""
        await self.begin()
        await self.subscribe("1", document, **variables)

    async def subscribe(self, name: str, document: str, **variables: Any) -> None:
        """Begins one of several."""
        await self.say(type="subscribe", id=name, payload={"query": document, "variables": variables})

    async def message(self) -> dict[str, Any]:
        """See ``Line``."""
        message = await self.answer()
        assert message["type"] == "next", message
        payload: dict[str, Any] = message["payload"]
        return payload

    async def answer(self) -> dict[str, Any]:
        """The next message, whatever its type."""
        while (frame := await self.frame())[0] != TEXT:
            if frame[0] == PING:
                await self.send(framed(frame[1], PONG))
        message: dict[str, Any] = json.loads(frame[1])
        return message

    async def say(self, **message: Any) -> None:
        """Sends one."""
        await self.send(framed(json.dumps(message).encode()))

    async def frame(self) -> tuple[int, bytes]:
        """The next frame's opcode and content."""
        first, size = await self.exactly(2)
        if size == 126:
            (size,) = struct.unpack("!H", await self.exactly(2))
        elif size == 127:
            (size,) = struct.unpack("!Q", await self.exactly(8))
        content = await self.exactly(size)
        if first & 15 == CLOSE:
            self.code = int.from_bytes(content[:2], "big")
            raise EOFError
        return first & 15, content


class StreamLine(Line):
    """An answer that goes on."""

    accept: ClassVar[str]
    mark: ClassVar[bytes]

    def __init__(self, sock: socket.socket) -> None:
        super().__init__(sock)
        self._text = bytearray()

    async def ask(self, document: str, **variables: Any) -> tuple[int, Mapping[str, str]]:
        """Asks, and gives the head of the answer."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        head = f"Host: giving.example\r\nAccept: {self.accept}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        await self.send(b"POST /graphql HTTP/1.1\r\n" + head.encode() + b"\r\n\r\n" + body)
        return await self.head()

    async def follow(self, document: str, **variables: Any) -> None:
        """See ``Line``."""
        status, headers = await self.ask(document, **variables)
        assert (status, "content-encoding" in headers) == (200, False)

    async def message(self) -> dict[str, Any]:
        """See ``Line``."""
        while (payload := self.payload(await self._part())) is None:
            pass
        return payload

    @staticmethod
    @abstractmethod
    def payload(part: bytes) -> dict[str, Any] | None:
        """What a part of the answer tells; None of a sign of life."""

    async def _part(self) -> bytes:
        while (at := self._text.find(self.mark)) < 0:
            size = int(await self.up_to(b"\r\n"), 16)
            self._text += await self.exactly(size)
            await self.exactly(2)
            if not size:
                raise EOFError
        part = bytes(self._text[:at])
        del self._text[: at + len(self.mark)]
        return part


class EventsLine(StreamLine):
    """Server-Sent Events."""

    kind = "events"
    accept = "text/event-stream"
    mark = b"\n\n"

    @staticmethod
    def payload(part: bytes) -> dict[str, Any] | None:
        """See ``StreamLine``."""
        data = [line.removeprefix(b"data: ") for line in part.split(b"\n") if line.startswith(b"data: ")]
        return json.loads(data[0]) if data else None


class PartsLine(StreamLine):
    """``multipart/mixed``."""

    kind = "parts"
    accept = "multipart/mixed;subscriptionSpec=1.0"
    mark = b"--graphql"

    @staticmethod
    def payload(part: bytes) -> dict[str, Any] | None:
        """See ``StreamLine``."""
        _, _, body = part.partition(b"\r\n\r\n")
        payload: dict[str, Any] | None = json.loads(body).get("payload") if body else None
        return payload


LINES: Final[tuple[type[Line], ...]] = (SocketLine, EventsLine, PartsLine)


def framed(content: bytes, opcode: int = TEXT, *, last: bool = True) -> bytes:
    """A client's frame. It is masked with zeros, which leave it as it is."""
    size, first = len(content), opcode | 128 * last
    if size < 126:
        return struct.pack("!BBxxxx", first, 128 | size) + content
    return struct.pack("!BBHxxxx", first, 254, size) + content


@asynccontextmanager
async def following(line: type[Line], url: str, document: str, *, narrow: bool = True, **variables: Any) -> AsyncIterator[Line]:
    """Somebody who follows an operation."""
    opened = await line.open(url, narrow=narrow)
    try:
        await opened.follow(document, **variables)
        yield opened
    finally:
        opened.close()

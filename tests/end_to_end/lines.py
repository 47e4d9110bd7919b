"""Viewers whose lines are in the test's own hands, in every way in which operations can be followed."""

import contextlib
import json
import socket
import struct
from abc import abstractmethod
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Final, TypeVar

from gateway.http.graphql import STREAM_HEADER
from tests.end_to_end.line import Line

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


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
        await self.send(request("POST", {"accept": self.accept}, {"query": document, "variables": variables}))
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


class ConnectionLine(EventsLine):
    """The same for many operations: a stream that was reserved, on which they are begun over lines of their own."""

    kind = "connection"
    _token: dict[str, str]

    async def follow(self, document: str, **variables: Any) -> None:
        """See ``Line``."""
        await self.send(request("PUT", {}))
        status, headers = await self.head()
        assert status == 201
        self._token = {STREAM_HEADER: (await self.exactly(int(headers["content-length"]))).decode()}
        await self.send(request("GET", {"accept": self.accept} | self._token))
        assert (await self.head())[0] == 200
        await self.subscribe("1", document, **variables)

    async def subscribe(self, name: str, document: str, **variables: Any) -> None:
        """Begins one of several."""
        asked = {"query": document, "variables": variables, "extensions": {"operationId": name}}
        host, port = self.sock.getpeername()
        with contextlib.closing(await self.open(f"http://{host}:{port}", source=self.sock.getsockname()[0])) as steering:
            await steering.send(request("POST", self._token, asked))
            assert (await steering.head())[0] == 202

    @staticmethod
    def payload(part: bytes) -> dict[str, Any] | None:
        """See ``StreamLine``."""
        told = EventsLine.payload(part)
        return told.get("payload") if told else None


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


Kind = TypeVar("Kind", bound=Line)
LINES: Final[tuple[type[Line], ...]] = (SocketLine, EventsLine, PartsLine, ConnectionLine)


def request(method: str, headers: Mapping[str, str], asked: dict[str, Any] | None = None) -> bytes:
    """To the endpoint, with JSON where something is asked."""
    body = json.dumps(asked).encode() if asked else b""
    about = {"content-type": "application/json", "content-length": str(len(body))} if asked else {}
    fields = {"host": "giving.example", **about, **headers}
    lines = [f"{method} /graphql HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def framed(content: bytes, opcode: int = TEXT, *, last: bool = True) -> bytes:
    """A client's frame. It is masked with zeros, which leave it as it is."""
    size, first = len(content), opcode | 128 * last
    if size < 126:
        return struct.pack("!BBxxxx", first, 128 | size) + content
    return struct.pack("!BBHxxxx", first, 254, size) + content


@asynccontextmanager
async def following(line: type[Kind], url: str, document: str, *, narrow: bool = True, **variables: Any) -> AsyncIterator[Kind]:
    """Somebody who follows an operation."""
    opened = await line.open(url, narrow=narrow)
    try:
        await opened.follow(document, **variables)
        yield opened
    finally:
        opened.close()

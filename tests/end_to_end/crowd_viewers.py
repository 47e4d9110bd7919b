"""Viewers of whom thousands fit in one process, over every transport: they keep frames as they came, and do no more."""

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Final

from gateway.http.graphql import STREAM_HEADER
from tests.end_to_end.lines import EventsLine, PartsLine, request

HANDSHAKE: Final = (
    "GET /graphql HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
SWITCHING: Final = b"HTTP/1.1 101 "
STREAMING: Final = b"HTTP/1.1 200 "
TEXT, CLOSED, PING, PONG = 0x1, 0x8, 0x9, 0xA
"""https://www.rfc-editor.org/rfc/rfc6455#section-11.8"""


@cache
def message(frame: bytes) -> Any:
    """What a frame says. Thousands are told the same bytes, which are read once."""
    return json.loads(frame)


def value(frame: bytes) -> dict[str, Any]:
    """The only root field of a result, whatever it is wrapped in."""
    told = message(frame)
    (found,) = told.get("payload", told)["data"].values()
    return dict(found)


@dataclass
class Door:
    """Where viewers go. ``faults`` is all that none of them should ever have been told."""

    host: str
    port: int
    faults: list[str] = field(default_factory=list)


class Viewer(ABC):
    """``told`` are the frames of its operations by their ids. It never leaves by itself."""

    def __init__(self, door: Door) -> None:
        self.told: dict[str, list[bytes]] = {}
        self.is_cut = False
        self.door = door
        self._lines: list[asyncio.Transport] = []

    @abstractmethod
    async def enter(self) -> None:
        """Returns when it has been let in, where one is before it asks for anything."""

    @abstractmethod
    def subscribe(self, name: str, document: str, variables: Mapping[str, Any]) -> None:
        """Follows one more operation, from the position ``after``."""

    def hear(self, name: str, frame: bytes) -> None:
        """Takes what came on the line of this name."""
        self.told[name].append(frame)

    def cut(self) -> None:
        """Its lines are gone, without a word to the server."""
        self.is_cut = True
        for line in self._lines:
            line.abort()

    def lost(self, why: object) -> None:
        """A line has ended. Nobody but ``cut`` may do that."""
        if not self.is_cut:
            self.door.faults.append(f"{type(self).__name__} closed with {why}")


class SocketViewer(Viewer, asyncio.Protocol):
    """Over a WebSocket."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._buffer = b""
        self._is_open = False
        self._entered = asyncio.get_running_loop().create_future()

    async def enter(self) -> None:
        """See ``Viewer``."""
        await asyncio.get_running_loop().create_connection(lambda: self, self.door.host, self.door.port)
        await self._entered

    def subscribe(self, name: str, document: str, variables: Mapping[str, Any]) -> None:
        """See ``Viewer``."""
        self.told[name] = []
        payload = {"query": document, "variables": variables}
        self._send(TEXT, json.dumps({"id": name, "type": "subscribe", "payload": payload}).encode())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the protocol, and introduces itself at once."""
        assert isinstance(transport, asyncio.Transport)
        self._lines.append(transport)
        transport.write(HANDSHAKE.format(host=self.door.host).encode())

    def data_received(self, data: bytes) -> None:
        """Takes what came, frame by frame."""
        self._buffer += data
        if not self._is_open:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            assert head.startswith(SWITCHING), head
            self._buffer, self._is_open = rest, True
            self._send(TEXT, b'{"type":"connection_init"}')
        while len(self._buffer) >= 2:
            size, begin = self._buffer[1], 2
            if size >= 126:
                begin = 4 if size == 126 else 10
                size = int.from_bytes(self._buffer[2:begin])
            if len(self._buffer) < begin + size:
                return
            kind, frame = self._buffer[0] & 0xF, self._buffer[begin : begin + size]
            self._buffer = self._buffer[begin + size :]
            self._take(kind, frame)

    def connection_lost(self, exc: Exception | None) -> None:
        """See ``Viewer.lost``."""
        self.lost(exc)

    def _take(self, kind: int, frame: bytes) -> None:
        if kind == PING:
            self._send(PONG, frame)
        elif kind == CLOSED:
            self.door.faults.append(f"closed with {frame!r}")
        elif (said := message(frame))["type"] == "next":
            self.hear(said["id"], frame)
        elif said["type"] == "connection_ack":
            self._entered.set_result(None)
        else:
            self.door.faults.append(frame.decode())

    def _send(self, kind: int, payload: bytes) -> None:
        [line] = self._lines
        size = len(payload)
        head = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2)
        line.write(bytes((0x80 | kind,)) + head + bytes(4) + payload)  # a mask of zeros masks nothing


class _Stream(asyncio.Protocol):
    """An answer that goes on. Every frame comes whole in one chunk, so that what chunks are framed with lies between frames."""

    def __init__(self, viewer: "StreamViewer", name: str, asked: bytes) -> None:
        self._viewer = viewer
        self._name = name
        self._asked = asked
        self._buffer = b""
        self._is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks at once."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._asked)

    def data_received(self, data: bytes) -> None:
        """Takes what came, frame by frame."""
        *parts, self._buffer = (self._buffer + data).split(self._viewer.mark)
        for part in parts:
            if not self._is_open:
                assert part.startswith(STREAMING), part
                self._is_open = True
            _, there, rest = part.partition(b"{")
            if (frame := (there + rest).strip()) not in (b"", b"{}"):  # else it is a sign of life
                self._viewer.hear(self._name, frame)

    def connection_lost(self, exc: Exception | None) -> None:
        """See ``Viewer.lost``."""
        self._viewer.lost(exc)


class StreamViewer(Viewer):
    """Over a stream for each operation."""

    accept: ClassVar[str]
    mark: ClassVar[bytes]

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._begun: set[asyncio.Task[None]] = set()

    async def enter(self) -> None:
        """See ``Viewer``."""

    def subscribe(self, name: str, document: str, variables: Mapping[str, Any]) -> None:
        """See ``Viewer``."""
        self.told[name] = []
        self.begin(self.open(name, self._asked(document, dict(variables))))

    async def open(self, name: str, asked: bytes) -> None:
        """A stream."""
        loop = asyncio.get_running_loop()
        line, _ = await loop.create_connection(lambda: _Stream(self, name, asked), self.door.host, self.door.port)
        self._lines.append(line)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Does this meanwhile. It must not fail."""
        task = asyncio.create_task(work)
        self._begun.add(task)
        task.add_done_callback(self._done)

    def _asked(self, document: str, variables: dict[str, Any]) -> bytes:
        return request("POST", {"accept": self.accept}, {"query": document, "variables": variables})

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._begun.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.door.faults.append(repr(error))


class EventsViewer(StreamViewer):
    """Over Server-Sent Events. Where it goes on is told as browsers do it."""

    accept = EventsLine.accept
    mark = EventsLine.mark

    def _asked(self, document: str, variables: dict[str, Any]) -> bytes:
        headers = {"accept": self.accept, "last-event-id": variables.pop("after")}
        return request("POST", headers, {"query": document, "variables": variables})


class PartsViewer(StreamViewer):
    """As parts of one answer."""

    accept = PartsLine.accept
    mark = PartsLine.mark


class ConnectionViewer(StreamViewer):
    """Over one stream of events for all of its operations."""

    accept = EventsLine.accept
    mark = EventsLine.mark

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._token: dict[str, str] = {}

    async def enter(self) -> None:
        """See ``Viewer``."""
        self._token = {STREAM_HEADER: await self._ask(201, request("PUT", {"connection": "close"}))}
        await self.open("", request("GET", {"accept": self.accept, **self._token}))

    def subscribe(self, name: str, document: str, variables: Mapping[str, Any]) -> None:
        """See ``Viewer``."""
        self.told[name] = []
        asked = {"query": document, "variables": variables, "extensions": {"operationId": name}}
        self.begin(self._start(request("POST", {"connection": "close", **self._token}, asked)))

    def hear(self, name: str, frame: bytes) -> None:
        """See ``Viewer``."""
        told = message(frame)
        if "payload" in told:
            super().hear(told["id"], frame)
        else:
            self.door.faults.append(frame.decode())

    async def _start(self, asked: bytes) -> None:
        await self._ask(202, asked)

    async def _ask(self, status: int, asked: bytes) -> str:
        reader, writer = await asyncio.open_connection(self.door.host, self.door.port)
        writer.write(asked)
        head, _, body = (await reader.read()).decode().partition("\r\n\r\n")
        writer.close()
        assert head.startswith(f"HTTP/1.1 {status} "), head + body
        return body

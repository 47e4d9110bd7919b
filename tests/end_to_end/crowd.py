"""Thousands of viewers in one process: a WebSocket client that keeps frames as they came, and does no more."""

import asyncio
import json
import random
import resource
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final
from urllib.parse import urlsplit

from tests.end_to_end.world import at_once

AT_ONCE: Final = 64
PATIENCE: Final = 60.0
HANDSHAKE: Final = (
    "GET /graphql HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
SWITCHING: Final = b"HTTP/1.1 101 "
TEXT, CLOSED, PING, PONG = 0x1, 0x8, 0x9, 0xA
"""https://www.rfc-editor.org/rfc/rfc6455#section-11.8"""


@cache
def message(frame: bytes) -> Any:
    """What a frame says. Thousands are told the same bytes, which are read once."""
    return json.loads(frame)


def value(frame: bytes) -> dict[str, Any]:
    """The only root field of a result."""
    (told,) = message(frame)["payload"]["data"].values()
    return dict(told)


def room_for(viewers: int) -> None:
    """Lets this process, and those that it starts, have so many connections."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(most, 2 * viewers)), most))


class Viewer(asyncio.Protocol):
    """One socket. ``told`` are the frames of its operations by their ids. It never leaves by itself."""

    def __init__(self, crowd: "Crowd") -> None:
        self.told: dict[str, list[bytes]] = {}
        self.is_cut = False
        self._crowd = crowd
        self._buffer = b""
        self._is_open = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Asks for the protocol, and introduces itself at once."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(HANDSHAKE.format(host=self._crowd.host).encode())

    def subscribe(self, name: str, document: str, variables: Mapping[str, Any]) -> None:
        """Follows one more operation."""
        self.told[name] = []
        payload = {"query": document, "variables": variables}
        self._send(TEXT, json.dumps({"id": name, "type": "subscribe", "payload": payload}).encode())

    def cut(self) -> None:
        """Its line is gone, without a word to the server."""
        assert self._transport is not None
        self.is_cut = True
        self._transport.abort()

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
        """Nobody but ``cut`` may end it."""
        if not self.is_cut:
            self._crowd.faults.append(f"closed with {exc}")

    def _take(self, kind: int, frame: bytes) -> None:
        if kind == PING:
            self._send(PONG, frame)
        elif kind == CLOSED:
            self._crowd.faults.append(f"closed with {frame!r}")
        elif (said := message(frame))["type"] == "next":
            self.told[said["id"]].append(frame)
        elif said["type"] == "connection_ack":
            self._crowd.acknowledged += 1
        else:
            self._crowd.faults.append(frame.decode())

    def _send(self, kind: int, payload: bytes) -> None:
        assert self._transport is not None
        size = len(payload)
        head = bytes((0x80 | size,)) if size < 126 else b"\xfe" + size.to_bytes(2)
        self._transport.write(bytes((0x80 | kind,)) + head + bytes(4) + payload)  # a mask of zeros masks nothing


class Crowd:
    """Those that were connected together. ``faults`` is all that no viewer should ever have been told."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname is not None
        assert address.port is not None
        self.host, self.port = address.hostname, address.port
        self.faults: list[str] = []
        self.acknowledged = 0
        self.viewers: list[Viewer] = []

    async def connect(self, count: int) -> None:
        """Returns when each of them has been let in."""
        loop = asyncio.get_running_loop()
        opening = (loop.create_connection(lambda: Viewer(self), self.host, self.port) for _ in range(count))
        self.viewers = [viewer for _, viewer in await at_once(opening, AT_ONCE)]
        await self.until(lambda: self.acknowledged == count)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until it is so. Fails when it does not come, or at any fault."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                assert not self.faults, self.faults[:3]
                await asyncio.sleep(0.01)

    async def cut(self, rng: random.Random, seconds: float) -> None:
        """Every line at a random time within so many seconds."""

        async def one(viewer: Viewer) -> None:
            await asyncio.sleep(rng.uniform(0, seconds))
            viewer.cut()

        await asyncio.gather(*map(one, self.viewers))

    def leave(self) -> None:
        """All lines at once."""
        for viewer in self.viewers:
            viewer.cut()

    def all_told(self, names: Iterable[str]) -> bool:
        """Whether each of them has been told something of each of these."""
        names = tuple(names)
        return all(viewer.told[name] for viewer in self.viewers for name in names)

"""A network that is ill: another one answers at its address, or its answers are altered on their way."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.testing.emulation.serving import serve
from tests.faults.link import Link
from tests.faults.players import Player
from tests.gateway.outbound.upstream import Behaviour, Upstream, upstream


@asynccontextmanager
async def ill(link: Link, *script: Behaviour) -> AsyncIterator[Upstream]:
    """What is asked over the link is answered so, until the context ends."""
    async with upstream(*script) as network, redirected(link, network.url):
        yield network


@asynccontextmanager
async def altered(link: Link, player: Player, alter: Callable[[str, Any], Any]) -> AsyncIterator["Altered"]:
    """What the network answers is altered, until the context ends: by path, and what stands in the JSON."""
    app = Altered(player.emulator.app, alter)
    async with serve(app) as url, redirected(link, url):
        yield app


@asynccontextmanager
async def redirected(link: Link, url: str) -> AsyncIterator[None]:
    """What is asked over the link goes to this address, until the context ends."""
    well, link.port = link.port, int(url.rpartition(":")[2])
    link.cut()
    try:
        yield
    finally:
        link.port = well
        link.cut()


@dataclass
class Altered:
    """A network's own application behind it. ``asked`` are the paths of all calls, ``answers`` of those altered."""

    app: ASGIApp
    alter: Callable[[str, Any], Any]
    asked: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call. What is no JSON, or no success, goes on as it is."""
        self.asked.append(scope["path"])
        told: list[Message] = []

        async def keep(message: Message) -> None:
            told.append(message)

        await self.app(scope, receive, keep)
        start, *parts = told
        body = b"".join(part.get("body", b"") for part in parts)
        if start["status"] == 200:
            body = self._altered(scope["path"], body)
        await send({**start, "headers": [*_without_length(start), (b"content-length", str(len(body)).encode())]})
        await send({"type": "http.response.body", "body": body})

    def _altered(self, path: str, body: bytes) -> bytes:
        try:
            words = json.loads(body)
        except ValueError:
            return body
        other = self.alter(path, json.loads(body))
        if other == words:
            return body
        self.answers.append(path)
        return json.dumps(other).encode()


def _without_length(start: MutableMapping[str, Any]) -> list[tuple[bytes, bytes]]:
    return [pair for pair in start["headers"] if pair[0].lower() not in (b"content-length", b"etag")]


@dataclass
class Watched:
    """Does something to each connection that asks; ``moments`` are when, in seconds."""

    act: Callable[[asyncio.StreamWriter], Any]
    moments: list[float] = field(default_factory=list)

    async def __call__(self, writer: asyncio.StreamWriter) -> None:
        """One question."""
        self.moments.append(time.monotonic())
        await self.act(writer)


async def dripping(writer: asyncio.StreamWriter) -> None:
    """A byte a second."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(1)  # so slow is the fault

"""The other side of a socket: frames as Twitch writes them, and sockets that a test speaks through."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from connectors.http import HttpRequest, HttpResponse
from connectors.ports import Ports, Socket, SocketClosed
from connectors.testing.fakes import FakeHttp, answer, fake_ports
from connectors.twitch import CONNECTOR
from connectors.twitch.connector import TwitchSocket
from schema.model.errors import UpstreamUnavailable
from schema.model.facts import DonationState, Fact, FeedStarted
from tests.connectors.twitch.given import STAMP, helix, running, settings, words

ADDRESS = "wss://eventsub.wss.twitch.tv/ws?keepalive_timeout_seconds=10"
MOVED = "wss://eventsub.wss.twitch.tv/ws?challenge=a%2Fb&id=old"


def frame(kind: str, payload: dict[str, Any], stamp: str = STAMP) -> str:
    return json.dumps({"metadata": {"message_id": "m", "message_type": kind, "message_timestamp": stamp}, "payload": payload})


def welcome(session: str = "session-1", keepalive: int | None = 10) -> str:
    return frame("session_welcome", {"session": {"id": session, "keepalive_timeout_seconds": keepalive, "reconnect_url": None}})


def move(url: object = MOVED) -> str:
    return frame("session_reconnect", {"session": {"id": "session-1", "status": "reconnecting", "reconnect_url": url}})


def notification(name: str = "donate.json", **changed: Any) -> str:
    payload = words(name)
    payload["event"] |= changed
    return frame("notification", payload)


def ports(sockets: Any, lists: Any = running) -> Ports:
    return fake_ports(helix(lists), sockets=sockets)


def quiet(request: HttpRequest) -> HttpResponse:
    """No campaign is running."""
    return answer(202 if request.method == "POST" else 200, b'{"data": []}')


def listen(on: Ports) -> AsyncGenerator[Fact, None]:
    connector = CONNECTOR.build(settings(transport="websocket", eventsub_secret=None), on)
    assert isinstance(connector, TwitchSocket)
    return connector.listen([])


async def heard(on: Ports, error: type[Exception] = UpstreamUnavailable) -> list[Fact]:
    """All facts but FeedStarted until the feed ends, which it does by an error of this type."""
    facts: list[Fact] = []
    try:
        async for fact in listen(on):
            if fact != FeedStarted():
                facts.append(fact)
    except error:
        return facts
    raise AssertionError("a feed never ends without an error")


def requests(on: Ports) -> list[HttpRequest]:
    assert isinstance(on.http, FakeHttp)
    return [request for request, _ in on.http.requests]


class LiveSocket:
    """A socket that a test speaks through, and sees closed."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[str | int] = asyncio.Queue()
        self.opened = asyncio.Event()
        self.closed = asyncio.Event()
        self.emptied = asyncio.Event()
        self.patience: list[timedelta] = []

    async def receive(self, timeout: timedelta) -> str:
        self.patience.append(timeout)
        if self.frames.empty():
            self.emptied.set()
        said = await self.frames.get()
        if isinstance(said, int):
            raise SocketClosed(said)
        return said

    def say(self, *frames: str | int) -> None:
        for said in frames:
            self.frames.put_nowait(said)


class LiveSockets:
    """Gives its sockets in order."""

    def __init__(self, count: int, *, fails_to_close: bool = False) -> None:
        self.fails_to_close = fails_to_close
        self.all = [LiveSocket() for _ in range(count)]
        self.addresses: list[str] = []

    @asynccontextmanager
    async def connect(self, url: str) -> AsyncIterator[Socket]:
        socket = self.all[len(self.addresses)]
        self.addresses.append(url)
        socket.opened.set()
        try:
            yield socket
        finally:
            socket.closed.set()
            if self.fails_to_close:
                raise ConnectionResetError


def gift(name: str) -> str:
    return notification(id=name)


async def next_gift(facts: AsyncIterator[Fact]) -> str:
    fact = await anext(facts)
    while fact == FeedStarted():
        fact = await anext(facts)
    assert isinstance(fact, DonationState)
    return fact.native_id

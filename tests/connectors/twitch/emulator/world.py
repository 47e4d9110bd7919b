"""What these tests talk to the emulator with: an app that asks, a receiver of webhooks, a client of the socket."""

import asyncio
import hashlib
import hmac
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import ScaledClock, serve
from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.habits import Habits

SECRET = "a-secret-of-the-tests-0123456789"
DONATE, START, PROGRESS, STOP = (f"channel.charity_campaign.{t}" for t in ("donate", "start", "progress", "stop"))
TOPICS = (DONATE, START, PROGRESS, STOP)


def fast() -> TwitchEmulator:
    """An emulator whose ten seconds pass in a tenth, and whose retries come soon.

    A socket may stay unused for long and has long to move: a busy machine needs more than a tenth of a second for that.
    """
    habits = Habits(
        retries=(timedelta(seconds=1),) * 2,
        answer_within=timedelta(seconds=5),
        unused_after=timedelta(minutes=10),
        reconnect_grace=timedelta(minutes=10),
    )
    return TwitchEmulator(clock=ScaledClock(speed=100), habits=habits)


@dataclass
class Answer:
    """An answer, read. ``body`` is None where it is no JSON."""

    status: int
    headers: Any
    body: Any


class App:
    """An app with both of its tokens."""

    def __init__(self, session: aiohttp.ClientSession, emulator: TwitchEmulator) -> None:
        self.session = session
        self.emulator = emulator
        self.user = emulator.oauth.issue(emulator.broadcaster)
        self.app = emulator.oauth.issue(None)

    async def ask(self, method: str, path: str, token: str | None = None, **more: Any) -> Answer:
        """Asks with headers that fit, unless others are given."""
        headers = {"Client-Id": self.emulator.oauth.client_id, "Authorization": f"Bearer {token or self.user}"}
        more.setdefault("headers", headers)
        async with self.session.request(method, self.emulator.url + path, **more) as answer:
            told = await answer.json() if answer.content_type == "application/json" else None
            return Answer(answer.status, answer.headers, told)

    async def campaigns(self) -> Answer:
        """The broadcaster's campaign."""
        return await self.ask("GET", f"/helix/charity/campaigns?broadcaster_id={self.emulator.broadcaster.id}")

    async def donations(self, rest: str = "") -> Answer:
        """A page of donations."""
        return await self.ask("GET", f"/helix/charity/donations?broadcaster_id={self.emulator.broadcaster.id}{rest}")

    async def subscribe(
        self, topic: str, token: str | None = None, *, broadcaster_id: str | None = None, **transport: Any
    ) -> Answer:
        """Asks for a subscription: by webhook with ``callback``, by socket with ``session_id``."""
        if "callback" in transport:
            transport = {"method": "webhook", "secret": SECRET, **transport}
        else:
            transport = {"method": "websocket", **transport}
        body = {
            "type": topic,
            "version": "1",
            "condition": {"broadcaster_user_id": broadcaster_id or self.emulator.broadcaster.id},
            "transport": transport,
        }
        token = token or (self.app if transport["method"] == "webhook" else self.user)
        return await self.ask("POST", "/helix/eventsub/subscriptions", token, json=body)

    async def listen(self, callback: str, *topics: str) -> None:
        """Subscribes to topics by webhook and waits for their verification."""
        for topic in topics or TOPICS:
            assert (await self.subscribe(topic, callback=callback)).status == 202
        await self.emulator.settle()

    async def statuses(self, token: str | None = None) -> list[str]:
        """The statuses of all subscriptions that the token sees."""
        listed = await self.ask("GET", "/helix/eventsub/subscriptions", token or self.app)
        return [s["status"] for s in listed.body["data"]]


@dataclass
class Received:
    """One delivery as it came."""

    headers: Any
    body: bytes

    @property
    def id(self) -> str:
        """Its message id."""
        return str(self.headers["twitch-eventsub-message-id"])

    @property
    def kind(self) -> str:
        """Its message type."""
        return str(self.headers["twitch-eventsub-message-type"])

    @property
    def topic(self) -> str:
        """Its topic."""
        return str(self.headers["twitch-eventsub-subscription-type"])

    @property
    def retry(self) -> str:
        """Its retry counter."""
        return str(self.headers["twitch-eventsub-message-retry"])

    @property
    def moment(self) -> datetime:
        """Its time, cut to microseconds."""
        seconds, _, fraction = self.headers["twitch-eventsub-message-timestamp"].rstrip("Z").partition(".")
        return datetime.fromisoformat(f"{seconds}.{fraction.ljust(9, '0')[:6]}").replace(tzinfo=UTC)

    @property
    def signed(self) -> bool:
        """Whether its signature fits."""
        h = self.headers
        message = h["twitch-eventsub-message-id"].encode() + h["twitch-eventsub-message-timestamp"].encode() + self.body
        expected = "sha256=" + hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
        return bool(expected == h["twitch-eventsub-message-signature"])

    @property
    def event(self) -> dict[str, Any]:
        """Its event."""
        found: dict[str, Any] = json.loads(self.body)["event"]
        return found


def echo(request: Request, body: bytes) -> Response:
    """Answers as a good receiver does."""
    return PlainTextResponse(json.loads(body).get("challenge", ""))


def refuse(times: int) -> Callable[[Request, bytes], Response]:
    """Refuses so many deliveries, and takes those after them."""
    left = itertools.count(times, -1)
    return lambda request, body: PlainTextResponse("", 503) if next(left) > 0 else echo(request, body)


@dataclass
class Receiver:
    """A callback. It answers by ``answers``, and only while it is ``open``; challenges are kept apart from what counts."""

    url: str = ""
    answers: Callable[[Request, bytes], Response] = echo
    received: list[Received] = field(default_factory=list)
    challenges: list[Received] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: Request) -> Response:
        """Takes a delivery."""
        body = await request.body()
        delivery = Received(request.headers, body)
        (self.challenges if delivery.kind.endswith("verification") else self.received).append(delivery)
        await self.open.wait()
        return self.answers(request, body)

    def events(self, topic: str) -> list[dict[str, Any]]:
        """The events of a topic, in order of arrival."""
        return [r.event for r in self.received if r.topic == topic and r.kind == "notification"]


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """Runs a callback on loopback."""
    made = Receiver()
    made.open.set()
    async with serve(Starlette(routes=[Route("/hook", made.take, methods=["POST"])])) as url:
        made.url = f"{url}/hook"
        try:
            yield made
        finally:
            made.open.set()


class Client:
    """A client of the socket. What it waits for must come within ten seconds."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def next(self, kind: str | None = None) -> dict[str, Any]:
        """The next frame, or the next of a kind."""
        while True:
            frame: dict[str, Any] = await self.socket.receive_json(timeout=10)
            if kind in (None, frame["metadata"]["message_type"]):
                return frame

    async def closed(self) -> int | None:
        """The code with which the emulator closes; frames before it are passed over."""
        while (await self.socket.receive(timeout=10)).type is aiohttp.WSMsgType.TEXT:
            pass
        return self.socket.close_code

    async def welcome(self) -> str:
        """The session's id, from the first frame."""
        frame = await self.next()
        assert frame["metadata"]["message_type"] == "session_welcome"
        return str(frame["payload"]["session"]["id"])

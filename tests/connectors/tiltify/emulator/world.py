"""What these tests talk to the emulator with: an app that asks, and a receiver of webhooks."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import ScaledClock, serve
from connectors.tiltify.emulator import TiltifyEmulator

EVERYTHING = [
    "public:direct:donation_updated",
    "public:direct:fact_updated",
    "public:indirect:donation_updated",
]


@dataclass
class Answer:
    """An answer, read."""

    status: int
    headers: Any
    text: str

    @property
    def body(self) -> Any:
        """Its JSON."""
        return json.loads(self.text)

    @property
    def data(self) -> Any:
        """What a good answer tells."""
        assert self.status == 200, self.text
        return self.body["data"]


class App:
    """An app that holds a token for everything."""

    def __init__(self, session: aiohttp.ClientSession, emulator: TiltifyEmulator) -> None:
        self.session = session
        self.emulator = emulator
        self.token = ""

    async def ask(self, method: str, path: str, token: str | None = None, **more: Any) -> Answer:
        """Asks with the app's token, unless another is given."""
        more.setdefault("headers", {"Authorization": f"Bearer {self.token if token is None else token}"})
        async with self.session.request(method, self.emulator.url + path, allow_redirects=False, **more) as answer:
            return Answer(answer.status, answer.headers, await answer.text())

    async def get(self, path: str, **query: Any) -> Answer:
        """Asks the public API."""
        return await self.ask("GET", f"/api/public/{path}", params=query)

    async def grant(self, **more: Any) -> Answer:
        """Asks for a token, as JSON."""
        account = self.emulator.account()
        asked = {"client_id": account["client_id"], "client_secret": account["client_secret"], **more}
        return await self.ask("POST", "/oauth/token", "", json={"grant_type": "client_credentials", **asked})

    async def sign_in(self, scope: str = "public webhooks:write") -> str:
        """Holds a new token from now on."""
        self.token = (await self.grant(scope=scope)).body["access_token"]
        return self.token

    async def control(self, deed: str, **arguments: Any) -> Answer:
        """Does a deed at the control door."""
        return await self.ask("POST", f"/control/{deed}", json=arguments)


@dataclass
class Heard:
    """One attempt as it came."""

    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)

    @property
    def data(self) -> Any:
        """What it is about."""
        return self.json["data"]

    @property
    def meta(self) -> Any:
        """What is said of the event."""
        return self.json["meta"]

    @property
    def kind(self) -> str:
        """The event type."""
        return str(self.meta["event_type"])

    @property
    def moment(self) -> datetime:
        """The time of the attempt."""
        return datetime.fromisoformat(self.headers["x-tiltify-timestamp"])

    def signed_with(self, key: str) -> bool:
        """Whether the signature fits, worked out from the page and not with the emulator's code."""
        message = self.headers["x-tiltify-timestamp"].encode() + b"." + self.body
        digest = hmac.new(key.encode(), message, hashlib.sha256).digest()
        return bool(base64.b64encode(digest).decode() == self.headers["x-tiltify-signature"])


@dataclass
class Receiver:
    """An endpoint. ``answer`` gives the status for the attempts, counted from 0."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answer: Callable[[int], int] = lambda _: 200

    async def take(self, request: Request) -> Response:
        """Takes an attempt."""
        number = len(self.heard)
        self.heard.append(Heard(request.headers, await request.body()))
        return PlainTextResponse("", self.answer(number))

    def of(self, kind: str) -> list[Heard]:
        """Those of an event type."""
        return [heard for heard in self.heard if heard.kind == kind]


def fast() -> TiltifyEmulator:
    """On a clock on which the hour of all retries is a second; tokens outlive any test."""
    emulator = TiltifyEmulator(clock=ScaledClock(speed=4_000))
    emulator.tokens.life = timedelta(days=3_650)
    return emulator


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    """Listens on loopback."""
    made = Receiver()
    async with serve(Starlette(routes=[Route("/hook", made.take, methods=["POST"])])) as url:
        made.url = f"{url}/hook"
        yield made

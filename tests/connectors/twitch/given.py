"""What the tests of this connector begin with: an account, samples, and deliveries signed here, not by the connector."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from connectors.contract import Delivery
from connectors.http import Headers, HttpRequest, HttpResponse
from connectors.ports import Ports, Token
from connectors.spec import Secret, SettingValue
from connectors.testing.fakes import FakeClock, FakeHttp, FakeTokens, answer, fake_ports
from connectors.twitch import CONNECTOR
from connectors.twitch.connector import TwitchWebhook
from schema.model.facts import Movement

Answers: TypeAlias = Callable[[HttpRequest], HttpResponse]

BROADCASTER = "900100200"
CAMPAIGN = "3aBcDeFgHiJkLmNoPqRsTuVwXy1"
SECRET = "example-secret-for-docs-0123456789"
MESSAGE_ID = "0b8c1f6e-0000-4000-8000-00000000d001"
STAMP = "2026-05-02T18:00:05.123456789Z"
SIGNATURE = "sha256=af9da2385dd1534a3e6a96360348f33b3e461a3352ad458b1b111cde92b30dbb"
SENT = datetime(2026, 5, 2, 18, 0, 5, 123456, tzinfo=UTC)
NOW = datetime(2026, 9, 1, 2, 20, 31, tzinfo=UTC)

HELIX = "https://api.twitch.tv/helix"
AUTH = "https://id.twitch.tv/oauth2"


def sample(name: str) -> bytes:
    return (Path(__file__).parent / "samples" / name).read_bytes()


def words(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample(name))
    return found


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = words(name)["event"]
    return found


def settings(**changed: SettingValue) -> dict[str, SettingValue]:
    return {
        "client_id": "sample-client",
        "client_secret": Secret("sample-client-secret"),
        "refresh_token": Secret("refresh-of-the-setting"),
        "broadcaster_id": BROADCASTER,
        "eventsub_secret": Secret(SECRET),
        "transport": "webhook",
        "base_url": HELIX,
        "auth_url": AUTH,
        "socket_url": "wss://eventsub.wss.twitch.tv/ws",
        **changed,
    }


def sign(body: bytes, message_id: str = MESSAGE_ID, stamp: str = STAMP, secret: str = SECRET) -> str:
    mac = hmac.new(secret.encode(), message_id.encode() + stamp.encode() + body, hashlib.sha256)
    return "sha256=" + mac.hexdigest()


def pairs(body: bytes, kind: str = "notification", stamp: str = STAMP) -> dict[str, str]:
    return {
        "Twitch-Eventsub-Message-Id": MESSAGE_ID,
        "Twitch-Eventsub-Message-Retry": "0",
        "Twitch-Eventsub-Message-Type": kind,
        "Twitch-Eventsub-Message-Signature": sign(body, stamp=stamp),
        "Twitch-Eventsub-Message-Timestamp": stamp,
        "Twitch-Eventsub-Subscription-Type": "channel.charity_campaign.donate",
        "Twitch-Eventsub-Subscription-Version": "1",
    }


def delivery(body: bytes, headers: Headers, received_at: datetime = SENT) -> Delivery:
    return Delivery("POST", "", headers, body, received_at)


def signed(body: bytes | dict[str, Any], kind: str = "notification", received_at: datetime = SENT) -> Delivery:
    """A delivery as Twitch would sign it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return delivery(raw, Headers(pairs(raw, kind)), received_at)


def query(request: HttpRequest) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}


def path(request: HttpRequest) -> str:
    return request.url.partition("?")[0]


def granted(access: str = "access-1", refresh: str | None = None, seconds: int = 14_400) -> HttpResponse:
    token = {"access_token": access, "expires_in": seconds, "token_type": "bearer"}
    return answer(200, json.dumps(token if refresh is None else {**token, "refresh_token": refresh, "scope": []}).encode())


def helix(lists: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A Twitch that grants every token it is asked for and answers the rest by ``lists``."""
    return lambda request: granted() if path(request) == f"{AUTH}/token" else lists(request)


def running(request: HttpRequest) -> HttpResponse:
    """The answers while the sample campaign is running."""
    if path(request) == f"{HELIX}/charity/campaigns":
        return answer(200, sample("campaigns.json"))
    if path(request) == f"{HELIX}/charity/donations":
        return answer(200, sample("donations_2.json" if "after" in query(request) else "donations_1.json"))
    return answer(202, b'{"data": []}')


def twitch(answers: Answers, **changed: SettingValue) -> tuple[TwitchWebhook, Ports]:
    ports = fake_ports(answers, clock=FakeClock(NOW))
    connector = CONNECTOR.build(settings(**changed), ports)
    assert isinstance(connector, TwitchWebhook)
    return connector, ports


def sent(ports: Ports) -> list[HttpRequest]:
    assert isinstance(ports.http, FakeHttp)
    return [request for request, _ in ports.http.requests]


def known(ports: Ports) -> dict[str, Token]:
    assert isinstance(ports.tokens, FakeTokens)
    return ports.tokens.known


async def listed(connector: TwitchWebhook, campaign: str = CAMPAIGN) -> list[Movement]:
    return [movement async for movement in connector.donations(campaign, since=None)]

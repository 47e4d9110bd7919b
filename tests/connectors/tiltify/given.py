"""What the tests of this connector begin with: an account, samples, and deliveries signed here, not by the connector."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from connectors.contract import Delivery, Receipt
from connectors.http import Headers, HttpRequest, HttpResponse
from connectors.ports import Ports
from connectors.spec import Secret, SettingValue
from connectors.testing.fakes import FakeClock, FakeHttp, answer, fake_ports
from connectors.tiltify import CONNECTOR, webhook
from connectors.tiltify.connector import Tiltify, TiltifyWebhook
from connectors.tiltify.fields import Native
from connectors.tiltify.settings import Account
from schema.model.errors import Unreadable
from schema.model.facts import DonationState

Answers: TypeAlias = Callable[[HttpRequest], HttpResponse]

UUID = "11111111-1111-4111-8111-111111111111"
CAMPAIGN = f"campaign/{UUID}"
TEAM = "team_campaign/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"
EVENT = "fundraising_event/eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee"
CAUSE = "55555555-5555-4555-8555-555555555555"
SPONSORS = "dddddddd-dddd-4ddd-8ddd-dddddddddddd"
ENDPOINT = "12121212-1212-4212-8212-121212121212"

KEY = "5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5e1f00d5"
STAMP = "2026-05-02T18:30:00.250000Z"
SIGNATURE = "2BILtlFRNajTO6Cahn5YaOiNc17SQ0Br9usJXoSZ79I="
SENT = datetime(2026, 5, 2, 18, 30, 0, 250000, tzinfo=UTC)
NOW = datetime(2026, 5, 2, 18, 31, tzinfo=UTC)

BASE = "https://v5api.tiltify.com"
PUBLIC = f"{BASE}/api/public"

FILES = {
    f"{PUBLIC}/campaigns/{UUID}": "campaign.json",
    f"{PUBLIC}/campaigns/{UUID}/donation_matches": "donation_matches.json",
    f"{PUBLIC}/campaigns/{UUID}/milestones": "milestones.json",
    f"{PUBLIC}/team_campaigns/{TEAM.partition('/')[2]}": "team_campaign.json",
    f"{PUBLIC}/fundraising_events/{EVENT.partition('/')[2]}": "fundraising_event.json",
    f"{PUBLIC}/causes/{CAUSE}": "cause.json",
    f"{BASE}/oauth/token": "token.json",
}


def sample(name: str) -> bytes:
    return (Path(__file__).parent / "samples" / name).read_bytes()


def words(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sample(name))
    return found


def data(name: str) -> dict[str, Any]:
    found: dict[str, Any] = words(name)["data"]
    return found


def row(name: str, place: int) -> dict[str, Any]:
    found: dict[str, Any] = words(name)["data"][place]
    return found


def native(text: str) -> Native:
    found = Native.parse(text)
    assert found is not None
    return found


def money(value: object, currency: object = "GBP") -> dict[str, object]:
    """An amount in Tiltify's words."""
    return {"value": value, "currency": currency}


def settings(**changed: SettingValue) -> dict[str, SettingValue]:
    return {
        "client_id": "sample-client",
        "client_secret": Secret("sample-client-secret"),
        "campaigns": (CAMPAIGN, TEAM, EVENT),
        "signing_key": Secret(KEY),
        "previous_signing_key": None,
        "endpoint_id": ENDPOINT,
        "base_url": BASE,
        **changed,
    }


def asking(**changed: SettingValue) -> dict[str, SettingValue]:
    """The settings of an account to which nothing is pushed."""
    return settings(signing_key=None, endpoint_id=None, **changed)


def sign(body: bytes, stamp: str = STAMP, key: str | bytes = KEY) -> str:
    raw = key.encode() if isinstance(key, str) else key
    return base64.b64encode(hmac.digest(raw, stamp.encode() + b"." + body, hashlib.sha256)).decode()


def receive(given_delivery: Delivery, *keys: str) -> Receipt:
    """What comes of a delivery to the sample account, whose endpoint signs with one of these keys."""
    account = Account.of(settings())
    return webhook.receive(given_delivery, keys=[Secret(key) for key in keys or (KEY,)], campaigns=account.campaigns)


def outcome(given_delivery: Delivery) -> str:
    """One word: "read", or why it is unreadable. Anything else is raised."""
    try:
        receive(given_delivery)
    except Unreadable as error:
        return error.reason
    return "read"


def pairs(body: bytes, stamp: str = STAMP, key: str = KEY) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Tiltify Outgoing Webhook",
        "X-Tiltify-Endpoint": ENDPOINT,
        "X-Tiltify-Timestamp": stamp,
        "X-Tiltify-Signature": sign(body, stamp, key),
        "X-Tiltify-Verision": "v5",
    }


def delivery(body: bytes, headers: Headers, received_at: datetime = SENT) -> Delivery:
    return Delivery("POST", "", headers, body, received_at)


def signed(body: bytes | dict[str, Any], received_at: datetime = SENT, *, key: str = KEY) -> Delivery:
    """A delivery as Tiltify would sign it."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return delivery(raw, Headers(pairs(raw, key=key)), received_at)


def told(name: str, meta: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """A sample of a message with other values in its data, or in its meta."""
    message = words(name)
    return {"data": message["data"] | changed, "meta": message["meta"] | (meta or {})}


def path(request: HttpRequest) -> str:
    return request.url.partition("?")[0]


def query(request: HttpRequest) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.url).query).items()}


MISSING = answer(404, b'{"error": {"status": 404, "message": "Not Found", "fields": null}}')
GARBLED = answer(200, b"<!doctype html><title>Sorry</title>")


def page(*rows: object, after: object = None) -> HttpResponse:
    """A page of a list."""
    return answer(200, json.dumps({"data": rows, "metadata": {"after": after, "before": None, "limit": 100}}).encode())


def standing(request: HttpRequest) -> HttpResponse:
    """The answers of a Tiltify that has the sample campaign, team campaign and event."""
    if path(request).endswith("/donations"):
        return answer(200, sample("donations_2.json" if "after" in query(request) else "donations_1.json"))
    if path(request) in FILES:
        return answer(200, sample(FILES[path(request)]))
    return MISSING


def instead(otherwise: Answers, **parts: HttpResponse) -> Answers:
    """The same, with other answers where an address ends with one of these names."""

    def answers(request: HttpRequest) -> HttpResponse:
        return parts.get(path(request).rpartition("/")[2]) or otherwise(request)

    return answers


def tiltify(answers: Answers, **changed: SettingValue) -> tuple[Tiltify, Ports]:
    ports = fake_ports(answers, clock=FakeClock(NOW))
    connector = CONNECTOR.build(settings(**changed), ports)
    assert isinstance(connector, TiltifyWebhook)
    return connector, ports


def sent(ports: Ports, end: str = "") -> list[HttpRequest]:
    """What was asked so far, except for tokens; of that what has an address of this end."""
    assert isinstance(ports.http, FakeHttp)
    asked = [request for request, _ in ports.http.requests if not path(request).endswith("/oauth/token")]
    return [request for request in asked if path(request).endswith(end)]


def grants(ports: Ports) -> list[HttpRequest]:
    """The questions for a token."""
    assert isinstance(ports.http, FakeHttp)
    return [request for request, _ in ports.http.requests if path(request).endswith("/oauth/token")]


async def listed(connector: Tiltify, campaign: str = CAMPAIGN, since: datetime | None = None) -> list[DonationState]:
    return [movement async for movement in connector.donations(campaign, since=since) if isinstance(movement, DonationState)]

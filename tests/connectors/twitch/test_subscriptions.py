"""Subscriptions: exactly what is needed is asked for, and what is not ours is left alone."""

import json
from itertools import count
from typing import Any

import pytest

from connectors.http import HttpRequest, HttpResponse
from connectors.testing.fakes import answer
from connectors.twitch.mapping import TOPICS
from schema.model.errors import CredentialsRefused, UpstreamGarbled
from tests.connectors.twitch.given import AUTH, BROADCASTER, HELIX, SECRET, granted, helix, path, query, sent, twitch

CALLBACK = "https://gateway.example/webhooks/twitch"


class Subscriptions:
    """Twitch's list of subscriptions, two a page, asked with the application's token only."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self.rows = {row["id"]: row for row in rows}
        self.ids = count(1)
        self.secrets: list[str] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.url.startswith(AUTH):
            return granted("app-token" if b"client_credentials" in request.body else "user-token")
        assert path(request) == f"{HELIX}/eventsub/subscriptions"
        assert request.headers["Authorization"] == "Bearer app-token"
        if request.method == "DELETE":
            return answer(204 if self.rows.pop(query(request)["id"], None) else 404)
        if request.method == "POST":
            return self._create(json.loads(request.body))
        start = int(query(request).get("after", "0"))
        rows = list(self.rows.values())
        more = {"cursor": str(start + 2)} if start + 2 < len(rows) else {}
        return answer(200, json.dumps({"data": rows[start : start + 2], "total": len(rows), "pagination": more}).encode())

    def _create(self, wanted: dict[str, Any]) -> HttpResponse:
        if any((r["type"], r["condition"]) == (wanted["type"], wanted["condition"]) for r in self.rows.values()):
            return answer(409, b'{"status": 409}')
        self.secrets.append(wanted["transport"].pop("secret"))
        made = f"made-{next(self.ids)}"
        self.rows[made] = {"id": made, "status": "webhook_callback_verification_pending", **wanted}
        return answer(202, json.dumps({"data": [self.rows[made]]}).encode())


def row(name: str, topic: str = TOPICS[0], **changed: Any) -> dict[str, Any]:
    return {
        "id": name,
        "type": topic,
        "version": "1",
        "status": "enabled",
        "condition": {"broadcaster_user_id": BROADCASTER},
        "transport": {"method": "webhook", "callback": CALLBACK},
    } | changed


async def kept(server: Subscriptions) -> list[str]:
    """The ids that stand after the feed was kept; and once more, which must change nothing."""
    connector, ports = twitch(server)
    await connector.keep_feed([], CALLBACK)
    after = sorted(server.rows)
    before_second = len(sent(ports))
    await connector.keep_feed([], CALLBACK)
    assert {r.method for r in sent(ports)[before_second:]} == {"GET"}
    assert sorted(server.rows) == after
    return after


async def test_the_feed_is_one_subscription_a_topic_with_the_secret() -> None:
    server = Subscriptions()
    await kept(server)
    assert sorted(r["type"] for r in server.rows.values()) == sorted(TOPICS)
    assert server.secrets == [SECRET] * 4
    for made in server.rows.values():
        assert made["version"] == "1"
        assert made["condition"] == {"broadcaster_user_id": BROADCASTER}
        assert made["transport"] == {"method": "webhook", "callback": CALLBACK}


async def test_what_is_there_and_right_is_left_alone() -> None:
    pending = "webhook_callback_verification_pending"
    server = Subscriptions(*(row(t, t, status=s) for t, s in zip(TOPICS, ("enabled", pending) * 2, strict=True)))
    assert await kept(server) == sorted(TOPICS)


async def test_of_two_for_one_topic_the_enabled_one_stays() -> None:
    others = [row(t, t) for t in TOPICS[1:]]
    server = Subscriptions(
        row("pending", status="webhook_callback_verification_pending"), *others, row("enabled"), row("third")
    )
    assert await kept(server) == sorted(["enabled", *TOPICS[1:]])


@pytest.mark.parametrize(
    "changed",
    [
        {"transport": {"method": "webhook", "callback": "https://old.example/webhooks/twitch"}},
        {"status": "authorization_revoked"},
        {"status": "notification_failures_exceeded"},
        {"status": "webhook_callback_verification_failed"},
        {"version": "beta"},
    ],
)
async def test_what_is_dead_or_goes_elsewhere_is_replaced(changed: dict[str, Any]) -> None:
    server = Subscriptions(row("wrong", **changed), *(row(t, t) for t in TOPICS[1:]))
    assert await kept(server) == sorted(["made-1", *TOPICS[1:]])


@pytest.mark.parametrize(
    "changed",
    [
        {"type": "channel.follow"},
        {"condition": {"broadcaster_user_id": "1"}},
        {"condition": {}},
        {"transport": {"method": "websocket", "session_id": "s"}, "type": "channel.follow"},
    ],
)
async def test_what_others_of_the_application_asked_for_is_left_alone(changed: dict[str, Any]) -> None:
    assert await kept(Subscriptions(row("others", **changed))) == ["made-1", "made-2", "made-3", "made-4", "others"]


async def test_a_socket_of_ours_is_not_ended_and_a_conflict_is_no_error() -> None:
    server = Subscriptions(row("socket", transport={"method": "websocket", "session_id": "s"}))
    connector, _ = twitch(server)
    await connector.keep_feed([], CALLBACK)
    assert len(server.rows) == 4
    assert "socket" in server.rows


async def test_a_subscription_that_went_in_the_meantime_is_no_error() -> None:
    server = Subscriptions(row("wrong", status="user_removed"))
    connector, _ = twitch(lambda r: answer(404) if r.method == "DELETE" else server(r))
    await connector.keep_feed([], CALLBACK)


async def test_a_broadcaster_who_has_not_granted_the_scope_is_reported() -> None:
    server = Subscriptions()
    connector, _ = twitch(lambda r: answer(403) if r.method == "POST" and r.url.startswith(HELIX) else server(r))
    with pytest.raises(CredentialsRefused, match="channel:read:charity"):
        await connector.keep_feed([], CALLBACK)


async def test_an_application_that_is_refused_is_reported() -> None:
    connector, _ = twitch(lambda _: answer(403, b'{"message": "invalid client secret"}'))
    with pytest.raises(CredentialsRefused, match="client_secret"):
        await connector.keep_feed([], CALLBACK)


@pytest.mark.parametrize("spoiled", [{"id": None}, {"condition": 7}, {"transport": "x"}])
async def test_a_subscription_of_another_form_is_garbled(spoiled: dict[str, Any]) -> None:
    body = json.dumps({"data": [row("s") | spoiled]}).encode()
    connector, _ = twitch(helix(lambda _: answer(200, body)))
    with pytest.raises(UpstreamGarbled):
        await connector.keep_feed([], CALLBACK)

"""Subscriptions, and the challenge that stands before them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from connectors.twitch.emulator import Fault, TwitchEmulator
from tests.connectors.twitch.emulator.world import DONATE, PROGRESS, SECRET, START, App, Receiver, echo

PATH = "/helix/eventsub/subscriptions"


async def test_a_webhook_subscription_is_pending_until_the_challenge_is_answered(app: App, hook: Receiver) -> None:
    made = await app.subscribe(DONATE, callback=hook.url)
    assert made.status == 202
    shown = made.body["data"][0]
    assert shown["status"] == "webhook_callback_verification_pending"
    assert shown["condition"] == {"broadcaster_user_id": app.emulator.broadcaster.id}
    assert shown["transport"] == {"method": "webhook", "callback": hook.url}
    assert (made.body["total"], made.body["total_cost"], made.body["max_total_cost"]) == (1, 0, 10_000)
    await app.emulator.settle()
    assert await app.statuses() == ["enabled"]
    asked = json.loads(hook.challenges[0].body)
    assert asked["subscription"]["status"] == "webhook_callback_verification_pending"
    assert SECRET not in json.dumps(asked) + json.dumps(made.body)


def _challenge(body: bytes) -> str:
    return str(json.loads(body)["challenge"])


@pytest.mark.parametrize(
    "answer",
    [
        lambda _, body: PlainTextResponse("else"),
        lambda _, body: PlainTextResponse(_challenge(body) + "\n"),
        lambda _, body: JSONResponse(_challenge(body)),
        lambda _, body: Response(_challenge(body), media_type="application/json"),
        lambda _, body: PlainTextResponse(_challenge(body), 500),
        lambda _, body: PlainTextResponse(_challenge(body), 302, {"Location": "/hook"}),
    ],
    ids=["another text", "a newline", "quoted", "as JSON", "an error", "a redirect"],
)
async def test_a_wrong_answer_to_the_challenge_fails_the_verification(app: App, hook: Receiver, answer: Any) -> None:
    hook.answers = answer
    await app.listen(hook.url, DONATE)
    assert await app.statuses() == ["webhook_callback_verification_failed"]
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    assert hook.received == []


async def test_a_late_answer_to_the_challenge_fails_the_verification(app: App, hook: Receiver) -> None:
    app.emulator.sender.timeout = timedelta(milliseconds=100)
    hook.open.clear()
    await app.listen(hook.url, DONATE)
    hook.open.set()
    assert len(hook.challenges) == 1
    assert await app.statuses() == ["webhook_callback_verification_failed"]


async def test_a_challenge_can_be_badly_signed(app: App, hook: Receiver) -> None:
    app.emulator.faults.once(Fault.WRONG_SIGNATURE)
    hook.answers = lambda request, body: echo(request, body) if hook.challenges[-1].signed else PlainTextResponse("", 403)
    for topic in (DONATE, START):
        await app.listen(hook.url, topic)
    assert await app.statuses() == ["webhook_callback_verification_failed", "enabled"]


async def test_events_before_the_verification_are_missed(app: App, hook: Receiver) -> None:
    app.emulator.start_campaign()
    hook.open.clear()
    await app.subscribe(DONATE, callback=hook.url)
    await app.emulator.donate(100)
    hook.open.set()
    await app.emulator.settle()
    await app.emulator.donate(200)
    await app.emulator.settle()
    assert [e["amount"]["value"] for e in hook.events(DONATE)] == [200]


@pytest.mark.parametrize(
    "change",
    [
        {"type": "channel.update"},
        {"version": "beta"},
        {"condition": {}},
        {"transport": None},
        {"transport": {"method": "conduit", "conduit_id": "x"}},
        {"transport": {"method": "webhook", "callback": "ftp://x", "secret": SECRET}},
        {"transport": {"method": "webhook", "callback": "https://x.example/hook", "secret": "too short"}},
        {"transport": {"method": "webhook", "callback": "https://x.example/hook", "secret": "x" * 101}},
        {"transport": {"method": "webhook", "callback": "https://x.example/hook", "secret": "nicht-ascii-äöü"}},
        {"transport": {"method": "webhook", "callback": "https://x.example/hook"}},
    ],
    ids=str,
)
async def test_a_bad_field_is_400(app: App, change: dict[str, Any]) -> None:
    body = {
        "type": DONATE,
        "version": "1",
        "condition": {"broadcaster_user_id": app.emulator.broadcaster.id},
        "transport": {"method": "webhook", "callback": "http://127.0.0.1:9/hook", "secret": SECRET},
    }
    assert (await app.ask("POST", PATH, app.app, json=body | change)).status == 400
    assert (await app.ask("POST", PATH, app.app, data=b"{")).status == 400


async def test_a_webhook_needs_the_apps_token_and_a_socket_the_users(app: App) -> None:
    assert (await app.subscribe(DONATE, app.user, callback="http://127.0.0.1:9/hook")).status == 400
    assert (await app.subscribe(DONATE, app.app, session_id="x")).status == 400
    assert (await app.subscribe(DONATE, "else", session_id="x")).status == 401


async def test_a_session_that_does_not_exist_is_400(app: App) -> None:
    assert (await app.subscribe(DONATE, session_id="else")).status == 400


async def test_without_the_broadcasters_consent_it_is_403(app: App) -> None:
    app.emulator.revoke_consent()
    refused = await app.subscribe(DONATE, callback="http://127.0.0.1:9/hook")
    assert (refused.status, refused.body["error"]) == (403, "Forbidden")


async def test_the_same_subscription_twice_is_409(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    refused = await app.subscribe(DONATE, callback=hook.url)
    assert (refused.status, refused.body["error"]) == (409, "Conflict")
    assert (await app.subscribe(PROGRESS, callback=hook.url)).status == 202


async def test_a_fourth_callback_for_one_topic_is_429(app: App, hook: Receiver) -> None:
    statuses = [(await app.subscribe(DONATE, callback=f"{hook.url}?{n}")).status for n in range(4)]
    assert statuses == [202, 202, 202, 429]


async def test_a_strict_emulator_wants_https_on_port_443(app: App, hook: Receiver) -> None:
    app.emulator.habits.allow_http = False
    assert (await app.subscribe(DONATE, callback=hook.url)).status == 400
    assert (await app.subscribe(DONATE, callback="https://gateway.example:8443/hook")).status == 400


async def test_a_callback_that_says_https_is_reached_on_this_machine_over_http(app: App, hook: Receiver) -> None:
    address = hook.url.replace("http:", "https:")
    made = await app.subscribe(DONATE, callback=address)
    assert made.body["data"][0]["transport"]["callback"] == address
    await app.emulator.settle()
    assert await app.statuses() == ["enabled"]


async def test_the_list_can_be_filtered_by_one_thing(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE, START)
    found = (await app.ask("GET", f"{PATH}?type={START}", app.app)).body
    assert ([s["type"] for s in found["data"]], found["total"], found["pagination"]) == ([START], 1, {})
    assert (await app.ask("GET", f"{PATH}?status=authorization_revoked", app.app)).body["data"] == []
    assert len((await app.ask("GET", f"{PATH}?user_id={app.emulator.broadcaster.id}", app.app)).body["data"]) == 2
    assert (await app.ask("GET", f"{PATH}?type={START}&status=enabled", app.app)).status == 400
    assert (await app.ask("GET", f"{PATH}?after=x", app.app)).status == 400


async def test_a_long_list_has_pages(app: App, hook: Receiver) -> None:
    app.emulator.habits.subscriptions_per_page = 2
    await app.listen(hook.url, DONATE, START, PROGRESS)
    first = (await app.ask("GET", PATH, app.app)).body
    second = (await app.ask("GET", f"{PATH}?after={first['pagination']['cursor']}", app.app)).body
    assert [s["type"] for s in first["data"]] == [DONATE, START]
    assert [s["type"] for s in second["data"]] == [PROGRESS]
    assert (first["total"], second["pagination"]) == (3, {})


async def test_a_deleted_subscription_is_gone_and_gets_nothing_more(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    listed = (await app.ask("GET", PATH, app.app)).body["data"][0]["id"]
    assert (await app.ask("DELETE", f"{PATH}?id={listed}", app.app)).status == 204
    assert (await app.ask("DELETE", f"{PATH}?id={listed}", app.app)).status == 404
    assert (await app.ask("DELETE", PATH, app.app)).status == 400
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    await app.emulator.settle()
    assert hook.received == []


async def test_a_users_token_does_not_see_what_the_apps_made(app: App, hook: Receiver, emulator: TwitchEmulator) -> None:
    await app.listen(hook.url, DONATE)
    assert await app.statuses(app.user) == []
    listed = (await app.ask("GET", PATH, app.app)).body["data"][0]["id"]
    assert (await app.ask("DELETE", f"{PATH}?id={listed}", app.user)).status == 404

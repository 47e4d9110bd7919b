"""The control door does what the Python methods do."""

from typing import Any

import pytest

from connectors.twitch.emulator import TwitchEmulator
from tests.connectors.twitch.emulator.world import DONATE, PROGRESS, App, Receiver


async def state(app: App) -> dict[str, Any]:
    found: dict[str, Any] = (await app.ask("GET", "/control/state")).body
    return found


async def test_a_campaign_can_be_run_from_outside(app: App, emulator: TwitchEmulator) -> None:
    started = await app.control("start", goal=1_000, currency="EUR", charity={"name": "Other Trust"})
    assert (started.status, started.body["status"], started.body["currency"]) == (200, "running", "EUR")
    donated = (await app.control("donate", value_minor=250, user_name="Some_Viewer")).body
    assert (donated["value"], donated["user_login"], donated["campaign_id"]) == (250, "some_viewer", started.body["id"])
    assert (await app.control("raise-goal", goal=2_000)).body["goal"] == 2_000
    assert (await app.control("pause")).body["status"] == "paused"
    assert (await app.control("resume")).body["status"] == "running"
    assert (await app.control("stop")).body["status"] == "stopped"
    shown = await state(app)
    book = {"currency": "EUR", "raised": 250, "refunded": 0, "count": 1, "endorsers": {}}
    assert shown["books"] == {started.body["id"]: book}
    assert shown["campaigns"][0]["goal"] == 2_000
    assert emulator.state.campaigns[started.body["id"]].charity.name == "Other Trust"


async def test_every_switch_can_be_thrown_from_outside(app: App, emulator: TwitchEmulator) -> None:
    assert (await app.control("forms", blank_progress=True, target="null", extra_decimals=1)).status == 200
    assert (await app.control("faults", server_errors=1, server_error_status=500)).status == 200
    assert (await app.control("mischief", duplicate=1, lose=0.5)).status == 200
    assert (await app.control("lose", topic=DONATE, count=2)).status == 200
    assert (emulator.forms.blank_progress, emulator.forms.target, emulator.forms.extra_decimals) == (True, "null", 1)
    assert (await app.campaigns()).status == 500
    shown = await state(app)
    assert (shown["mischief"]["duplicate"], shown["mischief"]["lose"]) == (1, 0.5)
    assert shown["faults"]["lost_events"] == {DONATE: 2}


async def test_messages_can_be_held_and_let_go_from_outside(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, PROGRESS)
    await app.control("start")
    await app.control("hold")
    for _ in range(3):
        await app.control("donate", value_minor=100)
    await app.control("release", order="reversed")
    assert [e["current_amount"]["value"] for e in hook.events(PROGRESS)] == [300, 200, 100]
    await app.control("resend", retry=2)
    await app.control("repeat")
    await app.emulator.settle()
    assert len(hook.received) == 5


async def test_consent_and_tokens_can_be_revoked_from_outside(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    assert (await app.control("add-broadcaster", name="Other_Channel")).body["login"] == "other_channel"
    await app.control("revoke-subscriptions", status="user_removed")
    assert await app.statuses() == ["user_removed"]
    await app.control("revoke-tokens")
    assert (await app.campaigns()).status == 401
    await app.control("revoke-consent")
    assert app.emulator.broadcaster.consent == frozenset()


async def test_sockets_and_the_clock_obey_from_outside(app: App, emulator: TwitchEmulator) -> None:
    assert (await app.control("reconnect")).status == (await app.control("cut", code=4006)).status == 200
    before = emulator.clock.now()
    await app.control("turn", seconds=3_600)
    assert (emulator.clock.now() - before).total_seconds() >= 3_600


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("donate", {"value_minor": 100}),
        ("donate", {"value": 100}),
        ("start", {"currency": "XXX"}),
        ("forms", {"blank_progress": 1}),
        ("forms", {"else": True}),
        ("forms", {"target": "else"}),
        ("faults", {"lost_events": 1}),
        ("resend", {}),
    ],
    ids=str,
)
async def test_a_mistake_is_400_and_changes_nothing(app: App, command: str, arguments: dict[str, Any]) -> None:
    before = await state(app)
    refused = await app.control(command, **arguments)
    assert refused.status == 400
    assert refused.body["error"]
    assert await state(app) == before


async def test_an_unknown_command_names_those_there_are(app: App) -> None:
    refused = await app.control("else")
    assert refused.status == 404
    assert "donate" in refused.body["error"]


def test_an_account_tells_all_settings_of_a_connector(emulator: TwitchEmulator) -> None:
    account = emulator.account()
    assert account["base_url"] == f"{emulator.url}/helix"
    assert account["auth_url"] == f"{emulator.url}/oauth2"
    assert account["socket_url"] == f"{emulator.url.replace('http', 'ws')}/ws"
    assert account["transport"] == "webhook"
    assert 10 <= len(account["eventsub_secret"]) <= 100
    other = emulator.add_broadcaster("Other_Channel")
    assert emulator.account(other.id)["broadcaster_id"] == other.id
    assert emulator.account(other.id)["refresh_token"] != account["refresh_token"]
    assert TwitchEmulator(transport="websocket").account()["transport"] == "websocket"

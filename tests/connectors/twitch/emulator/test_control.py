"""The control door does what the Python methods do."""

from dataclasses import asdict
from typing import Any

import pytest

from connectors.twitch.emulator import Fault, TwitchEmulator
from tests.connectors.door import Door
from tests.connectors.twitch.emulator.world import DONATE, PROGRESS, App, Receiver


async def test_a_campaign_can_be_run_from_outside(door: Door, emulator: TwitchEmulator) -> None:
    started = await door.do("start_campaign", goal=1_000, currency="EUR", charity={"name": "Other Trust"})
    assert (started["status"], started["book"]["currency"]) == ("running", "EUR")
    donated = await door.do("donate", value_minor=250, user_name="Some_Viewer")
    assert (donated["value"], donated["user_login"], donated["campaign_id"]) == (250, "some_viewer", started["id"])
    assert (await door.do("raise_goal", goal=2_000))["goal"] == 2_000
    assert (await door.do("pause"))["status"] == "paused"
    assert (await door.do("resume"))["status"] == "running"
    assert (await door.do("stop"))["status"] == "stopped"
    book = {"currency": "EUR", "raised": 250, "refunded": 0, "count": 1, "endorsers": {}}
    assert await door.shown("books") == {started["id"]: book}
    assert emulator.state.campaigns[started["id"]].charity.name == "Other Trust"


async def test_every_switch_can_be_thrown_from_outside(app: App, door: Door, emulator: TwitchEmulator) -> None:
    await door.do("forms", blank_progress=True, target="null", extra_decimals=1)
    await door.do("habits", points_per_minute=500)
    await door.do("outage", fail_next=1, fail_status=500)
    await door.do("token_outage", fail_next=1)
    await door.do("trouble", silent_sockets=True)
    await door.do("lose_next", topic=DONATE, count=2)
    await door.do("spoil", faults=["stale"])
    assert (emulator.forms.blank_progress, emulator.forms.target, emulator.forms.extra_decimals) == (True, "null", 1)
    assert (emulator.habits.points_per_minute, emulator.token_outage.fail_next) == (500, 1)
    assert (emulator.trouble.silent_sockets, emulator.trouble.lost_events) == (True, {DONATE: 2})
    assert emulator.faults.pending == {Fault.STALE}
    assert (await app.campaigns()).status == 500


async def test_messages_can_be_held_and_let_go_from_outside(app: App, door: Door, hook: Receiver) -> None:
    await app.listen(hook.url, PROGRESS)
    await door.do("start_campaign")
    await door.do("hold")
    for _ in range(3):
        await door.do("donate", value_minor=100)
    await door.do("release", order="reversed")
    assert [e["current_amount"]["value"] for e in hook.events(PROGRESS)] == [300, 200, 100]
    await door.do("resend", retry=2)
    await door.do("repeat")
    await app.emulator.settle()
    assert len(hook.received) == 5


async def test_consent_and_tokens_can_be_revoked_from_outside(app: App, door: Door, hook: Receiver) -> None:
    await app.listen(hook.url, DONATE)
    assert (await door.do("add_broadcaster", name="Other_Channel"))["login"] == "other_channel"
    await door.do("revoke_subscriptions", status="user_removed")
    assert await app.statuses() == ["user_removed"]
    await door.do("revoke_tokens")
    assert (await app.campaigns()).status == 401
    await door.do("revoke_consent")
    assert app.emulator.broadcaster.consent == frozenset()


async def test_sockets_obey_from_outside(door: Door) -> None:
    await door.do("reconnect")
    await door.do("cut", code=4006)


@pytest.mark.parametrize(
    ("deed", "arguments"),
    [
        ("donate", {"value_minor": 100}),
        ("donate", {"value": 100}),
        ("start_campaign", {"currency": "XXX"}),
        ("pause", {"broadcaster_id": "1"}),
        ("forms", {"blank_progress": 2}),
        ("forms", {"else": True}),
        ("forms", {"target": "else"}),
        ("trouble", {"lost_events": 1}),
        ("spoil", {"faults": ["gremlins"]}),
        ("release", {"order": "else"}),
        ("resend", {}),
    ],
    ids=str,
)
async def test_a_mistake_is_400_and_changes_nothing(
    door: Door, emulator: TwitchEmulator, deed: str, arguments: dict[str, Any]
) -> None:
    switches = (emulator.forms, emulator.trouble)
    before = [asdict(switch) for switch in switches]
    status, told = await door.ask(deed, **arguments)
    assert status == 400
    assert told["problem"]
    assert [asdict(switch) for switch in switches] == before
    assert (emulator.books, emulator.faults.pending) == ({}, set())


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

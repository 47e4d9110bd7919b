"""The control door: the same deeds over HTTP."""

from typing import Any

import pytest

from connectors.tiltify.emulator import Campaign, TiltifyEmulator
from tests.connectors.tiltify.emulator.world import App, Receiver


async def test_a_donation_made_at_the_door_is_listed_told_and_in_the_books(
    app: App, campaign: Campaign, hook: Receiver, emulator: TiltifyEmulator
) -> None:
    given = (await app.control("donate", minor=1_250, campaign=campaign.native_id, donor_name="Sample Donor")).body["given"]
    await emulator.sender.settle()
    assert [each["id"] for each in (await app.get(f"campaigns/{campaign.id}/donations")).data] == [given["id"]]
    assert given["id"] in {heard.data["id"] for heard in hook.heard}
    books = (await app.ask("GET", "/control/books")).body
    assert books[campaign.native_id]["raised"] == 1_250


async def test_a_season_is_set_up_at_the_door(app: App, emulator: TiltifyEmulator) -> None:
    event = (await app.control("add_event", title="Sample Marathon")).body["given"]["native_id"]
    team = (await app.control("add_team_campaign", title="Team", event=event)).body["given"]["native_id"]
    member = (await app.control("add_campaign", title="Member", goal_minor=5, team=team)).body["given"]["native_id"]
    assert emulator.state.campaigns[member].parents == (team, event)
    account = (await app.ask("GET", "/control/account")).body
    assert account == emulator.account()
    assert account["campaigns"] == [event, team, member]


async def test_deeds_take_ids(app: App, campaign: Campaign, emulator: TiltifyEmulator) -> None:
    gift = (await app.control("donate", minor=100, completed=False)).body["given"]["id"]
    for deed in ("complete", "moderate", "refund"):
        assert (await app.control(deed, donation=gift)).status == 200
    match = (await app.control("add_match", pledged_minor=50)).body["given"]["id"]
    await app.control("donate", minor=100)
    assert (await app.control("end_match", match=match)).body["given"]["minor"] == 50
    assert (await app.control("raise_goal", minor=200_000, campaign=campaign.native_id)).status == 200
    assert campaign.book.raised == 150


async def test_switches_are_set_at_the_door(app: App, campaign: Campaign, emulator: TiltifyEmulator) -> None:
    assert (await app.control("tokens", early=7200)).status == 200
    assert emulator.tokens.early.total_seconds() == 7200
    assert (await app.control("outage", fail_next=1, fail_status=503)).status == 200
    assert (await app.get(f"campaigns/{campaign.id}")).status == 503
    assert (await app.control("forms", endless="line")).status == 200
    assert emulator.forms.endless == "line"
    assert (await app.control("spoil", faults=["tampered", "late_fact"])).status == 200
    assert {str(fault) for fault in emulator.faults.pending} == {"tampered", "late_fact"}
    assert (await app.control("mend")).status == 200
    assert (await app.control("mischief", duplicate=1.0)).status == 200
    assert emulator.sender.mischief.duplicate == 1.0


@pytest.mark.parametrize(
    ("deed", "arguments"),
    [
        ("donate", {"minor": 0}),
        ("donate", {"minor": 100, "campaign": "campaign/none"}),
        ("donate", {"minor": 100, "tip": 5}),
        ("refund", {"donation": "none"}),
        ("end_match", {"match": "none"}),
        ("add_campaign", {"title": "T", "currency": "XXX"}),
        ("subscribe", {"event_types": ["public:direct:confetti_updated"]}),
        ("spoil", {"faults": ["gremlins"]}),
        ("tokens", {"late": 1}),
    ],
)
async def test_what_cannot_be_is_told_and_changes_nothing(
    app: App, campaign: Campaign, emulator: TiltifyEmulator, deed: str, arguments: dict[str, Any]
) -> None:
    refused = await app.control(deed, **arguments)
    assert refused.status == 400
    assert refused.body["problem"]
    assert (list(emulator.books), campaign.book.raised, emulator.state.donations) == ([campaign.native_id], 0, {})


async def test_the_door_tells_what_there_is(app: App) -> None:
    deeds = (await app.ask("GET", "/control/deeds")).body
    assert {"donate", "moderate", "rotate_key", "send_test", "callback", "turn", "outage", "token_outage"} <= set(deeds)
    assert (await app.control("dance")).status == 404

"""The control door does what the Python methods do."""

from datetime import timedelta

import pytest

from connectors.donordrive.emulator import DonorDriveEmulator
from tests.connectors.donordrive.emulator.client import Client


async def test_fundraisers_are_added_and_given_to_from_outside(emulator: DonorDriveEmulator, client: Client) -> None:
    _, event = await client.control("add_event", name="Other Day", starts_at="2026-11-07T08:00:00Z")
    _, team = await client.control("add_team", name="Other Team", event=event)
    _, participant = await client.control("add_participant", name="Other Participant", team=team, goal_minor=1_000)
    status, gift = await client.control("donate", minor=250, to=participant, donor_name="Somebody", message="Hello")
    await client.control("enter_offline", minor=50, to=team)

    books = await client.shown("books")
    assert (status, gift["minor"], gift["to"]) == (200, 250, participant)
    assert [books[native]["raised"] for native in (event, team, participant)] == [300, 300, 250]
    assert (await client.told("participants/900002"))["eventName"] == "Other Day"


async def test_promises_are_made_from_outside(client: Client) -> None:
    _, milestone = await client.control("add_milestone", title="I sing", minor=5_000, to="participants/900001")
    _, incentive = await client.control("add_incentive", title="A drawing", minor=100)
    _, gift = await client.control("donate", minor=100, incentive=incentive["id"])

    assert milestone["minor"] == 5_000
    assert gift["incentive"] == incentive["id"]
    await client.control("add_team_group", code="reef", name="Reef Friends")
    await client.control("add_team", name="Grouped", group="reef")
    assert (await client.told("teamgroups/reef"))["numTeams"] == "1"


async def test_every_switch_can_be_thrown_from_outside(emulator: DonorDriveEmulator, client: Client) -> None:
    await client.control("forms", objects_in_arrays=True, fraction_digits=2)
    await client.control("habits", list_lag=30)
    await client.control("outage", fail_next=1, fail_status=503)

    assert (emulator.forms.objects_in_arrays, emulator.forms.fraction_digits) == (True, 2)
    assert emulator.habits.list_lag == timedelta(seconds=30)
    assert [(await client.get("about")).status for _ in range(2)] == [503, 200]


async def test_the_door_tells_books_account_and_deeds(emulator: DonorDriveEmulator, client: Client) -> None:
    assert set(await client.shown("books")) == set(emulator.books)
    assert await client.shown("account") == emulator.account()
    assert {"donate", "enter_offline", "add_participant", "forms", "habits", "outage", "turn"} <= set(
        await client.shown("deeds")
    )


@pytest.mark.parametrize(
    ("deed", "arguments"),
    [
        ("donate", {"minor": 0}),
        ("donate", {"minor": 100, "to": "participants/1"}),
        ("donate", {"minor": 100, "to": {"kind": "events"}}),
        ("donate", {"minor": 100, "incentive": "else"}),
        ("enter_offline", {"minor": -1}),
        ("add_team", {"name": "Else", "group": "else"}),
        ("add_participant", {"name": "Else", "goal_minor": -1}),
        ("forms", {"fraction_digits": 4}),
        ("forms", {"else": True}),
    ],
    ids=str,
)
async def test_a_mistake_is_400_and_changes_nothing(
    emulator: DonorDriveEmulator, client: Client, deed: str, arguments: dict[str, object]
) -> None:
    before = await client.shown("books")
    status, _ = await client.control(deed, **arguments)

    assert status == 400
    assert await client.shown("books") == before
    assert emulator.forms.fraction_digits is None

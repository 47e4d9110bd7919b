"""The forms that answers have had over the years."""

from datetime import timedelta
from decimal import Decimal
from typing import Literal

import pytest

from connectors.donordrive.emulator import DonorDriveEmulator
from tests.connectors.donordrive.emulator.client import Client


async def test_an_object_may_come_in_an_array_of_one(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.add_team_group("reef", "Reef Friends")
    paths = ("participants/900001", "teams/7001", "teamgroups/reef")
    objects = [await client.told(path) for path in paths]
    emulator.forms.objects_in_arrays = True

    assert [await client.told(path) for path in paths] == [[one] for one in objects]
    assert (await client.told("events/600"))["eventID"] == "600"


async def test_the_name_of_an_anonymous_donor_may_be_null(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.forms.null_names = True
    await emulator.donate(100, anonymous=True)
    await emulator.donate(100)

    named, unnamed = await client.told("participants/900001/donations")
    assert (named["displayName"], unnamed["displayName"]) == ("Sample Donor", None)
    assert "donorID" not in unnamed


async def test_an_anonymous_gift_may_have_no_id(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.forms.anonymous_without_id = True
    await emulator.donate(100, anonymous=True)
    await emulator.donate(100)

    named, unnamed = await client.told("participants/900001/donations")
    assert "donationID" in named
    assert "donationID" not in unnamed


async def test_images_may_be_without_a_scheme(emulator: DonorDriveEmulator, client: Client) -> None:
    assert (await client.told("participants/900001"))["avatarImageURL"].startswith("https://cdn.example/")
    emulator.forms.images_without_scheme = True

    assert (await client.told("participants/900001"))["avatarImageURL"].startswith("//cdn.example/")


@pytest.mark.parametrize(
    ("microsecond", "digits", "written"),
    [
        (930_000, None, ".93"),
        (0, None, ".0"),
        (513_999, None, ".513"),
        (370_000, 3, ".370"),
        (513_000, 2, ".51"),
        (7_000, 1, ".0"),
    ],
)
async def test_times_have_one_to_three_fraction_digits_and_an_offset_without_colon(
    emulator: DonorDriveEmulator, client: Client, microsecond: int, digits: Literal[1, 2, 3] | None, written: str
) -> None:
    emulator.forms.fraction_digits = digits
    emulator.clock.turn(timedelta(microseconds=microsecond - 930_000))
    await emulator.donate(100)

    (row,) = await client.told("participants/900001/donations")
    assert row["createdDateUTC"] == f"2026-05-02T18:29:41{written}+0000"


async def test_times_of_badges_end_in_z(emulator: DonorDriveEmulator, client: Client) -> None:
    assert await client.told("teams/7001/badges") == []
    await emulator.donate(100)

    (badge,) = await client.told("teams/7001/badges")
    assert badge["unlockedDateUTC"] == "2026-05-02T18:29:41.93Z"


async def test_milestones_are_complete_once_their_total_is_there(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.add_milestone("I sing", 5_000)
    emulator.add_milestone("I dance", 1_000)
    await emulator.donate(1_000)

    dance, sing = await client.told("participants/900001/milestones")
    assert (dance["description"], dance["fundraisingGoal"], dance["isActive"], dance["isComplete"]) == (
        "I dance",
        "10",
        True,
        True,
    )
    assert (sing["description"], sing["isActive"]) == ("I sing", True)
    assert "isComplete" not in sing
    assert (await client.told("participants/900001"))["numMilestones"] == "2"


async def test_active_may_be_text(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.forms.active_as_text = True
    emulator.add_milestone("I sing", 5_000, to=emulator.team)

    assert (await client.told("teams/7001/milestones"))[0]["isActive"] == "true"


async def test_events_promise_nothing(emulator: DonorDriveEmulator, client: Client) -> None:
    assert (await client.get("events/600/milestones")).status == 404
    with pytest.raises(ValueError, match="events promise nothing"):
        emulator.add_milestone("I sing", 5_000, to="events/600")


async def test_a_gift_for_an_incentive_names_it_and_claims_it(emulator: DonorDriveEmulator, client: Client) -> None:
    limited = emulator.add_incentive("A drawing", 1_000, quantity=3)
    emulator.add_incentive("A greeting", 500)
    await emulator.donate(1_000, incentive=limited.id)

    greeting, drawing = await client.told("participants/900001/incentives")
    assert (drawing["incentiveID"], drawing["quantity"], drawing["quantityClaimed"]) == (limited.id, "3", "1")
    assert "quantity" not in greeting
    assert (await client.told("teams/7001/donations"))[0]["incentiveID"] == limited.id
    with pytest.raises(ValueError, match="no such incentive"):
        await emulator.donate(1_000, incentive="else")


async def test_donors_are_listed_once_with_what_they_gave_for_all_to_see(emulator: DonorDriveEmulator, client: Client) -> None:
    await emulator.donate(1_000, donor_name="One")
    await emulator.donate(500, donor_name="Two")
    emulator.clock.turn(timedelta(seconds=1))
    await emulator.donate(250, donor_name="One")
    await emulator.donate(9_900, donor_name="One", hide_amount=True)

    one, two = await client.told("teams/7001/donors")
    assert (one["displayName"], one["sumDonations"], one["numDonations"]) == ("One", "12.5", "3")
    assert (two["displayName"], two["sumDonations"], two["numDonations"]) == ("Two", "5", "1")


async def test_activity_is_the_newest_five_without_ids(emulator: DonorDriveEmulator, client: Client) -> None:
    for minor in range(100, 800, 100):
        await emulator.donate(minor)
        emulator.clock.turn(timedelta(seconds=1))

    items = await client.told("participants/900001/activity")
    assert [Decimal(item["amount"]) for item in items] == [7, 6, 5, 4, 3]
    assert not any("ID" in name for item in items for name in item)


async def test_activity_has_badges_among_gifts(emulator: DonorDriveEmulator, client: Client) -> None:
    await emulator.donate(100, hide_amount=True, anonymous=True)

    gift, badge = sorted(await client.told("teams/7001/activity"), key=lambda item: str(item["type"]))
    assert not {"amount", "title"} & set(gift)
    assert (badge["type"], badge["createdDateUTC"]) == ("teamBadge", "2026-05-02T18:29:41.93+0000")


async def test_gifts_to_others_may_be_in_every_list_and_move_no_total(emulator: DonorDriveEmulator, client: Client) -> None:
    theirs = emulator.add_participant("Another", team=emulator.add_team("Another Team", emulator.add_event("Another Day")))
    gift = await emulator.donate(100, to=theirs)
    for path in ("participants/900001", "teams/7001", "events/600"):
        emulator.forms.others_listed = False
        assert await client.told(f"{path}/donations") == []
        emulator.forms.others_listed = True
        (row,) = await client.told(f"{path}/donations")
        assert (row["donationID"], row["participantID"], row["teamID"]) == (gift.id, "900002", "7002")
        assert (await client.told(path))["sumDonations"] == "0"


async def test_the_first_page_of_a_list_may_come_whatever_is_asked_for(emulator: DonorDriveEmulator, client: Client) -> None:
    for _ in range(3):
        await emulator.donate(100)
    emulator.forms.endless = "circle"
    first, second = [await client.get("participants/900001/donations", limit=2, offset=offset) for offset in (0, 2)]
    assert (first.told, len(first.told)) == (second.told, 2)
    assert second.links["next"].endswith("offset=2")


async def test_a_list_may_never_end(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.forms.endless = "line"
    first, second = [await client.get("participants/900001/donations", offset=offset) for offset in (0, 100)]
    assert (len(first.told), len(second.told)) == (100, 100)
    assert first.told != second.told
    assert second.links["next"].endswith("offset=200")

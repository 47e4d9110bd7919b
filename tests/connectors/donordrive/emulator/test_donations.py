"""Gifts: where they appear, what they tell, and what they do not."""

from datetime import timedelta

import aiohttp
import pytest

from connectors.donordrive.emulator import DonorDriveEmulator, donor_id
from connectors.testing.emulation import ScaledClock
from schema.model.money import MAX_DONATION
from tests.connectors.donordrive.emulator.client import Client
from tests.connectors.donordrive.emulator.conftest import NOW

LINE = ("participants/900001", "teams/7001", "events/600")


async def test_a_gift_to_a_participant_is_under_its_team_and_its_event_too(
    emulator: DonorDriveEmulator, client: Client
) -> None:
    gift = await emulator.donate(1_250, message="Made-up message")

    for path in LINE:
        (row,) = await client.told(f"{path}/donations")
        assert (row["donationID"], row["amount"], row["message"]) == (gift.id, "12.5", "Made-up message")
        assert (row["participantID"], row["teamID"], row["eventID"]) == ("900001", "7001", "600")
        assert (row["displayName"], row["donorID"]) == ("Sample Donor", donor_id("Sample Donor"))
        assert (row["recipientName"], row["isRegFee"]) == ("Sample Participant", False)
        assert {"avatarImageURL", "recipientImageURL", "createdDateUTC", "links"} < set(row)
        page = await client.told(path)
        assert (page["sumDonations"], page["numDonations"]) == ("12.5", "1")


async def test_a_gift_to_a_team_or_an_event_is_under_none_of_its_members(emulator: DonorDriveEmulator, client: Client) -> None:
    await emulator.donate(1_000, to=emulator.team)
    await emulator.donate(2_000, to=emulator.event)

    assert await client.told("participants/900001/donations") == []
    (row,) = await client.told("teams/7001/donations")
    assert row["teamID"] == "7001"
    assert "participantID" not in row
    newest, _ = await client.told("events/600/donations")
    assert not {"teamID", "participantID"} & set(newest)
    assert [(await client.told(path))["sumDonations"] for path in LINE] == ["0", "10", "30"]


async def test_a_pledge_is_listed_without_an_amount_and_is_in_no_sum(emulator: DonorDriveEmulator, client: Client) -> None:
    await emulator.donate(1_250)
    emulator.clock.turn(timedelta(seconds=1))
    pledge = await emulator.pledge(10_000)
    emulator.clock.turn(timedelta(seconds=1))
    await emulator.donate(300)

    for path in LINE:
        _, row, _ = await client.told(f"{path}/donations")
        assert (row["donationID"], "amount" in row) == (pledge.gift.id, False)
        assert (row["activityPledgeUnitAmount"], row["activityPledgeMaxAmount"]) == ("10", "100")
        page = await client.told(path)
        assert (page["sumDonations"], page["numDonations"]) == ("15.5", "2")
    with pytest.raises(ValueError, match="pledge"):
        await emulator.pledge(0)


async def test_ids_are_sixteen_digits_and_each_gift_has_its_own(emulator: DonorDriveEmulator) -> None:
    ids = {(await emulator.donate(100)).id for _ in range(50)}

    assert len(ids) == 50
    assert all(len(one) == 16 and set(one) <= set("0123456789ABCDEF") for one in ids)


async def test_a_donor_has_the_same_id_each_time(emulator: DonorDriveEmulator, client: Client) -> None:
    for name in ("One", "Two", "One"):
        await emulator.donate(100, donor_name=name)
    third, second, first = [row["donorID"] for row in await client.told("teams/7001/donations")]

    assert first == third != second


async def test_a_hidden_amount_is_absent_and_in_the_total(emulator: DonorDriveEmulator, client: Client) -> None:
    await emulator.donate(1_999, hide_amount=True)
    (row,) = await client.told("participants/900001/donations")

    assert "amount" not in row
    assert row["displayName"] == "Sample Donor"
    assert (await client.told("participants/900001"))["sumDonations"] == "19.99"


async def test_an_anonymous_donor_has_neither_name_nor_id(emulator: DonorDriveEmulator, client: Client) -> None:
    await emulator.donate(1_999, anonymous=True)
    answer = await client.get("participants/900001/donations")

    assert not {"displayName", "donorID"} & set(answer.told[0])
    assert answer.told[0]["amount"] == "19.99"
    assert donor_id("Sample Donor") not in answer.text
    assert await client.told("participants/900001/donors") == []


async def test_a_message_is_always_there_and_may_be_null(emulator: DonorDriveEmulator, client: Client) -> None:
    await emulator.donate(100)

    assert (await client.told("participants/900001/donations"))[0]["message"] is None


async def test_a_registration_fee_is_a_donation_that_says_so(emulator: DonorDriveEmulator, client: Client) -> None:
    await emulator.donate(2_500, registration_fee=True)

    assert (await client.told("participants/900001/donations"))[0]["isRegFee"] is True
    assert (await client.told("participants/900001"))["sumDonations"] == "25"


async def test_money_entered_by_staff_is_in_the_totals_and_in_no_list(emulator: DonorDriveEmulator, client: Client) -> None:
    await emulator.donate(1_000)
    emulator.enter_offline(5_000)
    emulator.enter_offline(-500, to=emulator.team)

    assert [(await client.told(path))["sumDonations"] for path in LINE] == ["60", "55", "55"]
    assert [len(await client.told(f"{path}/donations")) for path in LINE] == [1, 1, 1]
    with pytest.raises(ValueError, match="below zero"):
        emulator.enter_offline(-6_001)


async def test_lists_may_be_later_than_totals(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.habits.list_lag = timedelta(seconds=30)
    await emulator.donate(1_000)
    assert (await client.told("participants/900001"))["sumDonations"] == "10"
    assert await client.told("participants/900001/donations") == []

    emulator.clock.turn(timedelta(seconds=30))
    assert len(await client.told("participants/900001/donations")) == 1


@pytest.mark.parametrize(
    ("currency", "minor", "short", "full"),
    [
        ("USD", 1_000, "10", "10.00"),
        ("USD", 25_050, "250.5", "250.50"),
        ("CAD", 7_500, "75", "75.00"),
        ("CAD", 1, "0.01", "0.01"),
        ("USD", MAX_DONATION - 1, "9999999999.99", "9999999999.99"),
        ("JPY", 1_500, "1500", "1500"),
        ("KWD", 1_250, "1.25", "1.250"),
    ],
)
async def test_amounts_are_numbers_in_two_forms_and_exact(currency: str, minor: int, short: str, full: str) -> None:
    emulator = DonorDriveEmulator(clock=ScaledClock(NOW, speed=0), currency=currency)
    async with emulator.serve() as url, aiohttp.ClientSession() as http:
        client = Client(url, http)
        for _ in range(2):
            await emulator.donate(minor)
        answer = await client.get("participants/900001/donations")
        assert [row["amount"] for row in answer.told] == [full, short]
        assert f'"amount": {short},' in answer.text or f'"amount": {short}}}' in answer.text

        emulator.forms.full_amounts = True
        rows = await client.told("participants/900001/donations")
        assert [row["amount"] for row in rows] == [full, full]


async def test_sums_are_exact_where_floats_would_not_be(emulator: DonorDriveEmulator, client: Client) -> None:
    for _ in range(3):
        await emulator.donate(10)
    assert (await client.told("events/600"))["sumDonations"] == "0.3"

    emulator.enter_offline(9 * 10**15 - 31)
    assert (await client.told("events/600"))["sumDonations"] == "89999999999999.99"


@pytest.mark.parametrize("minor", [0, -1, MAX_DONATION + 1])
async def test_a_gift_that_cannot_be_changes_nothing(emulator: DonorDriveEmulator, minor: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        await emulator.donate(minor)

    assert not emulator.state.gifts
    assert {book.raised for book in emulator.books.values()} == {0}

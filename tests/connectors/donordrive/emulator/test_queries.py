"""Pages, orders and filters of lists."""

from datetime import timedelta
from decimal import Decimal

import pytest

from connectors.donordrive.emulator import DonorDriveEmulator
from tests.connectors.donordrive.emulator.client import Client

LIST = "participants/900001/donations"


async def given(emulator: DonorDriveEmulator, count: int) -> list[str]:
    """So many gifts a second apart, of 1, 2, 3... dollars; gives their ids, newest first."""
    ids = []
    for number in range(count):
        ids.append((await emulator.donate(100 * (number + 1), donor_name=f"Donor {number + 1}")).id)
        emulator.clock.turn(timedelta(seconds=1))
    return ids[::-1]


async def test_the_newest_gift_comes_first_and_a_page_has_a_hundred(emulator: DonorDriveEmulator, client: Client) -> None:
    ids = await given(emulator, 130)
    answer = await client.get(LIST)

    assert [row["donationID"] for row in answer.told] == ids[:100]
    assert answer.headers["Num-Records"] == "130"


async def test_gifts_of_the_same_moment_are_listed_newest_first(emulator: DonorDriveEmulator, client: Client) -> None:
    ids = [(await emulator.donate(100)).id for _ in range(3)]

    assert [row["donationID"] for row in await client.told(LIST)] == ids[::-1]


async def test_links_lead_through_the_whole_list(emulator: DonorDriveEmulator, client: Client) -> None:
    ids = await given(emulator, 25)
    page = await client.get(LIST, limit=10)
    assert set(page.links) == {"first", "next", "last"}
    found = [row["donationID"] for row in page.told]
    while "next" in page.links:
        page = await client.ask(page.links["next"])
        found += [row["donationID"] for row in page.told]

    assert found == ids
    assert set(page.links) == {"first", "prev", "last"}
    assert len((await client.ask(page.links["last"])).told) == 5
    assert len((await client.ask(page.links["prev"])).told) == 10
    assert page.headers["API-Version"] == "1.3"


async def test_beyond_the_end_there_is_no_content(emulator: DonorDriveEmulator, client: Client) -> None:
    await given(emulator, 2)
    beyond = await client.get(LIST, offset=2)

    assert (beyond.status, beyond.text, beyond.headers["Num-Records"]) == (204, "", "2")
    assert [len(await client.told(LIST, offset=offset)) for offset in (0, 1)] == [2, 1]


async def test_an_empty_list_is_an_empty_array_or_no_content(emulator: DonorDriveEmulator, client: Client) -> None:
    assert await client.told(LIST) == []
    emulator.forms.empty_is_no_content = True

    assert (await client.get(LIST)).status == 204


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 101},
        {"limit": 0},
        {"limit": "x"},
        {"offset": -1},
        {"offset": "1.5"},
        {"orderBy": "message DESC"},
        {"orderBy": "createdDateUTC SIDEWAYS"},
        {"where": "message = 'x'"},
        {"where": "displayName"},
        {"where": "displayName LIKE 'a' OR 1 = 1"},
    ],
    ids=str,
)
async def test_what_cannot_be_asked_is_400(client: Client, asked: dict[str, str | int]) -> None:
    assert (await client.get(LIST, **asked)).status == 400


async def test_a_list_comes_in_the_order_that_is_asked_for(emulator: DonorDriveEmulator, client: Client) -> None:
    for minor, name in ((300, "B"), (100, "A"), (200, "B")):
        await emulator.donate(minor, donor_name=name)

    async def amounts(order: str) -> list[Decimal]:
        return [Decimal(row["amount"]) for row in await client.told(LIST, orderBy=order)]

    assert await amounts("amount") == [1, 2, 3]
    assert await amounts("amount DESC") == [3, 2, 1]
    assert await amounts("displayName DESC, amount ASC") == [2, 3, 1]
    assert await amounts("createdDateUTC ASC") == [3, 1, 2]


async def test_rows_without_a_value_are_ordered_before_others(emulator: DonorDriveEmulator, client: Client) -> None:
    for hide in (False, True, False):
        await emulator.donate(100, hide_amount=hide)

    assert "amount" not in (await client.told(LIST, orderBy="amount ASC"))[0]
    assert "amount" not in (await client.told(LIST, orderBy="amount DESC"))[2]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("displayName = 'Bob Reef'", ["Bob Reef"]),
        ("displayName LIKE '%bob%'", ["Kibobo", "Bob Reef"]),
        ("displayName LIKE 'Bob%'", ["Bob Reef"]),
        ("displayName LIKE '_l''s'", ["Al's"]),
        ("amount = 20", ["Kibobo"]),
        ("amount=20.00", ["Kibobo"]),
        ("displayName = 'bob'", []),
    ],
)
async def test_a_list_can_be_filtered(emulator: DonorDriveEmulator, client: Client, where: str, found: list[str]) -> None:
    for minor, name in ((1_000, "Bob Reef"), (2_000, "Kibobo"), (3_000, "Al's")):
        await emulator.donate(minor, donor_name=name)
    await emulator.donate(4_000, anonymous=True)
    answer = await client.get(LIST, where=where)

    assert [row["displayName"] for row in answer.told] == found
    assert answer.headers["Num-Records"] == str(len(found))

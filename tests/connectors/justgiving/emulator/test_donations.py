"""Donations: lists, single ones, and their statuses."""

from decimal import Decimal
from typing import Any

import pytest

from connectors.justgiving.emulator import JustGivingEmulator, NotPossible
from tests.connectors.justgiving.emulator.client import PAGE, Client

LIST = f"fundraising/pages/{PAGE}/donations"


async def test_a_list_has_the_newest_first_and_tells_what_there_is(emulator: JustGivingEmulator, client: Client) -> None:
    emulator.forms.markup = 0.0
    first = await emulator.donate(2_500, message="Well done", gift_aid=True, reference="ours")
    second = await emulator.donate(500, gift_aid=False)
    told = await client.told(LIST)
    assert [entry["id"] for entry in told["donations"]] == [second.id, first.id]
    assert told["donations"][1] == {
        "id": first.id,
        "amount": "25.0000",
        "currencyCode": "GBP",
        "charityId": 2_000_001,
        "donationDate": "/Date(1788258030123)/",
        "donationRef": None,
        "donorDisplayName": "Sample Donor",
        "donorLocalAmount": "25.0000",
        "donorLocalCurrencyCode": "GBP",
        "estimatedTaxReclaim": Decimal("6.25"),
        "image": "",
        "message": "Well done",
        "source": "SponsorshipDonations",
        "thirdPartyReference": "ours",
    }
    assert (told["id"], told["pageShortName"]) == (PAGE, PAGE)
    assert told["pagination"] == {
        "pageNumber": 1,
        "pageSizeRequested": 50,
        "pageSizeReturned": 2,
        "totalPages": 1,
        "totalResults": 2,
        "nextPageCursor": None,
    }


async def test_amounts_come_in_three_forms_and_moments_in_two(emulator: JustGivingEmulator, client: Client) -> None:
    made = [await emulator.donate(minor) for minor in (2_500, 2_500, 2_500, 2_550, 2_550, 2_550, 123_456_789)]
    told = [(entry["amount"], entry["donationDate"]) for entry in reversed(await client.donations())]
    assert {amount for amount, _ in told[:3]} == {"25", "25.00", "25.0000"}
    assert {amount for amount, _ in told[3:6]} == {"25.5", "25.50", "25.5000"}
    assert Decimal(told[6][0]) == Decimal("1234567.89")
    assert {date for _, date in told} == {"/Date(1788258030123)/", "/Date(1788258030123+0000)/"}
    detail = await client.told(f"donation/{made[1].id}")
    assert (detail["amount"], detail["donationDate"]) == told[1]


async def test_pages_of_a_list_follow_each_other(emulator: JustGivingEmulator, client: Client) -> None:
    made = [await emulator.donate(number) for number in range(1, 8)]
    pages = [await client.told(f"{LIST}?pageNum={number}&pageSize=3") for number in (1, 2, 3, 4)]
    assert [len(page["donations"]) for page in pages] == [3, 3, 1, 0]
    listed = [entry["id"] for page in pages for entry in page["donations"]]
    assert listed == [donation.id for donation in reversed(made)]
    assert [page["pagination"]["totalPages"] for page in pages] == [3, 3, 3, 3]
    assert pages[2]["pagination"]["pageSizeReturned"] == 1


async def test_a_page_of_a_list_has_at_most_150_entries(emulator: JustGivingEmulator, client: Client) -> None:
    for number in range(1, 152):
        await emulator.donate(number)
    assert len(await client.donations()) == 50
    told = await client.told(f"{LIST}?pageSize=500")
    assert (told["pagination"]["pageSizeRequested"], told["pagination"]["pageSizeReturned"]) == (500, 150)
    assert told["pagination"]["totalPages"] == 2
    assert len(await client.donations(query="?pageNum=2&pageSize=500")) == 1


@pytest.mark.parametrize("query", ["pageNum=0", "pageNum=-1", "pageNum=x", "pageSize=0", "pageSize=1e3"])
async def test_numbers_out_of_range_are_400(query: str, client: Client) -> None:
    assert (await client.get(f"{LIST}?{query}")).status == 400


async def test_a_hidden_amount_is_null_everywhere_and_in_the_total(emulator: JustGivingEmulator, client: Client) -> None:
    made = [await emulator.donate(1_000, hide_amount=True, gift_aid=True) for _ in range(2)]
    for entry in await client.donations():
        assert (entry["amount"], entry["estimatedTaxReclaim"]) == (None, None)
        assert entry.get("donorLocalAmount") is entry.get("donorLocalCurrencyCode") is None
    assert ["donorLocalAmount" in entry for entry in await client.donations()] == [True, False]
    assert (await client.told(f"donation/{made[0].id}"))["amount"] is None
    assert (await client.told(f"donation/{made[0].id}/status"))["amount"] is None
    assert (await client.page())["grandTotalRaisedExcludingGiftAid"] == "20.00"
    assert (await client.page())["totalEstimatedGiftAid"] == "5.00"


async def test_a_donor_may_pay_in_another_currency(emulator: JustGivingEmulator, client: Client) -> None:
    await emulator.donate(200, local=(275, "EUR"), gift_aid=True)
    (entry,) = await client.donations()
    assert (entry["amount"], entry["currencyCode"]) == ("2.0000", "GBP")
    assert (entry["donorLocalAmount"], entry["donorLocalCurrencyCode"]) == ("2.7500", "EUR")
    assert entry["estimatedTaxReclaim"] is None
    assert emulator.books[PAGE].raised == 200


@pytest.mark.parametrize("name", ["Anonymous", ""])
async def test_an_anonymous_donor_has_no_name(name: str, emulator: JustGivingEmulator, client: Client) -> None:
    emulator.forms.anonymous_name = name
    await emulator.donate(500, donor_name="Somebody", anonymous=True)
    (entry,) = await client.donations()
    assert entry["donorDisplayName"] == name
    assert "Somebody" not in str(entry)


async def test_real_names_are_for_owners(emulator: JustGivingEmulator, client: Client) -> None:
    donation = await emulator.donate(500, real_name="Canary")
    assert "Canary" not in (await client.get(LIST)).text + (await client.get(f"donation/{donation.id}")).text
    emulator.forms.owner_view = True
    assert (await client.donations())[0]["donorRealName"] == "Canary"


async def test_a_share_of_messages_is_html_with_entities(emulator: JustGivingEmulator, client: Client) -> None:
    emulator.forms.markup = 1.0
    await emulator.donate(500, message="Tom & Jerry <3")
    emulator.forms.markup = 0.0
    await emulator.donate(500, message="Tom & Jerry <3")
    told = [entry["message"] for entry in await client.donations()]
    assert told == ["Tom & Jerry <3", "<p>Tom &amp; Jerry &lt;3</p>"]


async def test_a_share_of_gifts_in_pounds_has_gift_aid(emulator: JustGivingEmulator) -> None:
    euro = emulator.add_page("page/euro", "Euro", currency="EUR")
    for share, expected in ((1.0, 125), (0.0, None)):
        emulator.forms.gift_aid = share
        assert (await emulator.donate(500)).gift_aid == expected
        assert (await emulator.donate(500, page=euro)).gift_aid is None


@pytest.mark.parametrize("status", ["Refunded", "Cancelled", "Rejected", "Pending"])
async def test_another_status_takes_a_donation_off_the_total(status: str, emulator: JustGivingEmulator, client: Client) -> None:
    await emulator.donate(300, gift_aid=False)
    donation = await emulator.donate(1_000, gift_aid=True)
    assert (await client.page())["grandTotalRaisedExcludingGiftAid"] == "13.00"
    emulator.set_status(donation, status)
    page = await client.page()
    figures = page["grandTotalRaisedExcludingGiftAid"], page["totalEstimatedGiftAid"], page["donationCount"]
    assert figures == ("3.00", "0.00", "1")
    assert (await client.told(f"donation/{donation.id}"))["status"] == status
    told = await client.told(f"donation/{donation.id}/status")
    assert told == {"ref": None, "donationId": donation.id, "donationRef": None, "status": status, "amount": "10.00"}
    book = emulator.books[PAGE]
    assert (book.raised, book.count, book.refunded) == (300, 1, 1_000 if status == "Refunded" else 0)


async def test_a_pending_donation_counts_once_it_is_accepted(emulator: JustGivingEmulator, client: Client) -> None:
    donation = await emulator.donate(1_000, status="Pending")
    assert ((await client.donations())[0]["status"], emulator.books[PAGE].raised) == ("Pending", 0)
    emulator.set_status(donation.id, "Accepted")
    emulator.set_status(donation.id, "Accepted")
    assert "status" not in (await client.donations())[0]
    assert (await client.told(f"donation/{donation.id}"))["status"] == "Accepted"
    assert (emulator.books[PAGE].raised, emulator.books[PAGE].count) == (1_000, 1)


async def test_which_statuses_a_list_tells_can_be_switched(emulator: JustGivingEmulator, client: Client) -> None:
    await emulator.donate(100)
    emulator.set_status(await emulator.donate(200), "Refunded")
    expected = {"never": [None, None], "exceptions": ["Refunded", None], "always": ["Refunded", "Accepted"]}
    for form, statuses in expected.items():
        emulator.forms.listed_status = form  # type: ignore[assignment]
        assert [entry.get("status") for entry in await client.donations()] == statuses
    emulator.forms.unlisted = frozenset({"Refunded"})
    assert len(await client.donations()) == 1


async def test_donations_are_found_by_reference(emulator: JustGivingEmulator, client: Client) -> None:
    other = emulator.add_page("page/other", "Other")
    here = await emulator.donate(1_000, reference="ours", gift_aid=True)
    there = await emulator.donate(250, page=other, reference="ours", gift_aid=False)
    await emulator.donate(70)
    everywhere = await client.told("donation/ref/ours?pageSize=1")
    assert [entry["id"] for entry in everywhere["donations"]] == [there.id]
    assert everywhere["pagination"]["totalPages"] == 2
    assert [entry["id"] for entry in (await client.told(f"{LIST}/ref/ours"))["donations"]] == [here.id]
    assert await client.told("donationtotal/ref/ours?currencyCode=GBP") == {
        "donationsTotal": Decimal("12.5"),
        "totalEstimatedTaxReclaim": Decimal("2.5"),
        "thirdPartyReference": "ours",
        "currencyCode": "GBP",
        "numberOfDonations": 2,
    }
    assert (await client.told("donationtotal/ref/ours?currencyCode=EUR"))["numberOfDonations"] == 0
    assert (await client.get("donationtotal/ref/ours?currencyCode=XXX")).status == 400


async def test_a_charity_tells_a_handful_of_gifts(emulator: JustGivingEmulator, client: Client) -> None:
    made = [await emulator.donate(number) for number in range(1, 7)]
    told = (await client.told("charity/2000001/donations"))["donations"]
    assert [entry["id"] for entry in told] == [donation.id for donation in reversed(made[2:])]


async def test_the_same_seed_gives_the_same_ids_and_another_seed_others() -> None:
    first, again, other = (JustGivingEmulator(seed=seed) for seed in (1, 1, 2))
    ids = [(await emulator.donate(100)).id for emulator in (first, again, other)]
    assert ids[0] == ids[1] != ids[2]
    assert all(number < 2**31 for number in ids)
    assert first.app_id == again.app_id != other.app_id


async def test_what_nobody_can_give_changes_nothing(emulator: JustGivingEmulator) -> None:
    wrong: list[tuple[int, dict[str, Any]]] = [
        (0, {}),
        (-1, {}),
        (10**13, {}),
        (1, {"status": "Else"}),
        (1, {"local": (1, "XXX")}),
        (1, {"page": "else"}),
    ]
    for minor, more in wrong:
        with pytest.raises(NotPossible):
            await emulator.donate(minor, **more)
    with pytest.raises(NotPossible):
        emulator.set_status(7, "Refunded")
    donation = await emulator.donate(100)
    with pytest.raises(NotPossible):
        emulator.set_status(donation, "Else")
    assert (emulator.books[PAGE].raised, donation.status, len(emulator.state.donations)) == (100, "Accepted", 1)


async def test_the_first_part_of_a_list_may_come_whatever_is_asked_for(emulator: JustGivingEmulator, client: Client) -> None:
    for minor in (100, 200, 300):
        await emulator.donate(minor)
    emulator.forms.endless = "circle"
    first, second = [await client.told(f"{LIST}?pageNum={number}&pageSize=2") for number in (1, 2)]
    assert first == second
    assert (len(first["donations"]), first["pagination"]["totalPages"]) == (2, 2)


async def test_a_list_may_never_end(emulator: JustGivingEmulator, client: Client) -> None:
    await emulator.donate(100)
    emulator.forms.endless = "line"
    parts = [await client.told(f"{LIST}?pageNum={number}") for number in (1, 2, 3)]
    assert len({part["donations"][0]["id"] for part in parts}) == 3
    assert [part["pagination"]["pageNumber"] for part in parts] == [1, 2, 3]
    assert [part["pagination"]["totalPages"] for part in parts] == [2, 3, 4]

"""Teams and campaigns: what their pages raise is theirs as well."""

from decimal import Decimal

from connectors.justgiving.emulator import JustGivingEmulator
from tests.connectors.justgiving.emulator.client import PAGE, Client

TEAM, CAMPAIGN = "team/sample-team", "campaign/byshortname/sample-reef-appeal"


async def test_a_gift_is_in_the_books_of_its_page_its_team_and_its_campaign(emulator: JustGivingEmulator) -> None:
    other = emulator.add_page("page/other", "Other", team="sample-team")
    await emulator.donate(1_000)
    await emulator.donate(200, page=other)
    refunded = await emulator.donate(30, page=other)
    emulator.set_status(refunded, "Refunded")
    emulator.add_sms(4, page="page/other")
    raised = {name: (book.raised, book.refunded, book.count) for name, book in emulator.books.items()}
    assert raised == {
        PAGE: (1_000, 0, 1),
        "page/other": (204, 30, 2),
        "team:sample-team": (1_204, 30, 3),
        "campaign:sample-reef-appeal": (1_000, 0, 1),
    }


async def test_a_team_tells_numbers_and_its_members(emulator: JustGivingEmulator, client: Client) -> None:
    emulator.add_page("old-slug", "Other", team="sample-team")
    await emulator.donate(1_050)
    await emulator.donate(300, page="old-slug")
    emulator.add_offline(700)
    told = await client.told(TEAM)
    assert (told["raisedSoFar"], told["localRaisedSoFar"], told["teamTarget"]) == (Decimal("20.5"), Decimal("20.5"), 5_000)
    assert (told["name"], told["teamShortName"], told["currencySymbol"]) == ("Sample Team", "sample-team", "£")
    assert [(each["pageShortName"], each["totalAmountRaised"], each["numberOfDonations"]) for each in told["teamMembers"]] == [
        (PAGE, Decimal("17.5"), 1),
        ("old-slug", 3, 1),
    ]
    assert "currencyCode" not in told


async def test_a_sign_does_not_tell_the_dollar(emulator: JustGivingEmulator, client: Client) -> None:
    for code in ("USD", "AUD"):
        emulator.add_team(f"in-{code.lower()}", code, currency=code)
        assert (await client.told(f"team/in-{code.lower()}"))["currencySymbol"] == "$"


async def test_a_campaign_is_told_with_capitals_and_a_currency_without(emulator: JustGivingEmulator, client: Client) -> None:
    await emulator.donate(1_050, gift_aid=True)
    emulator.add_offline(100)
    emulator.add_offline(250, campaign="sample-reef-appeal")
    told = await client.told(CAMPAIGN)
    assert told["Currency"] == {"CurrencyCode": "gbp", "CurrencySymbol": "£"}
    assert (told["ShortName"], told["Title"], told["TargetAmount"]) == ("sample-reef-appeal", "Sample Reef Appeal", 10_000)
    assert told["OfflineAmount"] == Decimal("2.5")
    assert told["DonationSummary"] == {
        "DirectDonationAmount": 0,
        "DirectDonationGiftAid": 0,
        "FundraiserRaisedAmount": Decimal("11.5"),
        "NumberOfDirectDonations": 0,
        "NumberOfFundraiserDonations": 1,
        "OfflineAmountUpdated": "/Date(1788258030123+0000)/",
        "TotalAmount": 14,
        "TotalGiftAid": Decimal("2.62"),
        "TotalNumberOfDonations": 1,
        "offlineAmount": Decimal("2.5"),
    }
    assert (emulator.books["campaign:sample-reef-appeal"].raised, emulator.books[PAGE].raised) == (1_400, 1_150)


async def test_every_book_is_what_the_network_reports(emulator: JustGivingEmulator, client: Client) -> None:
    emulator.add_page("page/other", "Other", team="sample-team", campaign="sample-reef-appeal")
    for number, minor in enumerate((1, 435, 1_999, 123_456_789)):
        donation = await emulator.donate(minor, page=["page/other", None][number % 2], hide_amount=number == 1)
        emulator.add_offline(minor * 2)
    emulator.set_status(donation, "Cancelled")
    told = {
        PAGE: (await client.page())["grandTotalRaisedExcludingGiftAid"],
        "page/other": (await client.page("page/other"))["grandTotalRaisedExcludingGiftAid"],
        "team:sample-team": (await client.told(TEAM))["raisedSoFar"],
        "campaign:sample-reef-appeal": (await client.told(CAMPAIGN))["DonationSummary"]["TotalAmount"],
    }
    assert {name: Decimal(raised) * 100 for name, raised in told.items()} == {
        name: book.raised for name, book in emulator.books.items()
    }


def test_all_that_there_is_at_first_may_be_in_another_currency() -> None:
    assert {book.currency for book in JustGivingEmulator(currency="KWD").books.values()} == {"KWD"}

"""Details of pages."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.justgiving.emulator import JustGivingEmulator, NotPossible
from tests.connectors.justgiving.emulator.client import PAGE, Client


async def test_numbers_of_a_page_are_text(emulator: JustGivingEmulator, client: Client) -> None:
    await emulator.donate(78_550, gift_aid=True)
    emulator.add_offline(10_000)
    page = await client.page()
    assert {name: page[name] for name in page if name.startswith(("total", "grand", "fundraising", "donation"))} == {
        "fundraisingTarget": "1500.00",
        "totalRaisedPercentageOfFundraisingTarget": "59",
        "totalRaisedOffline": "100.00",
        "totalRaisedOnline": "785.50",
        "totalRaisedSms": "0.00",
        "grandTotalRaisedExcludingGiftAid": "885.50",
        "totalEstimatedGiftAid": "196.37",
        "donationCount": "1",
    }
    assert (page["pageId"], page["eventId"], page["activityCharityCreated"]) == ("10020030", 700_700, False)
    assert page["eventDate"] == "/Date(1790850030123+0000)/"
    assert page["teams"] == [{"teamShortName": "sample-team"}]
    assert (page["currencyCode"], page["currencySymbol"], page["status"]) == ("GBP", "£", "Active")


async def test_a_page_is_found_by_its_number(client: Client) -> None:
    assert await client.told("fundraising/pagebyid/10020030") == await client.page()


async def test_new_pages_and_old_ones_are_told_apart_by_their_short_names(emulator: JustGivingEmulator, client: Client) -> None:
    old = emulator.add_page("sample-reef-ride", "An old page")
    await emulator.donate(500, page=old)
    assert (await client.page("sample-reef-ride"))["title"] == "An old page"
    assert (await client.page(PAGE))["title"] == "Sample Reef Ride"
    assert (len(await client.donations("sample-reef-ride")), len(await client.donations(PAGE))) == (1, 0)
    assert emulator.account()["pages"] == [PAGE, "sample-reef-ride"]


async def test_gift_aid_is_told_apart_from_the_total(emulator: JustGivingEmulator, client: Client) -> None:
    await emulator.donate(2_500, gift_aid=True)
    page = await client.page()
    assert (page["grandTotalRaisedExcludingGiftAid"], page["totalEstimatedGiftAid"]) == ("25.00", "6.25")
    assert emulator.books[PAGE].raised == 2_500


async def test_offline_money_and_sms_raise_the_total_without_a_donation(emulator: JustGivingEmulator, client: Client) -> None:
    await emulator.donate(1_000)
    emulator.add_offline(2_000)
    emulator.add_offline(-500)
    emulator.add_sms(300)
    page = await client.page()
    told = [page[f"totalRaised{way}"] for way in ("Online", "Offline", "Sms")]
    assert [*told, page["grandTotalRaisedExcludingGiftAid"]] == ["10.00", "15.00", "3.00", "28.00"]
    assert page["donationCount"] == "2"
    assert len(await client.donations()) == 1
    assert (emulator.books[PAGE].raised, emulator.books[PAGE].count) == (2_800, 2)


async def test_no_more_can_be_taken_off_than_was_raised(emulator: JustGivingEmulator) -> None:
    with pytest.raises(NotPossible, match="not raised"):
        emulator.add_offline(-1)


@pytest.mark.parametrize("none", ["", "0"])
async def test_a_page_may_have_no_target(none: str, emulator: JustGivingEmulator, client: Client) -> None:
    emulator.forms.no_target = none  # type: ignore[assignment]
    emulator.add_page("page/free", "Free")
    page = await client.page("page/free")
    assert (page["fundraisingTarget"], page["totalRaisedPercentageOfFundraisingTarget"]) == (none, "0")


async def test_the_totals_may_be_missing_as_in_2020(emulator: JustGivingEmulator, client: Client) -> None:
    emulator.forms.totals_missing = True
    page = await client.page()
    assert not [name for name in page if "otal" in name]


async def test_a_page_has_its_own_currency_with_its_own_decimals(emulator: JustGivingEmulator, client: Client) -> None:
    for code, told in (("EUR", "12.34"), ("JPY", "1234.00"), ("KWD", "1.234")):
        page = emulator.add_page(f"page/in-{code.lower()}", "Elsewhere", currency=code)
        await emulator.donate(1_234, page=page)
        details = await client.page(page.native_id)
        assert (details["currencyCode"], details["grandTotalRaisedExcludingGiftAid"]) == (code, told)
        assert emulator.books[page.native_id].currency == code


async def test_the_totals_can_lag_behind_the_list_and_the_list_behind_the_totals(
    emulator: JustGivingEmulator, client: Client
) -> None:
    emulator.lags.totals, emulator.lags.donations = timedelta(seconds=60), timedelta(seconds=20)
    donation = await emulator.donate(1_000)
    seen = []
    for seconds in (0, 20, 40):
        emulator.clock.turn(timedelta(seconds=seconds))
        team, campaign = await client.told("team/sample-team"), await client.told("campaign/byshortname/sample-reef-appeal")
        raised = (await client.page())["grandTotalRaisedExcludingGiftAid"]
        seen.append((len(await client.donations()), raised, team["raisedSoFar"], campaign["DonationSummary"]["TotalAmount"]))
    assert seen == [(0, "0.00", 0, 0), (1, "0.00", 0, 0), (1, "10.00", 10, 10)]
    emulator.set_status(donation, "Refunded")
    assert "status" not in (await client.donations())[0]
    assert (await client.told(f"donation/{donation.id}"))["status"] == "Refunded"
    assert (await client.page())["grandTotalRaisedExcludingGiftAid"] == "10.00"


async def test_a_story_is_html_with_entities(emulator: JustGivingEmulator, client: Client) -> None:
    emulator.add_page("page/tom", "Tom & Jerry")
    assert "<b>Tom &amp; Jerry</b> &amp; friends&nbsp;" in (await client.page("page/tom"))["story"]


def test_what_the_platform_refuses_is_not_possible(emulator: JustGivingEmulator) -> None:
    before = dict(emulator.books)
    wrong: list[tuple[str, dict[str, Any]]] = [
        (PAGE, {}),
        ("page/", {}),
        ("page/a/b", {}),
        ("else!", {}),
        ("page/x", {"team": "else"}),
        ("page/x", {"campaign": "else"}),
        ("page/x", {"currency": "XXX"}),
        ("page/x", {"currency": "EUR", "team": "sample-team"}),
    ]
    for short_name, more in wrong:
        with pytest.raises(NotPossible):
            emulator.add_page(short_name, "Else", **more)
    with pytest.raises(NotPossible):
        emulator.add_team("sample-team", "Again")
    with pytest.raises(NotPossible):
        emulator.add_campaign("else", "Else", currency="XXX")
    with pytest.raises(NotPossible):
        emulator.add_offline(1, campaign="else")
    assert emulator.books == before

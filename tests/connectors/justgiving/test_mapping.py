"""A page into our words: what the sheet shows, what it warns of, and what makes no sense."""

from datetime import UTC, datetime, timedelta

import pytest

from schema.model.campaign import CampaignStatus
from schema.model.charity import Charity
from schema.model.errors import UpstreamGarbled
from schema.model.facts import CampaignState, Raised
from schema.model.money import Currency, Money
from schema.model.time import micros
from schema.model.total import AmountSource
from tests.connectors.justgiving.given import GBP, NOW, PAGE, donation, gbp, page

ENDS = datetime(2027, 1, 1, tzinfo=UTC)


def date(moment: datetime) -> str:
    return f"/Date({micros(moment) // 1000}+0000)/"


def test_a_page_is_a_campaign_as_of_the_moment_of_asking() -> None:
    assert page() == CampaignState(
        native_id=PAGE,
        version=micros(NOW),
        source=AmountSource.PLATFORM_API,
        title="Sample Reef Ride",
        summary="Made-up story for fish & chips",
        url="https://www.justgiving.com/page/sample-reef-ride",
        image="https://cdn.example/page.jpg",
        status=CampaignStatus.ACTIVE,
        ends_at=ENDS,
        charity=Charity("justgiving-2000001", "Sample Reef Trust", "0000000", logo="https://cdn.example/logo.png"),
        part_of=("team:sample-team",),
        goal=gbp("1500.00"),
        raised=Raised(gbp("885.50"), 42),
    )


def test_pitfall_2_gift_aid_is_never_in_a_total_nor_in_a_donation() -> None:
    assert page(totalEstimatedGiftAid="99999.00").raised == page().raised
    assert page(grandTotalRaisedExcludingGiftAid=None).raised is None
    assert donation(estimatedTaxReclaim="6.25").amount == gbp("25")


def test_pitfall_3_what_a_donor_paid_in_another_currency_is_not_the_amount() -> None:
    assert donation(donorLocalAmount="32.50", donorLocalCurrencyCode="USD").amount == gbp("25")
    assert donation(amount=None, donorLocalAmount="32.50", donorLocalCurrencyCode="USD").amount is None


@pytest.mark.parametrize(
    ("written", "minor"),
    [
        ("25", 2500),
        ("25.00", 2500),
        ("25.0000", 2500),
        ("25.1", 2510),
        ("0.01", 1),
        ("81.15", 8115),
        ("71234567890123.47", 7123456789012347),
    ],
)
def test_pitfall_5_amounts_are_read_to_the_penny(written: str, minor: int) -> None:
    assert page(grandTotalRaisedExcludingGiftAid=written).raised == Raised(Money(minor, GBP), 42)


@pytest.mark.parametrize("missing", [None, ""])
def test_pitfall_5_a_missing_total_says_nothing_and_is_not_summed_up(missing: object) -> None:
    told = page(grandTotalRaisedExcludingGiftAid=missing)
    assert told.raised is None
    assert told.goal == gbp("1500.00")


@pytest.mark.parametrize("written", ["25.001", "25.0001", "1,000", "£25", "-1", "1e2", " 25", 25.5, True, [], {}, "9" * 30])
def test_what_is_no_exact_amount_is_garbled(written: object) -> None:
    with pytest.raises(UpstreamGarbled):
        page(grandTotalRaisedExcludingGiftAid=written)
    with pytest.raises(UpstreamGarbled):
        donation(amount=written)


def test_a_currency_has_its_own_number_of_decimals() -> None:
    yen = page(currencyCode="JPY", grandTotalRaisedExcludingGiftAid="1000.00", fundraisingTarget="5000")
    assert yen.raised == Raised(Money(1000, Currency.of("JPY")), 42)
    with pytest.raises(UpstreamGarbled):
        page(currencyCode="JPY", grandTotalRaisedExcludingGiftAid="1000.50")


@pytest.mark.parametrize("written", [None, "", "0", "0.00"])
def test_a_page_without_a_target_has_no_goal(written: object) -> None:
    assert page(fundraisingTarget=written).goal is None


@pytest.mark.parametrize(("written", "count"), [("42", 42), (42, 42), ("0", 0), (None, None), ("", None)])
def test_the_number_of_donations_is_the_page_s_own(written: object, count: int | None) -> None:
    assert page(donationCount=written).raised == Raised(gbp("885.50"), count)


@pytest.mark.parametrize(
    ("name", "domain", "url"),
    [
        ("page/sample", "www.justgiving.com", "https://www.justgiving.com/page/sample"),
        ("sample", "www.justgiving.com", "https://www.justgiving.com/fundraising/sample"),
        ("sample", None, "https://www.justgiving.com/fundraising/sample"),
        ("page/jöhn", "giving.example", "https://giving.example/page/j%C3%B6hn"),
        ("sample", "user@evil.example", None),
        ("sample", "two words", None),
    ],
)
def test_a_page_has_one_of_two_forms_of_address(name: str, domain: str | None, url: str | None) -> None:
    assert page(name, domain=domain).url == url


@pytest.mark.parametrize(
    ("word", "ends", "status"),
    [
        ("Active", ENDS, CampaignStatus.ACTIVE),
        ("Active", None, CampaignStatus.ACTIVE),
        ("Active", NOW, CampaignStatus.ENDED),
        ("Closed", ENDS, CampaignStatus.ENDED),
        ("Cancelled", ENDS, CampaignStatus.ENDED),
        ("SomethingNew", ENDS, None),
        ("SomethingNew", NOW - timedelta(days=1), CampaignStatus.ENDED),
        (None, ENDS, None),
        ("", None, None),
    ],
)
def test_a_page_ends_by_its_date_or_its_word_and_an_unknown_word_says_nothing(
    word: str | None, ends: datetime | None, status: CampaignStatus | None
) -> None:
    told = page(status=word, expiryDate=None if ends is None else date(ends))
    assert (told.status, told.ends_at) == (status, ends)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("/Date(1798761600000+0000)/", ENDS),
        ("/Date(1798761600000)/", ENDS),
        ("/Date(1798761600000+0100)/", ENDS),
        ("/Date(1798761600000-0500)/", ENDS),
        ("/Date(1798761600123)/", ENDS + timedelta(milliseconds=123)),
        ("/Date(-1000)/", None),
        ("/Date(-62135596800000+0000)/", None),
        ("/Date(253402300799999)/", None),
        (None, None),
        ("", None),
    ],
)
def test_a_date_counts_milliseconds_and_one_outside_of_this_century_is_none(written: object, moment: datetime | None) -> None:
    assert page(expiryDate=written).ends_at == moment


@pytest.mark.parametrize(
    "written", ["2027-01-01T00:00:00Z", "/Date()/", "/Date(1.5)/", "/Date(1)/x", "Date(1)", 1798761600000, [], "/Date(٣)/"]
)
def test_a_date_of_another_form_is_garbled(written: object) -> None:
    with pytest.raises(UpstreamGarbled):
        page(expiryDate=written)
    with pytest.raises(UpstreamGarbled):
        donation(donationDate=written)


def test_a_page_is_part_of_its_teams_in_their_order() -> None:
    assert page(teams=[{"teamShortName": "near"}, {"teamShortName": "far"}]).part_of == ("team:near", "team:far")
    assert page(teams=[]).part_of == ()
    assert page(teams=None).part_of is None


@pytest.mark.parametrize("charity", [None, {}, {"id": 1}, {"name": "Nameless number"}])
def test_a_charity_without_id_or_name_is_not_told(charity: object) -> None:
    assert page(charity=charity).charity is None


def test_nothing_of_a_page_s_owner_is_taken() -> None:
    assert "Sample Owner" not in repr(page())
    assert "o.jpg" not in repr(page())


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("pageShortName", [None, "", 7]),
        ("currencyCode", [None, "", "XXX", "£", 826]),
        ("donationCount", [-1, "many", True, "4.2", 10**19]),
        ("fundraisingTarget", ["lots", -1]),
        ("status", [7, {}]),
        ("domain", [7]),
        ("image", ["o.jpg", []]),
        ("charity", ["Sample Reef Trust", {"id": "x", "name": "y"}]),
        ("teams", [{}, ["sample-team"], [{}], [{"teamShortName": "a/b"}], [{"teamShortName": None}]]),
    ],
)
def test_a_page_of_wrong_types_is_garbled(name: str, wrong: list[object]) -> None:
    for value in wrong:
        with pytest.raises(UpstreamGarbled):
            page(**{name: value})


@pytest.mark.parametrize("name", ["title", "story"])
@pytest.mark.parametrize("value", [None, "", 7, {}, "\x00"])
def test_words_that_are_none_are_left_out(name: str, value: object) -> None:
    told = page(**{name: value})
    assert (told.title if name == "title" else told.summary) is None
    assert told.raised is not None

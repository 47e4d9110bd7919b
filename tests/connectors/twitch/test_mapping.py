"""Twitch's words into ours, with every form that was seen in the wild."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.twitch import mapping
from schema.model.campaign import CampaignStatus
from schema.model.charity import Charity
from schema.model.errors import Unreadable
from schema.model.facts import CampaignState, DonationState, Raised, Stage
from schema.model.money import Currency, Money
from schema.model.time import micros
from schema.model.total import AmountSource
from tests.connectors.twitch.given import CAMPAIGN, SENT, event, words

EUR = Currency.of("EUR")


def donation(**changed: Any) -> DonationState:
    return mapping.donation(event("donate.json") | changed, otherwise_at=SENT, source=AmountSource.PLATFORM_EVENT)


def campaign(name: str = "progress.json", **changed: Any) -> CampaignState:
    topic = words(name)["subscription"]["type"]
    return mapping.campaign(
        event(name) | changed, version=micros(SENT), status=mapping.STATUS[topic], source=AmountSource.PLATFORM_EVENT
    )


def scaled(value: object, places: object, currency: object) -> dict[str, object]:
    return {"value": value, "decimal_places": places, "currency": currency}


def test_a_donation_is_complete_once_and_for_all() -> None:
    assert donation() == DonationState(
        native_id=f"{CAMPAIGN}-900100777-2026-05-02T18:00:04Z",
        campaign=CAMPAIGN,
        stage=Stage.COMPLETED,
        version=0,
        amount=Money(2550, EUR),
        donated_at=datetime(2026, 5, 2, 18, 0, 4, tzinfo=UTC),
        source=AmountSource.PLATFORM_EVENT,
        donor_name="Sample_Donor",
        donor="900100777",
    )


def test_of_the_donor_only_the_shown_name_is_taken() -> None:
    shown = repr(donation(id="opaque"))
    assert "Sample_Donor" in shown
    assert "900100777" not in shown
    assert "sample_donor" not in shown


@pytest.mark.parametrize("name", [None, "", "  ", 7, "Anonymous", "anonymous"])
def test_a_donor_without_a_name_is_nobody(name: object) -> None:
    nobody = donation(user_name=name)

    assert (nobody.donor_name, nobody.donor) == (None, None)


@pytest.mark.parametrize("user", [None, "", 7, "a\x00b", "9" * 201])
def test_a_user_id_that_cannot_be_one_costs_no_donation(user: object) -> None:
    found = donation(user_id=user)

    assert (found.donor_name, found.donor, found.amount) == ("Sample_Donor", None, Money(2550, EUR))


@pytest.mark.parametrize(
    ("native_id", "expected"),
    [
        ("c-1-2026-05-02T18:00:04Z", datetime(2026, 5, 2, 18, 0, 4, tzinfo=UTC)),
        ("a-b-c-1-2026-05-02T20:00:04.25+02:00", datetime(2026, 5, 2, 18, 0, 4, 250000, tzinfo=UTC)),
        ("opaque", SENT),
        ("8f6f3c1e-0000-4000-8000-000000000001", SENT),
        ("c-1-2026-13-02T18:00:04Z", SENT),
        ("c-1-2026-05-02T18:00:04", SENT),
    ],
)
def test_the_time_is_the_one_in_the_id_or_else_the_given_one(native_id: str, expected: datetime) -> None:
    assert donation(id=native_id).donated_at == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"amount": scaled(500, 0, "JPY")}, Money(500, Currency.of("JPY"))),
        ({"amount": scaled(1234, 3, "KWD")}, Money(1234, Currency.of("KWD"))),
        ({"amount": scaled(12, 0, "EUR")}, Money(1200, EUR)),
        ({"amount": scaled(12340, 3, "EUR")}, Money(1234, EUR)),
        ({"amount": None, "target_amount": scaled(700, 2, "EUR")}, Money(700, EUR)),
        ({"amount": {"amount": 800, "decimal_places": 2, "currency": "EUR"}}, Money(800, EUR)),
        ({"amount": scaled(0, 2, "EUR")}, Money(0, EUR)),
    ],
)
def test_amounts_are_exact_in_every_spelling(changed: dict[str, Any], expected: Money) -> None:
    assert donation(**changed).amount == expected


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (None, "amount"),
        ("25.50", "amount"),
        ([], "amount"),
        (scaled("2550", 2, "EUR"), "amount"),
        (scaled("25.5", 2, "EUR"), "amount"),
        (scaled(True, 2, "EUR"), "amount"),
        (scaled(2550, None, "EUR"), "amount"),
        (scaled(2550, -1, "EUR"), "amount"),
        (scaled(2550, 10, "EUR"), "amount"),
        (scaled(12345, 3, "EUR"), "amount"),
        (scaled(505, 1, "JPY"), "amount"),
        (scaled(-1, 2, "EUR"), "amount"),
        (scaled(10**12 + 1, 2, "EUR"), "amount"),
        (scaled(10**19, 2, "EUR"), "amount"),
        (scaled(2550, 2, ""), "currency"),
        (scaled(2550, 2, "  "), "currency"),
        (scaled(2550, 2, None), "currency"),
        (scaled(2550, 2, "eur"), "currency"),
        (scaled(2550, 2, "XXX"), "currency"),
        (scaled(2550, 2, ["EUR"]), "currency"),
    ],
)
def test_what_is_no_exact_amount_is_unreadable(amount: object, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        donation(amount=amount)


@pytest.mark.parametrize("field", ["id", "campaign_id"])
@pytest.mark.parametrize("value", [None, "", 7, "x" * 201, "a\x00", "\ud800"])
def test_an_id_is_short_and_printable(field: str, value: object) -> None:
    with pytest.raises(Unreadable, match="id"):
        donation(**{field: value})


def test_progress_states_the_whole_campaign() -> None:
    assert campaign() == CampaignState(
        native_id=CAMPAIGN,
        version=micros(SENT),
        source=AmountSource.PLATFORM_EVENT,
        title="Sample Reef Trust",
        summary="Made-up charity",
        image="https://cdn.example/reef/100.png",
        status=CampaignStatus.ACTIVE,
        charity=Charity(
            "sample-reef-trust", "Sample Reef Trust", website="https://reef.example", logo="https://cdn.example/reef/100.png"
        ),
        goal=Money(150000, EUR),
        raised=Raised(Money(88550, EUR)),
    )


def test_start_and_stop_bring_their_times_and_status() -> None:
    start, stop = campaign("start.json"), campaign("stop.json")
    assert (start.status, start.starts_at) == (CampaignStatus.ACTIVE, datetime(2026, 5, 2, 17, 30, 0, 500000, tzinfo=UTC))
    assert (stop.status, stop.ends_at) == (CampaignStatus.ENDED, datetime(2026, 5, 2, 21, 0, 0, 123456, tzinfo=UTC))
    assert start.raised == Raised(Money(0, EUR))


def test_what_is_blank_zero_or_missing_is_not_said() -> None:
    degenerate = campaign("progress_degenerate.json")
    assert degenerate.goal is None
    assert degenerate.raised is None
    assert degenerate.summary is None
    assert degenerate.charity == Charity("sample-reef-trust", "Sample Reef Trust", logo="https://cdn.example/reef/100.png")
    stop = campaign("stop.json")
    assert (stop.title, stop.summary, stop.image, stop.charity) == (None, None, None, None)


@pytest.mark.parametrize("target", [None, {}, scaled(0, 2, ""), scaled(0, 2, "EUR"), scaled(150000, 2, ""), scaled(5, 2, None)])
def test_a_goal_that_is_none_overwrites_nothing(target: object) -> None:
    assert campaign(target_amount=target).goal is None


def test_a_campaign_without_the_fields_at_all_keeps_its_id() -> None:
    bare = mapping.campaign({"id": "c"}, version=1, status=CampaignStatus.ACTIVE, source=AmountSource.PLATFORM_API)
    assert bare == CampaignState("c", 1, AmountSource.PLATFORM_API, status=CampaignStatus.ACTIVE)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"current_amount": scaled(-1, 2, "EUR")}, "amount"),
        ({"current_amount": scaled(15, 3, "EUR")}, "amount"),
        ({"current_amount": 5}, "amount"),
        ({"target_amount": scaled(1, 2, "ABC")}, "currency"),
        ({"started_at": "yesterday"}, "time"),
        ({"stopped_at": 1777744805}, "time"),
        ({"started_at": "9999-12-31T00:00:00Z"}, "time"),
    ],
)
def test_absurd_campaigns_are_unreadable(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        campaign(**changed)


@pytest.mark.parametrize(
    ("name", "key"),
    [("St. Jude's & Co", "st-jude-s-co"), ("免费午餐", "免费午餐"), ("ＡＢＣ Fund", "abc-fund"), ("!!!", "!!!")],
)
def test_a_charitys_key_is_made_from_its_name(name: str, key: str) -> None:
    found = campaign(charity_name=name).charity
    assert found is not None
    assert found.key == key


def test_links_that_are_none_are_left_out() -> None:
    found = campaign(charity_logo="javascript:alert(1)", charity_website="//reef.example")
    assert found.image is None
    assert found.charity is not None
    assert (found.charity.logo, found.charity.website) == (None, None)


def test_words_of_strangers_are_plain_and_short() -> None:
    found = campaign(charity_name="Reef\u202e\x00 \n" + "x" * 500, charity_description="\ud800ok")
    assert found.title is not None
    assert found.title.startswith("Reef x")
    assert len(found.title) == 300
    assert found.summary == "ok"

"""Teams and campaigns into our words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.justgiving import campaigns, teams
from connectors.reading import readable
from schema.model.campaign import CampaignStatus
from schema.model.errors import BadCurrency, UpstreamGarbled
from schema.model.facts import CampaignState, Raised
from schema.model.time import micros
from schema.model.total import AmountSource
from tests.connectors.justgiving.given import CAMPAIGN, NOW, TEAM, gbp, words


def team(code: str | None = "GBP", /, **changed: Any) -> CampaignState:
    with readable():
        return teams.team(words("team.json", **changed), "sample-team", code=code, asked_at=NOW)


def campaign(**changed: Any) -> CampaignState:
    with readable():
        return campaigns.campaign(words("campaign.json", **changed), "sample-season", asked_at=NOW)


# --------------------------------------------------------------------------------------------------------------- teams


def test_a_team_is_a_campaign_with_what_it_has_raised_so_far() -> None:
    assert team() == CampaignState(
        native_id=TEAM,
        version=micros(NOW),
        source=AmountSource.PLATFORM_API,
        title="Sample Team",
        summary="We ride",
        goal=gbp("5000"),
        raised=Raised(gbp("1234.50")),
    )


def test_a_team_s_amount_in_the_local_currency_is_never_its_total() -> None:
    assert team(raisedSoFar=None).raised is None
    assert team(localRaisedSoFar="9999.99").raised == Raised(gbp("1234.50"))


def test_without_a_currency_nothing_is_said_of_a_team_s_money() -> None:
    told = team(None)
    assert (told.title, told.raised, told.goal) == ("Sample Team", None, None)


def test_the_currency_of_a_member_s_page_is_the_team_s_if_the_symbols_are_equal() -> None:
    page, answer = words("page.json"), words("team.json")
    assert teams.code_by(page, answer) == "GBP"
    assert teams.code_by({**page, "currencyCode": "EUR", "currencySymbol": "€"}, answer) is None
    assert teams.code_by({**page, "currencySymbol": None}, answer) == "GBP"
    assert teams.code_by(page, {**answer, "currencySymbol": ""}) == "GBP"
    assert teams.code_by({**page, "currencyCode": None}, answer) is None
    with pytest.raises(BadCurrency):
        teams.code_by({**page, "currencyCode": "GB"}, answer)


def test_members_whose_page_cannot_be_asked_for_are_left_out() -> None:
    given = [{"pageShortName": name} for name in ("page/a", None, "", "../b", "c:d", "e")]
    assert teams.members({"teamMembers": given}) == ["page/a", "e"]
    assert teams.members({"teamMembers": None}) == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("teamShortName", [None, 7]),
        ("raisedSoFar", ["1.234", -1, True, []]),
        ("teamTarget", ["lots", -5]),
    ],
)
def test_a_team_of_wrong_types_is_garbled(name: str, wrong: list[object]) -> None:
    for value in wrong:
        with pytest.raises(UpstreamGarbled):
            team(**{name: value})


# ----------------------------------------------------------------------------------------------------------- campaigns


def test_a_campaign_is_in_pascal_case_with_numbers_and_a_currency_in_lower_case() -> None:
    assert campaign() == CampaignState(
        native_id=CAMPAIGN,
        version=micros(NOW),
        source=AmountSource.PLATFORM_API,
        title="Sample Season",
        summary="A made-up season",
        url="https://www.justgiving.com/campaign/sample-season",
        status=CampaignStatus.ACTIVE,
        starts_at=datetime(2026, 4, 1, tzinfo=UTC),
        ends_at=datetime(2027, 1, 1, tzinfo=UTC),
        goal=gbp("10000"),
        raised=Raised(gbp("2345.67"), 77),
    )


def test_the_story_stands_in_where_a_campaign_has_no_summary() -> None:
    assert campaign(Summary="").summary == "Longer"


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"StartDate": "/Date(1800000000000)/", "EndDate": None}, CampaignStatus.SCHEDULED),
        ({"EndDate": "/Date(1780000000000)/"}, CampaignStatus.ENDED),
        ({"Status": "Closed"}, CampaignStatus.ENDED),
        ({"Status": "SomethingNew"}, None),
    ],
)
def test_a_campaign_stands_where_its_dates_say(changed: dict[str, Any], status: CampaignStatus | None) -> None:
    assert campaign(**changed).status is status


def test_a_campaign_without_a_summary_of_donations_tells_no_total() -> None:
    assert campaign(DonationSummary=None).raised is None


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("ShortName", [None, 7]),
        ("Currency", [None, {}, "gbp", {"CurrencyCode": "xx"}, {"CurrencyCode": 7}]),
        ("DonationSummary", [7, [], {"TotalAmount": "2.345"}, {"TotalAmount": 1, "TotalNumberOfDonations": "some"}]),
        ("TargetAmount", ["1.005"]),
        ("StartDate", ["2026-04-01"]),
        ("Status", [7]),
    ],
)
def test_a_campaign_of_wrong_types_is_garbled(name: str, wrong: list[object]) -> None:
    for value in wrong:
        with pytest.raises(UpstreamGarbled):
            campaign(**{name: value})

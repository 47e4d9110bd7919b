"""Tiltify's words about what raises money into ours: campaigns, milestones and charities."""

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.tiltify import mapping
from schema.model.campaign import CampaignStatus, Milestone
from schema.model.charity import Charity
from schema.model.errors import Unreadable
from schema.model.facts import CampaignState, Raised
from schema.model.money import Currency, Money
from schema.model.total import AmountSource
from tests.connectors.tiltify.given import CAMPAIGN, CAUSE, EVENT, TEAM, data, money, native, row

GBP, JPY = Currency.of("GBP"), Currency.of("JPY")
SAMPLES = {CAMPAIGN: "campaign.json", TEAM: "team_campaign.json", EVENT: "fundraising_event.json"}


def campaign(of: str = CAMPAIGN, **changed: Any) -> CampaignState:
    return mapping.campaign(data(SAMPLES[of]) | changed, native(of), version=7, source=AmountSource.PLATFORM_API)


def test_a_campaign_is_told_whole() -> None:
    assert campaign() == CampaignState(
        native_id=CAMPAIGN,
        version=7,
        source=AmountSource.PLATFORM_API,
        title="Sample Reef Weekend",
        summary="Made-up campaign",
        url="https://tiltify.example/@sample/sample-reef-weekend",
        donate_url="https://donate.tiltify.example/@sample/sample-reef-weekend",
        image="https://cdn.example/a.png",
        status=CampaignStatus.ACTIVE,
        starts_at=datetime(2026, 4, 2, 10, tzinfo=UTC),
        part_of=(EVENT,),
        goal=Money(150_000, GBP),
        raised=Raised(Money(188_550, GBP)),
    )


def test_a_team_campaign_has_no_goal_and_its_own_currency() -> None:
    team = campaign(TEAM)
    assert (team.native_id, team.goal, team.summary, team.image) == (TEAM, None, None, None)
    assert team.raised == Raised(Money(3_500, JPY))
    assert (team.status, team.ends_at) == (CampaignStatus.ENDED, datetime(2026, 5, 1, 18, 29, 59, 123456, tzinfo=UTC))
    assert team.part_of is None


def test_an_event_has_dates_without_a_time_which_are_left_out() -> None:
    event = campaign(EVENT)
    assert (event.native_id, event.raised) == (EVENT, Raised(Money(12_088_550, GBP)))
    assert (event.starts_at, event.ends_at) == (datetime(2026, 3, 2, 10, tzinfo=UTC), None)


def test_the_total_is_the_one_that_holds_what_supporters_raised() -> None:
    assert campaign(amount_raised=money("1.00")).raised == Raised(Money(188_550, GBP))
    assert campaign(total_amount_raised=None).raised is None


def test_a_raised_goal_is_the_goal() -> None:
    assert campaign(goal=money("2000.00"), original_goal=money("1000.00")).goal == Money(200_000, GBP)


@pytest.mark.parametrize("goal", [None, money("0"), money("0.00")])
def test_a_goal_that_is_none_overwrites_nothing(goal: object) -> None:
    assert campaign(goal=goal).goal is None


def test_only_the_id_is_needed() -> None:
    bare = mapping.campaign({"id": native(EVENT).uuid}, native(EVENT), version=1, source=AmountSource.PLATFORM_EVENT)
    assert bare == CampaignState(EVENT, 1, AmountSource.PLATFORM_EVENT)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("unpublished", CampaignStatus.SCHEDULED),
        ("published", CampaignStatus.ACTIVE),
        ("retired", CampaignStatus.ENDED),
        ("archived", None),
        (None, None),
        (["published"], None),
    ],
)
def test_a_status_of_another_kind_is_not_said(status: object, expected: CampaignStatus | None) -> None:
    assert campaign(status=status).status is expected


@pytest.mark.parametrize(
    ("changed", "parents"),
    [
        ({"fundraising_event_id": None}, ()),
        ({"team_event_id": native(TEAM).uuid, "fundraising_event_id": None}, (TEAM,)),
        ({"team_event_id": native(TEAM).uuid.upper()}, (TEAM, EVENT)),
    ],
)
def test_what_it_supports_is_nearest_first(changed: dict[str, Any], parents: tuple[str, ...]) -> None:
    assert campaign(**changed).part_of == parents


def test_nothing_is_part_of_itself() -> None:
    assert campaign(TEAM, team_event_id=native(TEAM).uuid).part_of == ()


def test_words_of_strangers_are_plain_and_short() -> None:
    found = campaign(name="Reef\u202e\x00 \n" + "x" * 500, description="\ud800ok", url="javascript:alert(1)", avatar="x")
    assert found.title is not None
    assert found.title.startswith("Reef x")
    assert len(found.title) == 300
    assert (found.summary, found.url, found.image) == ("ok", None, None)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"id": None}, "id"),
        ({"id": 100200300}, "id"),
        ({"id": "100200300"}, "id"),
        ({"id": CAUSE}, "id"),
        ({"total_amount_raised": money("-1.00")}, "total_amount_raised"),
        ({"total_amount_raised": "885.50"}, "total_amount_raised"),
        ({"goal": money("1.00", "gbp")}, "goal"),
        ({"fundraising_event_id": 7}, "fundraising_event_id"),
        ({"published_at": "2026-04-02"}, "published_at"),
        ({"retired_at": 1777744805}, "retired_at"),
    ],
)
def test_absurd_campaigns_are_unreadable(changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable, match=f"^{reason}$"):
        campaign(**changed)


def test_a_milestone_is_a_promise_at_a_total() -> None:
    assert mapping.milestone(row("milestones.json", 2)) == Milestone("Second day", Money(50_000, GBP))
    assert mapping.milestone(row("milestones.json", 1)) is None


def test_a_milestone_that_does_not_say_whether_it_is_on_is_on() -> None:
    assert mapping.milestone({"name": "A hat", "amount": money("1")}) == Milestone("A hat", Money(100, GBP))


@pytest.mark.parametrize("changed", [{"name": None}, {"name": "\x00"}, {"name": 7}, {"amount": None}, {"amount": money("-1")}])
def test_absurd_milestones_are_unreadable(changed: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        mapping.milestone(row("milestones.json", 0) | changed)


def test_a_charity_is_known_by_its_uuid() -> None:
    assert mapping.charity(data("cause.json")) == Charity(
        key=CAUSE,
        name="Sample Reef Trust",
        registration_number="00-0000001",
        website="https://reef.example",
        logo="https://cdn.example/reef.png",
    )


def test_a_charity_needs_no_more_than_its_name() -> None:
    assert mapping.charity({"id": CAUSE, "name": "Reef", "social": None, "avatar": None}) == Charity(CAUSE, "Reef")
    assert mapping.charity(data("cause.json") | {"name": None}) is None

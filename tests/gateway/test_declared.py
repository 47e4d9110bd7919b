"""What organisers declare, table by table: what is right is a value, what cannot be meant is named with its path."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from gateway.settings import Settings
from schema.model.errors import SettingsInvalid
from schema.model.ids import CampaignId
from schema.model.season import Action, ActionKind, Members
from schema.model.total import Basis

ACCOUNTS = {"lunch": {"connector": "acme"}}


def campaign(**changes: Any) -> dict[str, Any]:
    """A campaign that is right but for the changes."""
    return {"platform": "acme", "id": "lunch", "title": "Lunch", "currency": "CNY", **changes}


def phase(**changes: Any) -> dict[str, Any]:
    """A phase that is right but for the changes."""
    return {"slug": "one", "name": "One school", "starts_at": "2026-09-01T00:00:00+08:00", **changes}


def season(*phases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A season that is right but for the changes."""
    begin = {"slug": "autumn", "name": "Autumn", "starts_at": "2026-09-01T00:00:00+08:00", "currency": "CNY"}
    return {**begin, "phases": list(phases), **changes}


def endorser(**changes: Any) -> dict[str, Any]:
    """An endorser who is right but for the changes."""
    return {"id": "star", "name": "A star", **changes}


def settings(**tables: Any) -> Settings:
    """A configuration with one account."""
    return Settings.of({"accounts": ACCOUNTS, "campaigns": [campaign()], **tables})


def problems(**tables: Any) -> list[str]:
    """What is said of a configuration that is wrong."""
    with pytest.raises(SettingsInvalid) as caught:
        settings(**tables)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("tables", "problem"),
    [
        ({"seasons": [season(slug="")]}, "seasons[0].slug: is 1 to 64 letters, digits, - and _"),
        ({"seasons": [season(slug="--")]}, "seasons[0].slug: is 1 to 64 letters, digits, - and _"),
        ({"seasons": [season(slug="秋")]}, "seasons[0].slug: is 1 to 64 letters, digits, - and _"),
        ({"seasons": [season(slug="a b")]}, "seasons[0].slug: is 1 to 64 letters, digits, - and _"),
        ({"seasons": [season(slug="a" * 65)]}, "seasons[0].slug: is 1 to 64 letters, digits, - and _"),
        ({"seasons": [season(starts_at="2026-09-01T00:00:00")]}, "seasons[0].starts_at: needs a time zone, such as"),
        ({"seasons": [season(ends_at="2026-09-01T00:00:00+08:00")]}, "seasons[0].ends_at: is not after starts_at"),
        ({"seasons": [season(ends_at="2026-08-31T15:59:59Z")]}, "seasons[0].ends_at: is not after starts_at"),
        ({"seasons": [season(currency="RMB")]}, "seasons[0].currency: there is no currency"),
        ({"seasons": [season(goal="0")]}, "seasons[0].goal: is an amount above 0"),
        ({"seasons": [season(goal="1.005")]}, "seasons[0].goal: CNY has 2 decimals"),
        ({"seasons": [season(goal="90000000000000.01")]}, "seasons[0].goal: an amount beyond 9e15 minor units"),
        ({"seasons": [season(colour="red")]}, "seasons[0].colour: is not a setting"),
        ({"seasons": [season(phase(), phase())]}, "seasons[0].phases: has one twice"),
        (
            {"seasons": [season(phase(ends_at="2026-08-01T00:00:00Z"))]},
            "seasons[0].phases[0].ends_at: is not after starts_at",
        ),
        (
            {"seasons": [season(phase(starts_at="2026-08-31T15:59:59Z"))]},
            "seasons[0].phases: has one, which begins before the season",
        ),
        (
            {"seasons": [season(phase(ends_at="2026-10-01T00:00:01Z"), ends_at="2026-10-01T00:00:00Z")]},
            "seasons[0].phases: has one, which lasts beyond the season",
        ),
        (
            {"seasons": [season(phase(starts_at="2026-10-01T00:00:01Z"), ends_at="2026-10-01T00:00:00Z")]},
            "seasons[0].phases: has one, which lasts beyond the season",
        ),
        ({"endorsers": [endorser(account="1000000001")]}, "endorsers[0].account: needs the platform on which it is"),
        (
            {"endorsers": [endorser(posts=[{"id": "1", "campaign": "acme:lunch"}])]},
            "endorsers[0].posts: needs the platform on which it is",
        ),
        ({"seasons": [season(phase(campaigns=["lunch"]))]}, "seasons[0].phases[0].campaigns[0]: a native id is 1 to 200"),
        ({"seasons": [season(phase(campaigns=["Acme:x"]))]}, "seasons[0].phases[0].campaigns[0]: a network's key is"),
        ({"campaigns": [campaign(starts_at="2026-09-01T00:00Z", ends_at="2026-09-01T00:00Z")]}, "campaigns[0].ends_at: is not"),
        ({"campaigns": [campaign(donate_url="javascript:alert(1)")]}, "campaigns[0].donate_url: is no absolute http or https"),
        ({"campaigns": [campaign(image="//cdn.example/a.png")]}, "campaigns[0].image: is no absolute http or https"),
        ({"campaigns": [campaign(basis="BOTH")]}, "campaigns[0].basis: Input should be 'REPORTED' or 'COUNTED'"),
        (
            {"campaigns": [campaign(actions=[{"kind": "SHOUT", "title": "x"}])]},
            "campaigns[0].actions[0].kind: Input should be 'DONATE', 'LEARN', 'SHARE', 'VOLUNTEER' or 'ATTEND'",
        ),
        (
            {"seasons": [season(actions=[{"kind": "ATTEND", "title": "x", "url": "ftp://a.example"}])]},
            "seasons[0].actions[0].url: is no absolute http or https address",
        ),
        ({"charities": [{"id": "", "name": "Meals"}]}, "charities[0].id: a native id is 1 to 200 printable characters"),
        ({"charities": [{"id": "a\nb", "name": "Meals"}]}, "charities[0].id: a native id is 1 to 200 printable characters"),
        ({"charities": [{"id": "m", "name": "M", "website": "meals.example"}]}, "charities[0].website: is no absolute http"),
        ({"charities": [{"id": "m", "name": "M", "names": {"Acme Inc": "x"}}]}, "charities[0].names.Acme Inc.[key]: a network"),
        ({"endorsers": [endorser(id="a star")]}, "endorsers[0].id: is 1 to 64 letters, digits, - and _"),
        ({"endorsers": [endorser(url="weibo.example/star")]}, "endorsers[0].url: is no absolute http or https address"),
        ({"endorsers": [endorser(platform="Weibo")]}, "endorsers[0].platform: a network's key"),
        ({"endorsers": [endorser(campaigns=["account:lunch"])]}, "endorsers[0].campaigns[0]: is one campaign as platform:id"),
        (
            {"endorsers": [endorser(posts=[{"id": "p1", "campaign": "account:lunch"}])]},
            "endorsers[0].posts[0].campaign: is one campaign as platform:id",
        ),
        ({"endorsers": [endorser(posts=[{"id": "", "campaign": "acme:lunch"}])]}, "endorsers[0].posts[0].id: a native id is"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named_with_its_path(tables: dict[str, Any], problem: str) -> None:
    [found] = problems(**tables)
    assert found.startswith(problem)


def test_a_moment_without_its_zone_does_not_hide_the_other_problems() -> None:
    found = problems(seasons=[season(starts_at="2026-09-01T00:00:00", ends_at="2020-01-01T00:00:00", goal="x")])
    assert [problem.partition(":")[0] for problem in found] == [
        "seasons[0].ends_at",
        "seasons[0].goal",
        "seasons[0].starts_at",
    ]


def test_a_phase_names_campaigns_one_by_one_and_whole_accounts() -> None:
    found = settings(seasons=[season(phase(campaigns=["acme:lunch", "account:lunch", "acme:a:b", "acme:lunch"]))])
    assert found.seasons[0].phases[0].members == Members(
        frozenset({CampaignId("acme", "lunch"), CampaignId("acme", "a:b")}), frozenset({"lunch"})
    )


def test_a_phase_may_begin_and_end_with_its_season_and_an_open_one_ends_with_it() -> None:
    edge = {"starts_at": "2026-09-01T00:00:00+08:00", "ends_at": "2026-10-01T00:00:00Z"}
    found = settings(seasons=[season(phase(**edge), phase(slug="two"), ends_at=edge["ends_at"])]).seasons[0]
    assert [each.slug for each in found.phases] == ["one", "two"]


def test_a_season_without_phases_and_ends_is_a_season() -> None:
    [found] = settings(seasons=[season()]).seasons
    assert (found.phases, found.ends_at, found.goal, found.actions) == ((), None, None, ())
    assert found.starts_at == datetime(2026, 9, 1, tzinfo=timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("more", "is_online"),
    [
        ({}, True),
        ({"place": "Chaoyang Park"}, False),
        ({"place": "Chaoyang Park", "online": True}, True),
        ({"online": False}, False),
    ],
)
def test_what_has_a_place_is_not_online_unless_it_says_so(more: dict[str, Any], *, is_online: bool) -> None:
    row = {"kind": "ATTEND", "title": "A lunch", "starts_at": "2026-09-05T12:00:00Z", **more}
    [action] = settings(seasons=[season(actions=[row])]).seasons[0].actions
    begin = datetime(2026, 9, 5, 12, tzinfo=UTC)
    assert action.action == Action(ActionKind.ATTEND, "A lunch", is_online, place=more.get("place"), starts_at=begin)


def test_the_basis_of_a_campaign_may_be_declared_and_is_else_left_to_the_connector() -> None:
    found = settings(campaigns=[campaign(basis="REPORTED"), campaign(id="b")]).campaigns
    assert [entry.basis for entry in found] == [Basis.REPORTED, None]


def test_what_was_declared_does_not_change() -> None:
    [found] = settings(seasons=[season()]).seasons
    with pytest.raises(ValueError, match="frozen"):
        found.name = "Winter"

"""A season and its phases: what is declared, and what is raised in sum."""

from dataclasses import replace
from typing import Any

import pytest

from schema.api.ids import campaign_id, charity_id, phase_id, season_id
from schema.model.history import Interval
from schema.model.money import Money
from schema.model.page import CampaignFilter, CampaignOrder
from schema.model.rates import Converted
from schema.model.season import Members, Season
from tests.schema.api.asking import ask, refused, run, shown
from tests.schema.api.autumn import ALL, AUTUMN, DAY, GIVING, ONE, SCHOOL, USD, a_sum, an_autumn
from tests.schema.api.world import LUNCH, NOW, World, cny

SUM = "money { amount } parts { amount currencyCode } rates { from to value source asOf } missing isApproximate"
SHOWN_SUM = {
    "money": {"amount": "956.50"},
    "parts": [{"amount": "885.50", "currencyCode": "CNY"}, {"amount": "10.00", "currencyCode": "USD"}],
    "rates": [{"from": "USD", "to": "CNY", "value": "7.1000", "source": "ECB", "asOf": "2026-08-31T12:00:00Z"}],
    "missing": [],
    "isApproximate": True,
}
TOTAL = f"raised {{ {SUM} }} goal {{ amount }} progress donationCount campaignCount asOf freshness"


@pytest.fixture
def world() -> World:
    return an_autumn()


async def seen(world: World, fields: str) -> Any:
    return (await ask(world, f'{{ season(slug: "autumn") {{ {fields} }} }}'))["season"]


async def test_all_that_is_declared_is_shown(world: World) -> None:
    assert await seen(world, "id slug name startsAt endsAt phases { id slug name startsAt endsAt } currentPhase { slug }") == {
        "id": season_id("autumn"),
        "slug": "autumn",
        "name": "Autumn of giving",
        "startsAt": "2026-08-23T12:00:00Z",
        "endsAt": None,
        "phases": [
            {
                "id": phase_id("autumn", "school"),
                "slug": "school",
                "name": "One school",
                "startsAt": "2026-08-23T12:00:00Z",
                "endsAt": "2026-08-31T12:00:00Z",
            },
            {
                "id": phase_id("autumn", "giving"),
                "slug": "giving",
                "name": "A season of giving",
                "startsAt": "2026-08-31T12:00:00Z",
                "endsAt": None,
            },
        ],
        "currentPhase": {"slug": "giving"},
    }
    assert await seen(world, "actions { kind title url isOnline place startsAt endsAt }") == {
        "actions": [
            {
                "kind": "ATTEND",
                "title": "A lunch in the park",
                "url": None,
                "isOnline": False,
                "place": "Chaoyang Park",
                "startsAt": "2026-09-01T12:00:00Z",
                "endsAt": None,
            }
        ]
    }


@pytest.mark.parametrize(
    ("season", "current"),
    [
        (replace(AUTUMN, phases=(SCHOOL,)), None),
        (replace(AUTUMN, phases=(replace(SCHOOL, ends_at=None), replace(GIVING, starts_at=NOW))), {"slug": "giving"}),
        (replace(AUTUMN, phases=()), None),
    ],
)
async def test_the_phase_under_way_is_the_one_of_this_moment(world: World, season: Season, current: Any) -> None:
    world.declared["autumn"] = season

    assert await seen(world, "currentPhase { slug }") == {"currentPhase": current}


async def test_the_sum_is_shown_with_its_parts_and_the_rates_that_made_it(world: World) -> None:
    assert (await seen(world, f"total {{ {TOTAL} }}"))["total"] == {
        "raised": SHOWN_SUM,
        "goal": {"amount": "1913.00"},
        "progress": 0.5,
        "donationCount": 13,
        "campaignCount": 2,
        "asOf": "2026-09-01T12:00:00Z",
        "freshness": "CACHED",
    }


@pytest.mark.parametrize(
    ("money", "goal"),
    [(None, cny("1")), (cny("1"), None), (cny("1"), cny("0")), (cny("1"), USD)],
)
async def test_without_a_goal_or_a_sum_there_is_no_progress(world: World, money: Money | None, goal: Money | None) -> None:
    world.sums["autumn"] = a_sum(raised=Converted(money, (), (), ()), goal=goal)

    assert await seen(world, "total { progress }") == {"total": {"progress": None}}


async def test_a_part_without_a_rate_is_named_and_never_guessed(world: World) -> None:
    world.sums["autumn"] = a_sum(raised=Converted(None, (USD,), (), ("USD",)))

    assert await seen(world, f"total {{ raised {{ {SUM} }} }}") == {
        "total": {
            "raised": {
                "money": None,
                "parts": [{"amount": "10.00", "currencyCode": "USD"}],
                "rates": [],
                "missing": ["USD"],
                "isApproximate": False,
            }
        }
    }


async def test_the_shares_of_the_networks_are_shown(world: World) -> None:
    fields = f"byPlatform {{ platform {{ key freshness }} raised {{ {SUM} }} donationCount campaignCount }}"

    assert (await seen(world, fields))["byPlatform"] == [
        {
            "platform": {"key": "wechat_pay", "freshness": "LIVE"},
            "raised": SHOWN_SUM,
            "donationCount": 13,
            "campaignCount": 1,
        }
    ]


@pytest.mark.parametrize(
    ("argument", "asked"), [("(in: USD)", "USD"), ('(in: "JPY")', "JPY"), ("(in: null)", None), ("", None)]
)
async def test_the_currency_asked_for_reaches_every_sum(world: World, argument: str, asked: str | None) -> None:
    await seen(world, f"total{argument} {{ asOf }} byPlatform{argument} {{ donationCount }}")
    await seen(world, f"phases {{ total{argument} {{ asOf }} }}")

    assert world.asked == [("autumn", asked), ("autumn", asked), ("school", asked), ("giving", asked)]


async def test_spans_and_their_currency_reach_the_history(world: World) -> None:
    span = 'since: "2026-08-31T20:00:00+08:00", until: "2026-09-01T12:00:00Z", in: USD'
    fields = f"since until raised {{ {SUM} }} donationCount raisedSoFar {{ {SUM} }}"
    shown_span = {
        "since": "2026-08-31T12:00:00Z",
        "until": "2026-09-01T12:00:00Z",
        "raised": SHOWN_SUM,
        "donationCount": 1,
        "raisedSoFar": SHOWN_SUM,
    }

    assert await seen(world, f"raisedBetween({span}) {{ {fields} }} history(interval: MONTH, {span}) {{ {fields} }}") == {
        "raisedBetween": shown_span,
        "history": [shown_span],
    }
    assert world.asked == [("autumn", NOW - DAY, NOW, "USD"), ("autumn", Interval.MONTH, NOW - DAY, NOW, "USD")]


async def test_a_span_of_which_nothing_is_known_is_null_and_an_open_one_is_asked_for_as_it_is(world: World) -> None:
    world.season_spans = []

    data = await seen(world, 'raisedBetween(since: "2026-08-31T12:00:00Z") { since } history(interval: DAY) { since }')

    assert data == {"raisedBetween": None, "history": []}
    assert world.asked == [("autumn", NOW - DAY, None, None), ("autumn", Interval.DAY, None, None, None)]


@pytest.mark.parametrize(("node", "within"), [(season_id("autumn"), ALL), (phase_id("autumn", "school"), ONE)])
async def test_campaigns_are_those_of_the_season_or_phase(world: World, node: str, within: Members) -> None:
    text = """query ($id: ID!) { node(id: $id) { ... on Season { ...C } ... on Phase { ...P } } }
        fragment C on Season { campaigns(filter: { platforms: ["wechat_pay"] }, orderBy: ENDS_AT_ASC) { nodes { id } } }
        fragment P on Phase { campaigns(filter: { platforms: ["wechat_pay"] }, orderBy: ENDS_AT_ASC) { nodes { id } } }"""

    assert await ask(world, text, {"id": node}) == {"node": {"campaigns": {"nodes": [{"id": campaign_id(LUNCH)}]}}}
    assert world.asked == [(CampaignFilter(platforms=("wechat_pay",), within=within), CampaignOrder.ENDS_AT_ASC, 20, None)]


async def test_a_phase_has_a_sum_without_a_goal(world: World) -> None:
    data = await seen(world, f"phases {{ slug total {{ {TOTAL} }} }}")

    assert [phase["slug"] for phase in data["phases"]] == ["school", "giving"]
    assert all(phase["total"]["raised"] == SHOWN_SUM for phase in data["phases"])
    assert [(phase["total"]["goal"], phase["total"]["progress"]) for phase in data["phases"]] == [(None, None)] * 2


async def test_a_season_that_does_not_exist_is_null(world: World) -> None:
    assert await ask(world, '{ season(slug: "winter") { id } }') == {"season": None}


async def test_seasons_come_latest_first_in_pages(world: World) -> None:
    world.declared["spring"] = replace(AUTUMN, slug="spring", starts_at=AUTUMN.starts_at - 200 * DAY)
    text = """query ($after: String) { seasons(first: 1, after: $after) {
        totalCount edges { cursor node { slug } } nodes { slug } pageInfo { hasNextPage hasPreviousPage endCursor }
    } }"""

    one = (await ask(world, text))["seasons"]
    two = (await ask(world, text, {"after": one["pageInfo"]["endCursor"]}))["seasons"]

    assert [page["nodes"] for page in (one, two)] == [[{"slug": "autumn"}], [{"slug": "spring"}]]
    assert [edge["node"] for edge in one["edges"]] == one["nodes"]
    assert (one["totalCount"], one["pageInfo"]["hasNextPage"], two["pageInfo"]["hasNextPage"]) == (2, True, False)
    assert (one["pageInfo"]["hasPreviousPage"], two["pageInfo"]["hasPreviousPage"]) == (False, True)


async def test_charities_come_by_name_in_pages(world: World) -> None:
    page = (await ask(world, "{ charities(first: 5) { totalCount edges { cursor node { id } } nodes { id name } } }"))[
        "charities"
    ]

    assert page == {
        "totalCount": 1,
        "edges": [{"cursor": "meals", "node": {"id": charity_id("meals")}}],
        "nodes": [{"id": charity_id("meals"), "name": "School Meals"}],
    }


@pytest.mark.parametrize("root", ["seasons", "charities"])
@pytest.mark.parametrize(("argument", "value"), [("first", "101"), ("first", "-1"), ("after", '"nonsense"')])
async def test_a_page_that_cannot_be_is_refused_by_name(world: World, root: str, argument: str, value: str) -> None:
    error = await refused(world, f"{{ {root}({argument}: {value}) {{ totalCount }} }}")

    over = {"limit": "page_rows"} if value == "101" else {}
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": argument, **over, "requestId": "r1"}


@pytest.mark.parametrize(
    ("part", "method"),
    [
        ("total { asOf }", "season_total"),
        ('raisedBetween(since: "2026-08-31T12:00:00Z") { since }', "season_raised_between"),
        ("history(interval: DAY) { since }", "season_history"),
        ("byPlatform { donationCount }", "by_platform"),
        ("endorsements { totalCount }", "season_endorsements"),
        ("campaigns { totalCount }", "campaigns"),
    ],
)
async def test_a_part_that_cannot_be_read_is_null_and_leaves_the_rest(world: World, part: str, method: str) -> None:
    world.down = {method}

    result = await run(world, f'{{ season(slug: "autumn") {{ name part: {part} }} }}')

    assert result.data == {"season": {"name": "Autumn of giving", "part": None}}
    assert shown(result.errors)["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"


async def test_nobody_has_a_budget_while_there_are_no_keys(world: World) -> None:
    assert await ask(world, "{ rateLimit { cost limit remaining resetAt } }") == {"rateLimit": None}

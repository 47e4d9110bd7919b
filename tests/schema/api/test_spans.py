"""What a campaign raised, and how it was talked about, within spans."""

from dataclasses import replace
from typing import Any

import pytest

from schema.model.history import Interval
from tests.schema.api.asking import ask, refused
from tests.schema.api.autumn import DAY, SPAN, an_autumn
from tests.schema.api.world import LUNCH, NOW, World, cny

SPANS = "since until raised { amount } refunded { amount } donationCount raisedSoFar { amount }"
TURNED = 'since: "2026-09-01T12:00:01Z", until: "2026-09-01T12:00:00Z"'


@pytest.fixture
def world() -> World:
    return an_autumn()


def lunch(fields: str) -> str:
    return f'{{ campaignByExternalId(platform: "wechat_pay", externalId: "school-lunch") {{ {fields} }} }}'


async def seen(world: World, fields: str) -> Any:
    return (await ask(world, lunch(fields)))["campaignByExternalId"]


async def test_what_was_raised_within_a_span_is_told_with_what_is_known_of_it(world: World) -> None:
    told = {
        "since": "2026-08-31T12:00:00Z",
        "until": "2026-09-01T12:00:00Z",
        "raised": {"amount": "5.00"},
        "refunded": None,
        "donationCount": 1,
        "raisedSoFar": {"amount": "885.50"},
    }
    assert await seen(
        world, f'raisedBetween(since: "2026-08-31T12:00:00Z") {{ {SPANS} }} history(interval: HOUR) {{ {SPANS} }}'
    ) == {"raisedBetween": told, "history": [told]}
    assert world.asked == [(LUNCH, NOW - DAY, None), (LUNCH, Interval.HOUR, None, None)]


async def test_more_refunded_than_given_is_a_negative_change(world: World) -> None:
    world.spans = [replace(SPAN, raised=cny("-3"), refunded=cny("8"))]

    assert await seen(world, "history(interval: DAY) { raised { amount } refunded { amount } }") == {
        "history": [{"raised": {"amount": "-3.00"}, "refunded": {"amount": "8.00"}}]
    }


async def test_a_span_of_which_nothing_is_known_is_null(world: World) -> None:
    world.spans = []

    assert await seen(world, 'raisedBetween(since: "2026-08-31T12:00:00Z") { since } history(interval: DAY) { since }') == {
        "raisedBetween": None,
        "history": None,
    }


async def test_bounds_reach_the_history_in_utc(world: World) -> None:
    span = 'since: "2026-08-31T20:00:00+08:00", until: "2026-09-01T12:00:00Z"'

    await seen(world, f"raisedBetween({span}) {{ since }} history(interval: MONTH, {span}) {{ since }}")
    await seen(world, f"engagementHistory(interval: MINUTE, {span}) {{ at }}")

    bounds = (NOW - DAY, NOW)
    assert world.asked == [(LUNCH, *bounds), (LUNCH, Interval.MONTH, *bounds), (LUNCH, Interval.MINUTE, *bounds)]


@pytest.mark.parametrize(
    "text",
    [
        lunch(f"raisedBetween({TURNED}) {{ since }}"),
        lunch(f"history(interval: DAY, {TURNED}) {{ since }}"),
        lunch(f"engagementHistory(interval: DAY, {TURNED}) {{ at }}"),
        f'{{ season(slug: "autumn") {{ raisedBetween({TURNED}) {{ since }} }} }}',
        f'{{ season(slug: "autumn") {{ history(interval: DAY, {TURNED}) {{ since }} }} }}',
    ],
)
async def test_a_span_turned_round_is_refused_by_name(world: World, text: str) -> None:
    error = await refused(world, text)

    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "since", "requestId": "r1"}
    assert world.asked == []


async def test_an_empty_span_is_one(world: World) -> None:
    empty = 'since: "2026-09-01T12:00:00Z", until: "2026-09-01T12:00:00Z"'

    assert await seen(world, f"raisedBetween({empty}) {{ donationCount }}") == {"raisedBetween": {"donationCount": 1}}


async def test_counters_of_posts_are_told_beside_money_and_unknown_ones_are_null(world: World) -> None:
    assert await seen(
        world,
        "engagement { reposts comments likes asOf freshness } engagementHistory(interval: DAY) { at reposts comments likes }",
    ) == {
        "engagement": {
            "reposts": 3,
            "comments": None,
            "likes": 7,
            "asOf": "2026-09-01T12:00:00Z",
            "freshness": "CACHED",
        },
        "engagementHistory": [{"at": "2026-09-01T12:00:00Z", "reposts": 3, "comments": None, "likes": 7}],
    }
    world.counters, world.samples = None, []
    assert await seen(world, "engagement { likes } engagementHistory(interval: DAY) { at }") == {
        "engagement": None,
        "engagementHistory": [],
    }

"""A total that is held as its network fell too far: shown as STALE, as of when it was last stated, and told to operators."""

from datetime import timedelta

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.read.alarms import Alarms
from schema.model.freshness import Freshness
from schema.model.time import micros
from tests.gateway.acme import NOW
from tests.gateway.autumn import COATS, TEAM, autumn, filled, heard, published, stated
from tests.gateway.live.feeds import totals
from tests.gateway.world import Followed, World, following, known, soon

SECOND = timedelta(seconds=1)


@pytest.fixture
async def world(client: Redis) -> World:
    """The team has raised 200.00 euros, as was stated at ``NOW``."""
    made = autumn(client)
    await filled(made)
    return made


async def fall(world: World, number: int = 1, minor: int = 0) -> None:
    world.clock.turn(SECOND)
    await heard(world, "pond", stated("team", minor, at=NOW + number * SECOND))


def shown(followed: Followed) -> tuple[int, Freshness]:
    reading = followed.reads.total(TEAM)
    assert reading is not None
    return reading.total.raised.minor, reading.freshness


async def test_what_is_held_stays_shown_and_says_that_it_is_stale_and_since_when(world: World) -> None:
    await fall(world)
    await fall(world, 2)
    async with known(world) as followed:
        reading = followed.reads.total(TEAM)
        assert reading is not None
        assert (reading.total.raised.minor, reading.freshness, reading.as_of) == (20_000, Freshness.STALE, NOW)
        described = followed.reads.described(TEAM)
        assert described is not None
        assert followed.reads.freshness(described) is Freshness.CACHED  # its words are believed


async def test_who_follows_it_is_told_both_ends_of_the_doubt_and_nothing_between(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, totals(followed, TEAM) as feed:
        await soon(feed)
        for number, figures in enumerate([(20_000, Freshness.STALE), (20_500, Freshness.CACHED)]):
            await fall(world, 2 * number + 1, 0 if not number else 20_500)
            assert (await soon(feed)).recovered
            assert shown(followed) == figures


async def test_a_fall_that_three_reports_agree_on_is_shown_and_stale_no_more(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        for number in (1, 2, 3):
            assert shown(followed)[0] == 20_000
            await fall(world, number, 5_000)
        await followed.until(lambda: shown(followed) == (5_000, Freshness.CACHED))


async def test_a_season_with_such_a_total_is_stale_and_keeps_its_sum(world: World) -> None:
    world.clock.turn(timedelta(days=2))  # the phase in which the team is a member
    await world.book.polled("pond")
    async with known(world) as followed:
        season = followed.reads.season_now("autumn")
        assert season is not None
        before = await followed.reads.season_total(season, None)
        await fall(world)
    async with known(world) as followed:
        after = await followed.reads.season_total(season, None)
    assert (before.freshness, after.freshness) == (Freshness.CACHED, Freshness.STALE)
    assert after.raised.parts == before.raised.parts


async def test_operators_see_how_many_there_are_and_a_line_for_each_report_that_was_held(world: World, redis_url: str) -> None:
    def held() -> float:
        return world.counted("giving_totals_held", platform="pond")

    async with following(world, redis_url) as followed:
        Alarms(followed.follower, world.metrics)
        with capture_logs() as logs:
            await fall(world)
            await followed.until(lambda: held() == 1)
            await fall(world, 2)
            await fall(world, 3)
            await followed.until(lambda: held() == 0)

    assert [(line["event"], line["log_level"], line["campaign"], line["stated"]) for line in logs if "stated" in line] == [
        ("total.held", "error", "pond:team", "0.00 EUR"),
        ("total.held", "error", "pond:team", "0.00 EUR"),
        ("total.believed", "info", "pond:team", "0.00 EUR"),
    ]
    assert world.counted("giving_facts_total", platform="pond", kind="campaign", outcome="doubted") == 2


async def test_a_published_figure_is_never_held(world: World) -> None:
    await heard(world, "paper", published("coats", 9_000, at=NOW - SECOND), published("coats", 10))
    async with known(world) as followed:
        reading = followed.reads.total(COATS)
        assert reading is not None
        assert (reading.total.raised.minor, reading.freshness) == (10, Freshness.CACHED)


async def test_the_version_of_what_is_held_is_a_moment(world: World) -> None:
    await fall(world)
    head = await world.head(TEAM)
    assert head is not None
    assert head.doubt == str(micros(NOW))

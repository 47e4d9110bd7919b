"""Seasons as sums: each campaign once and whole, per currency, converted once, with what is missing named."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from redis.asyncio import Redis

from gateway.store.rates import RateShelf
from schema.api.readings import SeasonTotalReading
from schema.model.errors import BadUserInput
from schema.model.freshness import Freshness
from schema.model.history import Interval
from schema.model.money import Money
from schema.model.rates import CONFIGURATION, ECB
from schema.model.season import Season
from tests.gateway.acme import NOW, back, given
from tests.gateway.autumn import DAY, autumn, filled, heard, published, stated
from tests.gateway.world import Followed, World, known

HOUR = timedelta(hours=1)


def money(text: str, code: str = "CNY") -> Money:
    """An amount."""
    return Money.of_decimal(text, code)


@pytest.fixture
async def world(redis: Redis) -> World:
    made = autumn(redis)
    await filled(made)
    return made


def season(followed: Followed) -> Season:
    """The season of these tests."""
    found = followed.reads.season_now("autumn")
    assert found is not None
    return found


async def total(world: World, currency: str | None = None) -> SeasonTotalReading:
    """Its sum as a new process reads it."""
    async with known(world) as followed:
        return await followed.reads.season_total(season(followed), currency)


async def test_the_sum_holds_every_currency_and_names_the_one_without_a_rate(world: World) -> None:
    found = await total(world)
    assert found.raised.money == money("1860.00")  # 200.00 euros at 7.8, and 300.00 yuan
    assert found.raised.parts == (money("200.00", "EUR"), money("300.00"), money("10.00", "USD"))
    [rate] = found.raised.rates
    assert (rate.base, rate.quote, rate.value, rate.source, rate.as_of) == ("EUR", "CNY", Decimal("7.8"), CONFIGURATION, NOW)
    assert (found.raised.missing, found.raised.is_approximate) == (("USD",), True)
    assert (found.goal, found.count, found.campaigns) == (money("10000.00"), 10, 3)


async def test_a_member_counts_within_its_team_and_by_itself_while_the_team_is_unknown(redis: Redis) -> None:
    world = autumn(redis)
    await heard(world, "pond", stated("member", 5_000, part_of=("team",)))
    found = await total(world)
    assert (found.raised.parts, found.campaigns) == ((money("50.00", "EUR"),), 1)
    await heard(world, "pond", stated("team", 20_000))
    found = await total(world)
    assert (found.raised.parts, found.campaigns) == ((money("200.00", "EUR"),), 1)


async def test_another_currency_may_be_asked_for_and_a_goal_without_a_rate_is_unknown(world: World) -> None:
    found = await total(world, "EUR")
    assert found.raised.money == money("238.46", "EUR")
    assert found.goal == money("1282.05", "EUR")
    found = await total(world, "USD")
    assert (found.raised.money, found.raised.missing, found.goal) == (money("10.00", "USD"), ("CNY", "EUR"), None)
    with pytest.raises(BadUserInput) as caught:
        await total(world, "RMB")
    assert caught.value.argument == "in"


async def test_a_reference_rate_is_found_across_the_euro_and_fixed_rates_come_first(world: World) -> None:
    await RateShelf(world.redis).keep(NOW.date(), {"USD": Decimal("1.25"), "CNY": Decimal("8")})
    found = await total(world)
    assert found.raised.missing == ()
    assert found.raised.money == money("1924.00")  # 10.00 dollars are 8 euros are 64.00 yuan; the euro itself is fixed
    assert {rate.base: rate.source for rate in found.raised.rates} == {"EUR": CONFIGURATION, "USD": ECB}


async def test_a_season_without_anything_is_zero_as_of_now(redis: Redis) -> None:
    world = autumn(redis)
    found = await total(world)
    assert (found.raised.money, found.raised.parts, found.count, found.campaigns) == (money("0.00"), (), 0, 0)
    assert (found.as_of, found.freshness) == (NOW, Freshness.CACHED)


async def test_a_sum_is_as_old_and_as_stale_as_the_worst_of_what_is_running(world: World) -> None:
    world.clock.turn(timedelta(minutes=1))
    await world.book.heard("lunch")
    found = await total(world)
    assert (found.as_of, found.freshness) == (NOW, Freshness.CACHED)  # the pond was asked a minute ago
    world.clock.turn(timedelta(minutes=5))
    found = await total(world)
    assert (found.as_of, found.freshness) == (NOW, Freshness.STALE)
    ended = [stated("team", 20_000, count=7, ends_at=NOW), stated("member", 5_000, part_of=("team",), ends_at=NOW)]
    await heard(world, "pond", *ended)
    found = await total(world)
    assert (found.as_of, found.freshness) == (NOW + timedelta(minutes=1), Freshness.LIVE)
    assert found.raised.money == money("1860.00")


async def test_a_figure_that_a_person_brought_makes_no_season_stale(world: World) -> None:
    await heard(world, "paper", published("coats", 70_000))
    found = await total(world)
    assert (found.raised.money, found.campaigns, found.freshness) == (money("2560.00"), 4, Freshness.CACHED)


async def test_a_phase_sums_its_own_campaigns_and_has_no_goal(world: World) -> None:
    async with known(world) as followed:
        one, many = season(followed).phases
        first = await followed.reads.season_total(one, None)
        assert (first.raised.money, first.raised.is_approximate, first.goal, first.campaigns) == (
            money("300.00"),
            False,
            None,
            1,
        )
        assert (await followed.reads.season_total(many, None)).raised == (
            await followed.reads.season_total(season(followed), None)
        ).raised


async def test_the_shares_of_networks_add_up_to_the_season_the_largest_first(world: World) -> None:
    async with known(world) as followed:
        pond, acme = await followed.reads.by_platform(season(followed), None)
        assert (pond.platform.key, pond.raised.money, pond.count, pond.campaigns) == ("pond", money("1560.00"), 7, 1)
        assert (acme.platform.key, acme.raised.money, acme.count, acme.campaigns) == ("acme", money("300.00"), 3, 2)
        assert acme.raised.parts == (money("300.00"), money("10.00", "USD"))
        whole = (await followed.reads.season_total(season(followed), None)).raised
        assert sorted(str(part) for share in (pond, acme) for part in share.raised.parts) == sorted(map(str, whole.parts))
        [last, first] = reversed(await followed.reads.by_platform(season(followed), "USD"))
        assert (first.platform.key, last.platform.key, last.raised.money) == ("acme", "pond", None)


async def test_a_season_grew_day_by_day_in_the_reporting_zone(world: World) -> None:
    midnight = datetime.fromisoformat("2026-09-02T00:00:00+08:00")
    await heard(world, "lunch", given(4, 500, at=midnight - timedelta(seconds=1)), given(5, 700, at=midnight))
    await heard(world, "pond", stated("team", 15_000, at=NOW - DAY, count=5))  # an older report is told later
    async with known(world) as followed:
        days = await followed.reads.season_history(season(followed), Interval.DAY, None, None, None)
        assert [(day.raised.money, day.so_far.money, day.count) for day in days] == [
            (money("5.00"), money("1175.00"), 1),
            # 307.00 yuan, 50.00 euros, and 10.00 dollars without a rate
            (money("697.00"), money("1872.00"), 6),
        ]
        assert [(day.since, day.until) for day in days] == [(midnight - DAY, midnight), (midnight, NOW)]
        assert days[1].raised.missing == days[1].so_far.missing == ("USD",)
        [month] = await followed.reads.season_history(season(followed), Interval.MONTH, None, None, "EUR")
        assert month.so_far.money == money("240.00", "EUR")


async def test_what_a_season_raised_within_a_span_is_cut_as_for_one_campaign(world: World) -> None:
    await heard(world, "lunch", given(6, 4_000, at=NOW - 3 * HOUR), back(6, 1_500, refund=1))
    async with known(world) as followed:
        found = await followed.reads.season_raised_between(season(followed), NOW - 4 * HOUR, NOW - HOUR, None)
        assert found is not None
        assert (found.raised.parts, found.count, found.since, found.until) == ((money("40.00"),), 1, NOW - 3 * HOUR, NOW - HOUR)
        rest = await followed.reads.season_raised_between(season(followed), NOW - HOUR, None, None)
        assert rest is not None
        assert rest.raised.parts == (money("285.00"), money("10.00", "USD"))
        assert await followed.reads.season_raised_between(season(followed), NOW - 9 * DAY, NOW - 8 * DAY, None) is None
        assert (
            list(await followed.reads.season_history(season(followed), Interval.DAY, NOW - 9 * DAY, NOW - 8 * DAY, None)) == []
        )


async def test_a_member_is_in_its_teams_history_and_not_beside_it(world: World) -> None:
    await heard(world, "pond", stated("member", 9_000, at=NOW + HOUR, part_of=("team",)))
    world.clock.turn(2 * HOUR)
    async with known(world) as followed:
        found = await followed.reads.season_raised_between(season(followed), NOW, None, "EUR")
        assert found is not None
        assert found.so_far.parts[0] == money("200.00", "EUR")


async def test_the_state_of_a_season_is_the_same_until_something_shown_moves(world: World) -> None:
    async with known(world) as followed:
        autumn_ = season(followed)
        before = followed.reads.season_state(autumn_)
        await followed.follower.lost()  # everything is read again, and is as it was
        assert followed.reads.season_state(autumn_) == before
        world.clock.turn(timedelta(seconds=5))
        await world.book.heard("lunch")
        await followed.follower.lost()  # a newer asOf alone
        assert followed.reads.season_state(autumn_) == before
        await RateShelf(world.redis).keep(NOW.date(), {"USD": Decimal("1.25")})
        await followed.follower.lost()
        assert followed.reads.season_state(autumn_) != before

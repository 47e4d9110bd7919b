"""A season is folded once a step and second, however many ask."""

import asyncio
from contextlib import AsyncExitStack, aclosing
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.read.folds import Folded, Folds
from schema.model.freshness import Freshness
from schema.model.season import Members, Season
from tests.gateway.acme import LUNCH, NOW, given
from tests.gateway.autumn import DAY, autumn, filled
from tests.gateway.live.feeds import alone
from tests.gateway.world import Followed, World, following, known, soon

VIEWERS = 20
SECOND = timedelta(seconds=1)


class Counting(Folds):
    """Notes what is folded."""

    def __init__(self, followed: Followed) -> None:
        super().__init__(followed.reads)
        self.made: list[Members] = []

    def fold(self, members: Members) -> Folded:
        """As always."""
        self.made.append(members)
        return super().fold(members)


@pytest.fixture
async def world(client: Redis) -> World:
    made = autumn(client)
    await filled(made)
    return made


def counting(followed: Followed) -> tuple[Season, Counting]:
    """The season of these tests, and what of it is folded from now on."""
    season = followed.reads.season_now("autumn")
    assert season is not None
    folds = followed.reads.folds = Counting(followed)
    return season, folds


async def answers(followed: Followed, season: Season) -> int:
    """Everything that stands on its sum; the sum itself in minor units."""
    reads = followed.reads
    reads.season_state(season)
    await reads.by_platform(season, None)
    await reads.season_endorsements(season, first=20, after=None)
    await reads.season_raised_between(season, NOW - DAY, None, None)
    found = await reads.season_total(season, None)
    assert found.raised.money is not None
    return found.raised.money.minor


async def test_all_answers_stand_on_one_fold_and_each_phase_has_one_of_its_own(world: World) -> None:
    async with known(world) as followed:
        season, folds = counting(followed)
        for _ in range(VIEWERS):
            await answers(followed, season)
        assert folds.made == [season.members]
        for _ in range(VIEWERS):
            for phase in season.phases:
                await followed.reads.season_total(phase, None)
        assert folds.made == list(dict.fromkeys([season.members, *(phase.members for phase in season.phases)]))


async def test_many_viewers_of_a_step_fold_once_and_none_is_shown_an_older_sum(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed, AsyncExitStack() as stack:
        season, folds = counting(followed)
        feeds = [alone(followed.hub.season_total("autumn", max_rate=10)) for _ in range(VIEWERS)]
        for feed in feeds:
            await stack.enter_async_context(aclosing(feed))
        await asyncio.gather(*map(soon, feeds))
        for number in range(3):
            before = await answers(followed, season)
            folds.made.clear()
            await world.put(given(20 + number, 100), LUNCH)
            await asyncio.gather(*map(soon, feeds))
            assert [await answers(followed, season) for _ in feeds] == [before + 100] * VIEWERS
            assert folds.made == [season.members]


async def test_what_changes_by_time_alone_is_folded_again_with_the_next_second(world: World) -> None:
    async with known(world) as followed:
        season, folds = counting(followed)
        before = [followed.reads.season_state(season) for _ in range(VIEWERS)]
        world.clock.turn(SECOND)
        assert [followed.reads.season_state(season) for _ in range(VIEWERS)] == before
        assert folds.made == [season.members] * 2
        world.clock.turn(DAY)
        assert (await followed.reads.season_total(season, None)).freshness is Freshness.STALE


async def test_a_sum_is_stale_at_once_when_nothing_is_heard_any_more(world: World) -> None:
    async with known(world) as followed:
        season, _ = counting(followed)
        assert (await followed.reads.season_total(season, None)).freshness is not Freshness.STALE
        followed.follower.silent()
        assert (await followed.reads.season_total(season, None)).freshness is Freshness.STALE

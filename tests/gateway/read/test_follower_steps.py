"""A step is whole: nothing of it can be seen before all of it, and it says of everything in it that it has moved."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from redis.asyncio import Redis

from gateway.read.follower import Follower
from gateway.store.bus import Change, HealthChanged, MilestonesChanged, PostsChanged, RatesChanged, TotalMoved, WordsChanged
from gateway.store.milestones import MilestoneShelf
from gateway.store.posts import PostShelf
from gateway.store.shelf import Head
from schema.model.campaign import Milestone
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import Place
from tests.gateway.acme import LUNCH, NOW
from tests.gateway.autumn import MEMBER, TEAM, autumn, filled, heard, stated
from tests.gateway.world import known

LATE = CampaignId("pond", "late")


def _total(campaign: CampaignId) -> TotalMoved:
    return TotalMoved(campaign, Place(), 500, None, 1, NOW, 0, None, "", b"")


def seen(follower: Follower) -> tuple[Any, ...]:
    """All that a step may change."""
    late = follower.campaigns.get(LATE)
    return (
        late and late.title,
        follower.totals[LATE],
        follower.health["pond"],
        follower.posts["pond"],
        follower.followers["pond"],
        follower.milestones.get(TEAM),
        follower.rates,
    )


async def test_nothing_of_a_step_is_seen_before_all_of_it(client: Redis) -> None:
    world = autumn(client)
    await filled(world)
    async with known(world) as followed:
        follower, read, go_on = followed.follower, asyncio.Event(), asyncio.Event()
        heads = follower.shelf.heads

        async def slow(campaigns: Sequence[CampaignId]) -> list[Head | None]:
            found = await heads(campaigns)
            read.set()
            await go_on.wait()
            return found

        follower.shelf.heads = slow  # type: ignore[method-assign]
        world.clock.turn(timedelta(minutes=1))
        await heard(world, "pond", stated("late", 500, at=NOW))
        await world.book.polled("pond")
        await PostShelf(client).keep("pond", {"p1": Post("p1", engagement=Engagement(NOW, 1, None, 3))}, {"1001": 7})
        await MilestoneShelf(client).keep(TEAM, (Milestone("A song", Money.of_minor(5, "EUR")),))
        before = seen(follower)
        changes: list[Change] = [HealthChanged("pond"), PostsChanged("pond"), MilestonesChanged(TEAM), RatesChanged()]
        changes += [WordsChanged(LATE), _total(LATE)]
        stepping = asyncio.create_task(follower._step(changes, follower._losses))
        await asyncio.wait_for(read.wait(), 10)
        assert seen(follower) == before
        go_on.set()
        await stepping

        after = seen(follower)
        assert after[0] == "Late"
        assert [was == now for was, now in zip(before[:-1], after[:-1], strict=True)] == [False] * 6
        assert after[-1] is not before[-1]
        [*_, step] = followed.steps
        assert step.moved == {LATE, TEAM, MEMBER}
        assert (step.networks, step.posts, step.reset, step.configured) == (frozenset({"pond"}), True, False, False)


async def test_a_step_of_totals_moves_no_network_and_no_posts(client: Redis) -> None:
    world = autumn(client)
    await filled(world)
    async with known(world) as followed:
        await followed.follower._step([_total(LUNCH)], followed.follower._losses)
        [*_, step] = followed.steps
        assert (step.moved, step.networks, step.posts) == (frozenset({LUNCH}), frozenset[str](), False)

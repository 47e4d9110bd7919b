"""Another configuration, as one process begins to show things by it: in one step, and without missing anything."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.accounts import Account
from gateway.read.snapshot import Snapshot
from gateway.store.shelf import Head, Shelf
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, NOW, OTHER, REEF, Acme, given, spec, state
from tests.gateway.autumn import SHOES, TEAM, autumn, filled
from tests.gateway.live.feeds import SHORTLY
from tests.gateway.world import PATIENCE, World, following, known

SOUP = CampaignId("acme", "soup")
NEW: dict[str, Any] = {"platform": "acme", "id": "soup", "title": "Soup", "currency": "CNY"}


@pytest.fixture
async def world(client: Redis) -> World:
    made = World(client)
    await made.open()
    await made.put(given(1, 400))
    return made


def campaigns(world: World, **changed: Any) -> list[dict[str, Any]]:
    """The declared ones, of which school lunch has changed, with one more."""
    lunch, *others = world.values["campaigns"]
    return [{**lunch, **changed}, *others, NEW]


class Slow(Shelf):
    """Takes its time with the totals that it is asked for next."""

    def __init__(self, redis: Redis) -> None:
        super().__init__(redis)
        self.waits = False
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()

    async def heads(self, campaigns: Sequence[CampaignId]) -> list[Head | None]:
        """When it may."""
        found = await super().heads(campaigns)
        if self.waits:
            self.waits = False
            self.asked.set()
            await self.may_answer.wait()
        return found


async def test_words_and_campaigns_change_in_one_step_and_totals_stay(world: World) -> None:
    async with known(world) as followed:
        await followed.follower.adopt(world.reading(campaigns=campaigns(world, title="Lunch", goal="2000")))
        shown = followed.follower.campaigns
        assert (shown[LUNCH].title, str(shown[LUNCH].goal), shown[SOUP].title) == ("Lunch", "2000.00 CNY", "Soup")
        assert followed.raised() == 400
        [*_, step] = followed.steps
        assert (step.configured, step.reset, set(step.moved)) == (True, False, {LUNCH, OTHER, SOUP})
        _, _, total = followed.follower.catalog.page(CampaignFilter(), CampaignOrder.RAISED_DESC, first=1, after=None, now=NOW)
        assert total == 3
        assert world.current.now.settings.campaigns[0].title == "Lunch"


async def test_a_campaign_that_was_counted_before_comes_with_its_total(world: World) -> None:
    await world.open(SOUP)
    await world.put(given(2, 900), SOUP)
    async with known(world) as followed:
        assert followed.raised(SOUP) is None
        await followed.follower.adopt(world.reading(campaigns=campaigns(world)))
        assert followed.raised(SOUP) == 900


async def test_the_order_of_amounts_is_that_of_the_currency_that_is_reported_now(client: Redis) -> None:
    world = autumn(client)
    await filled(world)
    async with known(world) as followed:
        worth = followed.follower.catalog.worth
        total = followed.follower.totals[SHOES]
        assert total is not None
        assert worth(followed.follower.campaigns[LUNCH].goal) == 1_000.0  # type: ignore[arg-type]
        await followed.follower.adopt(world.reading(reporting_currency="EUR", rates={"CNY": "0.5"}))
        assert worth(followed.follower.campaigns[LUNCH].goal) == 500.0  # type: ignore[arg-type]


async def test_what_is_heard_while_it_is_read_is_shown_after_it(world: World, client: Redis, redis_url: str) -> None:
    world.shelf = slow = Slow(client)
    async with following(world, redis_url) as followed:
        slow.waits = True
        adopting = asyncio.create_task(followed.follower.adopt(world.reading(campaigns=campaigns(world))))
        await asyncio.wait_for(slow.asked.wait(), PATIENCE)
        await world.put(given(2, 100))
        steps = len(followed.steps)
        slow.may_answer.set()
        await adopting
        await followed.until(lambda: followed.raised() == 500)
        first, *_ = followed.steps[steps:]
        assert (first.configured, SOUP in followed.follower.campaigns) == (True, True)


async def test_words_that_change_while_it_is_read_are_not_taken_back(client: Redis, redis_url: str) -> None:
    world = World(client, spec=spec(Basis.REPORTED, declares=False), values={"accounts": {"lunch": {"connector": "acme"}}})
    await world.ingest.apply(world.account, [state(5_000)])
    world.shelf = slow = Slow(client)
    async with following(world, redis_url) as followed:
        slow.waits = True
        adopting = asyncio.create_task(followed.follower.adopt(world.reading()))
        await asyncio.wait_for(slow.asked.wait(), PATIENCE)
        followed.stepped.clear()
        await world.ingest.apply(world.account, [state(5_000, version=2, title="Coral reef")])
        with pytest.raises(TimeoutError):  # no step is made meanwhile
            await asyncio.wait_for(followed.stepped.wait(), SHORTLY)
        slow.may_answer.set()
        await adopting
        await followed.until(lambda: followed.follower.campaigns[REEF].title == "Coral reef")


async def test_a_loss_while_it_is_read_comes_after_it(world: World, client: Redis) -> None:
    world.shelf = slow = Slow(client)
    async with known(world) as followed:
        slow.waits = True
        adopting = asyncio.create_task(followed.follower.adopt(world.reading(campaigns=campaigns(world))))
        await asyncio.wait_for(slow.asked.wait(), PATIENCE)
        await client.flushall()
        losing = asyncio.create_task(followed.follower.lost())
        slow.may_answer.set()
        await asyncio.gather(adopting, losing)
        assert [(step.configured, step.reset) for step in followed.steps[-2:]] == [(True, False), (False, True)]
        assert (followed.raised(), SOUP in followed.follower.campaigns) == (None, True)


async def test_a_campaign_that_is_declared_no_more_is_in_no_list(world: World) -> None:
    async with known(world) as followed:
        lunch, *_ = world.values["campaigns"]
        await followed.follower.adopt(world.reading(accounts={"lunch": {"connector": "acme"}}, campaigns=[lunch]))
        assert set(followed.follower.campaigns) == {LUNCH}
        found, _, total = followed.follower.catalog.page(
            CampaignFilter(), CampaignOrder.RAISED_DESC, first=9, after=None, now=NOW
        )
        assert ([campaign for _, campaign in found], total) == ([LUNCH], 1)


async def test_a_network_that_is_new_comes_with_what_was_told_of_it_before(client: Redis) -> None:
    pond = Account("pond", spec(Basis.REPORTED, declares=False, key="pond"), Acme())
    world = World(client)
    reading = world.reading(
        world.accounts | {"pond": pond}, accounts=world.values["accounts"] | {"pond": {"connector": "pond"}}
    )
    async with known(world) as followed:
        world.current.become(reading)
        await world.ingest.apply(pond, [state(4_200, native="team")])
        world.current.become(world.reading())
        await followed.follower.adopt(reading)
        assert (TEAM in followed.follower.campaigns, followed.raised(TEAM)) == (True, 4_200)
        assert [each.key for each in await followed.reads.platforms()] == ["acme", "pond"]


async def test_what_a_removed_account_told_is_stale_and_its_network_stays_known(world: World) -> None:
    await world.book.heard("lunch")
    async with known(world) as followed:
        assert followed.reads.account_freshness("lunch") is Freshness.LIVE
        declared = [{**row, "match": []} for row in world.values["campaigns"]]
        await followed.follower.adopt(world.reading({}, accounts={}, campaigns=declared))
        total = followed.reads.total(LUNCH)
        assert total is not None
        assert (total.freshness, str(total.total.raised)) == (Freshness.STALE, "4.00 CNY")
        [platform] = await followed.reads.platforms()
        assert platform.key == "acme"
        assert followed.reads.platform_standing("acme").freshness is Freshness.STALE


async def test_a_network_of_which_no_campaign_is_declared_any_more_has_no_freshness(world: World) -> None:
    await world.book.heard("lunch")
    async with known(world) as followed:
        assert followed.reads.platform_standing("acme").freshness is Freshness.LIVE
        await followed.follower.adopt(world.reading(accounts={"lunch": {"connector": "acme"}}, campaigns=[]))
        assert followed.reads.platform_standing("acme").freshness is None


async def test_a_campaign_that_another_account_tells_of_runs_at_the_former_one_no_more(world: World) -> None:
    async with known(world) as followed:
        follower = followed.follower
        assert (follower.running.any("lunch", NOW), follower.running.any("other", NOW)) == (True, False)
        moved = [replace(each, account="other") for each in follower.campaigns.values()]
        follower._take(Snapshot(follower.rates, {}, {}, {}, {}, moved))
        assert (follower.running.any("lunch", NOW), follower.running.any("other", NOW)) == (False, True)


async def test_an_account_whose_name_now_is_that_of_another_network_shows_nothing_of_the_former_one(client: Redis) -> None:
    world = World(client, spec=spec(Basis.REPORTED, declares=False), values={"accounts": {"lunch": {"connector": "acme"}}})
    await world.ingest.apply(world.account, [state(5_000)])
    async with known(world) as followed:
        assert REEF in followed.follower.campaigns
        pond = Account("lunch", spec(Basis.REPORTED, declares=False, key="pond"), Acme())
        await followed.follower.adopt(world.reading({"lunch": pond}, accounts={"lunch": {"connector": "pond"}}))
        assert followed.follower.campaigns == {}

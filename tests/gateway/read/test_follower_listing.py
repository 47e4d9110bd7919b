"""The catalogue as one process keeps it while it follows the ledger, with more campaigns than are listed at once."""

import asyncio
import random
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.read.listing import PORTION
from gateway.store.bus import RatesChanged
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder
from tests.gateway.acme import NOW, given
from tests.gateway.world import PATIENCE, Followed, World, following, known

MANY = 2 * PORTION + 5
TITLES = ("学校午餐", "School lunch", "冬衣 Coats")


def declared(**changed: Any) -> list[dict[str, Any]]:
    """Very many campaigns in three currencies."""
    return [
        {"platform": "acme", "id": f"c{number:03}", "title": TITLES[number % 3], "currency": ("CNY", "EUR", "USD")[number % 2]}
        | {"match": [{"account": "lunch", "attach": f"c{number:03}"}]}
        | changed
        for number in range(MANY)
    ]


@pytest.fixture
async def world(client: Redis) -> World:
    accounts = {"lunch": {"connector": "acme"}}
    return World(client, values={"accounts": accounts, "campaigns": declared(), "rates": {"EUR": "8"}})


async def walked(followed: Followed, where: CampaignFilter, order: CampaignOrder, first: int = 20) -> list[str]:
    """The whole list, page by page, as clients read it; each page says the same count."""
    found, totals, after = list[str](), set[int](), None
    while True:
        page = await followed.reads.campaigns(where, order, first=first, after=after)
        totals.add(page.total)
        found += [known.id.native for _, known in page.rows]
        if not page.has_next:
            assert totals == {len(found)}
            return found
        after = page.rows[-1][0]


async def until_listed(followed: Followed, number: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while (
            followed.follower.catalog.page(CampaignFilter(), CampaignOrder.RAISED_DESC, first=0, after=None, now=NOW)[2]
            != number
        ):
            await asyncio.sleep(0.01)


async def test_a_process_is_ready_when_all_campaigns_are_listed(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        assert len(await walked(followed, CampaignFilter(), CampaignOrder.UPDATED_AT_DESC)) == MANY
        third = await walked(followed, CampaignFilter(search="午餐"), CampaignOrder.UPDATED_AT_DESC)
        assert third == [f"c{number:03}" for number in range(0, MANY, 3)]


async def test_campaigns_that_a_new_configuration_has_more_are_all_listed_soon(world: World, redis_url: str) -> None:
    few = declared()[:1]
    world.current.become(world.reading(campaigns=few))
    async with following(world, redis_url) as followed:
        assert await walked(followed, CampaignFilter(), CampaignOrder.UPDATED_AT_DESC) == ["c000"]
        await followed.follower.adopt(world.reading(campaigns=declared(title="Soup")))
        await until_listed(followed, MANY)
        assert len(await walked(followed, CampaignFilter(search="soup"), CampaignOrder.UPDATED_AT_DESC)) == MANY
        await followed.follower.adopt(world.reading(campaigns=few))
        assert await walked(followed, CampaignFilter(), CampaignOrder.UPDATED_AT_DESC) == ["c000"]


async def test_other_rates_come_to_every_campaign(world: World, redis_url: str) -> None:
    for number in range(MANY):
        campaign, code = CampaignId("acme", f"c{number:03}"), ("CNY", "EUR")[number % 2]
        await world.open(campaign, code=code)
        await world.put(given(number, 100, code=code), campaign)
    async with following(world, redis_url) as followed:
        by_worth = await walked(followed, CampaignFilter(), CampaignOrder.RAISED_DESC)
        assert by_worth == sorted(by_worth, key=lambda native: (int(native[1:]) % 2 == 0, native))
        cheaper = world.reading(rates={"EUR": "0.5"})
        await followed.follower.adopt(cheaper)
        async with asyncio.timeout(PATIENCE):
            while await walked(followed, CampaignFilter(), CampaignOrder.RAISED_DESC) != sorted(
                by_worth, key=lambda native: (int(native[1:]) % 2, native)
            ):
                await asyncio.sleep(0.01)


async def test_it_follows_the_ledger_while_it_is_read(world: World, redis_url: str, seed: int) -> None:
    """Gifts come to campaigns of every kind, while others walk through lists in the thread and in the loop."""
    rng, sums = random.Random(seed), dict[str, int]()
    for number in range(0, MANY, 2):
        await world.open(CampaignId("acme", f"c{number:03}"))
    searched = [f"c{number:03}" for number in range(0, MANY, 3)]

    async def give(share: int) -> None:
        for number in range(60):
            native = f"c{2 * rng.randrange(MANY // 2):03}"
            amount = rng.randrange(1, 10_000)
            sums[native] = sums.get(native, 0) + amount
            await world.put(given(share * 1_000 + number, amount), CampaignId("acme", native))

    async def read() -> None:
        while any(not task.done() for task in giving):
            assert await walked(followed, CampaignFilter(search="午 学校"), CampaignOrder.STARTS_AT_DESC, 7) == searched
            assert len(await walked(followed, CampaignFilter(), CampaignOrder.STARTS_AT_DESC, 50)) == MANY

    async with following(world, redis_url) as followed:
        giving = [asyncio.create_task(give(share)) for share in range(4)]
        await asyncio.gather(*giving, *(read() for _ in range(3)))
        await followed.until(lambda: all(followed.raised(CampaignId("acme", native)) == sums[native] for native in sums))
        known_first = sorted(sums, key=lambda native: (-sums[native], native))
        listed = await walked(followed, CampaignFilter(currency="CNY"), CampaignOrder.RAISED_DESC)
        assert listed[: len(sums)] == known_first, f"seed {seed}"


async def test_declared_charities_are_known_with_the_configuration_and_go_with_it(world: World) -> None:
    one, other = {"id": "meals", "name": "免费午餐"}, {"id": "coats", "name": "Warm coats"}
    async with known(world) as followed:
        await followed.follower.adopt(world.reading(charities=[one, other], campaigns=declared(charity="meals")))
        while followed.follower._listing:
            followed.follower._listing.go_on()
        names = [charity.name for _, charity in (await followed.reads.charities("", first=9, after=None)).rows]
        assert names == ["Warm coats", "免费午餐"]
        found = await followed.reads.campaigns(
            CampaignFilter(search="免费 coats"), CampaignOrder.RAISED_DESC, first=1, after=None
        )
        assert found.total == MANY // 3
        await followed.follower.adopt(world.reading(charities=[one], campaigns=declared(charity="meals")))
        assert [c.key for _, c in (await followed.reads.charities("", first=9, after=None)).rows] == ["meals"]
        assert await followed.reads.charity("coats") is None


async def test_a_rate_that_is_told_lists_all_again_a_portion_with_each_step(world: World, redis_url: str) -> None:
    async with following(world, redis_url) as followed:
        put, listed = followed.follower.catalog.put, set[CampaignId]()

        def note(rows: Any) -> None:
            listed.update(row.campaign.id for row in rows)
            put(rows)

        followed.follower.catalog.put = note  # type: ignore[method-assign]
        followed.follower.hear(RatesChanged())
        async with asyncio.timeout(PATIENCE):
            while len(listed) < MANY:
                await asyncio.sleep(0.01)

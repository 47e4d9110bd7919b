"""What one process does for those who ask for a campaign that nobody has seen."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.accounts import finder
from gateway.live.hub import Hub
from gateway.read.notes import Notes
from gateway.read.sight import Sight
from gateway.store.cache import Cache
from gateway.store.tracked import ABSENT, KEPT, Tracked
from schema.api.ports import Feed
from schema.model.errors import NotFound
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.total import Basis
from tests.gateway.acme import NOW, REEF, Listing, spec, state
from tests.gateway.world import PATIENCE, UNDECLARED, Followed, World, following

PACE = timedelta(minutes=1)
LOOKUP = {"accounts": {"lunch": {**UNDECLARED["accounts"]["lunch"], "lookup": True}}}
WOOD = CampaignId("acme", "wood")


class Seeing:
    """A process with its sight, and a network that the test plays."""

    def __init__(self, world: World, followed: Followed, *, most: int, a_minute: int, patience: float, in_all: int) -> None:
        self.world = world
        self.followed = followed
        self.asked = Counter[str]()
        self.refused = Counter[str]()
        self.watched: set[CampaignId] = set()
        self.tracked = Tracked(Cache(world.redis), "lunch", world.clock, most=most, a_minute=a_minute)
        self.sight = followed.reads.sight = Sight(
            followed.follower, self._of, self.refused, most=in_all, patience_seconds=patience, watched=lambda: self.watched
        )

    def _of(self, account: str) -> Tracked:
        self.asked[account] += 1
        return self.tracked

    async def wanted(self, *natives: str) -> None:
        """Returns when these are wanted."""
        async with asyncio.timeout(PATIENCE):
            while await self.tracked.all() != set(natives):
                await asyncio.sleep(0.005)

    async def answer(self, minor: int | None = 400, *, version: int = 1, native: str = "reef") -> None:
        """The network has it."""
        told = state(minor, native=native, version=version)
        await self.world.ingest.verdicts(self.world.account.finder, [told])


@asynccontextmanager
async def seeing(
    client: Redis,
    url: str,
    *,
    most: int = 9,
    a_minute: int = 9,
    patience: float = PATIENCE,
    in_all: int = 9,
    lookup: bool = True,
    seasons: Sequence[Any] = (),
) -> AsyncIterator[Seeing]:
    """A process that follows the ledger, with its sight."""
    values = {**(LOOKUP if lookup else UNDECLARED), "seasons": seasons}
    world = World(client, Listing(), spec=spec(Basis.REPORTED, declares=False, poll=PACE), values=values)
    async with following(world, url) as followed:
        yield Seeing(world, followed, most=most, a_minute=a_minute, patience=patience, in_all=in_all)


@pytest.fixture
async def process(client: Redis, redis_url: str) -> AsyncIterator[Seeing]:
    async with seeing(client, redis_url) as made:
        yield made


async def test_all_who_ask_wait_for_one_answer_and_who_leaves_leaves_alone(process: Seeing) -> None:
    waiting = [asyncio.create_task(process.followed.reads.campaign(REEF)) for _ in range(20)]
    await process.wanted("reef")
    for each in waiting[:10]:
        each.cancel()
    await process.answer()
    found = await asyncio.gather(*waiting[10:])
    assert {known.title for known in found if known is not None} == {"Reef"}
    assert None not in found
    assert process.asked["lunch"] == 1
    total = process.followed.reads.total(REEF)
    assert total is not None  # it is never visible without the total that came with it
    assert total.total.raised.minor == 400


async def test_what_is_known_is_asked_for_nowhere(process: Seeing) -> None:
    await process.answer()
    await process.followed.until(lambda: REEF in process.followed.follower.campaigns)
    assert await process.followed.reads.campaign(REEF) is not None
    assert process.asked == {}


async def test_where_nobody_has_it_the_answer_is_no_and_nobody_looks_again(process: Seeing) -> None:
    asking = asyncio.create_task(process.followed.reads.campaign(REEF))
    await process.wanted("reef")
    await process.tracked.deny("reef", ABSENT)
    assert await asking is None
    assert await process.followed.reads.campaign(REEF) is None
    assert await process.tracked.all() == set()


async def test_who_has_waited_for_long_enough_is_told_no_and_the_next_one_what_has_come(client: Redis, redis_url: str) -> None:
    async with seeing(client, redis_url, patience=0.1) as process:
        assert await process.followed.reads.campaign(REEF) is None
        await process.answer()
        await process.followed.until(lambda: REEF in process.followed.follower.campaigns)
        assert await process.followed.reads.campaign(REEF) is not None


async def test_a_network_without_lookup_is_never_asked(client: Redis, redis_url: str) -> None:
    async with seeing(client, redis_url, lookup=False) as process:
        assert await process.followed.reads.campaign(REEF) is None
        assert await process.followed.reads.campaign(CampaignId("nowhere", "a")) is None
        assert process.asked == {}


async def test_while_changes_are_not_heard_nothing_is_looked_for(process: Seeing) -> None:
    process.followed.follower.connected = False
    assert await process.followed.reads.campaign(REEF) is None
    assert process.asked == {}


async def test_over_a_limit_the_answer_is_no_and_is_counted(client: Redis, redis_url: str) -> None:
    async with seeing(client, redis_url, most=2, a_minute=3, patience=0.05) as process:
        for native in "abcd":
            assert await process.followed.reads.campaign(CampaignId("acme", native)) is None
        assert process.refused == {"tracked_campaigns": 1, "first_sights_per_minute": 1}


async def test_so_many_are_found_in_all_and_no_more(client: Redis, redis_url: str) -> None:
    async with seeing(client, redis_url, in_all=2, patience=0.05) as process:
        await shown(process, REEF)
        await process.followed.reads.campaign(WOOD)
        await shown(process, WOOD)
        assert await process.followed.reads.campaign(CampaignId("acme", "lake")) is None
        assert (process.refused, await process.tracked.all()) == ({"found_campaigns": 1}, {"wood"})


async def test_without_redis_the_answer_is_no(process: Seeing) -> None:
    process.tracked = Tracked(Cache(Redis.from_url("unix:///nowhere.sock")), "lunch", process.world.clock, most=1, a_minute=1)
    with capture_logs() as logs:
        assert await process.followed.reads.campaign(REEF) is None
        await process.sight.keep()
    assert [each["event"] for each in logs] == ["first_sight.unasked"]


FEEDS: dict[str, Callable[[Hub], Feed[Any]]] = {
    "total": lambda hub: hub.campaign_total(REEF, max_rate=10),
    "donations": lambda hub: hub.campaign_donations(REEF),
    "totals": lambda hub: hub.campaign_totals([REEF, WOOD], max_rate=10),
}


@pytest.mark.parametrize("kind", FEEDS)
async def test_a_feed_looks_for_what_nobody_has_seen_before_it_is_opened(process: Seeing, kind: str) -> None:
    feed, natives = FEEDS[kind](process.followed.hub), ("reef", "wood") if kind == "totals" else ("reef",)
    with pytest.raises(NotFound), feed:
        pass
    seeking = asyncio.create_task(feed.seek())
    await process.wanted(*natives)
    for native in natives:
        await process.answer(native=native)
    await seeking
    with feed:
        assert process.followed.hub.followed == {CampaignId("acme", native) for native in natives}


# while it is asked for


async def shown(process: Seeing, *campaigns: CampaignId) -> None:
    """They were found, and are visible."""
    for campaign in campaigns:
        await process.answer(native=campaign.native)
    await process.followed.until(lambda: process.followed.follower.campaigns.keys() >= set(campaigns))


async def test_what_is_asked_for_or_watched_stays_tracked_and_nothing_else(process: Seeing) -> None:
    await shown(process, REEF, WOOD, CampaignId("acme", "lake"))
    process.watched = {WOOD}
    await process.followed.reads.campaign(REEF)
    await process.sight.keep()
    assert await process.tracked.all() == {"reef", "wood"}
    process.world.clock.turn(KEPT + timedelta(seconds=1))
    await process.sight.keep()
    assert await process.tracked.all() == {"wood"}


async def test_what_an_account_lists_itself_needs_no_tracking(process: Seeing) -> None:
    await shown(process, REEF)
    await process.world.ingest.verdicts(process.world.account, [state(400, version=2)])
    await process.followed.until(lambda: process.followed.follower.campaigns[REEF].account == "lunch")
    process.watched = {REEF}
    await process.followed.reads.campaign(REEF)
    await process.sight.keep()
    assert await process.tracked.all() == set()


async def test_what_finds_no_room_is_counted(client: Redis, redis_url: str) -> None:
    async with seeing(client, redis_url, most=1) as process:
        await shown(process, REEF, WOOD)
        process.watched = {REEF, WOOD}
        await process.sight.keep()
        assert (await process.tracked.all(), process.refused) == ({"reef"}, {"tracked_campaigns": 1})


async def test_what_nobody_has_asked_for_is_stale_after_two_cycles_and_its_value_stays(process: Seeing) -> None:
    await shown(process, REEF)
    reads, notes = process.followed.reads, Notes(NOW, {REEF})
    turns = reads.turns_at(notes)
    for late, freshness in (
        (timedelta(0), Freshness.CACHED),
        (2 * PACE, Freshness.CACHED),
        (timedelta(seconds=1), Freshness.STALE),
    ):
        process.world.clock.turn(late)
        known, total = reads.described(REEF), reads.total(REEF)
        assert known is not None
        assert total is not None
        assert (reads.freshness(known), total.freshness, total.total.raised.minor) == (freshness, freshness, 400)
    assert turns == NOW + 2 * PACE + timedelta.resolution


async def test_a_network_is_no_worse_for_what_strangers_have_found(process: Seeing) -> None:
    await shown(process, REEF)
    process.world.clock.turn(timedelta(days=1))
    assert process.followed.reads.platform_standing("acme").freshness is None
    assert process.followed.reads.described(REEF) is not None
    assert finder("lunch") in process.followed.follower.directory.accounts


async def test_an_accounts_season_is_without_what_strangers_have_found_unless_it_names_it(
    client: Redis, redis_url: str
) -> None:
    phase = {"slug": "all", "name": "All", "starts_at": NOW - PACE}
    seasons = [
        {"slug": slug, "name": slug, "starts_at": NOW - PACE, "currency": "EUR", "phases": [{**phase, "campaigns": campaigns}]}
        for slug, campaigns in (("account", ["account:lunch"]), ("named", ["acme:reef"]))
    ]
    async with seeing(client, redis_url, seasons=seasons) as process:
        await shown(process, REEF)
        reads = process.followed.reads
        assert [season.slug for season in await reads.seasons_of(REEF)] == ["named"]
        sums = {
            slug: await reads.season_total(season, None)
            for slug in ("account", "named")
            if (season := await reads.season(slug))
        }
        assert {slug: total.campaigns for slug, total in sums.items()} == {"account": 0, "named": 1}
        await process.sight.keep()
        assert await process.tracked.all() == {"reef"}


async def test_without_lookup_what_was_found_stays_until_a_restart_and_is_stale(process: Seeing, redis_url: str) -> None:
    await shown(process, REEF)
    await process.followed.follower.adopt(process.world.reading(accounts=UNDECLARED["accounts"]))
    known = await process.followed.reads.campaign(REEF)
    assert known is not None
    assert process.followed.reads.freshness(known) is Freshness.STALE
    process.watched = {REEF}
    await process.sight.keep()
    assert await process.tracked.all() == set()
    assert await process.followed.reads.campaign(WOOD) is None
    async with seeing(process.world.redis, redis_url, lookup=False) as restarted:
        assert await restarted.followed.reads.campaign(REEF) is None

"""The first door: values for clients, from what this process knows and from the ledger."""

from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.read import positions
from gateway.read.notes import Notes
from gateway.store.words import written
from schema.model.campaign import CampaignStatus
from schema.model.charity import Charity
from schema.model.errors import LedgerUnavailable
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.page import CampaignFilter, CampaignOrder
from schema.model.total import Basis, Place
from tests.gateway.acme import LUNCH, NOW, OTHER, REEF, Listing, back, given, spec, state, who
from tests.gateway.world import UNDECLARED, World, following, known

NOWHERE = CampaignId("acme", "nowhere")


@pytest.fixture
def world(redis: Redis) -> World:
    return World(redis)


@pytest.fixture
def polled(redis: Redis) -> World:
    """A network that is asked every minute and states totals."""
    pace = spec(Basis.REPORTED, declares=False, poll=timedelta(minutes=1))
    return World(redis, Listing(), spec=pace, values=UNDECLARED)


async def test_a_total_is_exact_and_says_since_when_and_how_far_it_can_be_trusted(world: World) -> None:
    await world.open()
    await world.put(given(1, 40_000))
    await world.put(back(1, 15_000))
    await world.book.heard("lunch")
    async with known(world) as followed:
        reading = followed.reads.total(LUNCH)
        assert reading is not None
        assert (reading.total.raised, reading.total.refunded) == (Money.of_minor(25_000, "CNY"), Money.of_minor(15_000, "CNY"))
        assert (reading.as_of, reading.freshness) == (NOW, Freshness.LIVE)
        assert reading.position == followed.reads.place(LUNCH)[1]


async def test_a_campaign_without_a_figure_has_no_total(world: World) -> None:
    await world.open(OTHER)
    async with known(world) as followed:
        assert followed.reads.total(LUNCH) is None
        assert followed.reads.total(OTHER) is None
        assert followed.reads.total(NOWHERE) is None
        assert await followed.reads.campaign(NOWHERE) is None
        assert followed.reads.place(LUNCH) == (Place(), positions.encode(LUNCH, Place(), "", ""))


async def test_what_is_counted_is_as_of_whatever_was_heard_last(world: World) -> None:
    await world.open()
    await world.put(given(1, 400))
    world.clock.turn(timedelta(minutes=7))
    await world.book.heard("lunch")
    async with known(world) as followed:
        reading = followed.reads.total(LUNCH)
        assert reading is not None
        assert (reading.as_of, reading.total.changed_at) == (NOW + timedelta(minutes=7), NOW)


async def test_what_is_reported_is_as_of_when_the_network_last_spoke_of_this_campaign(polled: World) -> None:
    await polled.ingest.apply(polled.account, [state(5_000)])
    polled.clock.turn(timedelta(seconds=30))
    await polled.ingest.apply(polled.account, [replace(state(5_000), version=state(5_000).version + 1)])
    await polled.book.polled("lunch")
    polled.clock.turn(timedelta(seconds=30))
    await polled.book.heard("lunch")  # some message says nothing of the total
    async with known(polled) as followed:
        reading = followed.reads.total(REEF)
        assert reading is not None
        assert (reading.as_of, reading.freshness) == (NOW + timedelta(seconds=30), Freshness.CACHED)


async def test_time_alone_makes_a_figure_stale_and_the_value_stays(polled: World) -> None:
    await polled.ingest.apply(polled.account, [state(5_000)])
    await polled.book.polled("lunch")
    async with known(polled) as followed:
        for minutes, freshness in ((2, Freshness.CACHED), (3, Freshness.STALE)):
            polled.clock.moment = NOW + timedelta(minutes=minutes)
            reading = followed.reads.total(REEF)
            assert reading is not None
            assert (reading.freshness, reading.total.raised.minor) == (freshness, 5_000)


async def test_without_the_channel_everything_is_stale(world: World) -> None:
    await world.open()
    await world.put(given(1, 400))
    async with known(world) as followed:
        followed.follower.silent()
        total, campaign = followed.reads.total(LUNCH), await followed.reads.campaign(LUNCH)
        assert total is not None
        assert campaign is not None
        assert (total.freshness, followed.reads.freshness(campaign), total.total.raised.minor) == (
            Freshness.STALE,
            Freshness.STALE,
            400,
        )
        assert followed.reads.platform_standing("acme").freshness is Freshness.STALE


async def test_a_feed_that_stopped_makes_its_campaigns_stale(world: World) -> None:
    await world.book.feed("lunch", "revoked")
    async with known(world) as followed:
        campaign = await followed.reads.campaign(LUNCH)
        assert campaign is not None
        assert followed.reads.freshness(campaign) is Freshness.STALE


async def test_within_one_answer_an_account_is_judged_once(polled: World) -> None:
    await polled.ingest.apply(polled.account, [state(5_000)])
    await polled.book.polled("lunch")
    async with known(polled) as followed:
        campaign = await followed.reads.campaign(REEF)
        assert campaign is not None
        one = followed.reads.for_one_answer()
        fresh = one.freshness(campaign)
        assert fresh is Freshness.CACHED
        polled.clock.turn(timedelta(days=1))
        assert (one.freshness(campaign), followed.reads.freshness(campaign)) == (fresh, Freshness.STALE)
        assert followed.reads.for_one_answer().freshness(campaign) is Freshness.STALE


async def test_a_campaign_was_updated_when_its_total_goal_or_status_last_moved(polled: World) -> None:
    await polled.ingest.apply(polled.account, [state(5_000)])
    async with known(polled) as followed:
        campaign = await followed.reads.campaign(REEF)
        assert campaign is not None
        assert followed.reads.updated_at(campaign) == NOW
    polled.clock.turn(timedelta(minutes=1))
    await polled.ingest.apply(polled.account, [state(6_000, version=2)])
    async with known(polled) as followed:
        campaign = await followed.reads.campaign(REEF)
        assert campaign is not None
        assert followed.reads.updated_at(campaign) == NOW + timedelta(minutes=1)


async def test_a_page_of_campaigns_is_the_catalogues(world: World) -> None:
    await world.open()
    await world.put(given(1, 400))
    async with known(world) as followed:
        page = await followed.reads.campaigns(CampaignFilter(), CampaignOrder.RAISED_DESC, first=1, after=None)
        [(cursor, listed)] = page.rows
        assert (listed.id, page.has_next, page.total) == (LUNCH, True, 2)
        page = await followed.reads.campaigns(CampaignFilter(), CampaignOrder.RAISED_DESC, first=1, after=cursor)
        assert ([row.id for _, row in page.rows], page.has_next) == ([OTHER], False)
        ended = CampaignFilter(statuses=(CampaignStatus.ENDED,))
        assert (await followed.reads.campaigns(ended, CampaignOrder.RAISED_DESC, first=9, after=None)).total == 0


async def test_networks_are_told_with_their_worst_running_campaign(world: World) -> None:
    world.clock.turn(timedelta(minutes=1))
    await world.book.heard("lunch")
    async with known(world) as followed:
        [acme] = await followed.reads.platforms()
        assert acme == followed.reads.platform("acme")
        assert (acme.key, acme.name) == ("acme", "Acme")
        assert followed.reads.platform_standing("acme") == (Freshness.LIVE, NOW + timedelta(minutes=1))
        assert followed.reads.platform("other") is None


async def test_a_network_where_nothing_runs_has_no_freshness(polled: World) -> None:
    async with known(polled) as followed:
        assert followed.reads.platform_standing("acme") == (None, None)


async def test_a_network_is_judged_by_what_runs_at_this_moment(polled: World, redis_url: str) -> None:
    gala = replace(state(5_000), starts_at=NOW - timedelta(hours=1), ends_at=NOW + timedelta(minutes=1))
    await polled.ingest.apply(polled.account, [gala])
    await polled.book.polled("lunch")
    async with following(polled, redis_url) as followed:

        def told() -> Freshness | None:
            return followed.reads.platform_standing("acme").freshness

        assert told() is Freshness.CACHED
        assert followed.reads.turns_at(Notes(NOW, {"acme"})) == NOW + timedelta(minutes=1)
        polled.clock.turn(timedelta(minutes=1))
        assert told() is None  # by time alone, without a step
        await polled.ingest.apply(polled.account, [replace(gala, version=2, ends_at=NOW + timedelta(hours=1))])
        await followed.until(lambda: told() is Freshness.CACHED)
        await polled.ingest.apply(polled.account, [replace(gala, version=3, status=CampaignStatus.ENDED)])
        await followed.until(lambda: told() is None)
        await polled.ingest.apply(polled.account, [state(100, native="ball")])
        await followed.until(lambda: told() is Freshness.CACHED)


async def test_a_position_is_proven_by_the_very_entry_of_the_log(world: World) -> None:
    await world.open()
    async with known(world) as followed:
        begun = followed.reads.place(LUNCH)[1]
        assert not await followed.reads.proven(LUNCH, begun)
    for number in range(3):
        await world.put(given(number, 100))
    entries = await world.shelf.entries(LUNCH, "-", 9)
    told = [positions.encode(LUNCH, entry.place, entry.raised, entry.count) for entry in entries]
    async with known(world) as followed:
        assert followed.reads.place(LUNCH) == (entries[-1].place, told[-1])
        for position in told:
            assert await followed.reads.proven(LUNCH, position)
            assert not await followed.reads.proven(OTHER, position)
        for entry in entries:
            for forged in (
                positions.encode(LUNCH, entry.place, "101", entry.count),
                positions.encode(LUNCH, Place(entry.place.milliseconds + 10**6), entry.raised, entry.count),
                positions.encode(LUNCH, Place(entry.place.milliseconds, entry.place.sequence + 9), entry.raised, entry.count),
            ):
                assert not await followed.reads.proven(LUNCH, forged)
        for nonsense in ("", "x", "é" * 9, "A" * 19):
            assert not await followed.reads.proven(LUNCH, nonsense)
        news = await followed.reads.news_after(LUNCH, told[0], 9)
        assert [(each.position, each.kind, each.entity) for each in news] == [
            (told[1], "received", who(1)),
            (told[2], "received", who(2)),
        ]
        assert len(await followed.reads.news_after(LUNCH, told[0], 1)) == 1
        assert await followed.reads.news_after(LUNCH, "x", 9) == []


async def test_a_charity_is_found_in_the_configuration_or_in_the_campaigns_that_name_it(redis: Redis) -> None:
    values = {**UNDECLARED, "charities": [{"id": "meals", "name": "Meals"}]}
    world = World(redis, spec=spec(Basis.REPORTED, declares=False), values=values)
    told = written(state(None), "lunch") | {
        "charity": '{"key":"ocean","name":"Ocean","number":null,"website":null,"logo":null}'
    }
    await world.ledger.describe(REEF, 1, told)
    async with known(world) as followed:
        assert await followed.reads.charity("meals") == Charity("meals", "Meals")
        assert await followed.reads.charity("ocean") == Charity("ocean", "Ocean")
        assert await followed.reads.charity("nobody") is None


async def test_a_ledger_that_does_not_answer_is_said_where_it_is_needed_and_only_there(world: World) -> None:
    await world.open()
    await world.put(given(1, 400))
    async with known(world) as followed:
        world.shelf.redis = Redis.from_url("redis://127.0.0.1:1")
        total = followed.reads.total(LUNCH)
        assert total is not None
        assert await followed.reads.proven(LUNCH, total.position)
        with pytest.raises(LedgerUnavailable):
            await followed.reads.donation(LUNCH, who(1))
        with pytest.raises(LedgerUnavailable):
            await followed.reads.donations(LUNCH, since=None, until=None, first=1, after=None)

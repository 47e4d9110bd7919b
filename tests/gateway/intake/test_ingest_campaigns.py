"""States of campaigns and feeds: what opens, what wakes, what comes back after lost data."""

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from schema.model.errors import LedgerUnavailable
from schema.model.facts import FeedStarted, FeedStopped, Unrecognised
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import Basis
from tests.gateway.acme import LUNCH, REEF, Acme, given, spec, state, who
from tests.gateway.world import UNDECLARED, World

MEMBER, TEAM = CampaignId("acme", "member"), CampaignId("acme", "team")


@pytest.fixture
def acme() -> Acme:
    return Acme()


@pytest.fixture
def world(redis: Redis, acme: Acme) -> World:
    """A network without campaigns of its own."""
    return World(redis, acme)


@pytest.fixture
def reported(redis: Redis, acme: Acme) -> World:
    """A network that states totals."""
    return World(redis, acme, spec=spec(Basis.REPORTED, declares=False), values=UNDECLARED)


@pytest.fixture
def counted(redis: Redis, acme: Acme) -> World:
    """A network with campaigns of its own whose donations are added up."""
    return World(redis, acme, spec=spec(declares=False), values=UNDECLARED)


async def figures(world: World, campaign: CampaignId = LUNCH) -> tuple[int, int, int]:
    """Raised, refunded, count."""
    head = await world.head(campaign)
    assert head is not None
    return int(head.raised or 0), int(head.refunded or 0), int(head.count or 0)


async def test_a_declared_campaign_is_opened_again_after_the_ledger_lost_its_data(world: World, redis: Redis) -> None:
    await world.ingest.apply(world.account, [given(1, 400)])
    await redis.flushall()
    assert await world.ingest.apply(world.account, [given(1, 400), given(2, 50)]) == []
    assert await figures(world) == (450, 0, 2)


async def test_a_reported_campaign_is_opened_by_its_first_state_and_wakes_what_waits(reported: World) -> None:
    woken: list[str] = []

    async def opened(account: str) -> None:
        woken.append(account)

    reported.ingest.opened = opened
    gift = given(1, 700, "reef", code="EUR")
    assert await reported.ingest.apply(reported.account, [gift]) == ["nocampaign"]
    assert woken == []
    assert await reported.ingest.apply(reported.account, [state(None)]) == []
    assert woken == []  # no currency was told yet, so it is not open
    for version in (2, 3):
        assert await reported.ingest.apply(reported.account, [state(5_000, version=version)]) == []
    assert woken == ["lunch"]
    assert await reported.ingest.apply(reported.account, [gift]) == []
    assert await reported.raised(REEF) == 5_000
    assert len(await reported.shelf.donations(REEF, [who(1)])) == 1


@pytest.mark.parametrize("basis", [Basis.REPORTED, Basis.COUNTED])
async def test_after_lost_data_a_campaign_is_opened_by_its_next_state(redis: Redis, acme: Acme, basis: Basis) -> None:
    world = World(redis, acme, spec=spec(basis, declares=False), values=UNDECLARED)
    gift = given(1, 700, "reef", code="EUR")
    await world.ingest.apply(world.account, [state(5_000), gift])
    await redis.flushall()
    assert await world.ingest.apply(world.account, [gift]) == ["nocampaign"]
    assert await world.ingest.apply(world.account, [state(5_000), gift]) == []
    assert await world.raised(REEF) == (5_000 if basis is Basis.REPORTED else 700)


async def test_after_lost_data_a_reported_total_comes_back_with_the_first_state(reported: World, redis: Redis) -> None:
    await reported.ingest.apply(reported.account, [state(5_000)])
    await redis.flushall()
    assert await reported.ingest.apply(reported.account, [state(5_000)]) == []
    assert await reported.raised(REEF) == 5_000
    [campaign] = await reported.shelf.described([REEF])
    assert campaign is not None


async def test_a_total_in_another_currency_is_held(reported: World) -> None:
    await reported.ingest.apply(reported.account, [state(5_000)])
    assert await reported.ingest.apply(reported.account, [state(9_000, version=2, code="USD")]) == ["currency"]
    assert await reported.raised(REEF) == 5_000


async def test_what_a_network_states_as_total_is_no_sum_where_donations_are_counted(counted: World) -> None:
    await counted.ingest.apply(counted.account, [state(9_999, code="CNY"), given(1, 400, "reef")])
    assert await figures(counted, REEF) == (400, 0, 1)


async def test_a_hidden_amount_is_listed_as_unknown_and_never_as_zero(reported: World) -> None:
    await reported.ingest.apply(reported.account, [state(5_000), given(1, None, "reef", name="coral_fan")])
    [listed] = await reported.shelf.donations(REEF, [who(1)])
    assert b'"c"' not in listed.face
    assert await reported.raised(REEF) == 5_000


async def test_a_hidden_amount_cannot_be_added_up(world: World) -> None:
    assert await world.ingest.apply(world.account, [given(1, None)]) == ["currency"]
    assert await world.raised() is None


# feeds and the rest


async def test_a_feed_that_stops_is_known_to_all_with_its_reason_until_it_starts(world: World) -> None:
    await world.ingest.apply(world.account, [FeedStopped("authorization_revoked")])
    assert (await world.book.read("lunch")).feed_stopped == "authorization_revoked"
    assert world.counted("giving_feed_stopped", account="lunch") == 1
    await world.ingest.apply(world.account, [FeedStarted()])
    assert (await world.book.read("lunch")).feed_stopped is None
    assert world.counted("giving_feed_stopped", account="lunch") == 0


async def test_a_kind_that_we_do_not_know_is_counted_and_no_fault(world: World) -> None:
    assert await world.ingest.apply(world.account, [Unrecognised("channel.raid")]) == []
    labels = {"platform": "acme", "kind": "unrecognised", "outcome": "applied"}
    assert world.counted("giving_facts_total", **labels) == 1


async def test_a_ledger_that_does_not_answer_is_said_and_the_same_facts_count_once_later(world: World, redis: Redis) -> None:
    nowhere = World(Redis.from_url("redis://127.0.0.1:1"), Acme())
    with pytest.raises(LedgerUnavailable):
        await nowhere.ingest.apply(nowhere.account, [given(1, 400)])
    running = replace(given(1, 400), refunded=Money.of_minor(100, "CNY"))
    assert await world.ingest.apply(world.account, [running, running]) == []
    assert await figures(world) == (300, 100, 1)

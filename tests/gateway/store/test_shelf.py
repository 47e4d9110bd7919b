"""What the ledger keeps, read: heads, logs, feeds. The donation list is held against a plain sorted one."""

import random
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.store.shelf import Shelf
from gateway.store.together import BATCH
from schema.model.errors import LedgerUnavailable
from schema.model.ids import CampaignId
from schema.model.total import Basis, Place
from tests.gateway.acme import LUNCH, NOW, OTHER, REEF, back, given, state, who
from tests.gateway.world import World


async def test_a_campaign_that_was_never_opened_has_no_head(redis: Redis) -> None:
    world = World(redis)
    await world.open(OTHER)
    head, opened = await world.shelf.heads([LUNCH, OTHER])
    assert head is None
    assert opened is not None
    assert (opened.basis, opened.currency, opened.raised, opened.position) == ("COUNTED", "CNY", None, None)


async def test_many_heads_come_in_their_order_whatever_the_batches(redis: Redis) -> None:
    world = World(redis)
    campaigns = [CampaignId("acme", f"c{number}") for number in range(BATCH + 3)]
    for number in (0, BATCH - 1, BATCH, BATCH + 2):
        await world.open(campaigns[number], code="CNY")
        await world.put(given(number, number + 1), campaigns[number])
    heads = await world.shelf.heads(campaigns)
    assert {index: head.raised for index, head in enumerate(heads) if head} == {
        0: "1",
        BATCH - 1: str(BATCH),
        BATCH: str(BATCH + 1),
        BATCH + 2: str(BATCH + 3),
    }
    assert await world.shelf.heads([]) == []


async def test_the_log_tells_what_happened_in_order_with_the_figures_after_it(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    await world.put(given(1, 400))
    await world.put(given(2, 100, at=NOW - timedelta(days=3)))
    await world.put(back(1, 150))
    entries = await world.shelf.entries(LUNCH, "-", 10)
    assert [(entry.kind, entry.raised, entry.count, entry.entity) for entry in entries] == [
        ("received", "400", "1", who(1)),
        ("late", "500", "2", who(2)),
        ("changed", "350", "2", who(1)),
    ]
    places = [entry.place for entry in entries]
    assert places == sorted(places)
    assert await world.shelf.entries(LUNCH, f"({places[0]}", 10) == entries[1:]
    assert await world.shelf.entries(LUNCH, f"({places[0]}", 1) == entries[1:2]
    assert await world.shelf.entry(LUNCH, places[1]) == entries[1]


@pytest.mark.parametrize("place", [Place(), Place(2**63, 2**31), Place(2**64 - 1, 2**32 - 1)])
async def test_a_place_that_no_log_has_is_none_and_no_fault(redis: Redis, place: Place) -> None:
    world = World(redis)
    await world.open()
    await world.put(given(1, 400))
    assert await world.shelf.entry(LUNCH, place) is None
    assert await world.shelf.entry(REEF, place) is None


@pytest.mark.parametrize("seed", range(6))
async def test_pages_of_donations_are_slices_of_the_whole_list(redis: Redis, seed: int) -> None:
    world, rng = World(redis), random.Random(seed)
    await world.open()
    told: dict[int, int] = {}
    for number in range(60):
        moment = NOW - timedelta(seconds=rng.choice([0, 0, 0, 1, 2, 60, 3_600]))
        told[number] = int(moment.timestamp())
        await world.put(given(number, 100, at=moment))
    whole = sorted(((at, who(number)) for number, at in told.items()), reverse=True)
    edges = [None, int(NOW.timestamp()) - 3_600, int(NOW.timestamp()) - 1, int(NOW.timestamp()), int(NOW.timestamp()) + 1]
    for _ in range(12):
        since, until, first = rng.choice(edges), rng.choice(edges), rng.randrange(1, 30)
        wanted = [row for row in whole if (since is None or row[0] >= since) and (until is None or row[0] < until)]
        seen: list[tuple[int, bytes]] = []
        after = None
        while True:
            page, more, total = await world.shelf.listed(LUNCH, since=since, until=until, first=first, after=after)
            assert total == len(wanted)
            assert len(page) == min(first, len(wanted) - len(seen))
            seen += [(entry.at, entry.entity) for entry in page]
            assert more == (len(seen) < len(wanted))
            if not more:
                break
            after = seen[-1]
        assert seen == wanted


async def test_a_cursor_outside_of_the_asked_time_begins_at_its_edge(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    for number in range(4):
        await world.put(given(number, 100, at=NOW - timedelta(hours=number)))
    noon = int(NOW.timestamp())
    page, more, _ = await world.shelf.listed(LUNCH, since=None, until=noon - 3_600, first=10, after=(noon + 5, b"\xff" * 16))
    assert [entry.entity for entry in page] == [who(2), who(3)]
    page, more, _ = await world.shelf.listed(LUNCH, since=noon, until=None, first=10, after=(noon - 60, who(1)))
    assert (page, more) == ([], False)


async def test_a_donation_without_a_face_is_not_shown(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    await world.put(given(1, 100))
    assert [entry.entity for entry in await world.shelf.donations(LUNCH, [who(2), who(1), who(3)])] == [who(1)]


async def test_reported_figures_are_read_with_what_the_network_left_out(redis: Redis) -> None:
    world = World(redis, spec=None)
    await world.open(REEF, Basis.REPORTED, "EUR")
    await world.ledger.total(REEF, state(5_000))
    head = await world.head(REEF)
    assert head is not None
    assert (head.raised, head.refunded, head.count, head.donors) == ("5000", None, "", "")


async def test_a_server_that_does_not_answer_is_said_in_one_way() -> None:
    nobody = Shelf(Redis.from_url("redis://127.0.0.1:1"))
    for question in (
        nobody.known("acme"),
        nobody.heads([LUNCH]),
        nobody.described([LUNCH]),
        nobody.entry(LUNCH, Place(1)),
        nobody.listed(LUNCH, since=None, until=None, first=1, after=None),
        nobody.donations(LUNCH, [who(1)]),
    ):
        with pytest.raises(LedgerUnavailable):
            await question
    await nobody.redis.aclose()

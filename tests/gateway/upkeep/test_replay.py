"""What comes back from the archive, and from a network's lists."""

import io
from collections.abc import Iterator
from typing import BinaryIO

import pytest
from redis.asyncio import Redis

from connectors.contract import Receipt, Row
from gateway.store.connection import connect
from gateway.upkeep.findings import Kind, Report
from gateway.upkeep.polls import Polls
from gateway.upkeep.replay import Replay, relisted
from schema.model.errors import DeliveryRejected, LedgerUnavailable, NotFound, Unreadable, UpstreamUnavailable
from schema.model.facts import Clues
from tests.gateway.acme import LUNCH, NOW, OTHER, REEF, Acme, Listing, given, spec, state
from tests.gateway.intake.sending import send
from tests.gateway.upkeep.billing import DAY, Billing, bill, catch_up_of, gift, reconcile_of, replay_of, statements_of, world_of
from tests.gateway.world import UNDECLARED, World


class Naming(Acme):
    """Its deliveries only name a donation, and its network tells nothing a second time. Exports can be read."""

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """As a bill."""
        return Billing().read_export(source)


@pytest.fixture
def network() -> Naming:
    made = Naming()
    for number in range(1, 6):
        made.receipts[f"{number}".encode()] = Receipt(fetch=(f"{number}",))
        made.known[f"{number}"] = [given(number, 100)]
    return made


@pytest.fixture
def world(client: Redis, network: Naming) -> World:
    return World(client, network)


async def replayed(world: World) -> list[Report]:
    names = world.archive.deliveries("lunch")
    return [await replay_of(world).deliveries(world.account, name) for name in names]


async def test_all_data_lost_comes_back_from_the_archive_and_twice_is_no_double(world: World, network: Naming) -> None:
    webhooks = world.webhooks()
    for body in network.receipts:
        assert (await send(webhooks, body)).status == 204
    await world.redis.flushall()

    for _ in range(2):
        [report] = await replayed(world)
        assert (report.rows, report.agrees()) == (5, True)
        assert await world.raised() == 500
    assert len(world.archive.deliveries("lunch")) == 1  # what is read again is not kept again
    assert (await world.book.read("lunch")).heard_at is None  # nor is the network heard by it


async def test_one_that_the_connector_cannot_bear_any_more_keeps_no_other_waiting(world: World, network: Naming) -> None:
    for body in network.receipts:
        await send(world.webhooks(), body)
    await world.redis.flushall()
    network.receipts[b"2"] = KeyError("a fault")

    [report] = await replayed(world)

    assert [(each.kind, each.line, each.reason) for each in report.findings.shown] == [(Kind.UNREADABLE, 2, "fault")]
    assert await world.raised() == 400


async def test_after_a_loss_deliveries_are_placed_before_a_bill_that_does_not_tell_their_clues(client: Redis) -> None:
    network = Billing()
    network.receipts[b"1"] = Receipt((gift(1, 400, Clues(attach="lunch;star=1")),))
    network.bills[DAY] = bill("tea 1 400", "tea 2 300")
    world = world_of(client, network)
    await send(world.webhooks(), b"1")
    await reconcile_of(world).once()

    for _ in range(2):
        assert (await world.raised(), await world.raised(OTHER)) == (400, 300)
        assert await world.shelf.endorsed([LUNCH]) == [{"star": (400, 1)}]
        await client.flushall()
        await catch_up_of(world_of(client, network, archive=world.archive)).bills()


async def test_exports_come_back_in_the_order_in_which_they_were_kept(client: Redis) -> None:
    network = Billing()
    for first, last in ((400, 300), (300, 400), (500, 200), (200, 500)):
        world = world_of(client, network)
        for minor in (first, last):
            with io.BytesIO(bill(f"gift 1 {minor}").encode()) as file:
                await world.archive.keep("lunch", file)
        for name in world.archive.contents("lunch"):
            await replay_of(world).content(world.account, name)
        assert await world.raised() == first
        await client.flushall()


async def test_what_is_refused_or_held_by_now_is_told(world: World, network: Naming) -> None:
    webhooks = world.webhooks()
    for body in network.receipts:
        await send(webhooks, body)
    network.receipts[b"2"] = DeliveryRejected("signature")
    network.known["4"] = UpstreamUnavailable("silent")

    [report] = await replayed(world)

    assert [(each.kind, each.line, each.reason) for each in report.findings.shown] == [
        (Kind.UNREADABLE, 2, "signature"),
        (Kind.HELD, 4, "quarantine"),
    ]
    assert not report.agrees()


async def test_a_spoiled_file_is_told_by_its_code_and_keeps_no_other_waiting(world: World, network: Naming) -> None:
    await send(world.webhooks(), b"1")
    await send(world.webhooks(), b"2")
    [name] = world.archive.deliveries("lunch")
    file = world.archive.folder / "lunch" / name
    spoiled = bytearray(file.read_bytes())
    spoiled[50] ^= 1
    file.write_bytes(spoiled)
    [report] = await replayed(world)
    assert (report.failed, report.agrees()) == (Unreadable.code, False)


async def test_a_ledger_that_does_not_answer_ends_it(world: World, network: Naming) -> None:
    await send(world.webhooks(), b"1")
    unheard = connect("redis://127.0.0.1:1")
    other = World(unheard, network)
    replay = Replay(world.archive, other.webhooks(), statements_of(other))
    with pytest.raises(LedgerUnavailable):
        await replay.deliveries(world.account, world.archive.deliveries("lunch")[0])
    await unheard.aclose()


async def test_a_bill_that_the_network_keeps_no_more_comes_back(client: Redis) -> None:
    network = Billing()
    network.bills[DAY] = bill("gift 1 400", "back 1 100")
    world = world_of(client, network)
    await reconcile_of(world).day(DAY)
    await client.flushall()
    network.bills[DAY] = NotFound("forgotten")

    [name] = world.archive.contents("lunch")
    report = await replay_of(world).content(world.account, name)

    assert (report.rows, report.findings.of(None), report.agrees()) == (2, {Kind.MISSING_HERE: 2}, True)
    assert await world.raised() == 300


async def test_lists_are_read_whole_and_what_they_told_is_counted(redis: Redis) -> None:
    network = Listing()
    network.states = [state(400, code="CNY")]
    network.movements = {"reef": [given(1, 400, "reef"), given(2, 100, "reef", code="JPY"), Unreadable("amount")]}
    world = World(redis, network, spec=spec(declares=False), values=UNDECLARED)

    first = await relisted(world.account, Polls(world.account, world.ingest, world.book))
    second = await relisted(world.account, Polls(world.account, world.ingest, world.book))

    assert first.findings.of(REEF) == {Kind.MISSING_HERE: 1, Kind.HELD: 1, Kind.UNREADABLE: 1}
    assert second.findings.of(REEF) == {Kind.HELD: 1, Kind.UNREADABLE: 1}
    assert not first.agrees()
    assert (await world.book.read("lunch")).polled_at == NOW


async def test_a_network_that_is_silent_is_told_by_its_code(redis: Redis) -> None:
    network = Listing()
    network.states = [UpstreamUnavailable("silent")]
    world = World(redis, network, spec=spec(declares=False), values=UNDECLARED)
    report = await relisted(world.account, Polls(world.account, world.ingest, world.book))
    assert (report.failed, report.agrees()) == (UpstreamUnavailable.code, False)

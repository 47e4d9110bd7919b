"""A bill against the ledger: what was missing here, what is missing there, and what cannot be."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.ledger import LISTED
from gateway.upkeep.expected import EDGE
from gateway.upkeep.findings import SHOWN, Finding, Kind, Report
from schema.model.errors import ArchiveUnavailable
from schema.model.facts import Clues, Stage
from tests.gateway.acme import LUNCH, OTHER, given, who
from tests.gateway.upkeep.billing import DAY, NO_GENERAL, NOON, TWO, Billing, bill, gift, statements_of, world_of
from tests.gateway.world import DECLARED, World

MIDNIGHT = datetime(2026, 8, 31, 16, 0, tzinfo=UTC)


@pytest.fixture
def network() -> Billing:
    return Billing()


@pytest.fixture
def world(client: Redis, network: Billing) -> World:
    return world_of(client, network)


async def read(world: World) -> Report:
    return await statements_of(world).day(world.account, DAY)


def counts(report: Report) -> dict[str, int]:
    return {kind.value: count for kind, count in report.findings.of(None).items()}


async def test_what_was_missing_counts_at_its_own_time_and_once(world: World, network: Billing) -> None:
    network.bills[DAY] = bill("gift 1 400", "gift 2 300", "nothing", "back 2 100")
    await world.ingest.apply(world.account, [gift(1, 400)])

    first, second = await read(world), await read(world)

    assert (first.rows, counts(first)) == (3, {"missing_here": 2})
    assert (second.rows, counts(second)) == (3, {})
    assert first.agrees()
    assert second.agrees()
    assert await world.raised() == 600
    [listed] = await world.shelf.donations(LUNCH, [who(2)])
    assert listed.at == NOON.timestamp()
    assert (await world.book.read("lunch")).heard_at is None  # yesterday's bill does not say how things are now


async def test_a_refund_is_applied_wherever_its_donation_stands_and_nobody_is_asked_for_it(
    world: World, network: Billing
) -> None:
    network.bills[DAY] = bill("back 1 100", "gift 1 400")
    report = await read(world)
    assert counts(report) == {"missing_here": 2}
    assert await world.raised() == 300
    assert network.asked == []


async def test_what_the_bill_lacks_is_named_by_our_own_id(world: World, network: Billing) -> None:
    network.bills[DAY] = bill("gift 1 400")
    await world.ingest.apply(world.account, [gift(1, 400), gift(2, 300)])

    report = await read(world)

    assert report.findings.shown == [Finding(Kind.MISSING_THERE, LUNCH, entity=who(2))]
    assert not report.agrees()
    assert await world.raised() == 700  # what the ledger has is never taken back


async def test_a_day_without_a_bill_lacks_all_that_was_counted(world: World) -> None:
    await world.ingest.apply(world.account, [gift(1, 400)])
    report = await read(world)
    assert (counts(report), report.findings.waiting) == ({"missing_there": 1}, True)


@pytest.mark.parametrize(("values", "waiting"), [(DECLARED, False), (TWO, True)])
async def test_a_day_without_a_bill_is_empty_only_where_the_ledger_can_tell(
    client: Redis, network: Billing, values: Mapping[str, Any], waiting: bool
) -> None:
    networks = [network] * len(values["accounts"])
    report = await read(world_of(client, *networks, values=values))
    assert (counts(report), report.findings.waiting) == ({}, waiting)


async def test_many_more_than_a_page_are_held_against_the_bill(world: World, network: Billing) -> None:
    network.bills[DAY] = bill(*(f"gift {number} 100" for number in range(1_100)))
    await read(world)
    network.bills[DAY] = bill("gift 7 100")
    assert counts(await read(world)) == {"missing_there": 1_099}


async def test_other_days_the_minutes_around_midnight_and_what_does_not_count_are_not_missed(world: World) -> None:
    end = MIDNIGHT + timedelta(days=1)
    times = [MIDNIGHT - timedelta(hours=1), MIDNIGHT, MIDNIGHT + EDGE - timedelta(seconds=1), end - EDGE, end]
    await world.ingest.apply(world.account, [gift(number, 100, at=at) for number, at in enumerate(times)])
    await world.ingest.apply(world.account, [gift(9, 100), given(9, 100, at=NOON, stage=Stage.VOID)])
    await world.ingest.apply(world.account, [given(8, 100, at=NOON, stage=Stage.PENDING)])

    assert counts(await read(world)) == {}

    await world.ingest.apply(world.account, [gift(6, 100, at=MIDNIGHT + EDGE), gift(7, 100, at=end - EDGE - EDGE)])
    assert counts(await read(world)) == {"missing_there": 2}


async def test_what_clashes_is_told_with_its_line_and_the_first_amount_stands(world: World, network: Billing) -> None:
    network.bills[DAY] = bill("gift 1 400", "gift 2 999")
    await world.ingest.apply(world.account, [gift(2, 300)])

    report = await read(world)

    assert report.findings.shown == [Finding(Kind.CLASH, LUNCH, 2, who(2), "clash")]
    assert not report.agrees()
    assert await world.raised() == 700


async def test_what_is_held_or_cannot_be_read_is_told_with_its_line(client: Redis, network: Billing) -> None:
    world = world_of(client, network, values=NO_GENERAL)
    network.bills[DAY] = bill("tea 1 400", "?", "gift 2 300")

    report = await read(world)

    assert [(each.kind, each.line, each.reason) for each in report.findings.shown] == [
        (Kind.HELD, 1, "unplaced"),
        (Kind.UNREADABLE, 2, "the row cannot be read"),
    ]
    assert report.findings.waiting
    assert await world.raised() == 300


async def test_a_refund_whose_donation_nobody_knows_is_told(world: World, network: Billing) -> None:
    network.bills[DAY] = bill("back 1 100")
    [finding] = (await read(world)).findings.shown
    assert (finding.kind, finding.line, finding.reason) == (Kind.HELD, 1, "unplaced")


async def test_of_a_campaign_that_several_accounts_feed_it_cannot_be_told_what_the_bill_lacks(
    client: Redis, network: Billing
) -> None:
    world = world_of(client, network, Billing(), values=TWO)
    await world.ingest.apply(world.accounts["b"], [gift(1, 100, Clues(attach="tea"))])
    await world.ingest.apply(world.account, [gift(2, 100)])

    report = await read(world)

    assert report.unlike == (OTHER,)
    assert [finding.entity for finding in report.findings.shown] == [who(2)]


@pytest.mark.parametrize("older", [False, True])
async def test_of_a_list_that_was_cut_within_the_day_it_cannot_be_told_either(world: World, older: bool) -> None:
    await world.ingest.apply(world.account, [gift(1, 100)])
    feed = keys.feed(LUNCH)
    later = int(NOON.timestamp()) + 86_400
    await world.redis.zadd(feed, {number.to_bytes(16, "big"): later for number in range(LISTED)})
    if older:
        await world.redis.zadd(feed, {bytes(16): int(MIDNIGHT.timestamp()) - 1})

    report = await read(world)

    assert report.unlike == (() if older else (LUNCH,))
    assert counts(report) == ({"missing_there": 1} if older else {})


async def test_of_a_day_whose_faces_have_gone_it_cannot_be_told_either(world: World) -> None:
    world.clock.turn(timedelta(days=420))
    report = await statements_of(world).day(world.account, DAY)
    assert report.unlike == (OTHER, LUNCH)


async def test_a_campaign_has_its_own_findings_and_those_that_may_be_its_own(world: World, network: Billing) -> None:
    network.bills[DAY] = bill("gift 1 400", "tea 2 300", "tea 3 300", "?")
    findings = (await read(world)).findings
    assert findings.of(LUNCH) == {Kind.MISSING_HERE: 1, Kind.UNREADABLE: 1}
    assert findings.of(OTHER) == {Kind.MISSING_HERE: 2, Kind.UNREADABLE: 1}
    assert [finding.line for finding in findings.about(LUNCH)] == [4]


async def test_however_much_is_wrong_only_so_much_is_listed_and_all_of_it_counted(world: World, network: Billing) -> None:
    network.bills[DAY] = bill(*["?"] * (SHOWN + 50))
    report = await read(world)
    assert (counts(report), len(report.findings.shown)) == ({"unreadable": SHOWN + 50}, SHOWN)


async def test_a_bill_that_was_read_is_in_the_archive_once(world: World, network: Billing) -> None:
    network.bills[DAY] = bill("gift 1 400")
    for _ in range(2):
        await read(world)
    [name] = world.archive.contents("lunch")
    async with world.archive.opened("lunch", name) as file:
        assert file.read().decode() == network.bills[DAY]


async def test_what_cannot_be_archived_is_not_applied(world: World, network: Billing) -> None:
    network.bills[DAY] = bill("gift 1 400")
    (world.archive.folder / "lunch").write_text("a file where the folder should be")
    with pytest.raises(ArchiveUnavailable):
        await read(world)
    assert await world.raised() is None

"""Which days are read, and that none is read twice by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.store.connection import connect
from gateway.store.reconciled import Reconciled
from gateway.upkeep.reconcile import AGAIN, DAYS
from schema.model.errors import (
    BadUserInput,
    CredentialsRefused,
    LedgerUnavailable,
    NotFound,
    UpstreamGarbled,
    UpstreamUnavailable,
)
from tests.gateway.upkeep.billing import DAY, NO_GENERAL, Billing, bill, gift, reconcile_of, world_of
from tests.gateway.world import World

ONE = timedelta(days=1)
WEEK = [DAY - ONE * back for back in reversed(range(DAYS))]


@pytest.fixture
def network() -> Billing:
    return Billing()


@pytest.fixture
def world(client: Redis, network: Billing) -> World:
    return world_of(client, network)


def at(world: World, hour: int, minute: int) -> None:
    """Turns the clock to a time of 2 September in Beijing."""
    world.clock.turn(datetime(2026, 9, 2, hour, minute, tzinfo=UTC) - timedelta(hours=8) - world.clock.now())


@pytest.mark.parametrize(("hour", "minute", "newest"), [(0, 0, DAY - ONE), (9, 59, DAY - ONE), (10, 0, DAY), (23, 59, DAY)])
async def test_the_newest_bill_is_that_of_yesterday_once_it_is_there(
    world: World, hour: int, minute: int, newest: date
) -> None:
    at(world, hour, minute)
    days = reconcile_of(world).days()
    assert (days[0], days[-1], len(days)) == (newest - 6 * ONE, newest, 7)


async def test_days_that_have_no_bill_yet_or_no_more_are_not_asked_for(world: World) -> None:
    reconcile = reconcile_of(world)
    assert reconcile.days(until=DAY + 5 * ONE) == WEEK
    assert reconcile.days(since=DAY + ONE) == []
    assert reconcile.days(since=DAY, until=DAY - ONE) == []
    assert reconcile.days(since=DAY - ONE, until=DAY - ONE) == [DAY - ONE]
    assert reconcile.days(since=date(2020, 1, 1))[0] == DAY + ONE - timedelta(days=90)


async def test_each_day_is_read_once_whoever_asks_and_a_new_one_when_it_is_there(world: World, network: Billing) -> None:
    network.bills[DAY] = bill("gift 1 400")
    for _ in range(3):
        await reconcile_of(world).once()  # each as after a restart
    assert network.billed == WEEK
    world.clock.turn(ONE)
    await reconcile_of(world).once()
    assert network.billed == [*WEEK, DAY + ONE]
    assert await world.raised() == 400


@pytest.mark.parametrize(
    "error", [UpstreamUnavailable("made"), UpstreamGarbled("x"), CredentialsRefused("x"), BadUserInput("x")]
)
async def test_a_bill_that_cannot_be_had_is_asked_for_the_next_time_and_keeps_no_other_waiting(
    world: World, network: Billing, error: Exception
) -> None:
    network.bills = {DAY - ONE: error, DAY: bill("gift 1 400")}
    with capture_logs() as logs:
        await reconcile_of(world).once()
    assert await world.raised() == 400
    assert [line["code"] for line in logs if line["event"] == "statement.failed"] == [error.code]  # type: ignore[attr-defined]
    network.billed.clear()
    network.bills[DAY - ONE] = bill("gift 2 300")
    await reconcile_of(world).once()
    assert network.billed == [DAY - ONE]
    assert await world.raised() == 700


async def test_a_bill_that_the_connector_cannot_bear_keeps_no_other_waiting(world: World, network: Billing) -> None:
    network.bills = {DAY - ONE: bill("fault"), DAY: bill("gift 1 400")}
    with capture_logs() as logs:
        await reconcile_of(world).once()
    assert await world.raised() == 400
    assert "statement.fault" in {line["event"] for line in logs}


async def test_a_day_of_which_rows_may_yet_be_applied_is_read_again_after_some_hours(client: Redis, network: Billing) -> None:
    network.bills[DAY] = bill("tea 1 400")
    world = world_of(client, network, values=NO_GENERAL)
    await reconcile_of(world).once()
    await reconcile_of(world).once()
    assert network.billed == WEEK

    ruled = world_of(client, network)  # somebody has given the account a general campaign
    ruled.clock.turn(AGAIN)
    await reconcile_of(ruled).once()
    await reconcile_of(ruled).once()

    assert network.billed == [*WEEK, DAY]
    assert ruled.counted("giving_reconciled_total", account="lunch", finding="missing_here") == 1


@pytest.mark.parametrize("late", [NotFound("not made yet"), bill("gift 1 400")])
async def test_a_bill_that_lacks_what_the_ledger_has_is_read_again_until_it_is_there(
    world: World, network: Billing, late: str | Exception
) -> None:
    network.bills[DAY] = late
    await world.ingest.apply(world.account, [gift(1, 400), gift(2, 300)])
    await reconcile_of(world).once()
    await reconcile_of(world).once()
    assert network.billed == WEEK

    network.bills[DAY] = bill("gift 1 400", "gift 2 300", "gift 3 100")
    for _ in range(2):
        world.clock.turn(AGAIN)
        await reconcile_of(world).once()

    assert network.billed == [*WEEK, DAY]
    assert await world.raised() == 800


async def test_what_is_found_again_at_another_reading_is_counted_and_told_once(world: World, network: Billing) -> None:
    def counted(finding: str) -> float:
        return world.counted("giving_reconciled_total", account="lunch", finding=finding)

    network.bills[DAY] = bill("gift 1 999", "gift 3 100")
    await world.ingest.apply(world.account, [gift(1, 400), gift(2, 300)])
    with capture_logs() as logs:
        for _ in range(3):
            await reconcile_of(world).day(DAY)
    assert (counted("clash"), counted("missing_there"), counted("missing_here")) == (1, 1, 1)
    assert [line["event"] for line in logs].count("statement.differs") == 1

    network.bills[DAY] = bill("gift 1 999", "gift 3 100", "gift 4 100", "?")
    await reconcile_of(world).day(DAY)
    assert (counted("clash"), counted("missing_here"), counted("unreadable")) == (1, 2, 1)


async def test_what_was_found_is_counted_logged_and_kept(world: World, network: Billing) -> None:
    network.bills[DAY] = bill("gift 1 999", "gift 2 100", "gift 3 100", "?")
    await world.ingest.apply(world.account, [gift(1, 400), gift(4, 100)])
    with capture_logs() as logs:
        await reconcile_of(world).once()
    found = {"missing_here": 2, "missing_there": 1, "clash": 1, "unreadable": 1}
    for finding, count in {**found, "held": 0}.items():
        assert world.counted("giving_reconciled_total", account="lunch", finding=finding) == count
    assert (
        world.counted("giving_reconciled_day_timestamp_seconds", account="lunch")
        == datetime(2026, 9, 1, tzinfo=UTC).timestamp()
    )
    [differs] = [line for line in logs if line["event"] == "statement.differs"]
    assert (differs["day"], differs["clash"], differs["log_level"]) == ("2026-09-01", 1, "error")
    assert len([line for line in logs if line["event"] == "statement.read"]) == DAYS
    kept = (await Reconciled(world.redis).read("lunch"))[DAY]
    assert (kept.rows, kept.found, kept.waiting, kept.read_at) == (4, found, True, world.clock.now())


async def test_the_newest_day_is_told_after_a_restart_although_there_is_nothing_to_do(client: Redis, network: Billing) -> None:
    await reconcile_of(world_of(client, network)).once()
    again = world_of(client, network)
    await reconcile_of(again).once()
    assert (
        again.counted("giving_reconciled_day_timestamp_seconds", account="lunch")
        == datetime(2026, 9, 1, tzinfo=UTC).timestamp()
    )


async def test_a_ledger_that_does_not_answer_ends_it_before_any_bill_is_asked_for(network: Billing) -> None:
    unheard = connect("redis://127.0.0.1:1")
    with pytest.raises(LedgerUnavailable):
        await reconcile_of(world_of(unheard, network)).once()
    assert network.billed == []
    await unheard.aclose()


async def test_a_day_is_read_again_by_hand_whether_it_was_done_or_not(world: World, network: Billing) -> None:
    network.bills[DAY] = NotFound("no transactions")
    for _ in range(2):
        assert (await reconcile_of(world).day(DAY)).agrees()
    assert network.billed == [DAY, DAY]

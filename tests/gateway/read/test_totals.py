"""The table of totals: states replace states, by place; a read that was overtaken changes nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.read.totals import TotalRow, TotalsTable
from gateway.store.bus import TotalMoved
from gateway.store.shelf import Head
from schema.model.money import Currency, Money
from schema.model.total import AmountSource, Basis, Place, Total
from tests.gateway.acme import LUNCH, NOW, REEF, back, given, state
from tests.gateway.world import World

HEAD = Head("COUNTED", "CNY", "400", "0", "1", None, "4", str(int(NOW.timestamp())), "5-1")
MOVED = TotalMoved(LUNCH, Place(6), 500, 0, 2, NOW + timedelta(seconds=9), 12, None, "received", b"e" * 16)


def table(head: Head = HEAD) -> TotalsTable:
    """A table that has read one campaign."""
    made = TotalsTable()
    made.replace(LUNCH, head)
    return made


async def test_what_the_ledger_keeps_is_what_clients_get(redis: Redis) -> None:
    world = World(redis)
    await world.open()
    await world.put(given(1, 400))
    await world.put(back(1, 150))
    row = TotalRow.of(LUNCH, await world.head())  # type: ignore[arg-type]
    [*_, newest] = await world.shelf.entries(LUNCH, "-", 10)
    assert row.total == Total(
        LUNCH,
        Basis.COUNTED,
        Money.of_minor(250, "CNY"),
        Money.of_minor(150, "CNY"),
        1,
        None,
        (AmountSource.PLATFORM_EVENT,),
        NOW,
        newest.place,
    )


async def test_what_a_network_does_not_state_is_unknown(redis: Redis) -> None:
    world = World(redis)
    await world.open(REEF, Basis.REPORTED, "EUR")
    await world.ledger.total(REEF, state(5_000))
    row = TotalRow.of(REEF, await world.head(REEF))  # type: ignore[arg-type]
    total = row.total
    assert total is not None
    assert (total.raised, total.refunded, total.donation_count, total.donor_count) == (
        Money.of_minor(5_000, "EUR"),
        None,
        None,
        None,
    )


def test_an_open_campaign_without_a_figure_has_no_total_and_the_first_place() -> None:
    row = TotalRow.of(REEF, Head("REPORTED", "EUR", None, None, None, None, None, None, None))
    assert row.total is None
    assert row.place == Place()
    assert row.currency == Currency.of("EUR")


def test_a_newer_state_replaces_the_row_and_an_older_or_equal_one_does_not() -> None:
    found = table()
    assert found.move(MOVED)
    moved = found[LUNCH]
    assert moved is not None
    assert (moved.raised, moved.count, moved.sources, moved.place, moved.at) == (500, 2, 12, Place(6), MOVED.at)
    for place in (Place(6), Place(5, 9), Place(5, 1)):
        assert found.move(replace(MOVED, place=place, raised=1))
        assert found[LUNCH] == moved
    assert found.move(replace(MOVED, place=Place(6, 1), raised=2))  # the figure may fall, the place may not
    assert found[LUNCH].raised == 2  # type: ignore[union-attr]


def test_a_campaign_that_was_never_read_must_be_loaded_first() -> None:
    found = TotalsTable()
    assert not found.move(MOVED)
    assert found[LUNCH] is None


def test_a_read_that_was_overtaken_changes_nothing() -> None:
    found = table()
    found.move(MOVED)
    found.load(LUNCH, HEAD)
    assert found[LUNCH].place == Place(6)  # type: ignore[union-attr]
    found.load(LUNCH, replace(HEAD, position="7-0", raised="9"))
    assert found[LUNCH].raised == 9  # type: ignore[union-attr]
    found.load(LUNCH, None)
    assert found[LUNCH] is not None


def test_after_a_reconnect_what_is_read_holds_even_where_it_is_lower() -> None:
    found = table()
    found.move(MOVED)
    found.replace(LUNCH, replace(HEAD, position="2-0", raised="100"))
    assert found[LUNCH].raised == 100  # type: ignore[union-attr]
    found.replace(LUNCH, None)
    assert found[LUNCH] is None


@pytest.mark.parametrize(
    ("kind", "basis", "moves"), [("received", "REPORTED", False), ("", "REPORTED", True), ("received", "COUNTED", True)]
)
def test_a_donation_is_no_change_of_a_total_that_the_network_reports(kind: str, basis: str, *, moves: bool) -> None:
    found = table(replace(HEAD, basis=basis))
    found.move(replace(MOVED, kind=kind))
    row = found[LUNCH]
    assert row is not None
    assert row.place == MOVED.place
    assert row.at == (MOVED.at if moves else NOW)


async def test_in_the_ledger_too_only_reports_move_the_moment_of_a_reported_total(redis: Redis) -> None:
    world = World(redis)
    await world.open(REEF, Basis.REPORTED, "EUR")
    await world.ledger.total(REEF, state(5_000))
    world.clock.turn(timedelta(minutes=5))
    await world.put(given(1, 700, "reef", code="EUR"), REEF)
    assert TotalRow.of(REEF, await world.head(REEF)).at == NOW  # type: ignore[arg-type]


def test_positions_of_a_row_carry_its_figures() -> None:
    row = TotalRow.of(LUNCH, HEAD)
    assert row.position == TotalRow.of(LUNCH, HEAD).position
    others = (replace(row, raised=401), replace(row, count=2), replace(row, place=Place(5, 2)), replace(row, campaign=REEF))
    assert row.position not in {other.position for other in others}

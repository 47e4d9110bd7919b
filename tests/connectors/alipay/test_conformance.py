"""Alipay's connector held against the suite."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.alipay.case import CAMPAIGN, CASES, AlipayCase
from connectors.alipay.connector import Alipay
from connectors.alipay.emulator import AlipayEmulator
from connectors.contract import Row
from connectors.testing.conformance import Bench, ConnectorConformance, running
from connectors.testing.emulation import ScaledClock
from schema.model.errors import NotFound
from schema.model.facts import DonationState, Movement, RefundState, Stage


class TestConformance(ConnectorConformance):
    cases = CASES


async def billed(bench: Bench) -> list[Movement]:
    """What the bill of today says the day after tomorrow."""
    assert isinstance(bench.connector, Alipay)
    day = bench.emulator.clock.now().astimezone(AlipayCase.zone).date()
    bench.emulator.clock.turn(timedelta(days=2))
    async with bench.connector.statement(day) as file:
        rows: list[Row] = list(bench.connector.read_export(file))
    assert [row.problem for row in rows if row.problem] == []
    return [movement for row in rows for movement in row.movements]


async def looked_up(bench: Bench, lookup: str) -> DonationState:
    assert isinstance(bench.connector, Alipay)
    [found] = await bench.connector.donation(lookup)
    assert isinstance(found, DonationState)
    return found


async def test_refunds_add_up_alike_by_notification_by_bill_and_by_asking() -> None:
    emulator = AlipayEmulator(clock=ScaledClock(start=datetime(2026, 9, 1, 4, 0, tzinfo=UTC)))
    async with running(AlipayCase(), emulator) as bench:
        for refunds in ((200, 100), (200, 300)):
            payment = await emulator.pay(500, attach=CAMPAIGN, book=CAMPAIGN)
            for minor in refunds:
                await emulator.refund(payment, minor)
                await bench.settle()
        told = {fact.native_id: fact for fact in await bench.delivered() if isinstance(fact, DonationState)}
        assert [fact.refunded.minor for fact in told.values() if fact.refunded] == [300, 500]
        assert {fact.stage for fact in told.values()} == {Stage.COMPLETED}
        facts = await billed(bench)
        single = [fact for fact in facts if isinstance(fact, RefundState)]
        assert len({fact.native_id for fact in single}) == 4
        for native_id, state in told.items():
            found = await looked_up(bench, next(fact.lookup for fact in single if fact.donation == native_id))
            assert (found.native_id, found.amount, found.donated_at) == (native_id, state.amount, state.donated_at)
            assert sum(fact.amount.minor for fact in single if fact.donation == native_id) == state.version
        assert found.refunded == state.refunded  # the second was closed


async def test_a_trade_that_alipay_does_not_have_is_not_found() -> None:
    async with running(AlipayCase()) as bench:
        with pytest.raises(NotFound):
            await looked_up(bench, "2026090122001400000000009999")

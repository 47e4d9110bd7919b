"""The bench waits for deliveries no longer than there is hope."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.contract import Delivery, Receipt
from connectors.testing.conformance import Bench, Broken, running
from schema.model.errors import BadAmount, DeliveryRejected
from tests.conformance.acme.case import AcmeCase
from tests.conformance.acme.connector import CONNECTOR, AcmeConnector
from tests.conformance.spoiled.reading import RepliesElsewhere

HOUR = timedelta(hours=1)


class Crashes(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        raise KeyError("no such field")


class LetsItsOwnErrorsOut(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        raise BadAmount("no amount")


class RefusesAll(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        raise DeliveryRejected("signature")


class RefusesTheFirst(AcmeConnector):
    def receive(self, delivery: Delivery) -> Receipt:
        if "refused" not in vars(self):
            vars(self)["refused"] = True
            raise DeliveryRejected("signature")
        return super().receive(delivery)


@asynccontextmanager
async def patient(kind: type[AcmeConnector]) -> AsyncIterator[Bench]:
    """A bench whose network goes on trying for days."""
    case = AcmeCase()
    case.spec = replace(CONNECTOR, build=kind)  # type: ignore[misc]
    emulator = case.emulator()
    emulator.sender.retries = (HOUR,) * 48
    async with running(case, emulator) as bench:
        yield bench


@pytest.mark.parametrize(
    ("kind", "said"), [(Crashes, "KeyError: 'no such field'"), (LetsItsOwnErrorsOut, "BadAmount: no amount")]
)
async def test_a_connector_that_crashes_is_not_waited_for(kind: type[AcmeConnector], said: str) -> None:
    async with patient(kind) as bench:
        with pytest.raises(Broken, match=f"^a delivery crashed: {said}$"):
            await bench.give(100)
        assert len(bench.heard) == 1


@pytest.mark.parametrize(
    ("kind", "said"),
    [(RefusesAll, "[401, 401], after DeliveryRejected: signature"), (RepliesElsewhere, "[302, 302], after no error")],
)
async def test_a_delivery_that_is_not_accepted_when_it_comes_again_is_not_waited_for(
    kind: type[AcmeConnector], said: str
) -> None:
    async with patient(kind) as bench:
        with pytest.raises(Broken, match=re.escape(f"deliveries were not accepted: the last answers were {said}")):
            await bench.give(100)
        assert len(bench.heard) == 2


async def test_a_delivery_that_is_refused_once_and_taken_when_it_comes_again_is_no_fault() -> None:
    async with patient(RefusesTheFirst) as bench:
        await bench.give(100)
        assert [heard.receipt is not None for heard in bench.heard] == [False, True]


async def test_for_what_is_made_again_the_clock_is_turned() -> None:
    async with patient(AcmeConnector) as bench:
        before = bench.emulator.clock.now()
        bench.emulator.sender.mischief.unheard = 1.0
        await bench.give(100)

        assert (len(bench.telling), bench.again) == (2, 1)
        assert HOUR <= bench.emulator.clock.now() - before < 2 * HOUR

"""The emulator on a socket, a client who calls it, and a receiver of its notifications."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from connectors.alipay.emulator import AlipayEmulator
from connectors.testing.emulation import ScaledClock
from tests.connectors.alipay.emulator.client import Client
from tests.connectors.alipay.emulator.receiver import Receiver

MORNING = datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC)


@pytest.fixture
async def emulator() -> AsyncIterator[AlipayEmulator]:
    """From a September morning on, with nobody to tell, and without the habit of telling refunds of nothing."""
    emulator = AlipayEmulator(clock=ScaledClock(MORNING))
    emulator.habits.zero_refund = 0.0
    async with emulator.serve():
        yield emulator


@pytest.fixture
async def receiver(emulator: AlipayEmulator) -> AsyncIterator[Receiver]:
    """Whom the emulator tells."""
    async with Receiver().serve() as receiver:
        emulator.callback = receiver.url
        yield receiver


@pytest.fixture
async def client(emulator: AlipayEmulator) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as http:
        yield Client(emulator.account(), http, emulator.clock.now)

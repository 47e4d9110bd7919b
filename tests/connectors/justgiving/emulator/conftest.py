"""The emulator on a socket, and a client that asks it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from connectors.justgiving.emulator import JustGivingEmulator
from connectors.testing.emulation import ScaledClock
from tests.connectors.justgiving.emulator.client import Client


@pytest.fixture
async def emulator() -> AsyncIterator[JustGivingEmulator]:
    """On a clock that stands until it is turned."""
    emulator = JustGivingEmulator(clock=ScaledClock(datetime(2026, 9, 1, 10, 20, 30, 123_456, tzinfo=UTC), speed=0))
    async with emulator.serve():
        yield emulator


@pytest.fixture
async def client(emulator: JustGivingEmulator) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as http:
        yield Client(emulator, http)

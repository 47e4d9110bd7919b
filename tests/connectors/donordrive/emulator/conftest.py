"""The emulator on a socket, at a moment that stands, and a client that asks it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from connectors.donordrive.emulator import DonorDriveEmulator
from connectors.testing.emulation import ScaledClock
from tests.connectors.donordrive.emulator.client import Client

NOW = datetime(2026, 5, 2, 18, 29, 41, 930_000, tzinfo=UTC)


@pytest.fixture
async def emulator() -> AsyncIterator[DonorDriveEmulator]:
    emulator = DonorDriveEmulator(clock=ScaledClock(NOW, speed=0))
    async with emulator.serve():
        yield emulator


@pytest.fixture
async def client(emulator: DonorDriveEmulator) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as http:
        yield Client(emulator.url, http)

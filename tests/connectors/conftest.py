"""What the tests of every network's emulator share."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from connectors.testing.emulation import Emulator
from tests.connectors.door import Door


@pytest.fixture
async def door(emulator: Emulator) -> AsyncIterator[Door]:
    """The control door of the emulator that is under test, which is served."""
    async with aiohttp.ClientSession() as http:
        yield Door(emulator.url, http)

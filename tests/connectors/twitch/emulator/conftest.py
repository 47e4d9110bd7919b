"""An emulator at work, an app that talks to it, and a receiver."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from connectors.twitch.emulator import TwitchEmulator
from tests.connectors.twitch.emulator.world import App, Receiver, fast, receiver


@pytest.fixture
async def emulator() -> AsyncIterator[TwitchEmulator]:
    """Serving, on a clock a hundred times as fast."""
    made = fast()
    async with made.serve():
        yield made


@pytest.fixture
async def app(emulator: TwitchEmulator) -> AsyncIterator[App]:
    """An app that the broadcaster has agreed to."""
    async with aiohttp.ClientSession() as session:
        yield App(session, emulator)


@pytest.fixture
async def hook() -> AsyncIterator[Receiver]:
    """A callback that takes everything."""
    async with receiver() as made:
        yield made

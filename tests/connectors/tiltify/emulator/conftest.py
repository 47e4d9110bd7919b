"""An emulator at work with one campaign, an app that talks to it, and a receiver of its deliveries."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from connectors.tiltify.emulator import Campaign, TiltifyEmulator
from tests.connectors.tiltify.emulator.world import EVERYTHING, App, Receiver, receiver


@pytest.fixture
async def emulator() -> AsyncIterator[TiltifyEmulator]:
    emulator = TiltifyEmulator()
    async with emulator.serve():
        yield emulator


@pytest.fixture
def campaign(emulator: TiltifyEmulator) -> Campaign:
    return emulator.add_campaign("Sample Reef Weekend", goal_minor=150_000)


@pytest.fixture
async def app(emulator: TiltifyEmulator) -> AsyncIterator[App]:
    async with aiohttp.ClientSession() as session:
        made = App(session, emulator)
        await made.sign_in()
        yield made


@pytest.fixture
async def hook(emulator: TiltifyEmulator, campaign: Campaign) -> AsyncIterator[Receiver]:
    """Subscribed to everything about the campaign, and activated."""
    async with receiver() as made:
        emulator.callback = made.url
        emulator.activate()
        emulator.subscribe(EVERYTHING, campaign=campaign)
        yield made

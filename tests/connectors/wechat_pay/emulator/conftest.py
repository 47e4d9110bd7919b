"""The emulator on a socket, a merchant who calls it, and a receiver of its notifications."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Merchant
from tests.connectors.wechat_pay.emulator.receiver import Receiver


@pytest.fixture
async def emulator() -> AsyncIterator[WeChatPayEmulator]:
    """By the real clock, with nobody to tell."""
    emulator = WeChatPayEmulator()
    async with emulator.serve():
        yield emulator


@pytest.fixture
async def receiver(emulator: WeChatPayEmulator) -> AsyncIterator[Receiver]:
    """Whom the emulator tells."""
    async with Receiver().serve() as receiver:
        emulator.callback = receiver.url
        yield receiver


@pytest.fixture
async def merchant(emulator: WeChatPayEmulator) -> AsyncIterator[Merchant]:
    async with aiohttp.ClientSession() as http:
        yield Merchant(emulator.account(), http)

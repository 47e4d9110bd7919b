"""The emulator on a socket, a merchant who calls it, and a receiver of its notifications."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Merchant
from tests.connectors.wechat_pay.emulator.receiver import Receiver


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver().serve() as receiver:
        yield receiver


@pytest.fixture
async def emulator(receiver: Receiver) -> AsyncIterator[WeChatPayEmulator]:
    """By the real clock, and with the receiver as its callback."""
    emulator = WeChatPayEmulator()
    emulator.callback = receiver.url
    async with emulator.serve():
        yield emulator


@pytest.fixture
async def merchant(emulator: WeChatPayEmulator) -> AsyncIterator[Merchant]:
    async with aiohttp.ClientSession() as http:
        yield Merchant(emulator.account(), http)

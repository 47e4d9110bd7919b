"""The emulator on a socket, a client that calls it, and a receiver of its notifications."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from connectors.testing.emulation import ScaledClock
from connectors.weibo.emulator import Post, WeiboEmulator
from tests.connectors.weibo.emulator.client import Client
from tests.connectors.weibo.emulator.receiver import Receiver


@pytest.fixture
async def emulator() -> AsyncIterator[WeiboEmulator]:
    """In the middle of an hour, with nobody to tell."""
    emulator = WeiboEmulator(clock=ScaledClock(datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC)))
    async with emulator.serve():
        yield emulator


@pytest.fixture
async def receiver(emulator: WeiboEmulator) -> AsyncIterator[Receiver]:
    """Whom the emulator tells."""
    async with Receiver().serve() as receiver:
        emulator.callback = receiver.url
        yield receiver


@pytest.fixture
async def client(emulator: WeiboEmulator) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as http:
        yield Client(emulator.account(), http)


@pytest.fixture
def post(emulator: WeiboEmulator) -> Post:
    """A celebrity's post with counters."""
    star = emulator.add_user("demo_star", followers=30_000_000)
    post = emulator.add_post(star, "#免费午餐# 一顿饭四块钱")
    emulator.engage(post, reposts=120, comments=45, likes=900)
    return post

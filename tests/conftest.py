"""What tests of several parts share: one private Redis server per test process, empty before each test."""

import asyncio
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from gateway.store.embedded import embedded


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a server that lives as long as the test process."""
    started, stop = threading.Event(), asyncio.Event()
    address: list[str] = []
    with tempfile.TemporaryDirectory() as folder:

        async def run() -> None:
            async with embedded(Path(folder) / "redis") as url:
                address.append(url)
                started.set()
                await stop.wait()

        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
        thread.start()
        started.wait(20)
        yield address[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of that server, which is empty."""
    client = Redis.from_url(redis_url)
    await client.flushall()
    yield client
    await client.aclose()

"""What tests of the gateway share."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import BlockingConnectionPool, Redis


@pytest.fixture
async def client(redis: Redis, redis_url: str) -> AsyncIterator[Redis]:
    """A client of the server that is empty, for many callers at once: they wait for one of few connections.

    As the gateway's own, with more patience: a disk that is slow for a moment is not what these tests are about.
    """
    made = Redis.from_pool(BlockingConnectionPool.from_url(redis_url, max_connections=32, timeout=30))
    yield made
    await made.aclose()

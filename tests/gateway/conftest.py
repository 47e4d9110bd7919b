"""What tests of the gateway share."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from gateway.store.connection import connect


@pytest.fixture
async def client(redis: Redis, redis_url: str) -> AsyncIterator[Redis]:
    """A client of the server that is empty: the gateway's own, for many callers at once and without lost cancellations.

    With more patience, as a disk that is slow for a moment is not what these tests are about.
    """
    made = connect(redis_url, timeout=30)
    yield made
    await made.aclose()

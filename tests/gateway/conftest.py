"""What tests of the gateway share."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from gateway.store.connection import connect


@pytest.fixture
async def client(redis: Redis, redis_url: str) -> AsyncIterator[Redis]:
    """A client as the gateway has it, of the server that is empty: callers wait for one of few connections."""
    made = connect(redis_url)
    yield made
    await made.aclose()

"""What tests of several parts share: one private Redis server per test process, empty before each test, and a seed."""

import os
import random
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis


@pytest.fixture(scope="session")
def seed() -> int:
    """Another one in each run; ``TEST_SEED`` gives one again."""
    return int(os.environ.get("TEST_SEED") or random.SystemRandom().randrange(10**6))


@pytest.fixture(scope="session")
def redis_url(giving_redis: str) -> str:
    """The address of a server that lives as long as the test process."""
    return giving_redis


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of that server, which is empty."""
    client = Redis.from_url(redis_url)
    await client.flushall()
    yield client
    await client.aclose()

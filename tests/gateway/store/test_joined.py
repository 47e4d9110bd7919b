"""Work beside a gateway joins its private server, and without one starts it."""

from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.store.embedded import embedded, joined


async def test_the_server_of_a_running_gateway_is_joined_and_stays_when_the_guest_leaves(tmp_path: Path) -> None:
    async with embedded(tmp_path / "redis") as url:
        async with joined(tmp_path / "redis") as guest, Redis.from_url(guest) as redis:
            await redis.set("a", 1)
        async with Redis.from_url(url) as redis:
            assert await redis.get("a") == b"1"


async def test_without_a_gateway_a_server_runs_as_long_as_it_is_needed(tmp_path: Path) -> None:
    for expected in (None, b"1"):
        async with joined(tmp_path / "redis") as url, Redis.from_url(url) as redis:
            assert await redis.get("a") == expected
            await redis.set("a", 1)
    async with Redis.from_url(f"unix://{tmp_path}/redis/redis.sock") as redis:
        with pytest.raises((RedisError, OSError)):
            await redis.ping()

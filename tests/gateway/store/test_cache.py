"""The cache role on a real server: what may vanish, leases, and the shelf of tokens."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.cache import Cache
from gateway.store.seal import Sealer, new_data_key
from schema.model.errors import SettingsInvalid, TryLater, Unreadable

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


@pytest.fixture
async def other(redis_url: str, redis: Redis) -> AsyncIterator[Cache]:
    """What another process has: a client of its own on the same server."""
    client = Redis.from_url(redis_url)
    yield Cache(client)
    await client.aclose()


async def _gone(redis: Redis, key: str) -> None:
    async with asyncio.timeout(10):
        while await redis.exists(key):
            await asyncio.sleep(0.005)


async def test_what_was_put_is_there_for_every_process_under_its_kind(redis: Redis, other: Cache) -> None:
    await Cache(redis).put("body", "a", b"\x00\xff", HOUR)
    assert await other.get("body", "a") == b"\x00\xff"
    assert await other.get("text", "a") is None


async def test_what_was_put_goes_after_its_time(redis: Redis) -> None:
    cache = Cache(redis)
    await cache.put("body", "a", b"1", timedelta(milliseconds=20))
    assert 0 < await redis.pttl(keys.cache("body", "a")) <= 20
    await _gone(redis, keys.cache("body", "a"))
    assert await cache.get("body", "a") is None


async def test_a_lease_has_one_holder(redis: Redis, other: Cache) -> None:
    cache = Cache(redis)
    assert await cache.lease("polls", "a", HOUR)
    assert not await other.lease("polls", "b", HOUR)
    assert await other.lease("feeds", "b", HOUR)


async def test_many_who_ask_at_once_get_one_holder(redis: Redis, other: Cache) -> None:
    caches = [Cache(redis), other] * 50
    taken = await asyncio.gather(*(cache.lease("polls", str(n), HOUR) for n, cache in enumerate(caches)))
    assert sum(taken) == 1


async def test_a_holder_that_asks_again_keeps_it_for_longer(redis: Redis) -> None:
    cache = Cache(redis)
    assert await cache.lease("polls", "a", SECOND)
    assert await cache.lease("polls", "a", HOUR)
    assert await redis.pttl(keys.lease("polls")) > 1_000


async def test_a_lease_ends_by_itself_and_is_then_free(redis: Redis, other: Cache) -> None:
    cache = Cache(redis)
    assert await cache.lease("polls", "dead", timedelta(milliseconds=20))
    await _gone(redis, keys.lease("polls"))
    assert not await cache.renew("polls", "dead", HOUR)
    assert await other.lease("polls", "b", HOUR)
    assert not await cache.renew("polls", "dead", HOUR)


async def test_only_its_holder_renews_a_lease(redis: Redis, other: Cache) -> None:
    cache = Cache(redis)
    await cache.lease("polls", "a", SECOND)
    assert not await other.renew("polls", "b", HOUR)
    assert await redis.pttl(keys.lease("polls")) <= 1_000
    assert await cache.renew("polls", "a", HOUR)
    assert await redis.pttl(keys.lease("polls")) > 1_000


async def test_only_its_holder_releases_a_lease(redis: Redis, other: Cache) -> None:
    cache = Cache(redis)
    await cache.lease("polls", "a", HOUR)
    assert not await other.release("polls", "b")
    assert not await other.lease("polls", "b", HOUR)
    assert await cache.release("polls", "a")
    assert not await cache.release("polls", "a")
    assert await other.lease("polls", "b", HOUR)


async def test_scripts_survive_a_server_that_forgot_them(redis: Redis) -> None:
    cache = Cache(redis)
    await cache.lease("polls", "a", HOUR)
    await redis.script_flush()
    assert await cache.renew("polls", "a", HOUR)


async def test_a_server_that_does_not_answer_means_later(redis_url: str) -> None:
    client = Redis.from_url(redis_url + ".gone")
    for call in (Cache(client).get("a", "b"), Cache(client).lease("a", "b", SECOND)):
        with pytest.raises(TryLater):
            await call
    await client.aclose()


async def test_a_token_is_kept_sealed_and_without_an_end(redis: Redis, other: Cache) -> None:
    key = new_data_key()
    await Cache(redis).tokens("lunch", Sealer(key)).save("app", b"canary")
    kept = await redis.get(keys.token("lunch", "app"))
    assert isinstance(kept, bytes)
    assert b"canary" not in kept
    assert await redis.ttl(keys.token("lunch", "app")) == -1
    assert await other.tokens("lunch", Sealer(key)).load("app") == b"canary"
    assert await other.tokens("dinner", Sealer(key)).load("app") is None


async def test_a_token_moved_to_another_account_does_not_open(redis: Redis) -> None:
    cache, sealer = Cache(redis), Sealer(new_data_key())
    await cache.tokens("lunch", sealer).save("app", b"a")
    await redis.rename(keys.token("lunch", "app"), keys.token("dinner", "app"))
    with pytest.raises(Unreadable):
        await cache.tokens("dinner", sealer).load("app")


async def test_a_token_sealed_with_a_former_data_key_stops_with_the_settings_name(redis: Redis) -> None:
    await Cache(redis).tokens("lunch", Sealer(new_data_key())).save("app", b"a")
    with pytest.raises(SettingsInvalid, match="data_key"):
        await Cache(redis).tokens("lunch", Sealer(new_data_key())).load("app")


async def test_the_leases_of_renewing_differ_by_account_and_name(redis: Redis, other: Cache) -> None:
    sealer = Sealer(new_data_key())
    lunch, dinner = Cache(redis).tokens("lunch", sealer), other.tokens("dinner", sealer)
    assert await lunch.lease("app", "a", HOUR)
    assert await dinner.lease("app", "b", HOUR)
    assert await lunch.lease("user", "c", HOUR)
    assert not await other.tokens("lunch", sealer).lease("app", "d", HOUR)
    await lunch.release("app", "a")
    assert await other.tokens("lunch", sealer).lease("app", "d", HOUR)

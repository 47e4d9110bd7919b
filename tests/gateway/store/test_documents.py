"""Automatic documents as processes share them."""

from hashlib import sha256

from redis.asyncio import Redis

from gateway.store.cache import Cache
from gateway.store.documents import SharedDocuments


def digest_of(text: str) -> str:
    """Its hash."""
    return sha256(text.encode()).hexdigest()


async def test_what_one_process_put_another_gets_for_a_day(redis: Redis) -> None:
    text = "{ 免费午餐 }"
    await SharedDocuments(Cache(redis)).put(digest_of(text), text)

    assert await SharedDocuments(Cache(redis)).get(digest_of(text)) == text
    [key] = await redis.keys("*")
    assert 86_000 < await redis.ttl(key) <= 86_400


async def test_what_was_never_put_is_not_there(redis: Redis) -> None:
    assert await SharedDocuments(Cache(redis)).get(digest_of("{ a }")) is None


async def test_however_many_there_are_they_take_so_many_places_and_no_more(redis: Redis) -> None:
    documents = SharedDocuments(Cache(redis))
    for number in range(5_000):
        await documents.put(digest_of(str(number)), str(number))

    assert await redis.dbsize() <= 1_024
    found = [await documents.get(digest_of(str(number))) for number in range(4_990, 5_000)]
    assert found[-1] == "4999"

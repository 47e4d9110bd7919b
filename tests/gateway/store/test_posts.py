"""Posts and followers as they lie in Redis: whole when read again, and told to every process."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from redis.asyncio import Redis

from gateway.store import bus, keys
from gateway.store.posts import PostShelf
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.errors import LedgerUnavailable
from tests.gateway.world import PATIENCE

READ = datetime(2026, 9, 2, 3, 0, 0, 123_457, tzinfo=UTC)
WHOLE = Post(
    "5034728911364096",
    "https://weibo.example/1",
    "请给孩子们一顿午餐 🍚\n第二行",
    READ - timedelta(days=1, microseconds=1),
    Engagement(READ, reposts=0, comments=None, likes=2**40),
)


async def test_a_post_comes_back_whole_whatever_is_known_of_it(redis: Redis) -> None:
    shelf = PostShelf(redis)
    posts = [WHOLE, Post("学:1"), Post("3", text=""), Post("4", engagement=Engagement(READ))]
    await shelf.keep("weibo", {post.native_id: post for post in posts}, {})
    assert await shelf.posts("weibo") == {post.native_id: post for post in posts}


@pytest.mark.parametrize("packed", [b"{}", b"[]", b"\xff", b'{"url":null,"text":null,"at":"x","counted":null}'])
async def test_a_post_that_another_version_wrote_is_left_out_alone(redis: Redis, packed: bytes) -> None:
    shelf = PostShelf(redis)
    await shelf.keep("weibo", {WHOLE.native_id: WHOLE}, {})
    await redis.hset(keys.posts("weibo"), "2", packed)
    assert await shelf.posts("weibo") == {WHOLE.native_id: WHOLE}


async def test_what_is_read_again_stands_in_place_of_what_was_known_and_the_rest_stays(redis: Redis) -> None:
    shelf = PostShelf(redis)
    await shelf.keep("weibo", {"1": Post("1", text="old"), "2": Post("2", text="stays")}, {"a": 5, "b": 7})
    await shelf.keep("weibo", {"1": Post("1", text="new")}, {"a": 4})  # followers leave, too
    assert {native: post.text for native, post in (await shelf.posts("weibo")).items()} == {"1": "new", "2": "stays"}
    assert await shelf.followers("weibo") == {"a": 4, "b": 7}


async def test_networks_are_apart(redis: Redis) -> None:
    shelf = PostShelf(redis)
    await shelf.keep("weibo", {"1": WHOLE}, {"a": 5})
    assert (await shelf.posts("pond"), await shelf.followers("pond")) == ({}, {})


async def test_every_process_is_told_once_for_all_that_was_read(redis: Redis) -> None:
    async with redis.pubsub() as channel:
        await channel.subscribe(keys.CHANNEL)
        await channel.get_message(timeout=PATIENCE)
        await PostShelf(redis).keep("weibo", {"1": WHOLE, "2": Post("2")}, {"a": 1})
        async with asyncio.timeout(PATIENCE):
            message = await channel.get_message(timeout=PATIENCE)
        assert message is not None
        assert bus.parse(message["data"]) == bus.PostsChanged("weibo")
        assert await channel.get_message(timeout=0.05) is None


async def test_a_store_that_does_not_answer_is_said() -> None:
    shelf = PostShelf(Redis.from_url("redis://127.0.0.1:1"))
    with pytest.raises(LedgerUnavailable):
        await shelf.keep("weibo", {}, {})
    with pytest.raises(LedgerUnavailable):
        await shelf.posts("weibo")
    with pytest.raises(LedgerUnavailable):
        await shelf.followers("weibo")

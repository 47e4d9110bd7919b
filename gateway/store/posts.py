"""Public posts with their newest counters, and followers of public accounts, as they lie in Redis."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

import orjson
import structlog
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.connection import guarded
from gateway.store.told import Told
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.errors import GivingError
from schema.model.time import micros

log = structlog.get_logger()


class PostShelf:
    """Every method raises LedgerUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._told = Told(redis)

    async def keep(self, platform: str, posts: Mapping[str, Post], followers: Mapping[str, int]) -> None:
        """Keeps what was read, in place of what was known, and tells every process."""
        async with guarded("what was read of posts could not be kept"):
            if followers:
                counts = {native: str(count) for native, count in followers.items()}
                await cast("Any", self._redis.hset(keys.followers(platform), mapping=cast("Any", counts)))
            written = {native: _written(post) for native, post in posts.items()}
            await self._told.keep(keys.posts(platform), written, f"posts\n{platform}")

    async def posts(self, platform: str) -> dict[str, Post]:
        """Every post that was ever read, by native id."""
        kept = await self._all(keys.posts(platform))
        found = {native.decode(): _read(native.decode(), packed) for native, packed in kept.items()}
        return {native: post for native, post in found.items() if post is not None}

    async def followers(self, platform: str) -> dict[str, int]:
        """Every account whose followers were ever counted, by native id."""
        kept = await self._all(keys.followers(platform))
        return {native.decode(): int(count) for native, count in kept.items()}

    async def _all(self, key: str) -> dict[bytes, bytes]:
        async with guarded("what was read of posts cannot be read"):
            return cast("dict[bytes, bytes]", await cast("Any", self._redis.hgetall(key)))


def _written(post: Post) -> bytes:
    counted = post.engagement
    return orjson.dumps(
        {
            "url": post.url,
            "text": post.text,
            "at": None if post.published_at is None else micros(post.published_at),
            "counted": counted and [micros(counted.as_of), counted.reposts, counted.comments, counted.likes],
        }
    )


def _read(native: str, packed: bytes) -> Post | None:
    try:
        said = orjson.loads(packed)
        counted = said["counted"]
        return Post(
            native,
            said["url"],
            said["text"],
            _moment(said["at"]),
            counted and Engagement(cast("datetime", _moment(counted[0])), *counted[1:]),
        )
    except (ValueError, KeyError, TypeError, GivingError):  # of another version: one post, not all of them
        log.warning("post.unreadable", post=native)
        return None


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else datetime.fromtimestamp(microseconds / 1_000_000, UTC)

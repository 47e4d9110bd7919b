"""The memory of what was erased."""

import pytest
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.connection import connect
from gateway.store.erased import Erased, compact
from schema.model.errors import LedgerUnavailable

ENTITY, KEY = b"e" * 16, b"\x00\xff" * 16


async def test_what_was_erased_is_known_for_good_and_of_its_network_only(redis: Redis) -> None:
    erased = Erased(redis)
    await erased.remember("twitch", [ENTITY])
    await erased.remember("twitch", [ENTITY, KEY])

    assert await erased.known("twitch", [KEY, b"x" * 16, ENTITY]) == [True, False, True]
    assert await erased.known("donordrive", [KEY, ENTITY]) == [False, False]
    assert await redis.ttl(keys.erased("twitch")) == -1


async def test_a_ledger_that_does_not_answer_is_said_so() -> None:
    nobody = Erased(connect("redis://127.0.0.1:1"))

    with pytest.raises(LedgerUnavailable):
        await nobody.remember("twitch", [ENTITY])
    with pytest.raises(LedgerUnavailable):
        await nobody.known("twitch", [ENTITY])


async def test_a_server_that_must_not_be_asked_for_a_new_file_is_no_fault(redis: Redis, redis_url: str) -> None:
    await redis.acl_setuser("careful", enabled=True, nopass=True, categories=["+@all"], commands=["-bgrewriteaof"], keys=["*"])
    try:
        careful = connect(redis_url.replace("unix://", "unix://careful@"))
        assert not await compact(careful)
        await careful.aclose()
    finally:
        await redis.acl_deluser("careful")
    assert await compact(redis)
    with pytest.raises(LedgerUnavailable):
        await compact(connect("redis://127.0.0.1:1"))

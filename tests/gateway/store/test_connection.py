"""Clients of the ledger: nothing is tried twice behind our back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from gateway.store.connection import connect, listener


class Counting:
    """A server that hears commands, counts connections and drops each at its first byte."""

    def __init__(self) -> None:
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client."""
        self.connections += 1
        await reader.read(1)
        writer.close()


@asynccontextmanager
async def dropping() -> AsyncIterator[tuple[Counting, str]]:
    """Such a server with its address."""
    counting = Counting()
    server = await asyncio.start_server(counting.serve, "127.0.0.1", 0)
    async with server:
        yield counting, f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("make", [connect, listener])
async def test_a_command_whose_answer_is_lost_is_not_sent_again(make: Callable[[str], Redis]) -> None:
    async with dropping() as (counting, url):
        client = make(url)
        with pytest.raises(RedisError):
            await client.incrby("money", 5)
        await client.aclose()
    assert counting.connections == 1


async def test_many_callers_share_few_connections(redis_url: str, redis: Redis) -> None:
    client = connect(redis_url)
    before = len(await redis.client_list())
    assert await asyncio.gather(*(client.incr("n") for _ in range(500)))
    assert await client.get("n") == b"500"
    assert len(await redis.client_list()) - before <= 32
    await client.aclose()

"""A Redis Cluster of a test's own on loopback: three servers, each with a third of the slots, and none with a replica."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from tests.end_to_end.configuration import free_port
from tests.faults.redis_server import RedisServer

SLOTS: Final = 16_384
SERVERS: Final = 3


@asynccontextmanager
async def clustered(folder: Path, rng: random.Random, *, login: str = "", **options: str) -> AsyncIterator[list[RedisServer]]:
    """The servers, once each of them says that all is well. The rest is what it is in ``RedisServer``."""
    async with AsyncExitStack() as stack:
        servers = []
        for number in range(SERVERS):
            bus = str(free_port(rng))  # its own choice lies where the system takes ports from for connections
            place = folder / f"node-{number}"
            server = RedisServer(place, free_port(rng), login=login, cluster_enabled="yes", cluster_port=bus, **options)
            servers.append(await stack.enter_async_context(server.running()))
        for number, server in enumerate(servers):
            await server.command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            mine = range(SLOTS * number // SERVERS, SLOTS * (number + 1) // SERVERS)
            await server.command("CLUSTER", "ADDSLOTS", *mine)
            await server.command("CLUSTER", "MEET", "127.0.0.1", servers[0].port, servers[0].options["cluster-port"])
        async with asyncio.timeout(20):
            for server in servers:
                while not await _is_whole(server):
                    await asyncio.sleep(0.05)
        yield servers


def address(servers: list[RedisServer], login: str = "") -> str:
    """For a gateway that logs in as somebody."""
    return f"redis+cluster://{login and f'{login}@'}" + ",".join(f"127.0.0.1:{server.port}" for server in servers)


async def _is_whole(server: RedisServer) -> bool:
    async with server.client() as redis:
        about = await redis.execute_command("CLUSTER INFO")  # type: ignore[no-untyped-call]
    return about["cluster_state"] == "ok" and int(about["cluster_known_nodes"]) == SERVERS

"""What the ledger's server must be like: at the start and for as long as it is used, as a failover may lead to another one."""

from typing import Any, Final

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from gateway.store.cluster import cluster
from gateway.store.connection import guarded
from schema.model.errors import StoreUnsuitable

OLDEST: Final = (6, 2)


async def examine(client: Redis, name: str, replicas: int = 0) -> None:
    """Refuses a server on which money could be lost or count twice. ``name`` is the setting to blame, ``replicas`` how many
    must confirm each write.

    Raises StoreUnsuitable. A server that does not let its configuration be read is believed.
    """
    try:
        found = await shortcomings(client, replicas)
    except (RedisError, OSError) as error:
        raise StoreUnsuitable(f"{name}: no Redis server answers there ({type(error).__name__}).") from error
    if found:
        raise StoreUnsuitable(f"{name}: {' '.join(found)}")


async def shortcomings(client: Redis, replicas: int) -> list[str]:
    """What is wrong with the server, or with any of a cluster, in sentences for an operator. Raises RedisError or OSError."""
    many = cluster(client)
    if many is None:
        return await _shortcomings(client, replicas, of_cluster=False)
    await many.initialize()
    found = [each for node in many.get_nodes() for each in await _shortcomings(node, replicas, of_cluster=True)]
    return list(dict.fromkeys(found))


async def run_ids(client: Redis) -> str:
    """Those of all servers of a cluster that take writes; nothing for a single server, which a script can ask by itself.

    Raises LedgerUnavailable.
    """
    many = cluster(client)
    if many is None:
        return ""
    async with guarded():
        await many.initialize()
        return " ".join(sorted([(await node.execute_command("INFO"))["run_id"] for node in many.get_primaries()]))


async def _shortcomings(server: Any, replicas: int, *, of_cluster: bool) -> list[str]:
    """``server`` is a client of it, or a node."""
    about = await server.execute_command("INFO")
    found = []
    if tuple(int(part) for part in about["redis_version"].split(".")[:2]) < OLDEST:
        found.append("the server is older than Redis 6.2.")
    if about.get("cluster_enabled") and not of_cluster:
        found.append("the server is one of a Redis Cluster. Begin the address with redis+cluster:// or rediss+cluster://.")
    if about.get("role") == "slave" and not of_cluster:
        found.append("the server is a replica, which takes no writes. Name the primary, or promote this one.")
    if (policy := about.get("maxmemory_policy", "noeviction")) != "noeviction":
        found.append(f"the server evicts keys ({policy}), so donations would count twice. Set maxmemory-policy noeviction.")
    if not about.get("aof_enabled", 1):
        found.append("the server forgets on a restart. Set appendonly yes.")
    if (written := await _setting(server, "appendfsync", "always")) != "always":
        found.append(f"the server answers before a write is on disk ({written}). Set appendfsync always.")
    if replicas and int(needed := await _setting(server, "min-replicas-to-write", str(replicas))) < replicas:
        found.append(f"the server takes writes that no replica could confirm ({needed}). Set min-replicas-to-write {replicas}.")
    return found


async def _setting(server: Any, name: str, otherwise: str) -> str:
    try:
        return str((await server.execute_command("CONFIG GET", name)).get(name, otherwise))
    except ResponseError:  # it may not be read, as with a Redis that is rented
        return otherwise

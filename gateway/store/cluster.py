"""A client of a Redis Cluster that keeps the promises of the client of one server: nothing is sent twice behind our back,
callers wait for their turn, and a failure is a RedisError.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from itertools import count
from typing import Any, Final

from redis.asyncio.cluster import ClusterNode, ClusterPipeline, ClusterPubSub, RedisCluster
from redis.asyncio.connection import AbstractConnection, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ClusterDownError, MovedError, RedisClusterException
from redis.exceptions import ConnectionError as Unconnected
from redis.exceptions import TimeoutError as Unanswered
from redis.maint_notifications import MaintNotificationsConfig

from gateway.store import keys
from gateway.store.confirmed import READS, confirmation, confirmed

SCHEMES: Final = ("redis+cluster://", "rediss+cluster://")
MOST_MOVES: Final = 3
"""How often one command follows a key that lies elsewhere now. A server that says so has done nothing."""
_ELSEWHERE: Final = (Unconnected, Unanswered, ClusterDownError, MovedError, OSError)
_turn_is_ours: ContextVar[bool] = ContextVar("_turn_is_ours", default=False)


def cluster(client: object) -> "Cluster | None":
    """The same where it is a client of a cluster; it goes by the name of a client of one server."""
    return client if isinstance(client, Cluster) else None


class Cluster(RedisCluster):
    """``most`` commands and pipelines run at once, others wait. ``replicas`` is what it is in ``Confirmed``.

    ``kinds`` are the connections to use in place of the library's.
    """

    def __init__(
        self,
        url: str,
        *,
        replicas: int,
        most: int,
        kinds: Mapping[type[AbstractConnection], type[AbstractConnection]],
        **settings: Any,
    ) -> None:
        scheme, _, place = url.partition("+cluster://")
        login, at, rest = place.rpartition("@")
        hosts, slash, options = rest.partition("/")
        seeds: list[Any] = [parse_url(f"{scheme}://{login}{at}{host}{slash}{options}") for host in hosts.split(",")]
        common = {name: value for name, value in seeds[0].items() if name not in ("host", "port", "connection_class")}
        super().__init__(
            startup_nodes=[ClusterNode(seed["host"], seed.get("port", 6379)) for seed in seeds],
            ssl=scheme == "rediss",
            max_connections=most + 1,  # one more for pub/sub
            retry=Retry(NoBackoff(), 0),
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
            **common,
            **settings,
        )
        kind: Any = kinds[self.connection_kwargs["connection_class"]]
        self.connection_kwargs["connection_class"] = kind  # of nodes that are found, and below of those that were named
        for node in self.startup_nodes:
            node.connection_class = kind
        self.replicas = replicas
        self._turns = asyncio.Semaphore(most)

    async def initialize(self, *args: Any, **options: Any) -> "Cluster":
        """Looks up which server has what, where that is not known. Raises Unconnected where none of them says so."""
        try:
            await super().initialize(*args, **options)
        except RedisClusterException as error:  # which is no RedisError
            raise Unconnected(str(error)) from error
        return self

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """The answer of one command."""
        async with self.turn():
            if not self.replicas or args[0] in READS or "target_nodes" in options:
                return await super().execute_command(*args, **options)
            return await self._write(args, options)

    def pipeline(self, transaction: Any = None, shard_hint: Any = None) -> ClusterPipeline:
        """Commands of several campaigns, or one transaction on the keys of one."""
        return _Pipeline(self, transaction)  # type: ignore[abstract]  # the library's own is no better

    def pubsub(self, node: Any = None, host: Any = None, port: Any = None, **settings: Any) -> ClusterPubSub:
        """Listens on one server: each one hears what is published on any. Which one is looked up when it connects."""
        return _Ears(self, node, host, port, **settings)

    def forget(self) -> None:
        """Has the next command look up first which server has what."""
        self._initialize = True

    async def aclose(self) -> None:
        """Closes every connection."""
        self._initialize = False  # else the library takes it for one that has none
        await super().aclose()

    async def drop_idle(self) -> None:
        """Closes connections that wait."""
        self.forget()
        for node in self.get_nodes():
            await node.disconnect_free_connections()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """One of the turns, for whatever happens within. Raises Unconnected where no server has what is asked for."""
        try:
            if _turn_is_ours.get():
                yield
                return
            async with self._turns:
                mark = _turn_is_ours.set(True)
                try:
                    yield
                finally:
                    _turn_is_ours.reset(mark)
        except RedisClusterException as error:
            self.forget()
            raise Unconnected(str(error)) from error

    async def _write(self, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        key = args[3] if args[0] in ("EVAL", "EVALSHA") else args[1]
        answer: Any = None
        proof: list[Any] = []
        for _ in range(MOST_MOVES):
            await self.initialize()
            node = self.get_node_from_key(key)
            mark = next(key for key in map(keys.confirmation, count()) if self.get_node_from_key(key) == node)
            pipe: Any = self.pipeline()
            for command, its in ((args, options), *((each, {}) for each in confirmation(self.replicas, mark))):
                pipe.execute_command(*command, target_nodes=node, **its)
            answer, *proof = await pipe.execute(raise_on_error=False, allow_redirections=False)
            if not isinstance(answer, MovedError):
                break
        return confirmed(answer, proof, self.replicas)


class _Pipeline(ClusterPipeline):
    cluster_client: Cluster

    async def execute(self, raise_on_error: bool = True, allow_redirections: bool = True) -> list[Any]:  # noqa: FBT001, FBT002
        """The answers in the order of the commands. Each is sent once, or followed to where its key lies now."""
        try:
            async with self.cluster_client.turn():
                answers = await super().execute(raise_on_error, allow_redirections)
        except _ELSEWHERE:
            self.cluster_client.forget()  # the library does so after single commands only
            raise
        if any(isinstance(answer, _ELSEWHERE) for answer in answers):
            self.cluster_client.forget()
        return answers


class _Ears(ClusterPubSub):
    cluster: Cluster

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Sends a command of pub/sub."""
        if self.connection is None:
            self.cluster.forget()  # the one that was listened to may be gone
            await self.cluster.initialize()
        return await super().execute_command(*args, **options)

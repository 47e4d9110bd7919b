"""The ledger on more than one server: a replica that confirms, a failover, a cluster: rows 19, 19b and 25."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from gql.client import AsyncClientSession

from tests.end_to_end.commands import command
from tests.end_to_end.configuration import free_port
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.viewers import TOTAL, follow, socket
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.link import Link
from tests.faults.post import MERCHANTS, Letter, Post, all_taken, opened
from tests.faults.redis_cluster import address, clustered
from tests.faults.redis_server import RedisServer
from tests.faults.sim import Sim, simulated
from tests.faults.users import GATEWAY, OPERATOR, filled_in

CONFIRMED: Final = {"min-replicas-to-write": "1", "min-replicas-max-lag": "2", "repl-diskless-sync-delay": "0"}
UNSEEN_SECONDS: Final = 4.0
"""After how long without a word of its replica a primary refuses writes by itself."""
NOTICED_WITHIN: Final = 40.0
TOTALS: Final = """
{ campaigns(first: 100) { nodes { id total { raised { amount } refunded { amount } donationCount } } } }
"""


@dataclass(repr=False)
class Pair:
    """A primary with its one replica, which follows over ``line``. ``stack`` ends every server that there ever was."""

    sim: Sim
    stack: AsyncExitStack
    primary: RedisServer
    replica: RedisServer
    line: Link

    async def follow(self) -> None:
        """Another replica follows the primary. Returns when it confirms writes, which takes a second or two."""
        rng = self.sim.rng
        self.line = await self.stack.enter_async_context(Link(self.primary.port, rng).open())
        options = {name.replace("-", "_"): value for name, value in CONFIRMED.items()}
        port = free_port(rng)
        folder = self.sim.folder / f"replica-{port}"
        self.replica = RedisServer(folder, port, replicaof=f"127.0.0.1 {self.line.near}", **options)
        await self.stack.enter_async_context(self.replica.running())
        await self.confirming()

    async def confirming(self) -> None:
        """Returns when the replica confirms writes."""
        async with asyncio.timeout(NOTICED_WITHIN), self.primary.client() as redis:
            while (await redis.info("replication")).get("min_slaves_good_slaves") != 1:
                await asyncio.sleep(0.05)
            while not await redis.set("confirm:{0}", 1) or not await redis.wait(1, 100):
                await asyncio.sleep(0.05)

    async def promote(self) -> None:
        """The primary is killed; the gateway's wire leads to what was its replica."""
        assert self.sim.wire is not None
        await self.primary.kill()
        await self.replica.command("REPLICAOF", "NO", "ONE")
        self.primary, self.sim.wire.port = self.replica, self.replica.port
        self.sim.wire.cut()


@asynccontextmanager
async def paired(stage: Stage) -> AsyncIterator[tuple[Post, Pair]]:
    """A gateway whose every write is confirmed by a replica, with the post in front of it."""
    asked = {"ledger_replicas": 1}
    async with AsyncExitStack() as stack:
        playing = simulated(stage, *MERCHANTS, own_redis=True, redis_options=CONFIRMED, settings=asked, started=False)
        sim = await stack.enter_async_context(playing)
        assert sim.server is not None
        pair = Pair(sim, stack, sim.server, sim.server, Link(sim.server.port, sim.rng))
        await pair.follow()
        yield await stack.enter_async_context(opened(sim)), pair


async def failover(stage: Stage) -> Told:
    """The line to the replica swallows everything, gifts go on, the primary is killed and its replica takes its place."""
    async with paired(stage) as (post, pair):
        sim, refused, longest = post.sim, 0, 0.0
        for number in range(stage.times(5, 1)):
            stage.say(f"failover {number + 1}")
            letters = await post.written_in(stage.times(80, 40), back=0.3)
            all_taken(await post.over_connections(letters[: len(letters) // 2]))
            pair.line.black_hole = True
            half = len(letters) * 3 // 4
            refused += await _refused(post, letters[len(letters) // 2 : half], "confirmed by no replica")
            if not stage.quick:
                await asyncio.sleep(UNSEEN_SECONDS)
            refused += await _refused(post, letters[half:], "refused by a primary without its replica")
            await pair.replica.command("CONFIG", "SET", "appendfsync", "everysec")
            await pair.promote()
            refused += await _refused(post, letters[-4:], "while the new primary has no replica")
            await _ready(sim, "Set appendfsync always")
            await pair.replica.command("CONFIG", "SET", "appendfsync", "always")
            await pair.follow()
            await _ready(sim, None)
            await _again(post, letters)
            balance, healed = await sim.even()
            longest = max(longest, healed)
            if not balance.is_even:
                return Told(refused, balance.lost, balance.doubled, healed, "; ".join(balance.says))
        await sim.reconcile()
        balance, _ = await sim.even()
        return Told(refused, balance.lost, balance.doubled, longest, f"{number + 1} failovers")


async def unconfirmed(stage: Stage) -> Told:
    """The line to the replica is cut; networks deliver again what no replica has, here and to another gateway."""
    async with paired(stage) as (post, pair), _another(post.sim) as other:
        elsewhere = Post(replace(post.sim, gateway=other))
        refused, believed, tries = 0, 0, stage.times(6, 2)
        for number in range(tries):
            stage.say(f"{number} of {tries}")
            letters = await post.written_in(8, back=0.5)
            pair.line.black_hole = True
            for each in (post, elsewhere, post, elsewhere):
                refused += await _refused(each, letters, "delivered again, and confirmed by no replica")
            async with pair.primary.client() as redis:
                believed += await redis.wait(1, 200)
            pair.line.heal()
            await pair.confirming()
            await _again(post, letters)
        balance, healed = await post.sim.even()
        says = f"WAIT on another connection would have confirmed {believed} of {tries}"
        return Told(refused, balance.lost, balance.doubled, healed, "; ".join([*balance.says, says]))


@asynccontextmanager
async def _another(sim: Sim) -> AsyncIterator[GatewayProcess]:
    """A second gateway on the same ledger: its connections have written nothing of what the first one has."""
    port, folder = free_port(sim.rng), sim.folder / "another"
    variables = {"GIVING_PORT": str(port), "GIVING_DATA_DIR": str(folder)}
    other = GatewayProcess(sim.folder / "giving.toml", port, sim.folder / "another.log", **variables)
    try:
        await other.start()
        yield other
    finally:
        await other.kill()


async def _refused(post: Post, letters: list[Letter], when: str) -> int:
    """How many letters were answered 503, which all must be."""
    found = await post.over_connections(letters)
    expect(set(found) == {503}, f"{when}: deliveries were answered {sorted(set(found))}, not 503")
    return len(found)


async def _again(post: Post, letters: list[Letter]) -> None:
    """Networks deliver again until they are heard, as they do."""
    async with asyncio.timeout(NOTICED_WITHIN):
        while not {*await post.over_connections(letters)} <= {200, 204}:
            await asyncio.sleep(0.2)


async def _ready(sim: Sim, problem: str | None) -> None:
    """Waits until ``/readyz`` tells a problem of the server, or is 200."""
    async with asyncio.timeout(NOTICED_WITHIN):
        while True:
            answer = await sim.ask("GET", "/readyz")
            told = " ".join(json.loads(answer.body)["ledger_problems"])
            if (answer.status == 200) if problem is None else (answer.status == 503 and problem in told):
                return
            await asyncio.sleep(0.1)


async def cluster(stage: Stage) -> Told:
    """Gifts, refunds, files and viewers on three servers, each with a third of all; one after the other is killed."""
    async with AsyncExitStack() as stack:
        users = filled_in(stage.folder / "cluster")
        servers = await stack.enter_async_context(clustered(stage.folder / "cluster", stage.rng, login=OPERATOR, **users))
        names = MERCHANTS if stage.quick else (*MERCHANTS, "twitch", "tencent_gongyi")
        sim = await stack.enter_async_context(simulated(stage, *names, started=False))
        keys = str(sim.data_key())
        sim.settings |= {"ledger_url": address(servers, GATEWAY), "data_key_file": keys, "pepper_file": keys}
        post = await stack.enter_async_context(opened(sim))
        gifts = stage.times(300, 40)
        all_taken(await post.over_connections(await post.written_in(gifts, back=0.2)))
        await sim.hand_over()
        balance, healed = await sim.even()
        expect(balance.is_even, f"before any server was killed: {balance.says}")
        await _watched(post)
        for number, server in enumerate(servers if not stage.quick else servers[:1]):
            stage.say(f"server {number + 1}")
            letters = await post.written_in(gifts // 4, back=0.2)
            await server.kill()
            await post.over_connections(letters[: len(letters) // 2])
            await server.start()
            await _again(post, letters)
        await sim.gateway.kill()
        await sim.gateway.start()
        await sim.hand_over()
        await sim.reconcile()
        balance, healed = await sim.even()
        ended = await command("books", "--config", str(sim.folder / "giving.toml"))
        expect(ended.code == 0, f"the books do not balance: {ended}")
        for server in servers:
            expect(not (log := await server.command("ACL LOG")), f"the gateway was refused something: {log}")
        used = [int(await server.command("DBSIZE")) for server in servers]
        expect(all(used), f"a server has nothing: {used}")
        return Told(gifts, balance.lost, balance.doubled, healed, "; ".join([*balance.says, f"{used} keys"]))


async def _watched(post: Post) -> None:
    """Whoever follows a campaign sees what is given, whichever server it lies on."""
    latest: dict[str, Any] = {}

    async def watch(session: AsyncClientSession, campaign: str) -> None:
        async for message in follow(session, TOTAL, id=campaign):
            latest[campaign] = message["campaign"]["total"]

    async with socket(post.sim.url) as session, asyncio.TaskGroup() as tasks:
        before = await _totals(post.sim)
        watching = [tasks.create_task(watch(session, campaign)) for campaign in before]
        async with asyncio.timeout(NOTICED_WITHIN):
            while latest != before:
                await asyncio.sleep(0.05)
            all_taken(await post.over_connections(await post.written_in(20)))
            while before == (after := await _totals(post.sim)) or latest != after:
                await asyncio.sleep(0.05)
        for each in watching:
            each.cancel()


async def _totals(sim: Sim) -> dict[str, Any]:
    return {node["id"]: node["total"] for node in (await sim.query(TOTALS))["campaigns"]["nodes"] if node["total"]}


FAULTS: Final = (
    Fault("19", "failover", failover),
    Fault("19b", "unconfirmed write delivered again", unconfirmed),
    Fault("25", "cluster", cluster),
)

"""Single calls of the ledger that fail, or whose caller leaves: rows 21 and 22."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, Final, cast

import aiohttp

from connectors.wechat_pay.emulator import WeChatPayEmulator
from gateway.store import keys
from gateway.store.connection import connect
from schema.model.ids import CampaignId
from schema.model.money import MAX_DONATION, MAX_TOTAL
from tests.end_to_end.configuration import free_port
from tests.end_to_end.merchants import noon
from tests.faults.books import balance
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.link import Link
from tests.faults.players import LUNCH, RIVER
from tests.faults.post import calm
from tests.faults.redis_server import RedisServer
from tests.faults.rows.held import held_by, quarantine
from tests.faults.sim import Sim, simulated

COUNTED: Final = ("wechat_pay", "weibo", "alipay")
BILLED: Final = 2
"""What was paid so many days ago is on a bill that is there."""
AT_ONCE: Final = 40
"""Callers, of whom about half leave."""
LATE: Final = 0.004
"""Seconds that each piece on the way to Redis and back takes, so that there is a middle of a command."""
GIFTS: Final = """
{ campaigns(first: 10) { nodes { donations(first: 100) { nodes { id amount { amount } } } } } }
"""
GIFT: Final = "query ($id: ID!) { node(id: $id) { ... on Donation { id amount { amount } } } }"


# -------------------------------------------------------------------------------------------------------- script errors


async def script_error(stage: Stage) -> Told:
    """A key is of another type, a sum no number, the memory full, the scripts gone: while gifts arrive."""
    async with simulated(stage, *COUNTED, own_redis=True) as sim:
        assert sim.server is not None
        tries = stage.times(40, 8)
        await sim.give(20, back=0.2)
        found, _ = await sim.even()
        expect(found.is_even, f"before anything failed: {found.says}")
        for number in range(tries):
            stage.say(f"{number} of {tries}")
            spoil = (_typed, _unreadable, _full, _flushed)[number % 4]
            async with spoil(sim):
                await sim.give(6, back=0.3)
                await _answered(sim, 4)
            found, _ = await sim.even()
            if not found.is_even:
                return Told(number + 1, found.lost, found.doubled, None, "; ".join((spoil.__name__, *found.says)))
            await balance(sim.server, f"after {spoil.__name__}")
        found, healed = await sim.even()
        return Told(tries, found.lost, found.doubled, healed, "; ".join(found.says))


@asynccontextmanager
async def _typed(sim: Sim) -> AsyncIterator[None]:
    """One key of each campaign is a list meanwhile."""
    assert sim.server is not None
    chosen = [sim.rng.choice(_keys(campaign)) for campaign in _campaigns()]
    async with sim.server.client() as redis:
        there = [name for name in chosen if await redis.exists(name)]
        for name in there:
            await redis.rename(name, f"aside:{name}")
            await cast("Any", redis.rpush(name, "of another type"))
        yield
        for name in there:
            await redis.rename(f"aside:{name}", name)


@asynccontextmanager
async def _unreadable(sim: Sim) -> AsyncIterator[None]:
    """Every day of each campaign is a word meanwhile."""
    assert sim.server is not None
    days = [keys.buckets(campaign)[2] for campaign in _campaigns()]
    async with sim.server.client() as redis:
        kept = {name: await cast("Any", redis.hgetall(name)) for name in days}
        for name, values in kept.items():
            if values:
                await cast("Any", redis.hset(name, mapping=dict.fromkeys(values, "spoiled")))
        yield
        for name, values in kept.items():
            if values:
                await cast("Any", redis.hset(name, mapping=values))


@asynccontextmanager
async def _full(sim: Sim) -> AsyncIterator[None]:
    """There is room for nothing."""
    assert sim.server is not None
    await sim.server.command("CONFIG", "SET", "maxmemory", "1")
    yield
    await sim.server.command("CONFIG", "SET", "maxmemory", "0")


@asynccontextmanager
async def _flushed(sim: Sim) -> AsyncIterator[None]:
    """The server forgets its scripts, again and again."""
    assert sim.server is not None

    over = asyncio.Event()

    async def flush(server: RedisServer) -> None:
        while not over.is_set():
            await server.command("SCRIPT", "FLUSH")
            await asyncio.sleep(sim.rng.uniform(0, 0.02))

    task = asyncio.create_task(flush(sim.server))
    yield
    over.set()  # cancelled it would go on now and then: what the gateway's own client is made for
    await task


def _campaigns() -> list[CampaignId]:
    return [CampaignId(platform, native) for platform in COUNTED for native in (LUNCH, RIVER)]


def _keys(campaign: CampaignId) -> tuple[str, ...]:
    return keys.log(campaign), *keys.buckets(campaign), keys.feed(campaign), keys.faces(campaign), keys.total(campaign)


async def _answered(sim: Sim, more: int) -> None:
    """Waits for so many answers to deliveries."""

    def answers() -> int:
        return sum(len(player.emulator.sender.attempts) for player in sim.players.values())

    enough = answers() + more
    async with asyncio.timeout(30):
        while answers() < enough:
            await asyncio.sleep(0.02)


# ------------------------------------------------------------------------------------------------------- total too large


async def total_too_large(stage: Stage) -> Told:
    """Gifts would lift a total above the most that one can be: they are held, change nothing, and count once there is room."""
    async with simulated(stage, "wechat_pay", own_redis=True, started=False) as sim:
        assert sim.server is not None
        wechat = sim.players["wechat_pay"].emulator
        assert isinstance(wechat, WeChatPayEmulator)
        fens = [MAX_DONATION] * (MAX_TOTAL // MAX_DONATION)
        billed = [await wechat.pay(fen, book=LUNCH, paid_at=noon(BILLED), notify=False) for fen in fens]
        await sim.start()
        await calm(sim)
        tries = stage.times(8, 2)
        for number in range(tries):
            stage.say(f"{number} of {tries}")
            room = stage.rng.randrange(1, 50_000)
            await wechat.refund(billed[number], room)
            found, _ = await sim.even()
            expect(found.is_even and wechat.books[LUNCH].raised == MAX_TOTAL - room, f"with room for {room}: {found.says}")
            for fen in (room + 1, room, 1):
                await wechat.pay(fen, book=LUNCH)
                await sim.settle()
            held = [each["reason"] for each in await held_by(sim)]
            expect(held == ["totalrange"] * 2, f"of three gifts one fits, and held are {held}")
            raised = (await sim.campaigns())[LUNCH]["total"]["raised"]["amount"]
            expect(Decimal(raised) * 100 == MAX_TOTAL, f"with one of three that fits, it shows {raised}")
            await balance(sim.server, "with the most that a total can be")
            await wechat.refund(billed[-1 - number], room + 2)
            await sim.settle()
            replayed = await quarantine(sim, "replay", "all")
            expect(replayed.code == 0, f"there is room, and something stays held: {replayed.out} {replayed.err}")
            found, healed = await sim.even()
            expect(found.is_even, f"with room again: {found.says}")
        expect({attempt.status for attempt in wechat.sender.attempts} <= {200, 204}, "what is held was not acknowledged")
        await balance(sim.server, "with room again")
        return Told(2 * tries, found.lost, found.doubled, healed, "; ".join(found.says))


# ------------------------------------------------------------------------------------------------------ callers who leave


async def command_cancelled(stage: Stage) -> Told:
    """Tasks are cancelled in the middle of a command of the client that the gateway uses; answers are all distinct."""
    server = RedisServer(stage.folder / "redis", free_port(stage.rng))
    tries, wrong = 0, 0
    async with server.running(), Link(server.port, stage.rng, delay=LATE).open() as link:
        async with connect(f"redis://127.0.0.1:{link.near}") as redis, server.client() as direct:
            await direct.mset({f"key:{number}": f"value:{number}" for number in range(1_000)})
            while tries < stage.times(3_000, 300):
                stage.say(f"{tries} cancelled")
                asked = stage.rng.sample(range(1_000), AT_ONCE)
                tasks = [asyncio.ensure_future(redis.get(f"key:{number}")) for number in asked]
                leaving = stage.rng.sample(tasks, AT_ONCE // 2)
                for task in leaving:
                    await asyncio.sleep(stage.rng.uniform(0, LATE / 4))
                    tries += task.cancel()
                answers = await asyncio.gather(*tasks, return_exceptions=True)
                for number, task, answer in zip(asked, tasks, answers, strict=True):
                    if isinstance(answer, asyncio.CancelledError) and task in leaving:
                        continue
                    wrong += answer != f"value:{number}".encode()
    expect(not wrong, f"{wrong} callers got another's answer, or none")
    return Told(tries)


async def client_leaves(stage: Stage) -> Told:
    """Viewers and networks hang up while the gateway asks Redis; no answer reaches another one."""
    async with simulated(stage, *COUNTED, own_redis=True) as sim:
        assert sim.wire is not None
        await sim.give(60)
        found, _ = await sim.even()
        expect(found.is_even, f"before anybody left: {found.says}")
        campaigns = (await sim.query(GIFTS))["campaigns"]["nodes"]
        listed = [node for each in campaigns if each["donations"] for node in each["donations"]["nodes"]]
        amounts = {node["id"]: node["amount"]["amount"] for node in listed}
        sim.wire.delay = LATE
        left, answered = 0, 0
        giving = asyncio.create_task(sim.give(stage.times(150, 20), back=0.2))
        while left < stage.times(1_000, 100):
            stage.say(f"{left} left")
            asked = stage.rng.choices(list(amounts), k=AT_ONCE)
            tasks = [asyncio.create_task(_ask(sim, each, stream=stage.rng.random() < 0.5)) for each in asked]
            leaving = stage.rng.sample(tasks, AT_ONCE // 2)
            for task in leaving:
                await asyncio.sleep(stage.rng.uniform(0, 2 * LATE))
                left += task.cancel()
            for each, task in zip(asked, tasks, strict=True):
                with contextlib.suppress(asyncio.CancelledError):
                    told = await task
                    answered += 1
                    expect(told == {"id": each, "amount": {"amount": amounts[each]}}, f"who asked for {each} was told {told}")
        await giving
        sim.wire.heal()
        found, healed = await sim.even()
        return Told(left, found.lost, found.doubled, healed, "; ".join(found.says) or f"{answered:,} stayed")


async def _ask(sim: Sim, node: str, *, stream: bool) -> Any:
    """One donation, as a single answer or as a stream of one."""
    accepted = "text/event-stream" if stream else "application/json"
    body, headers = {"query": GIFT, "variables": {"id": node}}, {"Accept": accepted}
    async with aiohttp.ClientSession() as session, session.post(f"{sim.url}/graphql", json=body, headers=headers) as answer:
        said = (await answer.read()).decode()
    if stream:
        said = next(line.partition(":")[2] for line in said.splitlines() if line.startswith("data:") and line[5:].strip())
    return json.loads(said)["data"]["node"]


FAULTS: Final = (
    Fault("21", "script errors", script_error),
    Fault("21", "total too large", total_too_large),
    Fault("22", "command cancelled", command_cancelled),
    Fault("22", "client leaves", client_leaves),
)

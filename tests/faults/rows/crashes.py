"""The gateway or its ledger dies while deliveries are under way: rows 10, 11 and 12."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Final

from connectors.testing.emulation import Outgoing
from tests.end_to_end.waiting import PATIENCE
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.post import MERCHANTS, Letter, Post, calm, opened, pushers
from tests.faults.redis_server import RedisServer
from tests.faults.sim import Sim, simulated

REFUSES_WITHIN: Final = 4.0
"""Seconds: the promised three, and some for a slow machine."""
BURST: Final = 8
"""Gifts whose deliveries are under way at once."""


async def crash_before_ack(stage: Stage) -> Told:
    """``kill -9`` at a random point of a burst of deliveries, and a start on the same data, again and again."""
    async with simulated(stage, *pushers(stage)) as sim:
        await calm(sim)
        await _usual(sim)
        usual, wanted, kills, cut, tries = await _usual(sim), stage.times(60, 3), 0, 0, 0
        while tries < wanted and kills < 5 * wanted:
            stage.say(f"{tries} of {wanted}")
            await sim.give(BURST, back=0.3)
            await asyncio.sleep(stage.rng.uniform(0, usual))  # the point of the crash is what is drawn here
            before = _unheard(sim)
            await sim.gateway.kill()
            await asyncio.sleep(0.05)  # what was under way hears of it
            now_cut = _unheard(sim) - before
            kills, cut, tries = kills + 1, cut + now_cut, tries + (now_cut > 0)
            await sim.gateway.start()
        balance, healed = await sim.even()
        _nothing_given_up(sim)
        return Told(tries, balance.lost, balance.doubled, healed, f"killed {kills} times, {cut} deliveries cut")


async def _usual(sim: Sim) -> float:
    """How many seconds a burst takes when nothing goes wrong."""
    began = time.monotonic()
    await sim.give(BURST, back=0.3)
    await sim.settle()
    return time.monotonic() - began


def _unheard(sim: Sim) -> int:
    """How many attempts got no answer."""
    return sum(attempt.status == 0 for network in sim.networks for attempt in network.sender.attempts)


def _nothing_given_up(sim: Sim) -> None:
    for network in sim.networks:
        expect(network.sender.abandoned == 0, f"{network.key} gave {network.sender.abandoned} deliveries up")


async def ack_lost(stage: Stage) -> Told:
    """All is written, and the answer is cut on its way back; the network tells again."""
    async with simulated(stage, *pushers(stage)) as sim:
        await calm(sim)
        rounds = stage.times(60, 10)
        for number in range(rounds):
            stage.say(f"{number} of {rounds}")
            sim.ingress.cut_replies = stage.rng.randint(1, 6)
            await sim.give(4, back=0.4)
            await sim.settle()
        sim.ingress.heal()
        balance, healed = await sim.even()
        _nothing_given_up(sim)
        return Told(sim.ingress.cuts, balance.lost, balance.doubled, healed, "; ".join(balance.says))


# -------------------------------------------------------------------------------------------------------- the ledger is away


async def ledger_killed(stage: Stage) -> Told:
    """``kill -9`` of a Redis over TCP, and its start on what it has."""

    async def away(server: RedisServer, meanwhile: Callable[[], Awaitable[None]]) -> None:
        await server.kill()
        await meanwhile()
        await server.start()

    return await _without_ledger(stage, away, stage.times(8, 1))


async def ledger_frozen(stage: Stage) -> Told:
    """SIGSTOP of a Redis over TCP, for ten seconds."""

    async def away(server: RedisServer, meanwhile: Callable[[], Awaitable[None]]) -> None:
        server.freeze()
        try:
            await asyncio.gather(meanwhile(), asyncio.sleep(stage.times(10, 0)))  # so long is the fault
        finally:
            server.thaw()

    return await _without_ledger(stage, away, stage.times(4, 1))


async def ledger_swallowed(stage: Stage) -> Told:
    """The line to Redis takes everything, and nothing arrives."""
    async with simulated(stage, *MERCHANTS, own_redis=True, started=False) as sim, opened(sim) as post:
        assert sim.wire is not None
        wire, tries = sim.wire, 0
        for _ in range(stage.times(5, 1)):
            wire.black_hole = True
            tries += await _refused(sim, post)
            wire.heal()
            await sim.settle()
        balance, healed = await sim.even()
        return Told(tries, balance.lost, balance.doubled, healed, "; ".join(balance.says))


async def _without_ledger(
    stage: Stage, away: Callable[[RedisServer, Callable[[], Awaitable[None]]], Awaitable[None]], rounds: int
) -> Told:
    async with simulated(stage, *MERCHANTS, own_redis=True, started=False) as sim, opened(sim) as post:
        assert sim.server is not None
        tries = 0
        for _ in range(rounds):
            in_flight = asyncio.create_task(sim.give(stage.times(30, 10), back=0.3))  # some of it has begun when it goes
            await asyncio.sleep(stage.rng.uniform(0, 0.1))  # the point at which it goes is drawn here

            async def meanwhile(given: asyncio.Task[None] = in_flight) -> None:
                nonlocal tries
                await given
                tries += await _refused(sim, post)

            await away(sim.server, meanwhile)
            await sim.settle()
        balance, healed = await sim.even()
        _nothing_given_up(sim)
        return Told(tries, balance.lost, balance.doubled, healed, "; ".join(balance.says))


async def _refused(sim: Sim, post: Post) -> int:
    """Delivers while there is no ledger: no letter is taken, each is answered soon, and the networks try again. How many."""
    letters = [letter for key in MERCHANTS for letter in await _one_letter(post, key)]
    told = await asyncio.gather(*(_timed(post, letter) for letter in letters))
    statuses = sorted({status for status, _ in told})
    expect(statuses == [503], f"without a ledger deliveries are answered {statuses}")
    slowest = max(seconds for _, seconds in told)
    expect(slowest < REFUSES_WITHIN, f"a refusal took {slowest:.1f} s")
    readiness = await sim.ask("GET", "/readyz")
    expect(readiness.status == 503, f"without a ledger it says that it is ready: {readiness.status}")
    before = await _refusals(sim)
    await sim.give(6, *MERCHANTS, back=0.3)  # which come again by themselves, until they are heard
    async with asyncio.timeout(PATIENCE):
        while (refused := await _refusals(sim)) == before:
            await asyncio.sleep(0.05)
    for letter in letters:
        _again(sim, letter)
    return len(letters) + int(refused - before)


async def _refusals(sim: Sim) -> float:
    """Deliveries that were asked to come again, as the gateway counts them."""
    return await sim.count("giving_deliveries_total", outcome="unconfirmed") + await sim.count(
        "giving_deliveries_total", outcome="timeout"
    )


async def _one_letter(post: Post, key: str) -> list[Letter]:
    """What a network writes of one gift; ``sent`` by hand first, and by the network itself with ``_again``."""
    player = post.sim.players[key]
    post.keeping = True
    try:
        await player.give(post.sim.rng)
        await player.emulator.sender.settle()
    finally:
        post.keeping = False
    letters, post.kept = post.kept, []
    return letters


def _again(sim: Sim, letter: Letter) -> None:
    """The network tells what it had told by hand, until it is heard."""
    outgoing = Outgoing(dict(letter.headers), letter.body)
    sim.players[letter.key].emulator.sender.send(sim.url + letter.path, lambda _: outgoing)


async def _timed(post: Post, letter: Letter) -> tuple[int, float]:
    began = time.monotonic()
    status = await post.status(letter)
    return status, time.monotonic() - began


FAULTS: Final = (
    Fault("10", "crash before ack", crash_before_ack, ci=True),
    Fault("11", "ack lost", ack_lost, ci=True),
    Fault("12", "ledger killed", ledger_killed, ci=True),
    Fault("12", "ledger frozen", ledger_frozen),
    Fault("12", "ledger black-holed", ledger_swallowed),
)

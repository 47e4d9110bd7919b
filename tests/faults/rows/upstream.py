"""A network does not answer, or not in time: rows 30, 31 and 32."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from statistics import quantiles
from typing import Any, Final

from gateway.outbound.limits import Limits
from tests.faults.eager import asked, eagerly, failed, polled
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.ill import Watched, dripping, ill
from tests.faults.rows import answers, garbage, reaching, sights, tokens
from tests.faults.sim import Sim
from tests.gateway.outbound.upstream import answer, drip, hang, reset

LIMITS: Final = Limits(attempts=3, deadline=timedelta(seconds=5), window=timedelta(seconds=30), retries=3, retry_percent=20)
"""As they are promised, whatever the gateway believes."""
IN_FLIGHT: Final = 1.0
"""Seconds within which what was under way may still arrive."""
OTHER: Final = "weibo"
"""A network that is well. Each of its deliveries is a question to it as well."""
SLACK: Final = 0.03
"""Seconds that two measurements of the same thing differ by on a busy machine, above the tenth that is promised."""
LOOKS: Final = 5
LATE: Final = 1.0
"""Seconds by which a busy machine may be late."""
SHOWN: Final = "{ campaigns(first: 100) { nodes { platform { key } total { raised { amount } freshness } } } }"


async def totals(sim: Sim, name: str) -> list[tuple[str, str]]:
    """What viewers see of a network without any error: raised and freshness, in order."""
    nodes = (await sim.query(SHOWN))["campaigns"]["nodes"]
    told = [node["total"] for node in nodes if node["platform"]["key"] == name and node["total"] is not None]
    return sorted((total["raised"]["amount"], total["freshness"]) for total in told)


async def kept(sim: Sim, name: str, before: list[tuple[str, str]]) -> None:
    """Raises Broken unless its figures are those of before, and said to be old where nothing pushes newer ones."""
    now = await totals(sim, name)
    expect([raised for raised, _ in now] == [raised for raised, _ in before], f"of {name} {before} became {now}")
    stale = name != "justgiving" or {freshness for _, freshness in now} == {"STALE"}
    expect(stale, f"{name} cannot be asked, and its figures are {now}")


# ------------------------------------------------------------------------------------------------------------ patience


async def too_many_requests(stage: Stage) -> Told:
    """429 without a wish, with seconds, with a date, and with more patience than anybody has."""
    wishes = {"no": "", "seconds": "2", "date": "", "absurd": "99999999999", "none": "-5", "words": "soon"}
    tries, seen = 0, []
    async with eagerly(stage) as sim:
        await sim.give(6)
        await sim.even()
        for wish, said in wishes.items():
            for name in sim.players:
                stage.say(f"{wish} of {name}")
                await asked(sim, name)
                before = await totals(sim, name)
                said = format_datetime(datetime.now(UTC) + timedelta(seconds=4), usegmt=True) if wish == "date" else said
                refusal = Watched(_saying(answer(429, Retry_After=said) if said else answer(429)))
                async with ill(sim.egress[name], refusal):
                    await failed(sim, name)
                    await asyncio.sleep(4.5 if wish != "absurd" else stage.times(20, 4))  # who was asked to wait is watched
                    await kept(sim, name, before)
                tries += len(refusal.moments)
                _obeyed(name, wish, refusal.moments)
                if wish == "absurd":
                    await sim.restart()  # else it would be quiet for a quarter of an hour
        seen.append(f"{tries} times 429")
        await sim.give(4)
        balance, healed = await sim.even()
        return Told(tries, balance.lost, balance.doubled, healed, ", ".join(seen))


def _saying(reply: bytes) -> Any:
    async def act(writer: asyncio.StreamWriter) -> None:
        writer.write(reply)
        await writer.drain()

    return act


def _obeyed(name: str, wish: str, moments: list[float]) -> None:
    """How long it was quiet after each refusal; what was on its way at that moment does not count."""
    refused = moments[:1]
    for moment in moments:
        if moment - refused[-1] > IN_FLIGHT:
            refused.append(moment)
    pauses = [later - earlier for earlier, later in pairwise(refused)]
    if wish == "absurd":
        expect(not pauses, f"{name} asked for patience, and was asked again after {pauses}")
    elif wish == "seconds":
        expect(all(pause >= 1.9 for pause in pauses), f"{name} asked for 2 s, and was asked again after {pauses}")
    elif wish == "date":
        first = pauses[0] if pauses else 4.0
        expect(first >= 2.5, f"{name} asked for 3 to 4 s by a date, and was asked again after {first:.1f} s")
    else:
        most = LIMITS.attempts * (1 + 5 * 6)  # five cycles a second, of one call each that fails, for at most six seconds
        expect(len(moments) <= most, f"{name} was asked {len(moments)} times, over {most}")


# ------------------------------------------------------------------------------------------------------------- failures


async def failures(stage: Stage) -> Told:
    """500, 502, a reset, no connection and no address; meanwhile another network is as quick as ever."""
    ways = ["500", "502", "reset", "refused", "unknown host"]
    tries, slowest, opened = 0, 0.0, []
    for way in ways if not stage.quick else [stage.rng.choice(ways[:3])]:
        stage.say(way)
        async with eagerly(_apart(stage, way), *polled(stage), OTHER) as sim:
            await sim.give(8)
            await sim.even()
            shown, usual = {name: await totals(sim, name) for name in polled(stage)}, await _pace(sim)
            before = {name: await _figures(sim, name) for name in polled(stage)}
            async with _failing(sim, way, polled(stage)):
                began = time.monotonic()
                for name in polled(stage):
                    await sim.reach("giving_upstream_calls_total", 1, platform=name, outcome="open")
                    await kept(sim, name, shown[name])
                took = time.monotonic() - began
                opened.append(f"{way}: open after {took:.0f} s")
                ready = await sim.ask("GET", "/readyz")
                expect(ready.status == 200 and b"justgiving" in ready.body, f"/readyz says {ready.status} {ready.body!r}")
                await _no_slower(sim, way, usual)
                for name, figures in before.items():
                    tries += _no_storm(name, figures, await _figures(sim, name), time.monotonic() - began)
            await sim.give(4)
            balance, healed = await sim.even(within=90)  # a breaker rests for half a minute
            expect(balance.is_even, f"after {way}: {'; '.join(balance.says)}")
            slowest = max(slowest, healed)
    return Told(tries, healed=slowest, says="; ".join(opened))


def _apart(stage: Stage, way: str) -> Stage:
    """A stage for a part of it, so that each begins with nothing."""
    folder = stage.folder / way.replace(" ", "-")
    folder.mkdir()
    return Stage(folder, stage.rng.randrange(10**6), stage.quick, stage.say)


@asynccontextmanager
async def _failing(sim: Sim, way: str, names: tuple[str, ...]) -> AsyncIterator[None]:
    if way == "unknown host":
        async with _nowhere(sim):
            yield
        return
    async with AsyncExitStack() as stack:
        for name in names:
            if way == "refused":
                sim.egress[name].refuse = True
                sim.egress[name].cut()
                stack.callback(sim.egress[name].heal)
            else:
                await stack.enter_async_context(ill(sim.egress[name], reset if way == "reset" else answer(int(way), b"<html>")))
        yield


@asynccontextmanager
async def _nowhere(sim: Sim) -> AsyncIterator[None]:
    """The configuration leads to a host that does not exist, and then back."""
    path = sim.folder / "giving.toml"
    text = path.read_text("utf-8")
    for name in sim.players:
        if name != OTHER:
            text = text.replace(f"http://127.0.0.1:{sim.egress[name].near}", "http://nowhere.invalid")
    path.write_text(text, "utf-8")
    await sim.restart()
    try:
        yield
    finally:
        sim.configure()
        await sim.restart()


async def _figures(sim: Sim, name: str) -> tuple[float, float]:
    """How often a network was asked, and how often of that again."""
    calls, unsent = "giving_upstream_calls_total", ("open", "held", "crowded")
    sent = await sim.count(calls, platform=name) - sum([await sim.count(calls, platform=name, outcome=each) for each in unsent])
    return sent, await sim.count("giving_upstream_retries_total", platform=name, outcome="made")


def _no_storm(name: str, before: tuple[float, float], after: tuple[float, float], took: float) -> int:
    """Gives how many attempts there were: no more than calls, a fifth more of all that were made lately, and a few in each half
    minute.
    """
    # a gateway that was started meanwhile counts from nothing
    calls, retries = (new - old if new >= old else new for old, new in zip(before, after, strict=True))
    windows = int(took / LIMITS.window.total_seconds()) + 1
    most = max(calls, after[0]) * LIMITS.retry_percent / 100 + LIMITS.retries * windows
    expect(retries <= most, f"of {calls:.0f} calls to {name} {retries:.0f} were made again, over {most:.0f}")
    return int(calls)


async def _pace(sim: Sim) -> list[float]:
    """Seconds that queries, and gifts of the network that is well, take."""
    taken = []
    for _ in range(40):
        began = time.monotonic()
        await sim.query(SHOWN)
        taken.append(time.monotonic() - began)
    for _ in range(20):
        await sim.give(1, OTHER)
        began = time.monotonic()
        await sim.players[OTHER].emulator.sender.settle()
        taken.append(time.monotonic() - began)
    return taken


async def _no_slower(sim: Sim, way: str, usual: list[float]) -> None:
    """By the 95th percentile, which may be a tenth more, and what machines differ by. What is slow for another reason is not
    so each time.
    """
    most = 1.1 * quantiles(usual, n=20)[-1] + SLACK
    for _ in range(LOOKS):
        now = quantiles(await _pace(sim), n=20)[-1]
        if now <= most:
            return
    expect(False, f"with {way} others took {now * 1000:.0f} ms, over {most * 1000:.0f} ms")


# ----------------------------------------------------------------------------------------------------------------- slow


async def slow(stage: Stage) -> Told:
    """A byte a second; headers and one byte, then silence; not even headers."""
    tries, longest = 0, list[float]()
    async with eagerly(stage, *polled(stage), OTHER) as sim:
        await sim.give(8)
        await sim.even()
        usual = await _pace(sim)
        for name in polled(stage):
            for act in (dripping, drip, hang)[: stage.times(3, 1)]:
                stage.say(f"{act.__name__} of {name}")
                before, seen = await totals(sim, name), len(longest)
                async with ill(sim.egress[name], act), _timed(sim, name, longest):
                    while len(longest) == seen:  # it may still be left alone for what was before
                        await failed(sim, name)
                    await _no_slower(sim, act.__name__, usual)
                    await kept(sim, name, before)
                tries += len(longest) - seen
        most = LIMITS.deadline.total_seconds()
        expect(max(longest) < most + LATE, f"a network was waited for {max(longest):.1f} s, over {most:.0f}")
        await sim.give(4)
        balance, healed = await sim.even(within=90)
        return Told(tries, balance.lost, balance.doubled, healed, f"waited {max(longest):.1f} s")


@asynccontextmanager
async def _timed(sim: Sim, name: str, taken: list[float]) -> AsyncIterator[None]:
    """Adds how many seconds a network is waited for, each time, until the context ends."""

    async def look() -> None:
        waited, calls = await _waited(sim, name)
        while True:
            await asyncio.sleep(0.05)
            now, made = await _waited(sim, name)
            if made > calls:
                taken.append((now - waited) / (made - calls))
                waited, calls = now, made

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _waited(sim: Sim, name: str) -> tuple[float, float]:
    """Seconds in which a network was waited for, and how often."""
    told = [await sim.count(f"giving_upstream_seconds_{what}", platform=name) for what in ("sum", "count")]
    return told[0], told[1]


FAULTS: Final = (
    Fault("30", "too many requests", too_many_requests),
    Fault("31", "failures", failures),
    Fault("32", "slow", slow),
    *garbage.FAULTS,
    *answers.FAULTS,
    *reaching.FAULTS,
    *sights.FAULTS,
    *tokens.FAULTS,
)

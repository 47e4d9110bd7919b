"""A network answers, and what it says cannot be: rows 33 and 34."""

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tests.faults.eager import asked, eagerly, failed
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.ill import Watched, altered, ill
from tests.faults.sim import Sim
from tests.gateway.outbound.upstream import Behaviour, answer, truncate

SHOWN: Final = """
{ campaigns(first: 100) { nodes { platform { key } externalId
    total { raised { amount } freshness } donations(first: 1) { totalCount } } } }
"""
MOST_GROWN: Final = 64
"""MiB that the gateway may have needed more at its height: a few bodies of 5 MiB, decoded and read."""
DEEP: Final = 100_000
DEADLINE: Final = 10.0
READ_WITHIN: Final = 120.0
TOTALS: Final = MappingProxyType(
    {
        "twitch": ("current_amount",),
        "tiltify": ("total_amount_raised",),
        "justgiving": ("grandTotalRaisedExcludingGiftAid", "raisedSoFar", "totalAmountRaised", "TotalAmount"),
    }
)
"""Where each network tells what was raised."""
LOW: Final = (0.1, 0.4, 0.7)
"""Shares of the truth of which no three agree."""
PAGES: Final = 1_000
MORE_THAN_A_PAGE: Final = 60


async def figures(sim: Sim, name: str) -> dict[str, tuple[str | None, int | None]]:
    """What was raised and how many gifts are listed, by campaign; a query that has errors fails."""
    nodes = (await sim.query(SHOWN))["campaigns"]["nodes"]
    return {
        node["externalId"]: (node["total"] and node["total"]["raised"]["amount"], node["donations"]["totalCount"])
        for node in nodes
        if node["platform"]["key"] == name
    }


# ------------------------------------------------------------------------------------------------------------- garbage


def _json(body: bytes, **headers: str) -> bytes:
    return answer(200, body, Content_Type="application/json", **headers)


async def _a_gigabyte(writer: asyncio.StreamWriter) -> None:
    """As much of it as is taken."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(16 * 1024):
        if writer.is_closing():
            return
        writer.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")
        await writer.drain()


def _bomb(times: int) -> bytes:
    """Hundreds of megabytes in one of some hundred kilobytes; twice packed, which is one header more, even less."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(b" " * (1024 * 1024)) for _ in range(256)) + packer.flush()
    for _ in range(times - 1):
        packed = gzip.compress(packed)
    return packed


def garbage() -> dict[str, Behaviour]:
    """Everything that is no answer, by what it is."""
    said = b'{"data": [{"id": "1", "current_amount": {"value": 1'
    return {
        "HTML": answer(200, b"<!doctype html><title>Sorry</title>", Content_Type="text/html"),
        "nothing": answer(200),
        "half": _json(said),
        "cut off": truncate,
        "null": _json(b"null"),
        "a list": _json(b"[" + b"1," * 1000 + b"1]"),
        "wrong types": _json(b'{"data": {"data": 7, "id": [], "total_amount_raised": "much"}, "metadata": 3, "donations": {}}'),
        "no money": _json(b'{"data": [{"id": "x", "current_amount": {"value": "NaN", "decimal_places": 1e400}}]}'),
        "5,000 digits": _json(b'{"data": ' + b"7" * 5_000 + b"}"),
        "bad UTF-8": _json(b'{"data": "\xff\xfe\xc0"}'),
        "deep lists": _json(b"[" * DEEP),
        "deep objects": _json(b'{"data":' * DEEP),
        "a gigabyte": _a_gigabyte,
        "said to be a gigabyte": answer(200, b"{}", Content_Length=str(2**30)),
        "bomb": _json(_bomb(1), Content_Encoding="gzip"),
        "bomb in a bomb": _json(_bomb(2), Content_Encoding="gzip, gzip"),
        "no gzip": _json(b"{}", Content_Encoding="gzip"),
        "no HTTP": Watched(_no_http),
    }


async def _no_http(writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n" * 100)
    await writer.drain()


async def nonsense(stage: Stage) -> Told:
    """Garbage of eighteen kinds: the last value stays, memory is bounded, and what follows is believed again."""
    tries, every = 0, garbage()
    kinds = {kind: every[kind] for kind in stage.rng.sample(list(every), stage.times(len(every), 7))}
    async with eagerly(stage) as sim:
        await sim.give(12)
        await sim.even()
        small = _height(sim.gateway.pid)
        for name in sim.players:
            before = await figures(sim, name)
            for kind, reply in kinds.items():
                stage.say(f"{kind} of {name}")
                outcome = await sim.count("giving_upstream_calls_total", platform=name)
                async with ill(sim.egress[name], reply):
                    await failed(sim, name)
                tries += int(await sim.count("giving_upstream_calls_total", platform=name) - outcome)
                expect(await figures(sim, name) == before, f"after {kind} {before} became {await figures(sim, name)}")
                await asked(sim, name, cycles=1)
            expect(await figures(sim, name) == before, f"well again, {before} became {await figures(sim, name)}")
        grown = _height(sim.gateway.pid) - small
        expect(grown < MOST_GROWN, f"the gateway grew by {grown} MiB")
        faults = [line for line in sim.gateway.events() if line["event"] in ("job.fault", "background.fault")]
        expect(not faults, f"the gateway itself failed: {faults[:1]}")
        if not stage.quick:
            await _counted_by_the_breaker(sim)
        await sim.give(6)
        balance, healed = await sim.even(within=90)
        says = f"{len(kinds)} kinds, at most {grown} MiB more"
        return Told(tries, balance.lost, balance.doubled, healed, says)


async def _counted_by_the_breaker(sim: Sim) -> None:
    """Bodies without an end are no answer: after enough of them the network is left alone."""
    async with ill(sim.egress["justgiving"], _a_gigabyte):
        async with asyncio.timeout(90):
            while not await sim.count("giving_upstream_open", account="justgiving"):
                await asyncio.sleep(0.1)


def _height(pid: int) -> int:
    """The most memory that a process had so far, in MiB."""
    [line] = [each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmHWM:")]
    return int(line.split()[1]) // 1024


# ------------------------------------------------------------------------------------------------------------ poisoned


async def poisoned(stage: Stage) -> Told:
    """A total that falls too far, an empty list and lists without an end: said with success, and still not believed."""
    async with eagerly(stage) as sim:
        await sim.give(24, *sim.players)
        await sim.give(MORE_THAN_A_PAGE, "justgiving")
        await sim.even()
        tries, says = 0, []
        for name in sim.players:
            stage.say(f"empty lists of {name}")
            tries += await _emptied(sim, name)
            for number in range(stage.times(6, 2)):
                stage.say(f"fall {number + 1} of {name}")
                tries += await _fallen(sim, name)
        for name in ("justgiving", "tiltify"):
            for form in ("circle",) if stage.quick else ("circle", "line"):
                if name not in sim.players:
                    continue
                stage.say(f"{form} of {name}")
                pages = await _endless(sim, name, form)
                tries += pages
                says.append(f"{name} {form} {pages}")
        await sim.give(6, *sim.players)
        balance, healed = await sim.even()
        return Told(tries, balance.lost, balance.doubled, healed, "pages read: " + ", ".join(says))


async def _emptied(sim: Sim, name: str) -> int:
    """Every list is empty from one moment to the next: what is known stays."""
    before = await figures(sim, name)
    async with altered(sim.egress[name], sim.players[name], _without_rows) as network:
        sim.egress[name].cut()
        await asked(sim, name, cycles=3)
        expect(await figures(sim, name) == before, f"with empty lists {before} became {await figures(sim, name)}")
        expect(network.answers, f"{name} was not asked for a list")
        return len(network.answers)


def _without_rows(_: str, words: Any) -> Any:
    if not isinstance(words, dict):
        return words
    return {key: [] if isinstance(value, list) else value for key, value in words.items()}


async def _fallen(sim: Sim, name: str) -> int:
    """Its totals are told too low: held and told of, until the truth is told again. Then it falls for good: believed after the
    third report.
    """
    before = await figures(sim, name)
    held = _events(sim, "total.held")
    async with altered(sim.egress[name], sim.players[name], _lowered(name, cycle(LOW))) as network:
        await sim.reach("giving_totals_held", 1, platform=name)
        await asked(sim, name, cycles=12)
        now = await figures(sim, name)
        expect(now == before, f"a total that falls is believed: {before} became {now}")
        shares = [
            node["total"]["freshness"] for node in await _totals(sim, name) if node["total"]["raised"]["amount"] != "0.00"
        ]
        expect("STALE" in shares, f"a total that falls is held, and said to be {shares}")
        expect(_events(sim, "total.held") > held, "a total that falls is held, and nobody is told")
        tries = len(network.answers)
    async with asyncio.timeout(DEADLINE):
        while await sim.count("giving_totals_held", platform=name):
            await asyncio.sleep(0.05)
    expect(await figures(sim, name) == before, f"well again, {before} became {await figures(sim, name)}")
    async with altered(sim.egress[name], sim.players[name], _lowered(name, cycle((0.5,)))) as network:
        async with asyncio.timeout(DEADLINE):
            while not _halved(before, await figures(sim, name)):
                await asyncio.sleep(0.05)
        tries += len(network.answers)
    await asked(sim, name)  # a rise is believed at once
    expect(await figures(sim, name) == before, f"well again, {before} became {await figures(sim, name)}")
    return tries


def _halved(before: dict[str, tuple[str | None, int | None]], now: dict[str, tuple[str | None, int | None]]) -> bool:
    pairs = [(before[name][0], now[name][0]) for name in before]
    return all(float(new or 0) <= 0.51 * float(old or 0) + 0.01 for old, new in pairs)


async def _totals(sim: Sim, name: str) -> list[Any]:
    nodes = (await sim.query(SHOWN))["campaigns"]["nodes"]
    return [node for node in nodes if node["platform"]["key"] == name and node["total"]]


def _events(sim: Sim, event: str) -> int:
    return sum(line["event"] == event for line in sim.gateway.events())


def _lowered(name: str, shares: Iterator[float]) -> Callable[[str, Any], Any]:
    """Tells a share of each total, another one with each answer."""

    def lowered(words: Any, share: float) -> Any:
        if isinstance(words, list):
            return [lowered(each, share) for each in words]
        if not isinstance(words, dict):
            return words
        return {key: _part(value, share) if key in TOTALS[name] else lowered(value, share) for key, value in words.items()}

    turns: dict[str, Iterator[float]] = {}
    every = [next(shares) for _ in LOW]

    def alter(path: str, words: Any) -> Any:
        if "donations" in path.rsplit("/", 1)[-1]:
            return words
        return lowered(words, next(turns.setdefault(path, cycle(every))))

    return alter


def _part(told: Any, share: float) -> Any:
    """Of an amount as networks write it: a text, a number, or one of either with its currency."""
    if isinstance(told, dict):
        return {key: _part(value, share) if key == "value" else value for key, value in told.items()}
    if isinstance(told, str):
        return f"{float(told) * share:.2f}"
    return int(told * share) if isinstance(told, int) else round(told * share, 2)


async def _endless(sim: Sim, name: str, form: str) -> int:
    """A list whose pages never end: read to its cap or to the first repetition, then left. Gives how many calls that took."""
    emulator: Any = sim.players[name].emulator
    before = await sim.count("giving_upstream_calls_total", platform=name)
    warned = _events(sim, "donations.unreadable")
    emulator.forms.endless = form
    await sim.give(1, name)  # lists are read when a total has moved
    async with asyncio.timeout(READ_WITHIN):
        while _events(sim, "donations.unreadable") == warned:
            await asyncio.sleep(0.05)
    emulator.forms.endless = ""
    calls = int(await sim.count("giving_upstream_calls_total", platform=name) - before)
    expect(calls < 2 * PAGES + 200, f"for a list without an end {name} was asked {calls} times")
    await asked(sim, name)
    return calls


FAULTS: Final = (
    Fault("33", "garbage", nonsense, ci=True),
    Fault("34", "poisoned success", poisoned, ci=True),
)

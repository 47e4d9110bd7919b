"""A network answers, and what it says cannot be: row 34."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from itertools import cycle
from types import MappingProxyType
from typing import Any, Final

from tests.faults.eager import asked, eagerly
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.ill import altered
from tests.faults.sim import Sim

SHOWN: Final = """
{ campaigns(first: 100) { nodes { platform { key } externalId
    total { raised { amount } freshness } donations(first: 1) { totalCount } } } }
"""
DEADLINE: Final = 60.0
READ_WITHIN: Final = 120.0
TOTALS: Final = MappingProxyType(
    {
        "twitch": ("current_amount",),
        "tiltify": ("total_amount_raised",),
        "justgiving": ("grandTotalRaisedExcludingGiftAid", "raisedSoFar", "totalAmountRaised", "TotalAmount"),
    }
)
"""Where each network tells what was raised."""
LOW: Final = (0.2, 0.2, 0.6, 0.6)
"""Shares of the truth of which two agree now and then, and no three."""
PAGES: Final = 1_000
"""Are read of a list without an end. Of one that goes round in circles it is a few: each form with how many calls at most."""
CALLS: Final = MappingProxyType({"circle": 100, "line": 2 * PAGES + 200})
MORE_THAN_A_PAGE: Final = 60


async def figures(sim: Sim, name: str) -> dict[str, tuple[str | None, int | None]]:
    """What was raised and how many gifts are listed, by campaign; a query that has errors fails."""
    nodes = (await sim.query(SHOWN))["campaigns"]["nodes"]
    return {
        node["externalId"]: (node["total"] and node["total"]["raised"]["amount"], node["donations"]["totalCount"])
        for node in nodes
        if node["platform"]["key"] == name
    }


async def raised(sim: Sim, name: str) -> dict[str, str | None]:
    """What was raised, by campaign: lists may be read later than totals."""
    return {native: amount for native, (amount, _) in (await figures(sim, name)).items()}


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
            for number in range(stage.times(6, 1)):
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
    """Every list is empty from one moment to the next: what is known stays. A gift has them read."""
    before = await figures(sim, name)
    async with altered(sim.egress[name], sim.players[name], _without_rows) as network:
        await sim.give(1, name)
        await sim.settle()
        await asked(sim, name, cycles=3)
        now = await figures(sim, name)
        fell = [native for native in before if _amounts(now[native]) < _amounts(before[native])]
        expect(not fell, f"with empty lists {before} became {now}")
        expect(network.answers, f"{name} was not asked for a list")
        return len(network.answers)


def _amounts(figure: tuple[str | None, int | None]) -> tuple[Decimal, int]:
    return Decimal(figure[0] or 0), figure[1] or 0


def _without_rows(_: str, words: Any) -> Any:
    if not isinstance(words, dict):
        return words
    return {key: [] if isinstance(value, list) else value for key, value in words.items()}


async def _fallen(sim: Sim, name: str) -> int:
    """Its totals are told too low: held and told of, until the truth is told again. Then it falls for good: believed after the
    third report.
    """
    before = await raised(sim, name)
    held = _events(sim, "total.held")
    async with altered(sim.egress[name], sim.players[name], _lowered(name, cycle(LOW))) as network:
        await _comes(lambda: sim.count("giving_totals_held", platform=name), f"no total of {name} that falls is held")
        await asked(sim, name, cycles=12)
        now = await raised(sim, name)
        expect(now == before, f"a total that falls is believed: {before} became {now}")
        shares = [
            node["total"]["freshness"] for node in await _totals(sim, name) if node["total"]["raised"]["amount"] != "0.00"
        ]
        expect("STALE" in shares, f"a total that falls is held, and said to be {shares}")
        expect(_events(sim, "total.held") > held, "a total that falls is held, and nobody is told")
        tries = len(network.answers)

    async def believed() -> bool:
        return not await sim.count("giving_totals_held", platform=name)

    await _comes(believed, f"a total of {name} is still held after the truth was told again")
    expect(await raised(sim, name) == before, f"well again, {before} became {await raised(sim, name)}")
    async with altered(sim.egress[name], sim.players[name], _lowered(name, cycle((0.5,)))) as network:

        async def halved() -> bool:
            return _halved(before, await raised(sim, name))

        await _comes(halved, f"a total of {name} that was told to be lower again and again is not believed")
        tries += len(network.answers)
    await asked(sim, name)  # a rise is believed at once
    expect(await raised(sim, name) == before, f"well again, {before} became {await raised(sim, name)}")
    return tries


async def _comes(holds: Callable[[], Awaitable[object]], otherwise: str) -> None:
    """Waits until it holds."""
    try:
        async with asyncio.timeout(DEADLINE):
            while not await holds():
                await asyncio.sleep(0.05)
    except TimeoutError:
        expect(False, otherwise)


def _halved(before: dict[str, str | None], now: dict[str, str | None]) -> bool:
    pairs = [(before[name], now[name]) for name in before]
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
    expect(calls < CALLS[form], f"for a list without an end, a {form}, {name} was asked {calls} times")
    await asked(sim, name)
    return calls


FAULTS: Final = (Fault("34", "poisoned success", poisoned),)

"""Rules about donations that are not money: not yet, or not any more."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import expect
from connectors.testing.conformance.comparing import books, net, stated_as_booked
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import CompletesLater, GivesInVain
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import giving, ways
from schema.model.facts import Stage

GIFTS: Final = (1_999, 435)
IN_VAIN: Final = (31_415, 27_182, 16_181, 14_142)
"""Told by their digits, as no other amount is."""
LATER: Final = 17_321
BETWEEN: Final = timedelta(seconds=90)
SEPARATORS: Final = b".,"
"""What stands between the digits of an amount."""


async def in_vain(bench: Bench) -> str:
    """A donation that is pending, or that failed, was cancelled or refused, counts nothing, whichever way it is told."""
    await bench.give(*GIFTS)
    before = books(bench)
    for minor in IN_VAIN:
        if isinstance(bench.case, GivesInVain):
            await bench.case.give_in_vain(bench.emulator, minor)
            await bench.settle()
    expect(books(bench) == before, "give_in_vain adds to the emulator's books")
    found = await ways(bench)
    together = [fact for facts in found.values() for fact in facts]
    for way, facts in found.items():
        _counts_only_gifts(way, facts)
    stated_as_booked(bench, together)
    expect(any(_came(bench, together, minor) for minor in IN_VAIN), "give_in_vain lets nothing come to us: nothing is proven")
    return f"{len(IN_VAIN)} donations in vain count nothing, {', '.join(found)}: {_stages(together)}"


async def later(bench: Bench) -> str:
    """A donation that is told before it is money counts nothing at first, and once as soon as it is completed."""
    await bench.give(*GIFTS)
    case, whole = bench.case, sum(GIFTS) + LATER
    if isinstance(case, CompletesLater):
        await case.begin(bench.emulator, LATER)
        await bench.settle()
    early = await ways(bench, bills=False)
    told = [fact for facts in early.values() for fact in facts]
    for way, facts in early.items():
        _counts_only_gifts(way, facts)
    stated_as_booked(bench, told)
    expect(_came(bench, told, LATER), "begin lets nothing come to us: nothing is proven")
    before = books(bench)
    bench.emulator.clock.turn(BETWEEN)
    if isinstance(case, CompletesLater):
        await case.complete(bench.emulator)
        await bench.settle()
    expect(books(bench) != before, "complete adds nothing to the emulator's books")
    found = await ways(bench)
    for way, newer in giving(found):
        counted = net([*early.get(way, []), *newer])
        expect(counted in (sum(GIFTS), whole), f"given were {whole} minor units, what is {way} comes to {counted}")
    together = [*told, *(fact for facts in found.values() for fact in facts)]
    expect(net(together) == whole, f"given were {whole} minor units, what is told in all ways comes to {net(together)}")
    stated_as_booked(bench, together)
    return f"{LATER} minor units counted once when they came, {', '.join(way for way, _ in giving(found))}"


def _counts_only_gifts(way: str, facts: Iterable[object]) -> None:
    """Raises Broken where a donation is completed that is none, or where one that is not hides one that is."""
    states = {state.native_id: state for state in donations_of(list(facts)) if state.stage is Stage.COMPLETED}
    completed = Counter(None if state.amount is None else state.amount.minor for state in states.values())
    surplus = completed - Counter[int | None](GIFTS)
    expect(not surplus, f"what is no money is {way} as completed: {list(surplus.elements())} minor units")
    left_out = list((Counter[int | None](GIFTS) - completed).elements())
    hides = completed and way != "looked up" and left_out
    expect(not hides, f"beside what is no money, donations of {left_out} minor units are not {way} any more")


def _came(bench: Bench, facts: Iterable[object], minor: int) -> bool:
    """Whether something of this amount came to us: told as what it is, or left out of what was sent."""
    told = any(state.amount is not None and state.amount.minor == minor for state in donations_of(list(facts)))
    return told or str(minor).encode() in bench.seen.translate(None, SEPARATORS)


def _stages(facts: Iterable[object]) -> str:
    told = {state.stage.name for state in donations_of(list(facts)) if state.stage is not Stage.COMPLETED}
    return ", ".join(sorted(told)) or "not told"


RULES: Final = (
    Rule("unfinished-donations-count-nothing", in_vain, Grade.SILVER, hooks=(GivesInVain,)),
    Rule("what-completes-later-counts-once", later, Grade.GOLD, hooks=(CompletesLater,)),
)

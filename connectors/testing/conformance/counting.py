"""Rules that are proven by a real ledger: whatever the order, and however often, facts end in the totals of the books."""

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, cast

from connectors.contract import ReceivesDeliveries
from connectors.testing.conformance.asking import take_back
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.comparing import books
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import (
    CompletesLater,
    GivesInVain,
    HidesAmounts,
    HidesDonors,
    MovesTotals,
    TakesBack,
    TakesBackLater,
)
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import campaigns, giving, ways
from schema.model.facts import CampaignState, DonationState, Fact, RefundState
from schema.model.total import Basis

GIFTS: Final = (1_999, 435, 100_000)
IN_VAIN: Final = (31_415, 27_182)
LATER: Final = 17_321
BETWEEN: Final = timedelta(seconds=90)
SEED: Final = 22
ORDERS: Final = 12
COUNTED: Final = (DonationState, RefundState, CampaignState)


async def as_booked(bench: Bench) -> str:
    """The gateway's own ledger comes to the emulator's books, with the facts of each way alone and of all together."""
    story = dict(await _story(bench))
    together = [fact for facts in story.values() for fact in facts]
    alone = ["told as campaigns"] if bench.case.spec.basis is Basis.REPORTED else [way for way, _ in giving(story)]
    # a gateway hears of campaigns first, where it does not have them from its configuration
    known = [] if bench.case.spec.declares_campaigns else story.get("told as campaigns", [])
    for way, facts in {**{way: story[way] for way in alone if way in story}, "told in all ways": together}.items():
        totals, held = await _counted(bench, [known, facts])
        expect(not held, f"some of what is {way} waits for ever: {sorted(set(held))}")
        _agrees(bench, totals, way)
    return f"{len(together)} facts come to the books, all together and {' and '.join(alone)}"


async def any_order(bench: Bench) -> str:
    """In whatever order facts arrive, and in whatever pieces, the ledger comes to the same totals."""
    together = [fact for _, facts in await _story(bench) for fact in facts]
    rng = random.Random(SEED)
    orders = [together, together[::-1], *(rng.sample(together, len(together)) for _ in range(ORDERS))]
    for number, order in enumerate(orders):
        pieces = [[fact] for fact in order] if number % 2 else [order]
        totals, held = await _counted(bench, pieces)
        expect(not held, f"in order {number} (seed {SEED}) some facts wait for ever: {sorted(set(held))}")
        _agrees(bench, totals, f"counted in order {number} (seed {SEED})")
    return f"{len(together)} facts in {len(orders)} orders, whole and in single facts, come to the same (seed {SEED})"


async def twice(bench: Bench) -> str:
    """Facts that come twice, in the same or in another order, and from duplicated deliveries, count once."""
    bench.emulator.sender.mischief.duplicate = 1.0
    together = [fact for _, facts in await _story(bench) for fact in facts]
    rng = random.Random(SEED)
    for again in (together, together[::-1], rng.sample(together, len(together))):
        totals, held = await _counted(bench, [together, again, together])
        expect(not held, f"what comes again is held: {sorted(set(held))}")
        _agrees(bench, totals, "counted several times")
    return f"{len(together)} facts, each of them three times, count once"


async def overtaken(bench: Bench) -> str:
    """A delivery that is made again, signed anew, after newer ones have come takes nothing of them back, and counts once."""
    case, emulator = bench.case, bench.emulator
    await bench.give(GIFTS[2])
    emulator.sender.mischief.unheard = 1.0
    await case.give(emulator, GIFTS[0])
    await emulator.sender.rest()
    emulator.sender.mischief.unheard = 0.0
    if isinstance(case, TakesBack):
        await case.take_back(emulator)
        await emulator.sender.rest()
    await case.give(emulator, GIFTS[1])
    await bench.settle()
    expect(bench.again, "the emulator did not deliver again where it had not heard the answer")
    expect(all(heard.receipt for heard in bench.heard), "a delivery is refused when it is made again")
    known = [] if case.spec.declares_campaigns else await campaigns(bench)
    told = [fact for fact in await bench.delivered() if isinstance(fact, COUNTED)]
    totals, held = await _counted(bench, [cast("Sequence[Fact]", known), *([fact] for fact in told)])
    expect(not held, f"some of what was delivered waits for ever: {sorted(set(held))}")
    _agrees(bench, totals, "with the oldest delivery made again at the end")
    return f"{len(bench.telling)} deliveries, {bench.again} of them made again at the end, come to the books"


async def _story(bench: Bench) -> list[tuple[str, list[Fact]]]:
    """All that the case can tell, as it comes by each way; asked for in the middle and at the end."""
    case, emulator = bench.case, bench.emulator
    await bench.give(GIFTS[0])
    if isinstance(case, HidesDonors):
        await case.give_anonymously(emulator, 777)
    if isinstance(case, HidesAmounts) and case.spec.basis is Basis.REPORTED:
        await case.give_hidden(emulator, 888)
    await bench.settle()
    emulator.clock.turn(BETWEEN)
    await take_back(bench)
    for minor in IN_VAIN:
        if isinstance(case, GivesInVain):
            await case.give_in_vain(emulator, minor)
    if isinstance(case, CompletesLater):
        await case.begin(emulator, LATER)
    await bench.settle()
    early = await ways(bench, bills=False)
    emulator.clock.turn(BETWEEN)
    await bench.give(*GIFTS[1:])
    if isinstance(case, TakesBackLater):
        await case.take_back_later(emulator)
        await bench.settle()
    emulator.clock.turn(BETWEEN)
    if isinstance(case, MovesTotals) and case.spec.basis is Basis.REPORTED:
        await case.move_total(emulator, 700)
        await bench.settle()
        emulator.clock.turn(BETWEEN)
    if isinstance(case, CompletesLater):
        await case.complete(emulator)
        await bench.settle()
    found = await ways(bench)
    told = [(way, [*early.get(way, []), *facts]) for way, facts in found.items()]
    return [(way, [cast("Fact", fact) for fact in facts if isinstance(fact, COUNTED)]) for way, facts in told]


async def _counted(bench: Bench, pieces: Sequence[Sequence[Fact]]) -> tuple[Mapping[str, int], Sequence[str]]:
    """Totals, and why facts wait, in a new ledger into which these went piece by piece."""
    if bench.ledger is None:
        raise Broken("there is no ledger to count in")
    currency = next(iter(bench.emulator.books.values())).currency
    async with bench.ledger(bench.case.spec, currency) as counts:
        for piece in pieces:
            await counts.take(piece)
        return await counts.totals(), await counts.held()


def _agrees(bench: Bench, totals: Mapping[str, int], way: str) -> None:
    booked = books(bench)
    if bench.case.spec.basis is Basis.REPORTED:
        told = {native: total for native, total in totals.items() if native in booked}
        expect(told, f"{way}, no campaign has a total")
        wrong = {native: (total, booked[native]) for native, total in told.items() if total != booked[native]}
        expect(not wrong, f"{way}, campaigns come to other totals than their books: {wrong}")
    else:
        total, expected = sum(totals.values()), sum(booked.values())
        expect(total == expected, f"{way}, facts come to {total} minor units, the books to {expected}")


RULES: Final = (
    Rule("the-ledger-comes-to-the-books", as_booked, Grade.SILVER, ledger=True),
    Rule("any-order-comes-to-the-same", any_order, Grade.GOLD, ledger=True),
    Rule("what-comes-twice-counts-once", twice, Grade.GOLD, ledger=True),
    Rule("what-is-delivered-again-takes-nothing-back", overtaken, Grade.GOLD, (ReceivesDeliveries,), ledger=True),
)

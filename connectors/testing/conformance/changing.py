"""Rules about what changes: it is told, under a newer version, and under the same id and time."""

from datetime import timedelta
from itertools import pairwise
from typing import Final

from connectors.contract import ListsCampaigns
from connectors.testing.conformance.asking import take_back, take_back_again
from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import expect
from connectors.testing.conformance.comparing import books, campaigns_of, essence
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import MovesTotals
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import campaigns, filed, listed, looked_up
from schema.model.facts import CampaignState, DonationState, RefundState
from schema.model.total import Basis

BETWEEN: Final = timedelta(seconds=90)
"""Longer than any network's clock is coarse."""
STEPS: Final = 7
"""A donation is made, taken back in two parts where the network tells that, the next is made, and so on."""
MOVES: Final = (700, -300)


async def newer(bench: Bench) -> str:
    """What a way tells otherwise than before has a newer version or a higher stage; and a donation keeps its time."""
    told: dict[str, list[object]] = {"delivered": [], "listed": [], "told as campaigns": [], "filed": [], "looked up": []}
    before = books(bench)
    for step in range(STEPS):
        match step % 3:
            case 0:
                before = books(bench)
                await bench.give(1_999 + step)
            case 1:
                await take_back(bench)
            case _:
                await take_back_again(bench, before)
        told["listed"] += await listed(bench)
        told["told as campaigns"] += await campaigns(bench)
        told["filed"] += await filed(bench)
        told["looked up"] += await looked_up(bench)
        bench.emulator.clock.turn(BETWEEN)
    told["delivered"] = list(await bench.delivered())
    changes = sum(_changes(way, facts) for way, facts in told.items())
    # where donations are counted, a campaign says nothing of them, and a donation and its refund may each stay as they are
    moving = bench.case.spec.basis is Basis.REPORTED and any(campaigns_of(facts) for facts in told.values())
    expect(changes or not moving, "donations were made, and no campaign is told otherwise than before")
    return f"{changes} changes are newer, among {sum(map(len, told.values()))} facts"


def _changes(way: str, facts: list[object]) -> int:
    """How often something is told otherwise than the last time. Raises Broken where that is not newer."""
    latest: dict[tuple[type, str], CampaignState | DonationState | RefundState] = {}
    count = 0
    for fact in facts:
        if not isinstance(fact, CampaignState | DonationState | RefundState):
            continue
        before = latest.get((type(fact), fact.native_id))
        latest[type(fact), fact.native_id] = fact
        if before is None:
            continue
        if essence(before) != essence(fact):
            count += 1
            was, now = _rank(before), _rank(fact)
            expect(was < now, f"{fact.native_id} is {way} otherwise than before, and its version and stage stay at {now}")
        if isinstance(fact, DonationState) and isinstance(before, DonationState):
            expect(fact.donated_at == before.donated_at, f"{fact.native_id} is {way} with another time than before")
    return count


def _rank(fact: CampaignState | DonationState | RefundState) -> tuple[int, int]:
    return fact.version, getattr(fact, "stage", 0)


async def moved(bench: Bench) -> str:
    """A total that moves without a donation is told as it is, upwards and downwards, and no donation is made up for it."""
    await bench.give(100_000)
    before = len(donations_of(await listed(bench)))
    states = [_totals(await campaigns(bench))]
    for minor in MOVES:
        bench.emulator.clock.turn(BETWEEN)
        if isinstance(bench.case, MovesTotals):
            await bench.case.move_total(bench.emulator, minor)
            await bench.settle()
        states.append(_totals(await campaigns(bench)))
        told = {native: raised for native, (_, raised) in states[-1].items()}
        wrong = [native for native, raised in told.items() if raised != books(bench)[native]]
        expect(not wrong, f"a total moved by {minor}: {wrong} are told with {[told[native] for native in wrong]}")
    for (earlier, later), minor in zip(pairwise(states), MOVES, strict=True):
        changed = {native for native in later if native in earlier and earlier[native][1] != later[native][1]}
        expect(changed, f"a total moved by {minor}, and every campaign is told as before")
        stale = [native for native in changed if later[native][0] <= earlier[native][0]]
        expect(not stale, f"{stale} are told otherwise than before, under a version that is not newer")
    expect(len(donations_of(await listed(bench))) == before, "a total moved, and a donation was made up for it")
    return f"a total moved by {' and '.join(map(str, MOVES))} minor units, as told"


def _totals(facts: list[object]) -> dict[str, tuple[int, int]]:
    """Version and total of each campaign that tells one, the last that was told."""
    return {s.native_id: (s.version, s.raised.amount.minor) for s in campaigns_of(facts) if s.raised is not None}


RULES: Final = (
    Rule("what-changed-is-newer", newer, Grade.GOLD),
    Rule("totals-move-without-donations", moved, Grade.GOLD, (ListsCampaigns,), (MovesTotals,), basis=Basis.REPORTED),
)

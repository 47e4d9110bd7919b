"""Rules about money that goes back, and money that never was ours."""

from typing import Final

from connectors.testing.conformance.asking import take_back, take_back_again
from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import expect
from connectors.testing.conformance.comparing import amounts, books, net, newest, refunds_of, stated_as_booked
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import GivesToOthers, TakesBack, TakesBackLater
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import giving, ways
from schema.model.facts import Stage
from schema.model.total import Basis

GIFTS: Final = (1_999, 100)
"""Of the first two parts are taken back, of the second all."""
OTHERS: Final = 3_141_500
SIGNS: Final = (b"31415", b"3141.5")
"""How that can be written."""
TIMES: Final = 3


async def taken_off(bench: Bench) -> str:
    """A refund takes off exactly what was given back, once: by each way that tells refunds, and by all of them together."""
    case, back = bench.case, 0
    for minor in GIFTS:
        empty = books(bench)
        await bench.give(minor)
        before = books(bench)
        await take_back(bench)
        await take_back_again(bench, empty)
        after = books(bench)
        back += max(before[native] - after[native] for native in before)  # a team's book holds its members' gifts as well
    expect(back > 0, "take_back takes nothing off the emulator's books")
    left = sum(GIFTS) - back
    found = await ways(bench)
    together = [fact for facts in found.values() for fact in facts]
    counted = case.spec.basis is Basis.COUNTED
    for way, facts in {**dict(giving(found)), "told in all ways": together}.items():
        told = net(facts)
        tells = counted or told != sum(amounts(facts))  # where the network states totals, lists need not tell refunds
        expect(not tells or told == left, f"given were {sum(GIFTS)}, {back} went back; what is {way} comes to {told}")
    stated_as_booked(bench, together)
    return f"of {sum(GIFTS)} minor units {back} went back, and {left} are left, {', '.join(found)}"


async def within(bench: Bench) -> str:
    """What went back of a donation is never more than was given, is in its currency, and names a donation that is told."""
    for minor in GIFTS:
        await bench.give(minor)
        if isinstance(bench.case, TakesBack):
            await bench.case.take_back(bench.emulator)
            await bench.settle()
    told = [fact for facts in (await ways(bench)).values() for fact in facts]
    donations, refunds = newest(donations_of(told)), newest(refunds_of(told)).values()
    for donation in donations.values():
        given = donation.amount
        if given is None:
            continue
        single = sum(each.amount.minor for each in refunds if each.donation == donation.native_id)
        running = donation.refunded.minor if donation.refunded is not None else 0
        most = max(single, running)
        expect(most <= given.minor, f"of {donation.native_id}, which is of {given}, {most} minor units went back")
    for refund in refunds:
        origin = donations.get(refund.donation)
        expect(origin is not None, f"the refund {refund.native_id} names a donation that no way tells")
        same = origin is None or origin.amount is None or origin.amount.currency == refund.amount.currency
        expect(same, f"the refund {refund.native_id} is in another currency than its donation")
    return f"{len(refunds)} refunds and {sum(each.refunded is not None for each in donations.values())} sums stay within"


async def unfinished(bench: Bench) -> str:
    """A refund that is under way, was refused or has failed takes nothing off, whichever way it is told."""
    await bench.give(*GIFTS, 1_999)
    before = books(bench)
    for _ in range(TIMES):
        if isinstance(bench.case, TakesBackLater):
            await bench.case.take_back_later(bench.emulator)
            await bench.settle()
    expect(books(bench) == before, "take_back_later takes something off the emulator's books")
    found = await ways(bench)
    together = [fact for facts in found.values() for fact in facts]
    whole = sum(GIFTS) + 1_999
    for way, facts in {**dict(giving(found)), "told in all ways": together}.items():
        expect(net(facts) == whole, f"nothing has gone back of {whole}, and what is {way} comes to {net(facts)}")
    stated_as_booked(bench, together)
    stages = sorted({each.stage.name for each in refunds_of(together) if each.stage is not Stage.COMPLETED})
    return f"{TIMES} refunds took nothing off: {', '.join(stages) or 'not told'}"


async def others(bench: Bench) -> str:
    """What was given to somebody else is not ours, whichever way it comes to us."""
    await bench.give(*GIFTS)
    if isinstance(bench.case, GivesToOthers):
        await bench.case.give_to_another(bench.emulator, OTHERS)
        await bench.settle()
    found = await ways(bench)
    for way, facts in giving(found):
        told = amounts(facts)
        expect(OTHERS not in told, f"{OTHERS} minor units were given to somebody else, and are {way} as ours")
        expect(set(told) >= set(GIFTS), f"what was given to somebody else hides what is ours: {way} are {told}")
    stated_as_booked(bench, [fact for facts in found.values() for fact in facts])
    expect(any(sign in bench.seen for sign in SIGNS), "give_to_another lets nothing of it come to us, so nothing is proven")
    return f"{OTHERS} minor units of somebody else came {', '.join(found)}, and are not ours"


RULES: Final = (
    Rule("refunds-take-off-what-was-given-back", taken_off, Grade.BRONZE, hooks=(TakesBack,)),
    Rule("refunds-stay-within-their-donation", within, Grade.SILVER, hooks=(TakesBack,)),
    Rule("unfinished-refunds-take-nothing-off", unfinished, Grade.GOLD, hooks=(TakesBackLater,)),
    Rule("payments-of-others-are-not-ours", others, Grade.SILVER, hooks=(GivesToOthers,)),
)

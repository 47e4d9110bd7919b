"""Rules that try many amounts, where a few would prove little."""

import random
from typing import Final

from connectors.testing.conformance.bench import Bench, donations_of, running
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.comparing import amounts, books, campaigns_of
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import HasCurrencies
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import giving, ways
from schema.model.money import Currency

SEED: Final = 22
RANDOM: Final = 40
EDGES: Final = tuple(edge for power in (10, 100, 1_000, 10_000, 100_000) for edge in (power - 1, power, power + 1))
IN_EACH: Final = (1, 435, 1_999, 100_000, 123_456_789)


async def many_amounts(bench: Bench) -> str:
    """Any amount up to the largest comes out exactly as it was given, whichever way it comes."""
    largest, rng = bench.case.largest, random.Random(SEED)
    drawn = (rng.randrange(1, 10 ** rng.randrange(1, len(str(largest)))) for _ in range(RANDOM))
    gifts = [1, *(gift for gift in (*EDGES, *drawn) if gift < largest), largest - 1, largest]
    await bench.give(*gifts)
    found = dict(giving(await ways(bench)))
    expect(found, "no way tells a donation")
    for way, facts in found.items():
        told = amounts(facts)
        lost = sorted(set(gifts) - set(told))[:3]
        expect(told == sorted(gifts), f"of {len(gifts)} amounts {len(told)} are {way}; not among them {lost}")
    return f"{len(gifts)} amounts up to {largest} minor units are exact, {', '.join(found)} (seed {SEED})"


async def every_currency(bench: Bench) -> str:
    """Amounts and totals are exact in currencies with any number of decimals."""
    case = bench.case
    if not isinstance(case, HasCurrencies):
        raise Broken("the case names no currencies")
    exponents = {Currency.of(code).exponent for code in case.currencies}
    expect(len(exponents) > 1, f"the currencies {', '.join(case.currencies)} have the same number of decimals")
    for code in case.currencies:
        async with running(bench.case, case.emulator_in(code)) as there:
            await there.give(*IN_EACH)
            found = await ways(there)
            for way, facts in giving(found):
                told = {state.amount.currency.code for state in donations_of(facts) if state.amount is not None}
                expect(told == {code}, f"what was given in {code} is {way} in {', '.join(sorted(told))}")
                expect(amounts(facts) == sorted(IN_EACH), f"in {code} {sorted(IN_EACH)} were given, {way} are {amounts(facts)}")
            for state in campaigns_of(found.get("told as campaigns", [])):
                if state.raised is not None:
                    raised, booked = state.raised.amount, books(there)[state.native_id]
                    right = raised.currency.code == code and raised.minor == booked
                    expect(right, f"the total is {raised}, the book says {booked} minor units of {code}")
    return f"{len(IN_EACH)} amounts and their total are exact in {', '.join(case.currencies)}"


RULES: Final = (
    Rule("many-amounts-are-exact", many_amounts, Grade.PLATINUM),
    Rule("every-currency-is-exact", every_currency, Grade.SILVER, hooks=(HasCurrencies,)),
)

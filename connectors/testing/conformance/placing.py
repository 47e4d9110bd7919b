"""Rules about several campaigns: each gift is in the one that it was given to, and each campaign is listed."""

from collections import Counter
from typing import Final

from connectors.contract import ListsCampaigns
from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import Unproven, expect
from connectors.testing.conformance.comparing import add_up_to_books, amounts, campaigns_of, named, stated_as_booked
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import GivesTo
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import drain, giving, ways
from schema.model.total import Basis

ROUNDS: Final = (1_999, 435, 100_000)
"""Each campaign gets one gift of about so much in turn, and no two of them are of one amount."""
ONE: Final = "the case has one campaign only"


async def in_its_campaign(bench: Bench) -> str:
    """A gift comes out in the campaign that it was given to, by every way, and each campaign has what its book has."""
    meant = await _to_each(bench)
    told = await ways(bench)
    whole = dict(giving(told))
    expect(whole, "no way tells a donation")
    for way, states in ((way, donations_of(facts)) for way, facts in told.items()):
        for state in states:
            if state.amount is not None and state.amount.minor in meant:
                given, found = meant[state.amount.minor], named(bench, state)[:1]
                expect(found == (given,), f"what was given to {given} is {way} in {found[0] if found else 'no campaign'}")
    for way, facts in whole.items():
        expect(amounts(facts) == sorted(meant), f"given were {sorted(meant)} minor units, {way} are {amounts(facts)}")
        add_up_to_books(bench, facts, f"what is {way}")
    together = [fact for facts in told.values() for fact in facts]
    stated_as_booked(bench, together)
    takers = set(meant.values())
    if bench.case.spec.basis is Basis.REPORTED:
        silent = sorted(takers - {state.native_id for state in campaigns_of(together) if state.raised is not None})
        expect(not silent, f"no way tells the totals of {silent}")
    return f"{len(meant)} gifts are in their {len(takers)} campaigns, {', '.join(told)}"


async def all_listed(bench: Bench) -> str:
    """Every campaign of the account is listed, and each of them once."""
    if len(bench.campaigns) < 2:
        raise Unproven(ONE)
    await _to_each(bench)
    if not isinstance(bench.connector, ListsCampaigns):
        return "campaigns are not listed"
    times = Counter(state.native_id for state in await drain(bench.connector.campaigns()))
    missing = sorted(set(bench.campaigns) - set(times))
    expect(not missing, f"of {len(bench.campaigns)} campaigns {len(missing)} are not listed: {missing}")
    several = sorted(native for native, count in times.items() if count > 1)
    expect(not several, f"listed more than once: {several}")
    return f"{len(times)} campaigns are listed, each once"


async def _to_each(bench: Bench) -> dict[int, str]:
    """Gives to every campaign in turn; of each gift, by its minor units, whose it is."""
    case = bench.case
    if not isinstance(case, GivesTo) or len(takers := case.takers(bench.emulator)) < 2:
        raise Unproven(ONE)
    meant: dict[int, str] = {}
    for minor in ROUNDS:
        for place, campaign in enumerate(takers):
            meant[minor + place] = campaign
            await case.give_to(bench.emulator, campaign, minor + place)
            await bench.settle()
    return meant


RULES: Final = (
    Rule("every-gift-is-in-its-campaign", in_its_campaign, Grade.BRONZE, hooks=(GivesTo,)),
    Rule("all-campaigns-are-listed", all_listed, Grade.BRONZE, (ListsCampaigns,), (GivesTo,)),
)

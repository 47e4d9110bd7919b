"""Rules about agreement: what comes by one way is what comes by another, and what the emulator's books say."""

from datetime import timedelta
from itertools import pairwise
from typing import Final

from connectors.contract import (
    FetchesStatements,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    ReadsDonations,
    ReadsExports,
    ReceivesDeliveries,
)
from connectors.testing.conformance.asking import take_back
from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import expect
from connectors.testing.conformance.comparing import Known, add_up_to_books, amounts, known, net, refunds_of, same
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import GivesTo
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import billed, campaigns, drain, giving, listed, looked_up, ways
from schema.model.facts import CampaignState
from schema.model.ids import entity
from schema.model.total import AmountSource

GIFTS: Final = (1_999, 435, 100_000)
ALIKE: Final = 3
SOURCES: Final = {
    "delivered": frozenset({AmountSource.PLATFORM_EVENT, AmountSource.PLATFORM_API, AmountSource.MERCHANT_NOTIFICATION}),
    "listed": frozenset({AmountSource.PLATFORM_API, AmountSource.MERCHANT_NOTIFICATION}),
    "told as campaigns": frozenset({AmountSource.PLATFORM_API}),
    "fed": frozenset({AmountSource.PLATFORM_EVENT, AmountSource.PLATFORM_API}),
    "filed": frozenset({AmountSource.PARTNER_EXPORT}),
    "billed": frozenset({AmountSource.MERCHANT_BILL}),
    "looked up": frozenset({AmountSource.PLATFORM_API, AmountSource.MERCHANT_NOTIFICATION}),
}


async def by_list(bench: Bench) -> str:
    """A donation that was delivered is listed with the same id, amount, campaign and time, and so is every other."""
    await bench.give(*GIFTS)
    delivered, told = known(bench, await bench.delivered()), known(bench, await listed(bench))
    expect(len(told) == len(GIFTS), f"{len(GIFTS)} donations were given, {len(told)} are listed")
    same(delivered, told, "listed")
    return f"{len(told)} donations are listed, {len(delivered)} of them were delivered"


async def since(bench: Bench) -> str:
    """Asked for donations since a moment, a list hides none that was made at it or after it."""
    await bench.give(GIFTS[0])
    bench.emulator.clock.turn(timedelta(hours=1))
    moment = bench.emulator.clock.now().replace(microsecond=0)
    await bench.give(*GIFTS[1:])
    found: list[object] = []
    if isinstance(bench.connector, ListsDonations):
        for campaign in bench.campaigns:
            found += await drain(bench.connector.donations(campaign, since=moment))
    told = {donation.amount.minor for donation in donations_of(found) if donation.amount is not None}
    expect(set(GIFTS[1:]) <= told, f"since then {sorted(GIFTS[1:])} minor units were given, listed are {sorted(told)}")
    return f"{len(GIFTS) - 1} newer donations are listed, and {len(told) - len(GIFTS) + 1} older"


async def by_lookup(bench: Bench) -> str:
    """A donation that is looked up is the one that was delivered, or that a delivery, a list, a bill or a refund names."""
    await bench.give(*GIFTS)
    await take_back(bench)
    facts = [*await bench.delivered(), *await listed(bench), *await billed(bench)]
    expect(bench.lookups, "donations can be looked up, and nothing names one: is there a refund, or a fetch?")
    looked = await looked_up(bench)
    found, told = known(bench, looked), known(bench, facts)
    named = {entity(bench.case.spec.key, fact.donation) for fact in refunds_of(facts)}
    expect(named <= set(found), "a refund's lookup does not give the donation that the refund names")
    same({key: told[key] for key in found if key in told}, found, "looked up")
    return f"{len(bench.lookups)} lookups gave {len(found)} donations as they were told"


async def every_way(bench: Bench) -> str:
    """Whichever way a donation comes, it has the same id, amount, stage, time and campaign; a whole way tells them all."""
    await bench.give(*GIFTS)
    found: dict[str, Known] = {}
    for way, facts in giving(await ways(bench)):
        expect(amounts(facts) == sorted(GIFTS), f"given were {sorted(GIFTS)} minor units, {way} are {amounts(facts)}")
        found[way] = known(bench, facts)
    expect(found, "no way tells a donation")
    for (way, states), (other, others) in pairwise(found.items()):
        same(states, others, other, way)
    return f"{len(GIFTS)} donations are told alike: {', '.join(found)}"


async def alike(bench: Bench) -> str:
    """Donations that are alike, of one donor, amount and second, are as many as were made, whichever way they come."""
    for _ in range(ALIKE):
        await bench.case.give(bench.emulator, GIFTS[0])
    await bench.settle()
    found = dict(giving(await ways(bench)))
    expect(found, "no way tells a donation")
    for way, facts in found.items():
        told = len({state.native_id for state in donations_of(facts)})
        expect(told == ALIKE, f"{ALIKE} donations of {GIFTS[0]} minor units were made at once, and {told} are {way}")
    return f"{ALIKE} donations that are alike are told apart, {', '.join(found)}"


async def sources(bench: Bench) -> str:
    """The source of every fact with an amount is one that fits the way by which it came."""
    await bench.give(*GIFTS)
    await take_back(bench)
    count = 0
    for way, facts in (await ways(bench)).items():
        for fact in facts:
            source = getattr(fact, "source", None)
            expect(source is None or source in SOURCES[way], f"what was {way} has the source {source}")
            count += source is not None
    return f"{count} facts have a source that fits"


async def told_campaigns(bench: Bench) -> str:
    """What the network reports of a campaign is what the emulator's books hold, listed or read one by one."""
    await bench.give(*GIFTS)
    states = [state for state in await campaigns(bench) if isinstance(state, CampaignState)]
    expect(states, "no campaign is told")
    expect({state.native_id for state in states} <= set(bench.emulator.books), "a campaign is told that is in no book")
    for state in states:
        book = bench.emulator.books[state.native_id]
        if state.raised is not None:
            expect(state.raised.amount.currency.code == book.currency, f"{state.native_id} is not reported in {book.currency}")
            told = state.raised.amount.minor
            expect(told == book.raised, f"{state.native_id} is reported with {told}, its book says {book.raised}")
    return f"{len(states)} states of {len({state.native_id for state in states})} campaigns are as in the books"


async def told_books(bench: Bench) -> str:
    """The donations and refunds that are delivered come to the emulator's books, campaign by campaign."""
    await bench.give(*GIFTS)
    if isinstance(bench.case, GivesTo):
        for place, campaign in enumerate(bench.case.takers(bench.emulator)):
            await bench.case.give_to(bench.emulator, campaign, GIFTS[0] + place)
            await bench.settle()
    await take_back(bench)
    facts = await bench.delivered()
    if not donations_of(facts):
        return "deliveries tell campaigns only"
    add_up_to_books(bench, facts, "what is delivered")
    return f"{len(facts)} facts come to {net(facts)} minor units, as the books do, campaign by campaign"


async def statements(bench: Bench) -> str:
    """The bill of a day tells the same donations and refunds as the deliveries of that day."""
    await bench.give(*GIFTS)
    await take_back(bench)
    facts, told = await bench.delivered(), await billed(bench)
    delivered, found = known(bench, facts), known(bench, told)
    expect(len(found) == len(GIFTS), f"{len(GIFTS)} donations were given, {len(found)} are in the bill")
    same(delivered, found, "in the bill")
    refunded = {fact.native_id: fact.amount for fact in refunds_of(facts)}
    backed = {fact.native_id: fact.amount for fact in refunds_of(told)}
    expect(all(backed.get(native) == amount for native, amount in refunded.items()), "the bill has other refunds than told")
    expect(net(told) == net(facts), f"the bill adds up to {net(told)} minor units, the deliveries to {net(facts)}")
    return f"{len(found)} donations and {len(backed)} refunds come to {net(told)} minor units"


RULES: Final = (
    Rule("lists-agree-with-deliveries", by_list, Grade.BRONZE, (ListsDonations,)),
    Rule("lists-since-a-moment-hide-nothing", since, Grade.GOLD, (ListsDonations,)),
    Rule("lookups-agree-with-deliveries", by_lookup, Grade.GOLD, (ReadsDonations,)),
    Rule("every-way-tells-the-same", every_way, Grade.BRONZE),
    Rule("donations-that-are-alike-are-told-apart", alike, Grade.BRONZE),
    Rule("sources-name-the-way", sources, Grade.BRONZE),
    Rule("listed-campaigns-agree-with-the-books", told_campaigns, Grade.BRONZE, (ListsCampaigns,)),
    Rule("read-campaigns-agree-with-the-books", told_campaigns, Grade.BRONZE, (ReadsCampaigns,)),
    Rule("deliveries-agree-with-the-books", told_books, Grade.BRONZE, (ReceivesDeliveries,)),
    Rule("statements-agree-with-deliveries", statements, Grade.GOLD, (FetchesStatements, ReadsExports, ReceivesDeliveries)),
)

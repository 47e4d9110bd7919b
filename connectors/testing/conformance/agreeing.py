"""Rules about agreement: what comes by one way is what comes by another, and what the emulator's books say."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Final, TypeAlias

from connectors.contract import (
    FetchesStatements,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    ReadsDonations,
    ReadsExports,
    ReceivesDeliveries,
    Row,
)
from connectors.testing.conformance.asking import drain, statement, turn_to_statements
from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import expect
from connectors.testing.conformance.case import HandsOverExports, TakesBack
from connectors.testing.conformance.rules import Rule
from schema.model.errors import NotFound, Unreadable
from schema.model.facts import CampaignState, Clues, DonationState, RefundState, Stage
from schema.model.ids import entity

GIFTS: Final = (1_999, 435, 100_000)
Known: TypeAlias = dict[bytes, DonationState]


async def by_list(bench: Bench) -> None:
    """A donation that was delivered is listed with the same id, amount, campaign and time, and so is every other."""
    await bench.give(*GIFTS)
    delivered = _known(bench, await bench.delivered())
    listed: Known = {}
    if isinstance(bench.connector, ListsDonations):
        for campaign in bench.campaigns:
            listed |= _known(bench, await drain(bench.connector.donations(campaign, since=None)))
    expect(len(listed) == len(GIFTS), f"{len(GIFTS)} donations were given, {len(listed)} are listed")
    if delivered:
        _same(delivered, listed, "listed")


async def since(bench: Bench) -> None:
    """Asked for donations since a moment, a list hides none that was made at it or after it."""
    await bench.give(GIFTS[0])
    bench.emulator.clock.turn(timedelta(hours=1))
    moment = bench.emulator.clock.now().replace(microsecond=0)
    await bench.give(*GIFTS[1:])
    listed: list[object] = []
    if isinstance(bench.connector, ListsDonations):
        for campaign in bench.campaigns:
            listed += await drain(bench.connector.donations(campaign, since=moment))
    told = {donation.amount.minor for donation in donations_of(listed) if donation.amount is not None}
    expect(set(GIFTS[1:]) <= told, f"since then {sorted(GIFTS[1:])} minor units were given, listed are {sorted(told)}")


async def by_lookup(bench: Bench) -> None:
    """A donation that is looked up is the one that was delivered, or that the refund names."""
    await bench.give(*GIFTS)
    await _take_back(bench)
    facts = await bench.delivered()
    looked: list[object] = []
    expect(bench.lookups, "donations can be looked up, and no delivery names one: is there a refund, or a fetch?")
    if isinstance(bench.connector, ReadsDonations):
        for lookup in bench.lookups:
            looked += await bench.connector.donation(lookup)
    found, delivered = _known(bench, looked), _known(bench, facts)
    named = {entity(bench.case.spec.key, fact.donation) for fact in facts if isinstance(fact, RefundState)}
    expect(named <= set(found), "a refund's lookup does not give the donation that the refund names")
    _same({key: delivered[key] for key in found if key in delivered}, found, "looked up")


async def campaigns(bench: Bench) -> None:
    """What the network reports of a campaign is what the emulator's books hold, listed or read one by one."""
    await bench.give(*GIFTS)
    states: list[CampaignState] = []
    if isinstance(bench.connector, ListsCampaigns):
        states += await drain(bench.connector.campaigns())
        expect({state.native_id for state in states} <= set(bench.emulator.books), "a campaign is listed that is in no book")
    if isinstance(bench.connector, ReadsCampaigns):
        states += [await bench.connector.campaign(native) for native in bench.campaigns]
    expect(states, "no campaign is told")
    for state in states:
        book = bench.emulator.books[state.native_id]
        if state.raised is not None:
            expect(state.raised.amount.currency.code == book.currency, f"{state.native_id} is not reported in {book.currency}")
            told = state.raised.amount.minor
            expect(told == book.raised, f"{state.native_id} is reported with {told}, its book says {book.raised}")


async def books(bench: Bench) -> None:
    """The donations and refunds that are delivered add up to the emulator's books."""
    await bench.give(*GIFTS)
    await _take_back(bench)
    facts = await bench.delivered()
    if donations_of(facts):
        expected = sum(book.raised for book in bench.emulator.books.values())
        told = _net(facts)
        expect(told == expected, f"the deliveries add up to {told} minor units, the books to {expected}")


async def statements(bench: Bench) -> None:
    """The bill of a day tells the same donations and refunds as the deliveries of that day."""
    await bench.give(*GIFTS)
    await _take_back(bench)
    facts = await bench.delivered()
    told = [movement for row in await _statement_rows(bench) for movement in row.movements]
    delivered, billed = _known(bench, facts), _known(bench, told)
    expect(len(billed) == len(GIFTS), f"{len(GIFTS)} donations were given, {len(billed)} are in the bill")
    _same(delivered, billed, "in the bill")
    refunded = {fact.native_id: fact.amount for fact in facts if isinstance(fact, RefundState)}
    backed = {fact.native_id: fact.amount for fact in told if isinstance(fact, RefundState)}
    expect(all(backed.get(native) == amount for native, amount in refunded.items()), "the bill has other refunds than told")
    expect(_net(told) == _net(facts), f"the bill adds up to {_net(told)} minor units, the deliveries to {_net(facts)}")


async def exports(bench: Bench) -> None:
    """The file that the network hands over adds up to the emulator's books, refunds included."""
    await bench.give(*GIFTS)
    await _take_back(bench)
    told = [movement for row in _read(bench, await _file(bench)) for movement in row.movements]
    expected = sum(book.raised for book in bench.emulator.books.values())
    expect(_net(told) == expected, f"the file adds up to {_net(told)} minor units, the books to {expected}")


async def empty_day(bench: Bench) -> None:
    """The bill of a day without transactions is NotFound."""
    await bench.give(*GIFTS)
    (day, *_) = turn_to_statements(bench)
    if isinstance(bench.connector, FetchesStatements):
        try:
            async with bench.connector.statement(day - timedelta(days=7)):
                pass
        except NotFound:
            return
        expect(condition=False, message="there is a bill of a day without transactions")


async def reading_pure(bench: Bench) -> None:
    """A file that is read again gives the same rows, and reading it touches no port."""
    await bench.give(*GIFTS)
    data = await _file(bench)
    del bench.touched[:]
    expect(_read(bench, data) == _read(bench, data), "the same file read again gives other rows")
    expect(not bench.touched, f"reading a file used ports: {bench.touched}")


async def damaged_rows(bench: Bench) -> None:
    """A row that cannot be read is a Row with a problem; the others are read as before, and nothing is raised."""
    await bench.give(*GIFTS)
    data = await _file(bench)
    rows = _read(bench, data)
    lines = data.splitlines(keepends=True)
    telling = [row for row in rows if row.movements]
    expect(len(telling) >= 2, "the file has fewer than two rows with a donation")
    expect(all(0 < row.line <= len(lines) for row in rows), "a row's line is not in the file")
    for damage in (b"\xff\xfe\x00 damaged\n", b",,,,\n", b"x,y\n"):
        victim = telling[0]
        damaged = b"".join(damage if number == victim.line else line for number, line in enumerate(lines, 1))
        again = _read(bench, damaged)
        kept = {movement for row in again for movement in row.movements}
        lost = [m for row in telling if row is not victim for m in row.movements if m not in kept]
        expect(not lost, f"a damaged row {victim.line} hides {len(lost)} movements of other rows")
        expect(any(row.problem for row in again), f"a damaged row {victim.line} is not told as a problem")


async def _statement_rows(bench: Bench) -> list[Row]:
    return [row for day in turn_to_statements(bench) for row in _read(bench, await statement(bench, day))]


async def _file(bench: Bench) -> bytes:
    if isinstance(bench.case, HandsOverExports):
        return await bench.case.export(bench.emulator)
    return max([await statement(bench, day) for day in turn_to_statements(bench)], key=len)


def _read(bench: Bench, data: bytes) -> list[Row]:
    if not data or not isinstance(bench.connector, ReadsExports):
        return []
    try:
        return list(bench.connector.read_export(BytesIO(data)))
    except Unreadable as error:
        expect(condition=False, message=f"reading stopped as Unreadable: {error}")
        raise


async def _take_back(bench: Bench) -> None:
    if isinstance(bench.case, TakesBack):
        await bench.case.take_back(bench.emulator)
        await bench.settle()


def _known(bench: Bench, facts: Iterable[object]) -> Known:
    """The newest state of each donation, by the entity under which the ledger keeps it."""
    states: Known = {}
    for state in donations_of(list(facts)):
        key = entity(bench.case.spec.key, state.native_id)
        if key not in states or (state.version, state.stage) >= (states[key].version, states[key].stage):
            states[key] = state
    return states


def _same(told: Known, others: Known, way: str) -> None:
    for key, state in told.items():
        expect(key in others, f"the donation {state.native_id} is not {way}")
        other = others[key]
        expect(other.amount == state.amount, f"{state.native_id} is delivered with {state.amount}, {way} with {other.amount}")
        expect(other.stage == state.stage, f"{state.native_id} is delivered as {state.stage!r}, {way} as {other.stage!r}")
        away = abs(other.donated_at - state.donated_at).total_seconds()
        expect(away < 1, f"{state.native_id} is {way} with a time that is {away} s from the delivered one")
        if not isinstance(other.campaign, Clues) and not isinstance(state.campaign, Clues):
            expect(other.campaign == state.campaign, f"{state.native_id} is {way} under another campaign")


def _net(facts: Sequence[object]) -> int:
    """What facts add up to in minor units, each thing once, as the ledger counts."""
    donations = {fact.native_id: fact for fact in donations_of(facts)}
    refunds = {fact.native_id: fact for fact in facts if isinstance(fact, RefundState)}
    total = 0
    for native, donation in donations.items():
        if donation.stage is Stage.COMPLETED and donation.amount is not None:
            single = sum(r.amount.minor for r in refunds.values() if r.donation == native and r.stage is Stage.COMPLETED)
            running = donation.refunded.minor if donation.refunded is not None else 0
            total += max(0, donation.amount.minor - max(single, running))
    return total


RULES: Final = (
    Rule("lists-agree-with-deliveries", by_list, (ListsDonations,)),
    Rule("lists-since-a-moment-hide-nothing", since, (ListsDonations,)),
    Rule("lookups-agree-with-deliveries", by_lookup, (ReadsDonations,)),
    Rule("listed-campaigns-agree-with-the-books", campaigns, (ListsCampaigns,)),
    Rule("read-campaigns-agree-with-the-books", campaigns, (ReadsCampaigns,)),
    Rule("deliveries-agree-with-the-books", books, (ReceivesDeliveries,)),
    Rule("statements-agree-with-deliveries", statements, (FetchesStatements, ReadsExports, ReceivesDeliveries)),
    Rule("exports-agree-with-the-books", exports, (HandsOverExports, ReadsExports)),
    Rule("a-day-without-transactions-is-not-found", empty_day, (FetchesStatements,)),
    Rule("reading-a-statement-is-pure", reading_pure, (FetchesStatements, ReadsExports)),
    Rule("reading-an-export-is-pure", reading_pure, (HandsOverExports, ReadsExports)),
    Rule("a-damaged-row-hides-no-other", damaged_rows, (FetchesStatements, ReadsExports)),
    Rule("a-damaged-row-of-an-export-hides-no-other", damaged_rows, (HandsOverExports, ReadsExports)),
)

"""What facts come to: the newest state of each thing, what they add up to, and whether two ways tell the same."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import TypeAlias, TypeVar

from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import Unproven, expect
from connectors.testing.conformance.hooks import GivesTo, Places
from schema.model.facts import CampaignState, Clues, DonationState, RefundState, Stage
from schema.model.ids import entity
from schema.model.money import Money
from schema.model.total import Basis

State = TypeVar("State", DonationState, RefundState)
Known: TypeAlias = dict[bytes, DonationState]


def refunds_of(facts: Iterable[object]) -> list[RefundState]:
    """The refunds among facts."""
    return [fact for fact in facts if isinstance(fact, RefundState)]


def campaigns_of(facts: Iterable[object]) -> list[CampaignState]:
    """The states of campaigns among facts."""
    return [fact for fact in facts if isinstance(fact, CampaignState)]


def newest(states: Iterable[State]) -> dict[str, State]:
    """The newest state of each, by native id."""
    found: dict[str, State] = {}
    for state in states:
        known = found.get(state.native_id)
        if known is None or (state.version, state.stage) >= (known.version, known.stage):
            found[state.native_id] = state
    return found


def known(bench: Bench, facts: Iterable[object]) -> Known:
    """The newest state of each donation, by the entity under which the ledger keeps it."""
    return {entity(bench.case.spec.key, native): state for native, state in newest(donations_of(list(facts))).items()}


def amounts(facts: Iterable[object]) -> list[int]:
    """What was given, donation by donation, as far as it is told; in minor units, the smallest first."""
    return sorted(state.amount.minor for state in newest(donations_of(list(facts))).values() if state.amount is not None)


def net(facts: Iterable[object]) -> int:
    """What facts add up to in minor units, each thing once, as the ledger counts.

    Of a donation the larger of two is taken off: what its refunds come to, and the running sum that it tells itself.
    """
    told = list(facts)
    refunds = newest(refunds_of(told)).values()
    total = 0
    for native, donation in newest(donations_of(told)).items():
        if donation.stage is Stage.COMPLETED and donation.amount is not None:
            single = sum(each.amount.minor for each in refunds if each.donation == native and each.stage is Stage.COMPLETED)
            running = donation.refunded.minor if donation.refunded is not None else 0
            total += max(0, donation.amount.minor - max(single, running))
    return total


def essence(value: object) -> object:
    """What a fact says, without when it was said: versions and times left out."""
    if is_dataclass(value) and not isinstance(value, type | Money):
        named = ((each.name, getattr(value, each.name)) for each in fields(value))
        return (type(value), *((name, essence(held)) for name, held in named if not _is_dating(name, held)))
    return tuple(map(essence, value)) if isinstance(value, tuple | list) else value


def _is_dating(name: str, value: object) -> bool:
    return name == "version" or isinstance(value, datetime)


def same(told: Known, others: Known, way: str, otherwise: str = "delivered") -> None:
    """Raises Broken unless what was told ``otherwise`` is among the others, who were told by a ``way``, as the same."""
    for key, state in told.items():
        expect(key in others, f"the donation {state.native_id} is not {way}")
        other = others[key]
        expect(other.amount == state.amount, f"{state.native_id} is {otherwise} with {state.amount}, {way} with {other.amount}")
        expect(other.stage == state.stage, f"{state.native_id} is {otherwise} as {state.stage!r}, {way} as {other.stage!r}")
        away = abs(other.donated_at - state.donated_at).total_seconds()
        expect(away < 1, f"{state.native_id} is {way} with a time that is {away} s from the one {otherwise}")
        if not isinstance(other.campaign, Clues) and not isinstance(state.campaign, Clues):
            expect(other.campaign == state.campaign, f"{state.native_id} is {way} under another campaign")


def stated_as_booked(bench: Bench, facts: Iterable[object]) -> None:
    """Raises Broken where the network states totals, unless the newest ones are as in the books."""
    for native, state in {state.native_id: state for state in sorted(campaigns_of(facts), key=lambda s: s.version)}.items():
        if bench.case.spec.basis is Basis.REPORTED and state.raised is not None:
            told, booked = state.raised.amount.minor, books(bench).get(native)
            expect(told == booked, f"{native} is told with {told}, its book says {booked}")


def named(bench: Bench, state: DonationState) -> tuple[str, ...]:
    """The campaigns that a donation names and that are known here, the nearest to the donor first.

    Of clues it is the one that the case's rules find. Raises Unproven where the case has none.
    """
    where = state.campaign
    if isinstance(where, Clues):
        if not isinstance(bench.case, Places):
            raise Unproven("the network tells campaigns by clues, and the case does not say which are meant (Places)")
        found = bench.case.place(where)
        return () if found is None else (found,)
    known_here = {*bench.campaigns, *bench.emulator.books}
    return tuple(native for native in ((where,) if isinstance(where, str) else where) if native in known_here)


def add_up_to_books(bench: Bench, facts: Iterable[object], what: str) -> None:
    """Raises Broken unless donations and refunds come to the emulator's books, campaign by campaign.

    Where clues lead to no campaign that the case tells, to all books together.
    """
    told, raised = list(facts), books(bench)
    donations = newest(donations_of(told))
    if any(isinstance(state.campaign, Clues) for state in donations.values()) and not isinstance(bench.case, Places):
        total, expected = net(told), sum(raised.values())
        expect(total == expected, f"{what} comes to {total} minor units, the books to {expected}")
        return
    places = {native: named(bench, state) for native, state in donations.items()}
    nowhere = sorted(native for native, found in places.items() if not found)
    expect(not nowhere, f"{what}: {len(nowhere)} donations are in no campaign that is known")
    for campaign in bench.case.takers(bench.emulator) if isinstance(bench.case, GivesTo) else raised:
        inside = {native for native, found in places.items() if campaign in found}
        mine = [fact for fact in told if getattr(fact, "donation", getattr(fact, "native_id", None)) in inside]
        expected = raised.get(campaign, 0)
        expect(net(mine) == expected, f"{what} comes to {net(mine)} minor units in {campaign}, its book to {expected}")


def books(bench: Bench) -> Mapping[str, int]:
    """What the emulator's books say was raised, net of refunds, by campaign."""
    return {native: book.raised for native, book in bench.emulator.books.items()}

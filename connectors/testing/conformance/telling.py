"""Rules about the content of facts, whichever way they come."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from connectors.testing.conformance.asking import asks_of
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import expect
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import filed
from schema.model.endorsement import Post
from schema.model.facts import CampaignState, Clues, DonationState, RefundState
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money
from schema.model.text import MAX_MESSAGE, MAX_NAME, MAX_SUMMARY, MAX_TITLE, link, plain

IDS: Final = frozenset({"native_id", "donation", "lookup", "donor"})
"""Fields that stay inside: the ledger hashes donations' ids, as some networks put donors into them, and keys donors'."""
LIMITS: Final = {
    "title": MAX_TITLE,
    "summary": MAX_SUMMARY,
    "donor_name": MAX_NAME,
    "message": MAX_MESSAGE,
    "text": MAX_MESSAGE,
    "name": MAX_TITLE,
}
LINKS: Final = frozenset({"url", "donate_url", "image", "website", "logo"})
RECENT: Final = timedelta(hours=1)
MADE: Final = {DonationState: "donated_at", RefundState: "refunded_at", Post: "published_at"}


async def money(bench: Bench) -> str:
    """Every amount is Money in whole minor units of an ISO 4217 currency, and no float is anywhere in a fact."""
    found = list[str]()
    for fact in await _told(bench):
        for path, value in _leaves(fact):
            expect(type(value) is not float, f"{path} is a float")
            if path.rpartition(".")[2] in ("amount", "refunded", "goal"):
                expect(value is None or isinstance(value, Money), f"{path} is {type(value).__name__}, not Money")
            if isinstance(value, Money):
                expect(Currency.of(value.currency.code) == value.currency, f"{path} has a currency of its own making")
                found.append(value.currency.code)
    return f"{len(found)} amounts in {', '.join(sorted(set(found))) or 'no currency'}, and no float"


async def times(bench: Bench) -> str:
    """Every time is aware and in UTC, and that of a donation or post made just now is just now: no zone was mistaken."""
    before, count = bench.emulator.clock.now(), 0
    for fact in await _told(bench):
        for path, value in _leaves(fact):
            if isinstance(value, datetime):
                expect(value.utcoffset() == timedelta(0), f"{path} is not in UTC")
                count += 1
        made = MADE.get(type(fact))
        moment = None if made is None else getattr(fact, made)
        if moment is not None:
            away = abs(moment - before)
            expect(away < RECENT, f"the {made} of what was made just now is {away} away")
    return f"{count} times are in UTC, and what was made just now is dated so"


async def ids(bench: Bench) -> str:
    """Ids are printable and not empty, and those of campaigns are the ones that the network knows."""
    key, known, told = bench.case.spec.key, set(bench.campaigns), await _told(bench)
    for fact in told:
        if isinstance(fact, CampaignState):
            CampaignId(key, fact.native_id)
        if isinstance(fact, DonationState) and not isinstance(fact.campaign, Clues):
            candidates = {fact.campaign} if isinstance(fact.campaign, str) else set(fact.campaign)
            expect(candidates & known, f"a donation names the campaigns {sorted(candidates)}, known are {sorted(known)}")
    return f"the ids of {len(told)} facts can be used"


async def words(bench: Bench) -> str:
    """Words of strangers are plain and short, and addresses are links."""
    return f"{sum(worded(fact) for fact in await _told(bench))} texts and links are harmless"


def worded(fact: object) -> int:
    """How many texts of strangers and links are in a fact. Raises Broken where one is not harmless."""
    count = 0
    for path, value in _leaves(fact):
        name = path.rpartition(".")[2]
        if name in LIMITS and isinstance(value, str):
            expect(plain(value, LIMITS[name]) == value, f"{path} is not plain text of at most {LIMITS[name]} characters")
        if name in LINKS and isinstance(value, str):
            expect(link(value), f"{path} is no link")
        count += (name in LIMITS or name in LINKS) and isinstance(value, str)
    return count


async def privacy(bench: Bench) -> str:
    """No personal identifier is in any field of a fact that leaves the process."""
    told = await _told(bench)
    expect(bench.case.canaries, "the case names no canaries: what the emulator writes into personal fields")
    for canary in bench.case.canaries:
        expect(canary.encode() in bench.seen, f"the emulator never sent the canary {canary!r}, so nothing is proven")
        for fact in told:
            for path, value in _leaves(fact):
                kept = path.rpartition(".")[2] in IDS and not isinstance(fact, CampaignState)
                expect(kept or canary not in str(value), f"{path} holds a personal identifier")
    return f"{len(bench.case.canaries)} canaries were sent, and are in none of {len(told)} facts"


async def _told(bench: Bench) -> list[object]:
    """The facts of a donation (and its refund) over every way that the connector has."""
    asks = await asks_of(bench)
    told: list[object] = list(await bench.delivered())
    for name, ask in asks.items():
        found = await ask()
        expect(found or name == "campaigns", f"a donation was given, and asking for {name} gives nothing")
        told += found
    told += await filed(bench)
    expect(told, "a donation was given, and nothing tells of it")
    return told


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every value in a fact with its path; Money and enums are values."""
    path = path or type(value).__name__
    if is_dataclass(value) and not isinstance(value, type | Money):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple | list) and not isinstance(value, Enum):
        for item in value:
            yield from _leaves(item, path)
    else:
        yield path, value


RULES: Final = (
    Rule("money-is-exact", money, Grade.BRONZE),
    Rule("times-are-in-utc", times, Grade.BRONZE),
    Rule("ids-are-usable", ids, Grade.BRONZE),
    Rule("words-are-plain", words, Grade.SILVER),
    Rule("no-person-is-in-a-fact", privacy, Grade.SILVER),
)

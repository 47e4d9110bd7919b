"""Rules about what may be shown: hidden amounts, donors without a name, hostile words, and milestones."""

import random
from typing import Final, cast

from connectors.contract import ReadsMilestones
from connectors.testing.conformance.asking import promised
from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.comparing import amounts, books, campaigns_of, newest
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import HasMilestones, HidesAmounts, HidesDonors, SaysWords
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.telling import worded
from connectors.testing.conformance.ways import giving, ways
from schema.model.total import Basis

OPEN: Final = 1_999
HIDDEN: Final = 777
MILESTONES: Final = (("A second boat", 100_000), ("A coral nursery", 5_050), ("One more diver", 20_001))

SEED: Final = 22
SAMPLES: Final = 12
HOSTILE: Final = (
    ("<script>alert(1)</script>", "<img src=x onerror=alert(1)> & &amp; &#60;"),
    ("\u202egnihtyrevE\u2066", "\u200b\u200e\u2028left\u2029right\ufeff"),
    ("\x07\x1b[31mred\x1b[0m\x9b", "first\r\nsecond\tthird\x0b\x0c\x85"),
    ("x" * 10_000, "word " * 2_000),
    ("Z" + "\u0301" * 400, "\u0300" * 50),
    ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f41f" * 300),
    ("'; DROP TABLE donations; --", '"\\",}{]["'),
    ("  ", "\u3000\u00a0"),
    ("\ue000\ufdd0", "\U000e0041\U000e0042"),
    ("=1+1", "@SUM(A1)|campaign=other&star=nobody"),
)
"""Names and messages: markup, direction marks, control characters, length, marks, joiners, quotes, blanks, nobody's letters."""


async def hidden(bench: Bench) -> str:
    """An amount that the network does not tell is None and never zero, and is in the total all the same."""
    await bench.give(OPEN)
    if isinstance(bench.case, HidesAmounts):
        await bench.case.give_hidden(bench.emulator, HIDDEN)
        await bench.settle()
    told = 0
    found = await ways(bench)
    for way, facts in giving(found):
        states = newest(donations_of(facts)).values()
        told += sum(state.amount is None for state in states)
        expect(amounts(facts) == [OPEN], f"one amount is told and one is hidden; {way} are {amounts(facts)}")
    expect(told, "no way tells that there was a donation of a hidden amount")
    for state in campaigns_of(fact for facts in found.values() for fact in facts if bench.case.spec.basis is Basis.REPORTED):
        latest = state.raised is None or state.raised.amount.minor in (books(bench)[state.native_id], OPEN, 0)
        expect(latest, f"{state.native_id} is told with {state.raised}, its book says {books(bench)[state.native_id]}")
    return f"the amount is None {told} times, and is in the total"


async def unnamed(bench: Bench) -> str:
    """A donor who does not want to be named is nobody, whichever way the donation comes."""
    await bench.give(OPEN)
    if isinstance(bench.case, HidesDonors):
        await bench.case.give_anonymously(bench.emulator, HIDDEN)
        await bench.settle()
    nobody, named = 0, 0
    for way, facts in giving(await ways(bench)):
        for state in donations_of(facts):
            if state.amount is not None and state.amount.minor == HIDDEN:
                expect(state.donor_name is None, f"a donor who does not want to be named is {way} by a name")
                expect(state.donor is None, f"a donor who does not want to be named is {way} by an id")
                nobody += 1
            else:
                named += state.donor_name is not None
    expect(nobody, "no way tells the donation of a donor who does not want to be named")
    return f"nobody {nobody} times, beside {named} names"


async def words(bench: Bench) -> str:
    """Whatever donors call themselves and say, each gift is told with its amount, and its words are plain and short."""
    rng = random.Random(SEED)
    said = [*HOSTILE, *((_random(rng, 60), _random(rng, 400)) for _ in range(SAMPLES))]
    gifts = [OPEN + number for number in range(len(said))]
    for minor, (name, message) in zip(gifts, said, strict=True):
        if isinstance(bench.case, SaysWords):
            await bench.case.give_saying(bench.emulator, minor, name, message)
            await bench.settle()
    unread = [heard for heard in bench.heard if heard.error is not None]
    expect(not unread, f"{len(unread)} deliveries were not read for their words")
    count, several = 0, dict(giving(await ways(bench)))
    expect(several, "no way tells a donation")
    for way, facts in several.items():
        expect(amounts(facts) == gifts, f"{len(gifts)} donors had something to say, and {len(amounts(facts))} gifts are {way}")
        count += sum(worded(fact) for fact in facts)
    return f"{len(said)} gifts with hostile words are told (seed {SEED}), {count} texts are harmless"


def _random(rng: random.Random, most: int) -> str:
    """Any characters but surrogates, which no network can send in UTF-8."""
    drawn = (rng.randrange(0x20, rng.choice((0x7F, 0x3000, 0x10FFFF))) for _ in range(rng.randrange(1, most)))
    return "".join(chr(code) for code in drawn if not 0xD800 <= code <= 0xDFFF)


async def milestones(bench: Bench) -> str:
    """Milestones are those of the network: title, exact amount in the campaign's currency, the lowest first."""
    reader, told = cast("ReadsMilestones", bench.connector), dict[str, list[tuple[str, int]]]()
    for title, minor in MILESTONES:
        told.setdefault(await promised(bench, title, minor), []).append((title, minor))
    for native, expected in told.items():
        found = await reader.milestones(native)
        currency = bench.emulator.books[native].currency
        listed = [(each.title, each.amount.minor) for each in found]
        expect(sorted(listed) == sorted(expected), f"promised were {sorted(expected)}, told are {sorted(listed)}")
        expect(listed == sorted(listed, key=lambda each: each[1]), "milestones are not told the lowest first")
        if any(each.amount.currency.code != currency for each in found):
            raise Broken(f"a milestone of a campaign in {currency} is in another currency")
    return f"{len(MILESTONES)} milestones are as promised, the lowest first"


RULES: Final = (
    Rule("hidden-amounts-are-none", hidden, Grade.SILVER, hooks=(HidesAmounts,)),
    Rule("anonymous-donors-are-nobody", unnamed, Grade.SILVER, hooks=(HidesDonors,)),
    Rule("hostile-words-are-harmless", words, Grade.PLATINUM, hooks=(SaysWords,)),
    Rule("milestones-agree-with-the-network", milestones, Grade.BRONZE, (ReadsMilestones,), (HasMilestones,)),
)

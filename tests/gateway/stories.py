"""Drawn stories of a season: gifts with refunds and endorsers, and totals that a network states; and what they come to.

What they come to is worked out here from the stories alone, naively, to be held against the ledger.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hypothesis import strategies as st

from schema.model.facts import CampaignState, Clues, DonationState, Movement, RefundState, Stage
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.gateway.acme import LUNCH, NOW, OTHER
from tests.gateway.autumn import stated
from tests.gateway.store.believing import believed

PLACES: Final = {
    "lunch;star=1": (LUNCH, "star"),
    "lunch;voice=1": (LUNCH, "voice"),
    "lunch": (LUNCH, ""),
    "anything": (OTHER, ""),
}
"""What a payment carries, and where that leads."""
_SPANS: Final = (3_600, 47 * 3_600, 390 * 86_400, 800 * 86_400)


class Entry(NamedTuple):
    """One movement of money in history, in minor units. ``gifts`` is how many donations of which something is left."""

    at: datetime
    net: int
    refunded: int
    gifts: int


@dataclass(frozen=True)
class Gift:
    """One donation to its end. ``running`` are sums of refunds that grow, ``single`` are refunds one by one."""

    number: int
    words: str
    amount: int
    at: datetime
    end: Stage
    running: tuple[tuple[int, datetime], ...]
    single: tuple[tuple[int, datetime], ...]

    @property
    def campaign(self) -> CampaignId:
        """Where it belongs."""
        return PLACES[self.words][0]

    @property
    def endorser(self) -> str:
        """Whom it names."""
        return PLACES[self.words][1]

    def state(self, stage: Stage, back: tuple[int, datetime] | None = None) -> DonationState:
        """One of its states."""
        refunded, refunded_at = (None, None) if back is None else (Money.of_minor(back[0], "CNY"), back[1])
        version, amount = 0 if back is None else back[0], Money.of_minor(self.amount, "CNY")
        source, clues = AmountSource.MERCHANT_NOTIFICATION, Clues(attach=self.words)
        return DonationState(f"d{self.number}", clues, stage, version, amount, self.at, source, refunded, refunded_at)

    def facts(self) -> list[Movement]:
        """All that its network will ever say of it."""
        found: list[Movement] = [self.state(Stage.PENDING)]
        if self.end is not Stage.PENDING:
            found.append(self.state(Stage.COMPLETED))
        if self.end is Stage.VOID:
            found.append(self.state(Stage.VOID))
        found += [self.state(Stage.COMPLETED, back) for back in self.running]
        for index, (minor, at) in enumerate(self.single):
            money, source = Money.of_minor(minor, "CNY"), AmountSource.MERCHANT_NOTIFICATION
            names = (f"r{self.number}-{index}", f"d{self.number}", f"look-{self.number}")
            found.append(RefundState(*names, Stage.COMPLETED, 0, money, at, source))
        return found

    def entries(self) -> list[Entry]:
        """What it comes to: the larger of the running sum and the single refunds goes back, never more than was given."""
        if self.end is not Stage.COMPLETED:
            return []
        taken = [(at, f"r{self.number}-{index}", minor) for index, (minor, at) in enumerate(self.single)]
        rest = max((minor for minor, _ in self.running), default=0) - sum(minor for minor, _ in self.single)
        if rest > 0:
            taken.append((self.running[-1][1], "", rest))
        left, found = self.amount, list[Entry]()
        for at, _, minor in sorted(taken):
            back = min(minor, left)
            left -= back
            found.append(Entry(at, -back, back, 0))
        return [Entry(self.at, self.amount, 0, 1 if left else 0), *found]


@dataclass(frozen=True)
class Report:
    """What the pond stated at a moment."""

    at: datetime
    raised: int
    count: int | None

    def fact(self) -> CampaignState:
        """As it said it."""
        return stated("team", self.raised, at=self.at, count=self.count)


@dataclass(frozen=True)
class Story:
    """What happened."""

    gifts: tuple[Gift, ...]
    reports: tuple[Report, ...]

    def facts(self) -> list[Movement | CampaignState]:
        """All that will be said of it, in order."""
        told: list[Movement | CampaignState] = [fact for gift in self.gifts for fact in gift.facts()]
        return told + [report.fact() for report in self.reports]

    def known(self, number: int) -> list[Movement]:
        """What the network answers when it is asked for a donation."""
        [gift] = [gift for gift in self.gifts if gift.number == number]
        return gift.facts()

    def entries(self, campaign: CampaignId) -> list[Entry]:
        """All movements of one campaign."""
        return [entry for gift in self.gifts if gift.campaign == campaign for entry in gift.entries()]

    def endorsed(self, endorser: str) -> tuple[int, int]:
        """What names an endorser gave, and how many."""
        found = [entry for gift in self.gifts if gift.endorser == endorser for entry in gift.entries()]
        return sum(entry.net for entry in found), sum(entry.gifts for entry in found)

    def stated(self, before: datetime | None = None) -> Report:
        """The newest report before a moment that is to be believed, or the first one ever."""
        ordered = believed(sorted(self.reports, key=lambda report: report.at))
        return [ordered[0], *(report for report in ordered if before is None or report.at < before)][-1]


def total(entries: Iterable[Entry]) -> tuple[int, int, int]:
    """Net, refunded and how many gifts, of all of them."""
    net = refunded = gifts = 0
    for entry in entries:
        net, refunded, gifts = net + entry.net, refunded + entry.refunded, gifts + entry.gifts
    return net, refunded, gifts


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Within the last hour, two days, year, or longer ago; to the second."""
    return NOW - timedelta(seconds=draw(st.integers(1, draw(st.sampled_from(_SPANS)))))


@st.composite
def gifts(draw: st.DrawFn, number: int) -> Gift:
    """A gift with every kind of end."""
    amount = draw(st.integers(1, 50_000))
    end = draw(st.sampled_from([Stage.COMPLETED] * 8 + [Stage.PENDING, Stage.VOID]))
    part = st.integers(1, amount)
    running: list[tuple[int, datetime]] = []
    if end is Stage.COMPLETED and draw(st.booleans()):
        sums = sorted(draw(st.lists(part, min_size=1, max_size=3, unique=True)))
        running = list(zip(sums, sorted(draw(moments()) for _ in sums), strict=True))
    single = draw(st.lists(st.tuples(part, moments()), max_size=3)) if end is not Stage.PENDING else []
    words = draw(st.sampled_from(list(PLACES)))
    return Gift(number, words, amount, draw(moments()), end, tuple(running), tuple(single))


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A few gifts and reports."""
    given = tuple(draw(gifts(number)) for number in range(draw(st.integers(1, 6))))
    counts = draw(st.booleans())  # a network that tells how many does so each time
    told = draw(
        st.lists(st.tuples(moments(), st.integers(0, 10**6), st.integers(0, 500)), max_size=9, unique_by=lambda row: row[0])
    )
    return Story(given, tuple(Report(at, raised, count if counts else None) for at, raised, count in told))

"""The one state behind the API, the deliveries and the books. All amounts are in minor units."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from connectors.testing.emulation import Book
from connectors.tiltify.emulator.campaigns import CAUSE, Campaign, Cause, Kind, Milestone
from connectors.tiltify.emulator.gifts import Donation, Match, MatchType
from connectors.tiltify.emulator.ids import draw_id
from schema.model.money import MAX_DONATION, Currency


class State:
    """Everything that is so. Raises ValueError for what cannot be; ``books`` are kept here and nowhere else."""

    def __init__(self, books: dict[str, Book], rng: random.Random, now: Callable[[], datetime]) -> None:
        self.now = now
        self.campaigns: dict[str, Campaign] = {}
        self.donations: dict[str, Donation] = {}
        self.milestones: list[Milestone] = []
        self.matches: dict[str, Match] = {}
        self.causes: dict[str, Cause] = {}
        self._books = books
        self._rng = rng
        self._drawn = 0

    def draw(self) -> tuple[str, int]:
        """A new id, and the number that goes with it."""
        self._drawn += 1
        return draw_id(self._rng), 100_200_000 + self._drawn

    def add(
        self,
        kind: Kind,
        title: str,
        currency: str,
        goal: int | None,
        parents: Sequence[Campaign],
        cause: str | None,
        *,
        out: bool,
    ) -> Campaign:
        """A new campaign, published where it is ``out``. It counts for its parents and for theirs."""
        code = Currency.of(currency).code
        if any(parent.book.currency != code for parent in parents):
            raise ValueError("a campaign has the currency of what it supports")
        new, legacy = self.draw()
        native, now = f"{kind}/{new}", self.now()
        above = [known for parent in parents for known in (parent.native_id, *parent.parents)]
        nearest = [parent.native_id for parent in parents]
        book = self._books[native] = Book(code)
        made = self.campaigns[native] = Campaign(
            native_id=native,
            kind=kind,
            id=new,
            legacy_id=legacy,
            title=title,
            slug="-".join(title.lower().split()),
            goal=goal,
            cause_id=None if kind is Kind.TEAM_CAMPAIGN else self._cause(cause or CAUSE).id,
            parents=tuple(dict.fromkeys([*nearest, *above])),
            book=book,
            inserted_at=now,
            updated_at=now,
            published_at=now if out else None,
            original_goal=goal,
        )
        return made

    def _cause(self, name: str) -> Cause:
        for known in self.causes.values():
            if known.name == name:
                return known
        new, legacy = self.draw()
        made = self.causes[new] = Cause(new, legacy, name, self.now())
        return made

    def lineage(self, campaign: Campaign) -> Iterator[Campaign]:
        """It, and all that it counts for."""
        yield campaign
        yield from (self.campaigns[native] for native in campaign.parents)

    def members(self, campaign: Campaign) -> list[Campaign]:
        """All that count for it."""
        return [known for known in self.campaigns.values() if campaign.native_id in known.parents]

    def donate(self, campaign: Campaign, minor: int, donor_name: str, comment: str | None, *, sustained: bool) -> Donation:
        """A gift that is not completed yet."""
        if not 0 < minor <= MAX_DONATION:
            raise ValueError("a donation is a positive number of minor units")
        if campaign.status != "published":
            raise ValueError(f"the campaign is {campaign.status}")
        new, legacy = self.draw()
        currency, now = campaign.book.currency, self.now()
        made = Donation(new, legacy, campaign.native_id, minor, currency, donor_name, comment, sustained, now)
        self.donations[new] = made
        return made

    def promise(self, campaign: Campaign, title: str, minor: int, *, active: bool) -> Milestone:
        """A new milestone."""
        if campaign.kind is Kind.EVENT:
            raise ValueError("events have no milestones")
        new, legacy = self.draw()
        made = Milestone(new, legacy, campaign.native_id, title, minor, active, self.now())
        self.milestones.append(made)
        return made

    def match(self, campaign: Campaign, matched_by: str, match_type: MatchType, pledged: int) -> Match:
        """A new match, which runs."""
        (new, _), now = self.draw(), self.now()
        currency = campaign.book.currency
        made = Match(new, campaign.native_id, currency, matched_by, match_type, pledged, campaign.direct, now, now)
        self.matches[new] = made
        return made

    def complete(self, donation: Donation) -> None:
        """The payment has come: it counts, here and above, and for the matches that run."""
        if donation.completed_at is not None:
            raise ValueError("the donation is completed already")
        donation.completed_at = self.now()
        campaign = self.campaigns[donation.campaign]
        running = [match for match in self.matches.values() if match.campaign == campaign.native_id and match.active]
        for match in running:
            match.count(donation.minor, donation.completed_at)
        donation.matches = tuple(match.id for match in running)
        self.move(campaign, donation.minor, count=1)

    def take_back(self, donation: Donation) -> None:
        """A completed donation is gone, and so is its money."""
        if donation.completed_at is None:
            raise ValueError("the donation is not completed")
        campaign = self.campaigns[donation.campaign]
        self.move(campaign, -donation.minor, count=-1)
        del self.donations[donation.id]
        for known in self.lineage(campaign):
            known.book.refunded += donation.minor

    def move(self, campaign: Campaign, minor: int, *, count: int = 0) -> None:
        """The total of a campaign and of all above it moves. That ``updated_at`` moves with it is *assumed*."""
        if campaign.direct + minor < 0:
            raise ValueError("a total does not fall below zero")
        campaign.direct += minor
        for known in self.lineage(campaign):
            known.book.raised += minor
            known.book.count += count
            known.updated_at = self.now()

    def listed(self, campaign: Campaign) -> list[Donation]:
        """Its donations, in no order. That a list has those of the members as well is *assumed*."""
        natives = {campaign.native_id, *(member.native_id for member in self.members(campaign))}
        return [donation for donation in self.donations.values() if donation.campaign in natives]

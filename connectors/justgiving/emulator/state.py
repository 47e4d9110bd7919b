"""The one state: pages, their teams and campaigns, what was given, and the books. All amounts are in minor units."""

import random
import re
import uuid
from collections.abc import Container, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from connectors.justgiving.emulator.gifts import BACK, COUNTED, STATUSES, Deposit, Donation, Figures, figures
from connectors.testing.emulation import Book
from schema.model.errors import BadCurrency
from schema.model.money import MAX_DONATION, Currency

FIRST_DONATION: Final = 1_147_000_000
"""Ids are of 32 bits, so there are a million of them for each of a thousand seeds."""

_PAGE: Final = re.compile(r"(page/)?[A-Za-z0-9-]{1,80}", re.ASCII)
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,80}", re.ASCII)


class NotPossible(ValueError):
    """The platform would refuse this; the message says why."""


@dataclass(slots=True)
class Page:
    """A fundraising page. ``short_name`` is ``page/slug``, or ``slug`` of an old one."""

    short_name: str
    id: int
    title: str
    currency: str
    target: int | None
    team: str | None
    campaign: str | None
    created_at: datetime
    donations: list[Donation] = field(default_factory=list)
    deposits: list[Deposit] = field(default_factory=list)

    @property
    def native_id(self) -> str:
        """Its name in the books."""
        return self.short_name

    def figures(self, moment: datetime) -> Figures:
        """Its sums at a moment."""
        return figures(self.donations, self.deposits, moment)


@dataclass(slots=True)
class Team:
    """Pages that raise together."""

    short_name: str
    id: int
    title: str
    currency: str
    target: int | None
    created_at: datetime

    @property
    def native_id(self) -> str:
        """Its name in the books."""
        return f"team:{self.short_name}"


@dataclass(slots=True)
class Campaign:
    """A charity's campaign, with pages that raise for it and with ``deposits`` of its own."""

    short_name: str
    guid: str
    title: str
    currency: str
    target: int | None
    created_at: datetime
    deposits: list[Deposit] = field(default_factory=list)

    @property
    def native_id(self) -> str:
        """Its name in the books."""
        return f"campaign:{self.short_name}"

    def own(self, moment: datetime) -> Figures:
        """What was entered for it and for none of its pages."""
        return figures((), self.deposits, moment)


class State:
    """What there is. Every id is drawn from the seed and from counters, so a run can be told again."""

    def __init__(self, books: MutableMapping[str, Book], rng: random.Random, seed: int) -> None:
        self.pages: dict[str, Page] = {}
        self.teams: dict[str, Team] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.donations: dict[int, Donation] = {}
        self._books = books
        self._rng = rng
        self._first = FIRST_DONATION + seed % 1_000 * 1_000_000

    def add_team(self, short_name: str, title: str, currency: str, target: int | None, now: datetime) -> Team:
        """A new team. Raises NotPossible."""
        team = Team(short_name, 300_001 + len(self.teams), title, currency, target, now)
        _unused(short_name, _NAME, self.teams)
        self._open(team)
        self.teams[short_name] = team
        return team

    def add_campaign(self, short_name: str, title: str, currency: str, target: int | None, now: datetime) -> Campaign:
        """A new campaign. Raises NotPossible."""
        guid = str(uuid.UUID(int=self._rng.getrandbits(128), version=4))
        campaign = Campaign(short_name, guid, title, currency, target, now)
        _unused(short_name, _NAME, self.campaigns)
        self._open(campaign)
        self.campaigns[short_name] = campaign
        return campaign

    def add_page(self, page: Page) -> None:
        """A new page. Raises NotPossible, also where its team or campaign has another currency."""
        _unused(page.short_name, _PAGE, self.pages)
        if page.team is not None and page.team not in self.teams:
            raise NotPossible(f"there is no team {page.team}")
        if page.campaign is not None and page.campaign not in self.campaigns:
            raise NotPossible(f"there is no campaign {page.campaign}")
        for above in self._above(page):
            if above.currency != page.currency:
                raise NotPossible(f"{above.native_id} is in {above.currency}")  # the sheet tells no conversion
        self._open(page)
        self.pages[page.native_id] = page

    def next_donation(self) -> int:
        """The id of the next donation."""
        return self._first + len(self.donations)

    def donate(self, donation: Donation, status: str, now: datetime) -> None:
        """One more donation, in the list and, when it counts, in the books. Raises NotPossible."""
        if type(donation.minor) is not int or not 0 < donation.minor <= MAX_DONATION:
            raise NotPossible(f"a donation is of 1 to {MAX_DONATION} minor units")
        if donation.local is not None:
            _currency(donation.local[1])
        self._enter(donation, status, now)
        self.pages[donation.page].donations.append(donation)
        self.donations[donation.id] = donation

    def set_status(self, donation: Donation, status: str, now: datetime) -> None:
        """Another status from now on. Raises NotPossible."""
        self._enter(donation, status, now)

    def deposit(self, where: Page | Campaign, deposit: Deposit) -> Deposit:
        """Money without a donation. Raises NotPossible where the total would fall below nothing."""
        if self._books[where.native_id].raised + deposit.minor < 0:
            raise NotPossible(f"{where.native_id} has not raised so much")
        where.deposits.append(deposit)
        for book in self._books_of(where):
            book.raised += deposit.minor
            book.count += deposit.kind == "sms"
        return deposit

    def members(self, team: Team) -> Sequence[Page]:
        """The pages of a team."""
        return [page for page in self.pages.values() if page.team == team.short_name]

    def pages_for(self, campaign: Campaign) -> Sequence[Page]:
        """The pages that raise for a campaign."""
        return [page for page in self.pages.values() if page.campaign == campaign.short_name]

    def within(self) -> dict[str, str | None]:
        """The campaign of each page, and of each team whose pages all raise for it."""
        found = {page.native_id: page.campaign for page in self.pages.values()}
        for team in self.teams.values():
            campaigns = {page.campaign for page in self.members(team)}
            found[team.native_id] = campaigns.pop() if len(campaigns) == 1 else None
        return found

    def by_reference(self, reference: str) -> Sequence[Donation]:
        """The donations of all pages with a reference, in the order they came."""
        return [donation for donation in self.donations.values() if donation.reference == reference]

    def _open(self, what: Page | Team | Campaign) -> None:
        _currency(what.currency)
        self._books[what.native_id] = Book(what.currency)

    def _above(self, page: Page) -> list[Team | Campaign]:
        team = [self.teams[page.team]] if page.team else []
        return [*team, *([self.campaigns[page.campaign]] if page.campaign else [])]

    def _books_of(self, where: Page | Campaign) -> list[Book]:
        above = self._above(where) if isinstance(where, Page) else []
        return [self._books[each.native_id] for each in (where, *above)]

    def _enter(self, donation: Donation, status: str, now: datetime) -> None:
        if status not in STATUSES:
            raise NotPossible(f"a status is one of {', '.join(STATUSES)}")
        before = donation.history[-1][1] if donation.history else None
        donation.history.append((now, STATUSES[status]))
        counted = (status == COUNTED) - (before == COUNTED)
        given_back = (status == BACK) - (before == BACK)
        for book in self._books_of(self.pages[donation.page]):
            book.raised += counted * donation.minor
            book.count += counted
            book.refunded += given_back * donation.minor


def _currency(code: str) -> None:
    try:
        Currency.of(code)
    except BadCurrency as error:
        raise NotPossible(str(error)) from error


def _unused(name: str, form: re.Pattern[str], names: Container[str]) -> None:
    if not form.fullmatch(name):
        raise NotPossible("a short name has letters, digits and hyphens; that of a page may begin with page/")
    if name in names:
        raise NotPossible(f"{name} is taken")

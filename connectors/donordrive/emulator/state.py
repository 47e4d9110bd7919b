"""All that there is: fundraisers, gifts and their sums. The one state behind every address."""

import hashlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from connectors.donordrive.emulator.fundraiser import Fundraiser, Incentive, Kind, alias_of
from connectors.testing.emulation import Book
from schema.model.money import MAX_DONATION, Currency

FIRST: Final = {Kind.EVENT: 600, Kind.TEAM: 7_001, Kind.PARTICIPANT: 900_001}
"""Numbers are counted from here, so programs on different hosts have the same ones."""


@dataclass(frozen=True, slots=True)
class Gift:
    """One donation, counted from 1 by ``number``. ``donor`` None: anonymous."""

    number: int
    id: str
    to: Fundraiser
    minor: int
    at: datetime
    donor: str | None
    message: str | None
    shows_amount: bool
    is_registration_fee: bool
    incentive: str | None


@dataclass(frozen=True, slots=True)
class Pledge:
    """A promise of so much for each unit of what is achieved, up to a most: the ``gift`` is of nothing."""

    gift: Gift
    unit_minor: int
    most_minor: int


@dataclass(frozen=True, slots=True)
class Group:
    """A team group. Its money is that of its teams."""

    code: str
    name: str
    goal_minor: int


class State:
    """Who raises, and what was given. ``host`` tells where it is served."""

    def __init__(self, currency: Currency, rng: random.Random, now: Callable[[], datetime], host: Callable[[], str]) -> None:
        self.currency: Final = currency
        self.now: Final = now
        self.fundraisers: list[Fundraiser] = []
        self.gifts: list[Gift] = []
        self.pledges: list[Pledge] = []
        self.groups: dict[str, Group] = {}
        self.changed_at = now()
        self._rng = rng
        self._host = host

    def add(self, kind: Kind, name: str, within: tuple[Fundraiser, ...], goal_minor: int | None) -> Fundraiser:
        """One more fundraiser. An alias that is taken is not given again."""
        if goal_minor is not None and goal_minor < 0:
            raise ValueError("a goal is not negative")
        alias = alias_of(name)
        fundraiser = Fundraiser(
            kind,
            FIRST[kind] + len(self.of(kind)),
            name,
            alias=None if alias and self.find(kind, alias) else alias,
            within=within,
            goal_minor=goal_minor,
            book=Book(self.currency.code),
            created_at=self.touch(),
            host=self._host,
        )
        self.fundraisers.append(fundraiser)
        return fundraiser

    def give(
        self,
        to: Fundraiser,
        minor: int,
        *,
        donor: str | None,
        message: str | None,
        shows_amount: bool,
        is_registration_fee: bool,
        incentive: str | None,
    ) -> Gift:
        """A donation: an entry, and more in the sums of all in line."""
        if not 0 < minor <= MAX_DONATION:
            raise ValueError("a donation is a positive number of minor units")
        if incentive is not None and incentive not in {one.id for one in to.incentives}:
            raise ValueError(f"{to.path} has no such incentive")
        gift = Gift(
            len(self.gifts) + 1,
            f"{self._rng.getrandbits(64):016X}",
            to,
            minor,
            self.touch(),
            donor,
            message,
            shows_amount,
            is_registration_fee,
            incentive,
        )
        self.gifts.append(gift)
        for one in to.line:
            one.book.raised += minor
            one.book.count += 1
        return gift

    def pledge(self, to: Fundraiser, unit_minor: int, most_minor: int, *, donor: str) -> Pledge:
        """A promise: an entry, and no money."""
        if not 0 < unit_minor <= most_minor <= MAX_DONATION:
            raise ValueError("a pledge is a positive number of minor units, and at most so many")
        gift = Gift(
            number=len(self.gifts) + 1,
            id=f"{self._rng.getrandbits(64):016X}",
            to=to,
            minor=0,
            at=self.touch(),
            donor=donor,
            message=None,
            shows_amount=False,
            is_registration_fee=False,
            incentive=None,
        )
        self.pledges.append(Pledge(gift, unit_minor, most_minor))
        return self.pledges[-1]

    def move(self, to: Fundraiser, minor: int) -> None:
        """Other sums for all in line, and no entry. That it is counted as no donation is *assumed*."""
        if to.book.raised + minor < 0:
            raise ValueError("a total does not fall below zero")
        self.touch()
        for one in to.line:
            one.book.raised += minor

    def of(self, kind: Kind) -> list[Fundraiser]:
        """All of a kind."""
        return [one for one in self.fundraisers if one.kind is kind]

    def members(self, kind: Kind, of: Fundraiser) -> list[Fundraiser]:
        """Those of a kind that belong to one."""
        return [one for one in self.of(kind) if of in one.within]

    def gifts_to(self, one: Fundraiser) -> list[Gift]:
        """What was given to one or to its members, in the order of giving."""
        return [gift for gift in self.gifts if one in gift.to.line]

    def claimed(self, incentive: Incentive) -> int:
        """How often an incentive was chosen."""
        return sum(gift.incentive == incentive.id for gift in self.gifts)

    def find(self, kind: Kind, key: str) -> Fundraiser | None:
        """By number or by alias."""
        return next((one for one in self.of(kind) if key in (str(one.number), one.alias)), None)

    def named(self, text: str) -> Fundraiser:
        """By path or native id. Raises LookupError."""
        kind, _, key = "/".join(text.split("/")[-2:]).partition("/")
        found = self.find(Kind(kind), key) if kind in list(Kind) else None
        if found is None:
            raise LookupError(f"there is no fundraiser {text!r}: one is named like participants/{FIRST[Kind.PARTICIPANT]}")
        return found

    def new_id(self) -> str:
        """An id of a milestone or an incentive."""
        digits = f"{self._rng.getrandbits(124):031X}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:]}0"

    def touch(self) -> datetime:
        """Something changes now."""
        self.changed_at = self.now()
        return self.changed_at


def donor_id(name: str) -> str:
    """Who gives under a name: within a program always the same."""
    return hashlib.sha256(f"donor {name}".encode()).hexdigest()[:16].upper()

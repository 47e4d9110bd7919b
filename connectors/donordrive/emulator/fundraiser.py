"""Who raises money: events, teams and participants, with what they promise."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connectors.testing.emulation import Book


class Kind(StrEnum):
    """What there is, by its name in addresses."""

    EVENT = "events"
    TEAM = "teams"
    PARTICIPANT = "participants"


class Fundraiser:
    """An event, a team or a participant: a page with a total. ``book`` includes the money of its members.

    ``within`` are the team and the event that it belongs to, nearest first. ``alias`` may stand for ``number`` in addresses.
    Prints as its native id.
    """

    def __init__(
        self,
        kind: Kind,
        number: int,
        name: str,
        *,
        alias: str | None,
        within: tuple["Fundraiser", ...],
        goal_minor: int | None,
        book: Book,
        created_at: datetime,
        host: Callable[[], str],
    ) -> None:
        self.kind = kind
        self.number = number
        self.name = name
        self.alias = alias
        self.within = within
        self.goal_minor = goal_minor
        self.book = book
        self.created_at = created_at
        self.starts_at: datetime | None = None
        self.ends_at: datetime | None = None
        self.group: str | None = None
        self.milestones: list[Milestone] = []
        self.incentives: list[Incentive] = []
        self._host = host

    @property
    def path(self) -> str:
        """Kind and number, as in addresses: what an account calls it."""
        return f"{self.kind}/{self.number}"

    @property
    def native_id(self) -> str:
        """How the gateway knows it while the emulator is served: host and path."""
        return f"{self._host()}/{self.path}"

    @property
    def line(self) -> tuple["Fundraiser", ...]:
        """Itself and all that count its money too, nearest first."""
        return (self, *self.within)

    def nearest(self, kind: Kind) -> "Fundraiser | None":
        """Itself or what it belongs to, of a kind."""
        return next((one for one in self.line if one.kind is kind), None)

    @property
    def event(self) -> "Fundraiser":
        """The event at the end of its line."""
        return self.line[-1]

    def __str__(self) -> str:
        return self.native_id


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is promised at a total."""

    id: str
    to: Fundraiser
    title: str
    minor: int

    @property
    def reached(self) -> bool:
        """Whether the total is there."""
        return self.to.book.raised >= self.minor


@dataclass(frozen=True, slots=True)
class Incentive:
    """What is promised for a gift. ``quantity`` None: as often as is wanted."""

    id: str
    to: Fundraiser
    title: str
    minor: int
    quantity: int | None


def alias_of(name: str) -> str | None:
    """A name as the last part of an address. None where nothing is left, or only a number, which would be an id."""
    alias = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return None if not alias or alias.isdecimal() else alias

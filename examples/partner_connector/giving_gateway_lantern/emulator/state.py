"""What the understudy knows, and how Lantern writes it. All amounts are in minor units.

https://lantern.example/developers/objects
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Final, TypeAlias

from connectors.testing.emulation import Book

Json: TypeAlias = dict[str, Any]

DECIMALS: Final = {"EUR": 2, "JPY": 0, "KWD": 3}
"""The currencies of the network."""
EMAIL: Final = "lighter-canary-51c8@mail.example"
"""What a lighter never meant for everybody: it must come out of the connector nowhere."""
OFFICE: Final = timezone(timedelta(hours=2))
"""Lantern writes moments in the zone of its office."""


@dataclass(slots=True)
class Garland:
    """A garland. ``book`` holds what it and those that hang on it have raised; ``above`` are those it hangs on itself."""

    id: str
    title: str
    goal: int | None
    book: Book
    above: tuple["Garland", ...] = ()
    promises: list[tuple[str, int]] = field(default_factory=list)
    revision: int = 1

    def words(self) -> Json:
        """As Lantern writes it."""
        return {
            "id": self.id,
            "title": self.title,
            "page": f"https://lantern.example/g/{self.id}",
            "phase": "burning",
            "above": [garland.id for garland in self.above],
            "currency": self.book.currency,
            "goal": None if self.goal is None else amount(self.goal, self.book.currency),
            "raised": amount(self.book.raised, self.book.currency),
            "revision": self.revision,
        }

    def promised(self) -> list[Json]:
        """Its promises as Lantern writes them, in the order in which they were made."""
        currency, raised = self.book.currency, self.book.raised
        return [
            {"title": title, "at": amount(at, currency), "currency": currency, "kept": raised >= at}
            for title, at in self.promises
        ]


@dataclass(slots=True)
class Lantern:
    """A lantern, and what became of it."""

    id: str
    garland: Garland
    minor: int
    name: str
    named: bool
    wish: str | None
    made_at: datetime
    status_at: datetime
    status: str = "lit"
    revision: int = 1

    def become(self, status: str, at: datetime) -> None:
        """Its status is another one from now on."""
        self.status, self.status_at, self.revision = status, at, self.revision + 1

    def words(self) -> Json:
        """As Lantern writes it. Who holds the key sees the lighter's address, too."""
        return {
            "id": self.id,
            "garland": self.garland.id,
            "status": self.status,
            "status_at": moment(self.status_at),
            "amount": amount(self.minor, self.garland.book.currency),
            "currency": self.garland.book.currency,
            "lighter": {"name": self.name, "named": self.named, "email": EMAIL},
            "wish": self.wish,
            "made_at": moment(self.made_at),
            "revision": self.revision,
        }


# Not with the connector's code, or both would agree on a mistake.
def amount(minor: int, currency: str) -> str:
    """Decimal text in major units."""
    whole, rest = divmod(minor, 10 ** DECIMALS[currency])
    return f"{whole}.{rest:0{DECIMALS[currency]}}" if DECIMALS[currency] else str(whole)


def moment(at: datetime) -> str:
    """In the zone of the office, to the millisecond."""
    return at.astimezone(OFFICE).isoformat(timespec="milliseconds")

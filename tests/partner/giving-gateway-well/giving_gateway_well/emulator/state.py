"""What the understudy knows, and how the network writes it. All amounts are in minor units."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from connectors.testing.emulation import Book

Json: TypeAlias = dict[str, Any]

CURRENCIES: Final = ("KES", "XAF", "TND")
"""Of two, no and three decimals."""
PHONE: Final = "+254 700 616 181"
"""What a giver never meant for everybody: it must come out of the connector nowhere."""


@dataclass(slots=True)
class Well:
    """A well. What it has raised is only in its book."""

    code: str
    cost: int
    book: Book
    changed: datetime

    def words(self) -> Json:
        """As Well writes it."""
        return {
            "code": self.code,
            "village": f"Village of {self.code}",
            "photo": f"https://well.example/photos/{self.code}.jpg",
            "cost": self.cost,
            "currency": self.book.currency,
            "stage": "digging",
            "changed": seconds(self.changed),
        }


@dataclass(slots=True)
class Gift:
    """A gift. ``changed`` is when its state was last set."""

    number: str
    well: Well
    amount: int
    name: str | None
    note: str | None
    at: datetime
    changed: datetime
    state: str

    def words(self) -> Json:
        """As Well writes it. The association sees the number, too."""
        return {
            "entry": "gift",
            "number": self.number,
            "well": self.well.code,
            "amount": self.amount,
            "currency": self.well.book.currency,
            "giver": {"name": self.name, "phone": PHONE},
            "note": self.note,
            "state": self.state,
            "at": seconds(self.at),
        }


@dataclass(slots=True)
class Refund:
    """A refund of a part of a gift, or of all of it. ``at`` is when its state was last set."""

    number: str
    gift: Gift
    amount: int
    at: datetime
    state: str = "asked"

    @property
    def well(self) -> Well:
        """Of its gift."""
        return self.gift.well

    @property
    def changed(self) -> datetime:
        """When its state was last set."""
        return self.at

    def words(self) -> Json:
        """As Well writes it."""
        return {
            "entry": "refund",
            "number": self.number,
            "of": self.gift.number,
            "amount": self.amount,
            "currency": self.gift.well.book.currency,
            "state": self.state,
            "at": seconds(self.at),
        }


def seconds(at: datetime) -> int:
    """As Well writes moments."""
    return int(at.timestamp())

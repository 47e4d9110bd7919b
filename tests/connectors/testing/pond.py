"""A network that there is not, with everything that an emulator's control door can have to do with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from starlette.applications import Starlette

from connectors.testing.emulation import Book, Control, DeliveryFaults, Emulator, Outage, ScaledClock
from schema.model.money import Currency


class Fish(StrEnum):
    """What can be given."""

    CARP = "carp"
    TROUT = "trout"


class Fault(StrEnum):
    """A fault of a delivery."""

    FORGED = "forged"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Giver:
    """Who gives."""

    name: str
    shown: bool = True


@dataclass(slots=True)
class Gift:
    """What is given."""

    minor: int
    fish: Fish
    giver: Giver
    at: datetime
    keeps: timedelta


@dataclass(slots=True)
class Weather:
    """Switches."""

    rain: float = 0.0
    fog: timedelta = timedelta()
    wind: Literal["none", "gale"] = "none"
    names: frozenset[str] = field(default_factory=frozenset)


class Pond(Emulator):
    """People give fish."""

    key = "pond"

    def __init__(self, *, clock: ScaledClock | None = None) -> None:
        super().__init__(clock=clock)
        self.gifts: list[Gift] = []
        self.weather = Weather()
        self.outage = Outage()
        self.faults = DeliveryFaults(Fault, passing={Fault.FORGED})
        deeds = (self.give, self.count, self.fail)
        switches = {"weather": self.weather, "outage": self.outage}
        self._app = Starlette(routes=[Control(self, deeds, switches, self.faults).mount])

    @property
    def app(self) -> Starlette:
        """The control door alone."""
        return self._app

    def account(self) -> dict[str, Any]:
        """The settings."""
        return {"base_url": self.url}

    async def give(
        self,
        minor: int,
        *,
        fish: Fish = Fish.CARP,
        giver: Giver | str = "Sample Giver",
        at: datetime | None = None,
        keeps: timedelta = timedelta(days=1),
    ) -> Gift:
        """Somebody gives. Raises ValueError."""
        if minor <= 0:
            raise ValueError("a gift is of something")
        known = giver if isinstance(giver, Giver) else Giver(giver)
        self.gifts.append(Gift(minor, fish, known, at or self.clock.now(), keeps))
        book = self.books.setdefault("pond", Book("EUR"))
        book.raised += minor
        return self.gifts[-1]

    def count(self, fishes: Sequence[Fish]) -> dict[Fish, int]:
        """How many were given."""
        return {fish: sum(gift.fish is fish for gift in self.gifts) for fish in fishes}

    def fail(self, how: str) -> None:
        """Raises what deeds raise."""
        match how:
            case "lookup":
                raise LookupError("there is no such pond")
            case "currency":
                Currency.of("XXX")
            case _:
                raise ValueError(how)

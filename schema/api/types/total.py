"""How much one campaign has raised, as clients see it."""

from datetime import datetime

import strawberry

from schema.api.field import enum_type, field, object_type
from schema.api.readings import TotalReading
from schema.api.scalars import Position
from schema.api.types.amount_source import AmountSource
from schema.api.types.freshness import Freshness
from schema.api.types.money import Money, share, shown
from schema.model import money as model
from schema.model.total import Basis

enum_type(
    Basis,
    "How a total comes about. A campaign has one basis; the two are never added.",
    {
        Basis.REPORTED: "The network, or a published page, states the total, and the gateway passes it on.",
        Basis.COUNTED: "The gateway adds up single donations and takes off refunds, each exactly once.",
    },
    name="TotalBasis",
)


@object_type
class Total:
    """How much one campaign has raised, as known at one moment."""

    reading: strawberry.Private[TotalReading]
    goal: strawberry.Private[model.Money | None]

    @field
    def raised(self) -> Money:
        """
        The amount given, in the campaign's currency: net of refunds and cancellations, before fees. \
        It includes matching gifts once they are
        paid, offline gifts, and what the members of a team or event raised, \
        wherever the network's own headline includes them. It excludes
        tax reclaimed on top (Gift Aid), pledges, and matching that is only promised. It can fall.
        """
        return Money(value=self.reading.total.raised)

    @field
    def refunded(self) -> Money | None:
        """The part that went back to donors and is already taken off `raised`. \
        It is null where the network does not tell refunds."""
        return shown(self.reading.total.refunded)

    @field
    def donation_count(self) -> int | None:
        """The number of donations behind `raised`. \
        It is null where the network does not state it and not every donation was seen."""
        return self.reading.total.donation_count

    @field
    def donor_count(self) -> int | None:
        """The number of people who gave, only where the network states it. The gateway never estimates it."""
        return self.reading.total.donor_count

    @field
    def progress(self) -> float | None:
        """`raised` divided by the goal: 1 is reached, and more is possible. It is null without a goal."""
        return share(self.reading.total.raised, self.goal)

    @field
    def basis(self) -> Basis:
        """How this total comes about."""
        return self.reading.total.basis

    @field
    def sources(self) -> list[AmountSource]:
        """Every way by which a part of this total arrived, in the order of the enum."""
        return list(self.reading.total.sources)

    @field
    def as_of(self) -> datetime:
        """The latest moment for which this figure is known to hold."""
        return self.reading.as_of

    @field
    def freshness(self) -> Freshness:
        """How fresh this figure is."""
        return self.reading.freshness

    @field
    def position(self) -> Position:
        """The place of this figure in the campaign's feeds. \
        A subscription with it as `after` goes on from here without a hole."""
        return Position(self.reading.position)

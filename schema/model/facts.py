"""Facts: what a network says, in our words, as absolute states.

A fact can be applied any number of times and in any order. ``version`` is an integer that only grows: 0 for what never
changes, microseconds of the network's own clock, or another of its growing numbers. Where nothing is dated it is the
moment of asking, less the known lag of that interface.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import TypeAlias

from schema.model.campaign import CampaignStatus
from schema.model.charity import Charity
from schema.model.donation import DonationKind
from schema.model.errors import BadAmount, BadCurrency, BadTime
from schema.model.ids import check_native
from schema.model.money import MAX_DONATION, MAX_TOTAL, Money
from schema.model.total import AmountSource


class Stage(IntEnum):
    """How far a donation or a refund has come. The number is its rank: of equal versions the higher rank wins."""

    PENDING = 1
    COMPLETED = 2
    VOID = 3


@dataclass(frozen=True, slots=True)
class Clues:
    """What a payment carries that may tell its campaign, each in the network's own words.

    ``campaign`` is a native id that the source names outright: then rules only tell the endorser.
    """

    attach: str | None = None
    order: str | None = None
    app: str | None = None
    merchant: str | None = None
    campaign: str | None = None


@dataclass(frozen=True, slots=True)
class DonationState:
    """The state of one donation.

    ``campaign`` is a native id, several (member first, then team), or clues. ``donated_at`` is the donation's own time in
    every state of it. ``refunded`` is the running sum where the network gives one. ``amount`` is None where it is hidden.
    ``donor_name`` and ``message`` only where the network itself shows them to everybody.

    ``donor`` is the network's own id of a donor whom it shows by name, made unique over the whole network, and None for an
    anonymous one. It never leaves the process: a keyed hash of it is kept, so that somebody's gifts can be found and erased.
    """

    native_id: str
    campaign: str | tuple[str, ...] | Clues
    stage: Stage
    version: int
    amount: Money | None
    donated_at: datetime
    source: AmountSource
    refunded: Money | None = None
    refunded_at: datetime | None = None
    kind: DonationKind = DonationKind.ONE_TIME
    donor_name: str | None = None
    message: str | None = None
    donor: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_native(self.native_id, "native_id")
        if self.donor is not None:
            check_native(self.donor, "donor")
        _check(self.version, self.donated_at, self.amount)
        _check(self.version, self.refunded_at or self.donated_at, self.refunded)
        if self.amount is not None and self.refunded is not None and self.amount.currency != self.refunded.currency:
            raise BadCurrency("a donation is refunded in its own currency")


@dataclass(frozen=True, slots=True)
class RefundState:
    """The state of one single refund of a donation. PENDING and VOID refunds take nothing off.

    ``lookup`` is the text with which the connector's ``donation`` reads the donation, where that is not known yet.
    """

    native_id: str
    donation: str
    lookup: str
    stage: Stage
    version: int
    amount: Money
    refunded_at: datetime
    source: AmountSource

    def __post_init__(self) -> None:
        check_native(self.native_id, "native_id")
        check_native(self.donation, "donation")
        _check(self.version, self.refunded_at, self.amount)


def _check(version: int, moment: datetime | None, amount: Money | None) -> None:
    if type(version) is not int or not 0 <= version <= MAX_TOTAL:
        raise BadTime("a version is a whole number from 0 to 9e15, as Redis' Lua counts in doubles")
    if moment is not None and moment.utcoffset() is None:
        raise BadTime("a fact's time carries its zone")
    if amount is not None and not 0 <= amount.minor <= MAX_DONATION:
        raise BadAmount("one donation or refund is 0 to 10^12 minor units")


@dataclass(frozen=True, slots=True)
class Raised:
    """What a network says a campaign has raised in all, net of refunds."""

    amount: Money
    donation_count: int | None = None
    donor_count: int | None = None


@dataclass(frozen=True, slots=True)
class CampaignState:
    """The state of one campaign. None means "not said" and never overwrites what is known."""

    native_id: str
    version: int
    source: AmountSource
    title: str | None = None
    summary: str | None = None
    url: str | None = None
    donate_url: str | None = None
    image: str | None = None
    status: CampaignStatus | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    charity: Charity | None = None
    categories: tuple[str, ...] | None = None
    part_of: tuple[str, ...] | None = None
    goal: Money | None = None
    raised: Raised | None = None

    @property
    def copied_at(self) -> datetime | None:
        """When a person copied it, for a published figure; None for what its network tells itself."""
        if self.source is not AmountSource.PUBLISHED_FIGURE:
            return None
        return datetime.fromtimestamp(self.version / 1_000_000, UTC)

    def __post_init__(self) -> None:
        check_native(self.native_id, "native_id")
        for moment in (self.starts_at, self.ends_at):
            _check(self.version, moment, None)


@dataclass(frozen=True, slots=True)
class FeedStarted:
    """A connection that we opened is ready: what the network pushes arrives from now on."""


@dataclass(frozen=True, slots=True)
class FeedStopped:
    """The network says that it will push no more. ``reason`` is its own word."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A genuine message of a kind that we do not know: counted and logged, never raised."""

    kind: str


Movement: TypeAlias = DonationState | RefundState
Fact: TypeAlias = DonationState | RefundState | CampaignState | FeedStarted | FeedStopped | Unrecognised

"""How much one campaign has raised, as known at one moment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from schema.model.ids import CampaignId
from schema.model.money import Money


class Basis(StrEnum):
    """How a total comes about. A campaign has one basis for good; the two are never added."""

    REPORTED = "REPORTED"
    COUNTED = "COUNTED"


class AmountSource(StrEnum):
    """By which way an amount reached the gateway. ``bit`` is its place in the ledger's set of sources."""

    PLATFORM_API = "PLATFORM_API"
    PLATFORM_EVENT = "PLATFORM_EVENT"
    MERCHANT_NOTIFICATION = "MERCHANT_NOTIFICATION"
    MERCHANT_BILL = "MERCHANT_BILL"
    PARTNER_EXPORT = "PARTNER_EXPORT"
    PUBLISHED_FIGURE = "PUBLISHED_FIGURE"

    @property
    def bit(self) -> int:
        """A power of two, the same for good."""
        return 1 << list(AmountSource).index(self)

    @classmethod
    @lru_cache(maxsize=64)  # of every row of every list
    def of_bits(cls, bits: int) -> "tuple[AmountSource, ...]":
        """The members of a set of sources, in the order of the enum."""
        return tuple(s for s in cls if bits & s.bit)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a campaign's log stands: the id of its newest entry, in Redis' clock. ``Place()`` is before all."""

    milliseconds: int = 0
    sequence: int = 0

    @classmethod
    def parse(cls, text: str) -> "Place":
        """From Redis' form, such as 1788229231123-0."""
        milliseconds, _, sequence = text.partition("-")
        return cls(int(milliseconds), int(sequence or "0"))

    def __str__(self) -> str:
        return f"{self.milliseconds}-{self.sequence}"


@dataclass(frozen=True, slots=True)
class Total:
    """The newest state of one campaign's total. ``raised`` is net of refunds."""

    campaign: CampaignId
    basis: Basis
    raised: Money
    refunded: Money | None
    donation_count: int | None
    donor_count: int | None
    sources: tuple[AmountSource, ...]
    changed_at: datetime
    place: Place

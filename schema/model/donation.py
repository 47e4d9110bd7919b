"""One gift to one campaign, as it is shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import AmountSource


class DonationKind(StrEnum):
    """What kind of gift a donation is."""

    ONE_TIME = "ONE_TIME"
    RECURRING = "RECURRING"
    MATCH = "MATCH"
    OFFLINE = "OFFLINE"


class DonationStatus(StrEnum):
    """What has become of a completed donation."""

    COMPLETED = "COMPLETED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Donation:
    """``entity`` is the ledger's 16-byte key. ``amount`` is None where the donor hid it, never zero for that."""

    campaign: CampaignId
    entity: bytes
    amount: Money | None
    refunded: Money | None
    kind: DonationKind
    status: DonationStatus
    donor_name: str | None
    message: str | None
    donated_at: datetime
    source: AmountSource
    endorser: str = ""
    """The endorser that it names, by the configuration's name, or empty."""

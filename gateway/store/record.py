"""A donation as the ledger keeps it: the packed array that ``lua/donation.lua`` writes, and the face beside it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import msgpack
import orjson

from schema.model.donation import Donation, DonationKind, DonationStatus
from schema.model.facts import DonationState, Stage
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.text import MAX_MESSAGE, MAX_NAME, plain
from schema.model.total import AmountSource


@dataclass(frozen=True, slots=True)
class Record:
    """Amounts in minor units, times in Unix seconds."""

    stage: Stage
    amount: int
    donated_at: int
    refunded: int
    source: int
    endorser: str = ""

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Reads version, rank, amount, time, refunded so far and when, endorser, source, refunds."""
        _, rank, amount, at, running, _, endorser, source, refunds = msgpack.unpackb(packed)
        single = sum(int(r[2]) for r in _values(refunds) if r[1] == Stage.COMPLETED)
        # a refund may be known before its donation: then there is no rank and no amount yet
        stage = Stage(rank) if rank in list(Stage) else Stage.PENDING
        return cls(stage, int(amount), int(at), min(int(amount), max(single, int(running))), int(source), endorser)

    @property
    def status(self) -> DonationStatus:
        """What has become of it, in the words for clients."""
        if self.refunded and self.refunded >= self.amount:
            return DonationStatus.REFUNDED
        if self.stage is Stage.VOID:
            return DonationStatus.CANCELLED
        return DonationStatus.PARTIALLY_REFUNDED if self.refunded else DonationStatus.COMPLETED


def _values(refunds: Any) -> Any:
    return refunds.values() if isinstance(refunds, dict) else refunds  # an empty table is packed as an empty array


def face(fact: DonationState, donor: bytes = b"") -> bytes:
    """What may be shown of a donation and is not in its record: one line. No identifier of a person is in it.

    On a second line is the ``donor``'s key where a name is shown. That is never read but to erase.
    """
    said: dict[str, Any] = {"k": fact.kind.value}
    if fact.amount is not None:
        said["c"] = fact.amount.currency.code
    if name := plain(fact.donor_name, MAX_NAME):
        said["n"] = name
    if message := plain(fact.message, MAX_MESSAGE):
        said["m"] = message
    return _packed(said) + (b"\n" + donor if donor and name else b"")


def nameless(kept: bytes) -> bytes:
    """A face without name, message and the donor's key. Of one that has none of them, the same."""
    return _packed({part: value for part, value in _said(kept).items() if part not in ("n", "m")})


def donor_of(kept: bytes) -> bytes:
    """The donor's key in a face, or empty."""
    return kept.partition(b"\n")[2]


def _packed(said: dict[str, Any]) -> bytes:
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS)


def _said(kept: bytes) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(kept.partition(b"\n")[0])
    return said


def shown(campaign: CampaignId, entity: bytes, record: Record, kept: bytes, *, tells_refunds: bool) -> Donation:
    """The donation for clients. Without a currency in its face the amount is hidden."""
    said = _said(kept)
    code = said.get("c")
    return Donation(
        campaign=campaign,
        entity=entity,
        amount=Money.of_minor(record.amount, code) if code else None,
        refunded=Money.of_minor(record.refunded, code) if code and (tells_refunds or record.refunded) else None,
        kind=DonationKind(said["k"]),
        status=record.status,
        donor_name=said.get("n"),
        message=said.get("m"),
        donated_at=datetime.fromtimestamp(record.donated_at, UTC),
        source=AmountSource.of_bits(record.source)[0],
        endorser=record.endorser,
    )

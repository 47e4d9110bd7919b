"""What is kept of something that could not be applied: the delivery whole, or the fact that a feed told.

Of a feed there is no more than its facts: the connector alone sees the network's own words, and they come once.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

import orjson

from connectors.contract import Delivery
from gateway.intake import kept
from schema.model.donation import DonationKind
from schema.model.facts import Clues, DonationState, Movement, RefundState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource

Evidence: TypeAlias = Delivery | Movement
_CLUES: Final = ("attach", "order", "app", "merchant", "campaign")


def packed(evidence: Evidence) -> bytes:
    """As bytes that say what they are; the same for the same."""
    match evidence:
        case DonationState():
            said = {"fact": "donation", **_donation(evidence)}
        case RefundState():
            said = {"fact": "refund", **_refund(evidence)}
        case _:
            said = kept.packed(evidence)
    return orjson.dumps(said)


def unpacked(plain: bytes) -> Evidence:
    """The reverse of ``packed``."""
    said = orjson.loads(plain)
    match said.get("fact"):
        case "donation":
            return _read_donation(said)
        case "refund":
            return _read_refund(said)
        case _:
            return kept.unpacked(said)


def told_once(evidence: Evidence) -> bytes:
    """What is the same whenever the same thing is told again, for telling it from others."""
    if isinstance(evidence, Delivery):  # some networks say it in the query
        return b"\n".join((evidence.method.encode(), evidence.query.encode(), evidence.body))
    return packed(evidence)


def _donation(fact: DonationState) -> dict[str, Any]:
    campaign = fact.campaign
    return {
        "native_id": fact.native_id,
        "campaign": {name: getattr(campaign, name) for name in _CLUES} if isinstance(campaign, Clues) else campaign,
        "stage": int(fact.stage),
        "version": fact.version,
        "amount": _money(fact.amount),
        "donated_at": fact.donated_at.isoformat(),
        "source": fact.source.value,
        "refunded": _money(fact.refunded),
        "refunded_at": None if fact.refunded_at is None else fact.refunded_at.isoformat(),
        "kind": fact.kind.value,
        "donor_name": fact.donor_name,
        "message": fact.message,
        "donor": fact.donor,
    }


def _read_donation(said: Mapping[str, Any]) -> DonationState:
    campaign = said["campaign"]
    clues = Clues(**campaign) if isinstance(campaign, dict) else tuple(campaign) if isinstance(campaign, list) else campaign
    return DonationState(
        native_id=said["native_id"],
        campaign=clues,
        stage=Stage(said["stage"]),
        version=said["version"],
        amount=_read_money(said["amount"]),
        donated_at=datetime.fromisoformat(said["donated_at"]),
        source=AmountSource(said["source"]),
        refunded=_read_money(said["refunded"]),
        refunded_at=None if said["refunded_at"] is None else datetime.fromisoformat(said["refunded_at"]),
        kind=DonationKind(said["kind"]),
        donor_name=said["donor_name"],
        message=said["message"],
        donor=said["donor"],
    )


def _refund(fact: RefundState) -> dict[str, Any]:
    return {
        "native_id": fact.native_id,
        "donation": fact.donation,
        "lookup": fact.lookup,
        "stage": int(fact.stage),
        "version": fact.version,
        "amount": _money(fact.amount),
        "refunded_at": fact.refunded_at.isoformat(),
        "source": fact.source.value,
    }


def _read_refund(said: Mapping[str, Any]) -> RefundState:
    return RefundState(
        native_id=said["native_id"],
        donation=said["donation"],
        lookup=said["lookup"],
        stage=Stage(said["stage"]),
        version=said["version"],
        amount=Money.of_minor(*said["amount"]),
        refunded_at=datetime.fromisoformat(said["refunded_at"]),
        source=AmountSource(said["source"]),
    )


def _money(amount: Money | None) -> tuple[int, str] | None:
    return None if amount is None else (amount.minor, amount.currency.code)


def _read_money(said: tuple[int, str] | None) -> Money | None:
    return None if said is None else Money.of_minor(*said)

"""What was given on Acme, in its own words: rows of its interface, and of its bills."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from schema.model.money import Currency

ZONE = ZoneInfo("Asia/Shanghai")
PAYER = "payer-canary-7f3a"
DONE = "done"
UNDER_WAY = "under way"
COLUMNS = ("kind", "id", "donation", "account", "campaign", "amount", "paid", "currency", "payer", "at", "status")
COUPON = 300
"""Minor units that Acme pays itself of each gift that is larger."""


@dataclass
class Refund:
    """Something that goes back; only what is done has gone."""

    id: str
    minor: int
    at: datetime
    status: str


@dataclass
class Gift:
    """One donation."""

    id: str
    campaign: str
    account: str
    minor: int
    at: datetime
    name: str
    message: str
    anonymous: bool
    hidden: bool
    status: str = DONE
    refunds: list[Refund] = field(default_factory=list)

    @property
    def paid(self) -> int:
        """What the payer paid of it."""
        return self.minor - COUPON if self.minor > COUPON else self.minor


@dataclass(frozen=True)
class Writer:
    """Writes amounts of one currency."""

    currency: Currency

    def gift(self, gift: Gift) -> dict[str, Any]:
        """A donation with its refunds. Who does not want to be named is, as many networks do it, marked and told."""
        return {
            "id": gift.id,
            "campaign": gift.campaign,
            "amount": None if gift.hidden else self.decimal(gift.minor),
            "paid": None if gift.hidden else self.decimal(gift.paid),
            "currency": self.currency.code,
            "payer": PAYER,
            "name": gift.name,
            "anonymous": gift.anonymous,
            "message": gift.message,
            "at": int(gift.at.timestamp()),
            "status": gift.status,
            "refunds": [self.refund(gift, refund) for refund in gift.refunds],
        }

    def refund(self, gift: Gift, refund: Refund) -> dict[str, Any]:
        """A refund."""
        return {
            "id": refund.id,
            "donation": gift.id,
            "amount": self.decimal(refund.minor),
            "currency": self.currency.code,
            "status": refund.status,
            "at": int(refund.at.timestamp()),
        }

    def bill(self, gifts: Iterable[Gift]) -> str:
        """A file with these donations and what has gone back of them. Payers are in it, and words are not."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for gift in gifts:
            whose = (gift.id, gift.account, gift.campaign)
            amounts = ("", "") if gift.hidden else (self.decimal(gift.minor), self.decimal(gift.paid))
            writer.writerow(("gift", gift.id, *whose, *amounts, self.currency.code, PAYER, local(gift.at), gift.status))
            for refund in gift.refunds:
                if refund.status == DONE:
                    back = self.decimal(refund.minor)
                    what = (back, back, self.currency.code, PAYER, local(refund.at), refund.status)
                    writer.writerow(("refund", refund.id, *whose, *what))
        return text.getvalue()

    def decimal(self, minor: int) -> str:
        """Major units, with all decimals."""
        digits = str(minor).rjust(self.currency.exponent + 1, "0")
        whole = digits[: len(digits) - self.currency.exponent]
        return f"{whole}.{digits[len(whole) :]}" if self.currency.exponent else whole


def local(moment: datetime) -> str:
    """Wall-clock time in Beijing."""
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")

"""What can be made to go wrong, by name, beside outages. Everything is off until it is switched on."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal


class Fault(StrEnum):
    """A fault of a notification. All of them, asked for once, are gone with its first delivery."""

    TAMPERED = "tampered"
    """Another ``total_amount`` than the one that was signed."""
    APP_KEY = "app_key"
    """Signed with the app's own key, as somebody could who stole it."""
    WEAK_HASH = "weak_hash"
    """``sign_type`` is ``RSA``, and Alipay's own signature is of SHA-1."""
    WRONG_SELLER = "wrong_seller"
    """Well signed, and somebody else was paid."""
    WRONG_APP = "wrong_app"
    """Well signed, for another app of the same keys."""

    EMPTY_VALUES = "empty_values"
    """True, with fields that are empty and so not signed: *assumed*, as Alipay's own SDKs drop them before they verify."""
    EXTRA_FIELDS = "extra_fields"
    """True, with signed fields that nobody has heard of."""


@dataclass(slots=True)
class ApiFaults:
    """Faults of the gateway's own answers."""

    refuse_next: int = 0
    """How many calls more are answered, signed, with ``refuse_code``."""
    refuse_code: Literal["20000", "20001"] = "20000"
    """20000: unavailable. 20001: not authorised."""
    tamper_next: int = 0
    """How many replies more get a member that was not signed."""


@dataclass(slots=True)
class BillQuirks:
    """The ways in which bills differ from each other, and fail."""

    address_life: timedelta = timedelta(seconds=30)
    """How long a download address holds; nothing: it has expired at once."""
    no_data: str = "NO_BILL_DATA"
    """Of a day without trades; also seen: ``isp.bill_not_exist``."""
    blanks: bool = False
    """Values padded with blanks instead of tabs."""
    cut: bool = False
    """The second half of the file is missing."""


@dataclass(slots=True)
class Habits:
    """What is no fault."""

    zero_refund: float = 0.25
    """The share of plain successes that carry ``refund_fee=0.00`` and ``gmt_close``."""

"""What can be made to go wrong, by name, beside outages. Everything is off until it is switched on."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """A fault of a delivery.

    Faults of the signature spoil the first attempt only when they were asked for once: the retries are as they should be.
    """

    PROBE = "probe"
    """A signature probe before the true delivery."""
    WRONG_SERIAL = "wrong_serial"
    """A serial that no key has."""
    RETIRED_KEY = "retired_key"
    """A good signature by the certificate that was retired last (when there is none: by an unknown serial)."""
    STALE = "stale"
    """Signed 301 seconds ago."""
    FUTURE = "future"
    """Signed 301 seconds ahead."""
    RESERIALISED = "reserialised"
    """The JSON written anew after signing: the same content in other bytes."""
    TAMPERED = "tampered"
    """A character of the ciphertext changed after signing."""
    UNDECRYPTABLE = "undecryptable"
    """A character of the ciphertext changed before signing: the signature holds, the seal does not."""

    PROFIT_SHARING = "profit_sharing"
    """One delivery more: a profit share of the payment, under the payment's event type."""
    REFUND_FIRST = "refund_first"
    """The payment's delivery is held back until one of its refunds was answered."""
    XML_REFUND = "xml_refund"
    """The refund in the old V2 format."""
    NO_SIGNATURE_TYPE = "no_signature_type"
    """Without ``Wechatpay-Signature-Type``."""
    EMPTY_ASSOCIATED_DATA = "empty_associated_data"
    NO_ASSOCIATED_DATA = "no_associated_data"
    """The field is absent; the seal is made with empty associated data."""
    EXTRA_FIELDS = "extra_fields"
    """Unknown fields in the envelope, the resource and the clear text."""


PASSING: Final = frozenset(
    {
        Fault.WRONG_SERIAL,
        Fault.RETIRED_KEY,
        Fault.STALE,
        Fault.FUTURE,
        Fault.RESERIALISED,
        Fault.TAMPERED,
        Fault.UNDECRYPTABLE,
    }
)
"""Those that, asked for once, are gone with the first attempt."""
PAYMENTS_ONLY: Final = frozenset({Fault.PROFIT_SHARING, Fault.REFUND_FIRST})
REFUNDS_ONLY: Final = frozenset({Fault.XML_REFUND})


@dataclass(slots=True)
class ApiFaults:
    """Faults of the API, in WeChat Pay's own words."""

    probes: int = 0
    """How many answers more carry a probe instead of their signature."""
    rate: int | None = None
    """Calls a second; more are answered 429."""
    rate_code: str = "FREQUENCY_LIMITED"
    """The platform's spelling varies: also RATELIMIT_EXCEEDED and RATE_LIMITED."""
    certificates_down: bool = False
    """The list of certificates answers 500, as for merchants who never had one."""


@dataclass(slots=True)
class BillQuirks:
    """The ways in which bills of the field differ from each other, and lie."""

    byte_order_mark: bool = False
    crlf: bool = False
    last_line_open: bool = False
    """No line end after the last line."""
    very_old: bool = False
    """The layout of very old merchants: 24 columns, 5 in the summary."""
    long_summary: bool = False
    """7 columns in the summary of SUCCESS, as seen in the field, instead of the 4 of the documentation."""
    loose_numbers: bool = False
    """Counters such as 45.0 and amounts with one decimal."""
    wrong_hash: bool = False
    token_life: timedelta = timedelta(minutes=5)
    """How long a download address holds; nothing: it has expired at once."""

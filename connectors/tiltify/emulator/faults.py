"""What can be made to go wrong with deliveries, by name. Everything is off until it is switched on."""

from datetime import timedelta
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    """A fault of one delivery."""

    WRONG_SIGNATURE = "wrong_signature"
    """Signed with a key that is nobody's."""
    TAMPERED = "tampered"
    """An amount changed after signing."""
    RESERIALISED = "reserialised"
    """The same JSON, written anew after signing."""
    STALE = "stale"
    """Signed ``STALE_BY`` ago, as somebody would who had kept it."""
    OTHER_ENDPOINT = "other_endpoint"
    """Names another endpoint; the signature does not cover that."""

    DUPLICATED = "duplicated"
    """Delivered twice under one ``meta.id``."""
    LATE_DONATION = "late_donation"
    """A ``donation_updated`` that is held back until the next one about the same campaign has arrived."""
    LATE_FACT = "late_fact"
    """The same of a ``fact_updated``."""

    MISSING_FIELDS = "missing_fields"
    """Nothing in ``data`` but what must be there."""
    NULL_FIELDS = "null_fields"
    """Everything else in ``data`` is null."""
    UNKNOWN_FIELDS = "unknown_fields"
    """Fields that nobody has heard of."""
    UNKNOWN_EVENT = "unknown_event"
    """An event type that nobody has heard of."""


PASSING: Final = frozenset(
    {Fault.WRONG_SIGNATURE, Fault.TAMPERED, Fault.RESERIALISED, Fault.STALE, Fault.OTHER_ENDPOINT, Fault.DUPLICATED}
)
"""Those that, asked for once, are gone with the first attempt."""
STALE_BY: Final = timedelta(hours=1)
"""Far more than the minute that Tiltify advises: https://developers.tiltify.com/docs/webhooks/receiving-webhooks"""

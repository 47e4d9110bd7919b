"""Positions as clients hold them: opaque text for a place in a campaign's log, with a check of that entry's figures.

The check settles what Redis' clock alone cannot: after a loss of data, and a clock that went back, another entry could have
an old id; and two campaigns to which the same was given in the same millisecond have entries that differ in nothing else.
"""

import base64
import binascii
import hashlib
import struct
from typing import Final

from schema.model.ids import CampaignId
from schema.model.total import Place

_FORM: Final = struct.Struct(">QI2s")


def encode(campaign: CampaignId, place: Place, raised: str, count: str) -> str:
    """The position of an entry of a campaign's log with these figures, as text that is safe in addresses."""
    return (
        base64.urlsafe_b64encode(_FORM.pack(place.milliseconds, place.sequence, _check(campaign, place, raised, count)))
        .decode()
        .rstrip("=")
    )


def decode(text: str) -> Place | None:
    """The place that a position names, or None when it is none of ours."""
    try:
        milliseconds, sequence, _ = _FORM.unpack(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
    except (binascii.Error, ValueError, struct.error):
        return None
    return Place(milliseconds, sequence)


def _check(campaign: CampaignId, place: Place, raised: str, count: str) -> bytes:
    return hashlib.sha256(f"{campaign}\n{place}\n{raised}\n{count}".encode()).digest()[:2]

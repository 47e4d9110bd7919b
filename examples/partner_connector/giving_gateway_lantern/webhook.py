"""A webhook of Lantern: verified first, then read. Pure; the only clock is the delivery's own.

https://lantern.example/developers/webhooks
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from connectors.contract import Delivery, Receipt
from connectors.http import read_json
from connectors.signing import hmac_sha256_hex, same
from connectors.spec import Secret
from schema.model.errors import BadTime, DeliveryRejected, Unreadable, UpstreamGarbled
from schema.model.facts import Fact, Unrecognised
from schema.model.text import MAX_NAME, plain
from schema.model.time import read_unix
from schema.model.total import AmountSource

from giving_gateway_lantern import mapping
from giving_gateway_lantern.mapping import Words

SIGNATURE: Final = "Lantern-Signature"
WINDOW: Final = timedelta(minutes=5)
READERS: Final[Mapping[str, Callable[[Words, AmountSource], Fact]]] = MappingProxyType(
    {
        "lantern.made": mapping.lantern,
        "lantern.changed": mapping.lantern,
        "garland.changed": mapping.garland,
    }
)

_SIGNATURE: Final = re.compile(r"t=([0-9]{10}),v1=([0-9a-f]{64})", re.ASCII)


def receive(delivery: Delivery, secrets: Sequence[Secret]) -> Receipt:
    """The facts of a delivery that Lantern signed with one of these. Any 2xx is an acknowledgement.

    Raises DeliveryRejected, or Unreadable for what is genuine but absurd.
    """
    _verify(delivery, secrets)
    try:
        message = read_json(delivery.body)
    except UpstreamGarbled as error:
        raise Unreadable("json") from error
    event, told = (message.get("event"), message.get("object")) if isinstance(message, dict) else (None, None)
    if not isinstance(event, str):
        raise Unreadable("event")
    if event not in READERS:
        return Receipt((Unrecognised(plain(event, MAX_NAME) or "unnamed"),))
    if not isinstance(told, dict):
        raise Unreadable("object")
    return Receipt((READERS[event](told, AmountSource.PLATFORM_EVENT),))


def _verify(delivery: Delivery, secrets: Sequence[Secret]) -> None:
    """``t=SECONDS,v1=HEX``: HMAC with SHA-256 over the seconds as they stand, a point, and the body as it came."""
    found = _SIGNATURE.fullmatch(delivery.headers.get(SIGNATURE, ""))
    if found is None:
        raise DeliveryRejected("header")
    signed = found[1].encode() + b"." + delivery.body
    if not any(same(found[2], hmac_sha256_hex(secret.reveal().encode(), signed)) for secret in secrets):
        raise DeliveryRejected("signature")
    try:
        sent_at = read_unix(found[1])
    except BadTime:
        raise DeliveryRejected("time") from None
    if abs(delivery.received_at - sent_at) > WINDOW:
        raise DeliveryRejected("window")

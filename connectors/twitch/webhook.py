"""An EventSub webhook: verified first, then read. Pure; the only clock is the delivery's own.

https://dev.twitch.tv/docs/eventsub/handling-webhook-events
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from connectors.contract import Delivery, Receipt, Reply
from connectors.http import Headers, read_json
from connectors.signing import hmac_sha256_hex, same
from connectors.twitch import eventsub
from connectors.twitch.mapping import Words
from schema.model.errors import BadTime, DeliveryRejected, Unreadable, UpstreamGarbled
from schema.model.time import read_rfc3339

MESSAGE_ID: Final = "Twitch-Eventsub-Message-Id"
MESSAGE_TYPE: Final = "Twitch-Eventsub-Message-Type"
MESSAGE_SIGNATURE: Final = "Twitch-Eventsub-Message-Signature"
MESSAGE_TIMESTAMP: Final = "Twitch-Eventsub-Message-Timestamp"

WINDOW: Final = timedelta(seconds=600)
"""A message may be this much older or newer than its receipt, and not more."""
MAX_HEADER: Final = 256
MAX_CHALLENGE: Final = 1_000


def receive(delivery: Delivery, *, secret: str, broadcaster: str) -> Receipt:
    """The facts of a delivery that Twitch signed. Raises DeliveryRejected, or Unreadable for what is genuine but absurd.

    A delivery repeated within the window is read again: its facts are the same ones, so they change nothing.
    """
    sent_at = _verify(delivery, secret.encode("ascii"))
    # No signature covers the kind; each reader below therefore asks of the signed body what its own kind must have.
    kind = _header(delivery.headers, MESSAGE_TYPE)
    read = _READERS.get(kind)
    if read is None:
        return Receipt((eventsub.unrecognised(kind),))
    return read(_object(delivery.body), sent_at, broadcaster)


def _verify(delivery: Delivery, secret: bytes) -> datetime:
    """When the message was sent, once that is proven. Signed are id, timestamp as it stands, and body, without separators."""
    message_id = _header(delivery.headers, MESSAGE_ID)
    timestamp = _header(delivery.headers, MESSAGE_TIMESTAMP)
    signature = _header(delivery.headers, MESSAGE_SIGNATURE)
    message = message_id.encode("ascii") + timestamp.encode("ascii") + delivery.body
    if not same(signature, "sha256=" + hmac_sha256_hex(secret, message)):
        raise DeliveryRejected("signature")
    try:
        sent_at = read_rfc3339(timestamp)
    except BadTime:
        raise DeliveryRejected("timestamp") from None
    if abs(delivery.received_at - sent_at) > WINDOW:
        raise DeliveryRejected("window")
    return sent_at


def _header(headers: Headers, name: str) -> str:
    """The value of a header that is there once. One that came twice is joined by a comma, which none of these may hold."""
    value = headers.get(name)
    if value is None:
        raise DeliveryRejected("header_missing")
    if not 0 < len(value) <= MAX_HEADER or not value.isascii() or "," in value:
        raise DeliveryRejected("header_malformed")
    return value


def _object(body: bytes) -> dict[str, Any]:
    try:
        payload = read_json(body)
    except UpstreamGarbled as error:
        raise Unreadable("json") from error
    if not isinstance(payload, dict):
        raise Unreadable("json")
    return payload


def _notification(payload: Words, sent_at: datetime, broadcaster: str) -> Receipt:
    return Receipt(eventsub.notification(payload, at=sent_at, broadcaster=broadcaster))


def _revocation(payload: Words, _sent_at: datetime, broadcaster: str) -> Receipt:
    return Receipt(eventsub.revocation(payload, broadcaster=broadcaster))


def _challenge(payload: Words, _sent_at: datetime, _broadcaster: str) -> Receipt:
    # For whichever broadcaster: the secret is proof enough, and the official tool's check makes one up.
    challenge = payload.get("challenge")
    if not isinstance(challenge, str) or not 0 < len(challenge) <= MAX_CHALLENGE or not challenge.isprintable():
        raise Unreadable("challenge")
    # Twitch compares the whole body and the bare media type: a charset, quotes or a newline fail the handshake.
    return Receipt(reply=Reply(200, challenge.encode(), "text/plain"))


_READERS: Final[Mapping[str, Callable[[Words, datetime, str], Receipt]]] = MappingProxyType(
    {
        "notification": _notification,
        "revocation": _revocation,
        "webhook_callback_verification": _challenge,
    }
)

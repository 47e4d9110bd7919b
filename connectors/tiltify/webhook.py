"""A webhook of Tiltify: verified first, then read. Pure; the only clock is the delivery's own.

https://developers.tiltify.com/docs/webhooks/receiving-webhooks
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import replace

from connectors.contract import Delivery, Receipt
from connectors.http import read_json
from connectors.signing import hmac_sha256_hex, same
from connectors.spec import Secret
from connectors.tiltify import mapping, sheet
from connectors.tiltify.fields import Native, Words, moment, uuid
from schema.model.errors import BadTime, DeliveryRejected, Unreadable, UpstreamGarbled
from schema.model.facts import Fact, Unrecognised
from schema.model.text import MAX_NAME, plain
from schema.model.time import micros, read_rfc3339
from schema.model.total import AmountSource


def receive(delivery: Delivery, *, keys: Sequence[Secret], campaigns: Mapping[str, Native]) -> Receipt:
    """The fact of a delivery that Tiltify signed with one of the keys. ``campaigns`` are the account's, by UUID.

    Raises DeliveryRejected, or Unreadable for what is genuine but absurd. Any 2xx is an acknowledgement.
    """
    _verify(delivery, keys)
    try:
        message = read_json(delivery.body)
    except UpstreamGarbled as error:
        raise Unreadable("json") from error
    meta = _object(message, "meta")
    if meta.get("subscription_source_type") == sheet.TEST or meta.get("subscription_source_id") == sheet.NOTHING:
        return Receipt((Unrecognised(sheet.TEST),))  # a button of the dashboard: genuine, and never money
    event = meta.get("event_type")
    if not isinstance(event, str):
        raise Unreadable("event_type")
    if event in sheet.DONATION_UPDATED or event in sheet.FACT_UPDATED:
        return Receipt((_fact(event, _object(message, "data"), meta, campaigns),))
    return Receipt((Unrecognised(plain(event, MAX_NAME) or "unnamed"),))


def _verify(delivery: Delivery, keys: Sequence[Secret]) -> None:
    """The signature first, then the window. Signed are the timestamp as it stands, a point, and the body as it came."""
    timestamp, signature = delivery.headers.get(sheet.TIMESTAMP), delivery.headers.get(sheet.SIGNATURE)
    if not timestamp or not signature:
        raise DeliveryRejected("header_missing")
    signed = timestamp.encode("utf-8", "surrogatepass") + b"." + delivery.body
    if not any(same(signature, _sign(key, signed)) for key in keys):
        raise DeliveryRejected("signature")
    try:
        sent_at = read_rfc3339(timestamp)
    except BadTime:
        raise DeliveryRejected("timestamp") from None
    if abs(delivery.received_at - sent_at) > sheet.WINDOW:
        raise DeliveryRejected("window")


def _sign(key: Secret, signed: bytes) -> str:
    # the key is used as the text that it is: it looks like hex and is not to be decoded
    return base64.b64encode(bytes.fromhex(hmac_sha256_hex(key.reveal().encode("ascii"), signed))).decode()


def _fact(event: str, words: Words, meta: Words, campaigns: Mapping[str, Native]) -> Fact:
    """What the words are about, as of when it happened: that stays the same over all attempts to deliver it.

    A campaign, direct or indirect, is told as itself: what only supports the subscribed one never sets the total of that one.
    Of what the account does not follow nothing is told: a campaign would come to stand beside a total that holds it already,
    and a donation is somebody else's. The endpoint hears of more than that where the dashboard subscribes more.
    """
    generated_at = moment(meta, "generated_at")
    if generated_at is None:
        raise Unreadable("generated_at")
    version, source = micros(generated_at), AmountSource.PLATFORM_EVENT
    if event in sheet.FACT_UPDATED:
        native = campaigns.get(uuid(words, "id"))
        if native is None:
            return Unrecognised(event)
        told = mapping.campaign(words, native, version=version, source=source)
        return replace(told, part_of=None)  # a delivery names an event and no team, so it must not take the place of a list
    told_of = campaigns.get(str(meta.get("subscription_source_id")).lower())
    if not set(map(str, campaigns.values())).intersection(mapping.candidates(words, told_of)):
        return Unrecognised(event)
    return mapping.donation(
        words,
        version=version,
        told_at=generated_at,
        source=source,
        told_of=told_of,
        shown=sheet.DONATION_UPDATED[event],
    )


def _object(message: object, name: str) -> Words:
    found = message.get(name) if isinstance(message, dict) else None
    if not isinstance(found, dict):
        raise Unreadable(name)
    return found

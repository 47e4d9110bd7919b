"""Deliveries made by the test, genuine or not: with the networks' own keys, and whatever content, time or key is wanted."""

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from connectors.testing.emulation import Outgoing
from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.messages import Message
from connectors.twitch.emulator.webhooks import signature
from connectors.wechat_pay.emulator import WeChatPayEmulator
from connectors.wechat_pay.emulator.keys import PlatformKey
from connectors.wechat_pay.emulator.signing import seal, signature_headers

NOTIFICATION: Final = "notification"
NO_TIME: Final = timedelta()


def compact(told: object) -> bytes:
    """JSON as both networks write it. Python's own extensions pass, such as NaN."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


# -------------------------------------------------------------------------------------------------------- WeChat Pay


def wechat_signed(
    wechat: WeChatPayEmulator, body: bytes, *, key: PlatformKey | None = None, serial: str = "", ago: timedelta = NO_TIME
) -> Outgoing:
    """Any body, signed by one of the platform's keys (its public one), under that key's serial or another."""
    key = key or wechat.keys.public
    headers = signature_headers(key.private, serial or key.serial, datetime.now(UTC) - ago, uuid.uuid4().hex, body)
    return Outgoing({"Content-Type": "application/json", **headers}, body)


def wechat_notice(wechat: WeChatPayEmulator, clear: Mapping[str, Any] | bytes, event: str = "TRANSACTION.SUCCESS") -> Outgoing:
    """A genuine notification with this clear text."""
    nonce, kind = uuid.uuid4().hex[:12], event.split(".")[0].lower()
    sealed = seal(wechat.merchant.apiv3_key, nonce, kind, clear if isinstance(clear, bytes) else compact(clear))
    resource = {"original_type": kind, "algorithm": "AEAD_AES_256_GCM", "ciphertext": sealed}
    envelope = {
        "id": str(uuid.uuid4()),
        "create_time": datetime.now(UTC).isoformat(timespec="seconds"),
        "resource_type": "encrypt-resource",
        "event_type": event,
        "summary": "支付成功",
        "resource": {**resource, "associated_data": kind, "nonce": nonce},
    }
    return wechat_signed(wechat, compact(envelope))


# ------------------------------------------------------------------------------------------------------------ Twitch


def twitch_signed(
    twitch: TwitchEmulator,
    body: bytes,
    *,
    kind: str = NOTIFICATION,
    message_id: str = "",
    timestamp: str = "",
    secret: str = "",
    ago: timedelta = NO_TIME,
) -> Outgoing:
    """Any body, signed with the secret that the account gave to Twitch, or another."""
    message_id = message_id or str(uuid.uuid4())
    timestamp = timestamp or (datetime.now(UTC) - ago).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    headers = {
        "Twitch-Eventsub-Message-Id": message_id,
        "Twitch-Eventsub-Message-Retry": "0",
        "Twitch-Eventsub-Message-Type": kind,
        "Twitch-Eventsub-Message-Signature": signature(
            secret or twitch.account()["eventsub_secret"], message_id, timestamp, body
        ),
        "Twitch-Eventsub-Message-Timestamp": timestamp,
        "Content-Type": "application/json",
    }
    return Outgoing(headers, body)


def twitch_notice(twitch: TwitchEmulator, topic: str, event: Mapping[str, Any]) -> Outgoing:
    """A genuine notification of an event."""
    return twitch_signed(twitch, compact({"subscription": twitch_subscription(twitch, topic), "event": event}))


def twitch_subscription(twitch: TwitchEmulator, topic: str, status: str = "enabled") -> dict[str, Any]:
    """What a message says of the subscription that it belongs to."""
    condition = {"broadcaster_user_id": twitch.broadcaster.id}
    return {"id": str(uuid.uuid4()), "status": status, "type": topic, "version": "1", "condition": condition}


def twitch_message(message: Message, twitch: TwitchEmulator) -> Outgoing:
    """A message that the emulator made, as it goes out, to be sent by the test."""
    body = compact(message.payload)
    return twitch_signed(twitch, body, kind=message.kind, message_id=message.id, timestamp=message.timestamp)

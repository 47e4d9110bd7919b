"""The webhook transport: signed messages, the challenge, retries, and when Twitch has had enough.

Source: https://dev.twitch.tv/docs/eventsub/handling-webhook-events
"""

import hashlib
import hmac
import json
from datetime import timedelta
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from connectors.testing.emulation import Attempt, DeliveryFaults, Outgoing, Sender
from connectors.twitch.emulator.errands import Errands
from connectors.twitch.emulator.faults import Fault
from connectors.twitch.emulator.habits import Forms, Habits
from connectors.twitch.emulator.messages import Mail, Message
from connectors.twitch.emulator.state import State
from connectors.twitch.emulator.subscriptions import (
    ENABLED,
    FAILURES_EXCEEDED,
    PENDING,
    VERIFICATION_FAILED,
    Subscription,
)

STALE: Final = timedelta(minutes=11)
"""Older than the ten minutes that a receiver should allow."""


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The signature header: over id, time as written, and raw body, with nothing between them."""
    digest = hmac.new(secret.encode(), message_id.encode() + timestamp.encode() + body, hashlib.sha256)
    return f"sha256={digest.hexdigest()}"


def accepted(attempt: Attempt) -> bool:
    """Any 2xx will do."""
    return 200 <= attempt.status < 300


class Webhooks:
    """Sends to callbacks."""

    def __init__(
        self,
        state: State,
        habits: Habits,
        forms: Forms,
        faults: DeliveryFaults[Fault],
        mail: Mail,
        sender: Sender,
        errands: Errands,
    ) -> None:
        self._state = state
        self._habits = habits
        self._forms = forms
        self._faults = faults
        self._mail = mail
        self._sender = sender
        self._errands = errands

    def verify(self, subscription: Subscription) -> None:
        """Starts asking the callback whether it wants this subscription."""
        self._errands.spawn(self._verify(subscription))

    async def _verify(self, subscription: Subscription) -> None:
        text = self._state.text(40)
        message = self._mail.challenge(subscription, text)
        answer = await self._sender.attempt(
            self._address(subscription.place), self._outgoing(message, 0, self._faults.take().at(0))
        )
        right = accepted(answer) and answer.body == text.encode() and answer.content_type.lower().startswith("text/plain")
        if subscription.status == PENDING:
            subscription.status = ENABLED if right else VERIFICATION_FAILED

    def send(self, message: Message) -> None:
        """Starts delivering, again and again until it is taken, given up, or its subscription has ended."""
        subscription, plan = message.subscription, self._faults.take()

        def make(number: int) -> Outgoing | None:
            wanted = message.kind == "revocation" or subscription.status == ENABLED
            return self._outgoing(message, number, plan.at(number)) if wanted else None

        def heard(attempt: Attempt) -> None:
            subscription.failures = 0 if accepted(attempt) else subscription.failures + 1
            if subscription.failures > self._habits.failures_allowed and subscription.status == ENABLED:
                self._mail.revoke(subscription, FAILURES_EXCEEDED)

        self._sender.send(self._address(subscription.place), make, heard)

    def _outgoing(self, message: Message, number: int, faults: frozenset[Fault]) -> Outgoing:
        body = json.dumps(message.payload, separators=(",", ":"), ensure_ascii=False).encode()
        timestamp = self._state.stamp() if number and self._forms.restamped_resends else message.timestamp
        if Fault.STALE in faults:
            timestamp = self._state.stamp(ago=STALE)
        signed = signature(message.subscription.secret, message.id, timestamp, body)
        if Fault.WRONG_SIGNATURE in faults:
            signed = signed[:-1] + ("0" if signed[-1] != "0" else "1")
        headers = {
            "Twitch-Eventsub-Message-Id": message.id,
            "Twitch-Eventsub-Message-Retry": str(message.retry + number),
            "Twitch-Eventsub-Message-Type": message.kind,
            "Twitch-Eventsub-Message-Signature": signed,
            "Twitch-Eventsub-Message-Timestamp": timestamp,
            "Twitch-Eventsub-Subscription-Type": message.subscription.topic,
            "Twitch-Eventsub-Subscription-Version": message.subscription.version,
            "Content-Type": "application/json",
        }
        return Outgoing(headers, body)

    def _address(self, callback: str) -> str:
        here = self._habits.allow_http and _is_here(urlsplit(callback).hostname or "")
        return callback.replace("https://", "http://", 1) if here else callback


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

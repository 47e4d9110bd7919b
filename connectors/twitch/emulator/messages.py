"""EventSub messages and the way they take: one per event and subscription, kept, held back or sent again on demand."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from connectors.testing.emulation import Sender
from connectors.twitch.emulator.faults import Trouble
from connectors.twitch.emulator.payloads import Json
from connectors.twitch.emulator.state import State
from connectors.twitch.emulator.subscriptions import Method, Subscription, Subscriptions

KEPT = 10_000
"""How many messages can be sent again."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``retry`` is the counter of its first attempt; ``payload`` stays as it was when it was made."""

    id: str
    kind: Literal["notification", "revocation", "webhook_callback_verification"]
    timestamp: str
    subscription: Subscription
    payload: Json
    retry: int = 0


class Mail:
    """Takes events to everyone who subscribed to them. ``ways`` are the transports."""

    def __init__(self, state: State, subscriptions: Subscriptions, trouble: Trouble, sender: Sender) -> None:
        self._state = state
        self._subscriptions = subscriptions
        self._trouble = trouble
        self._sender = sender
        self._held: list[Message] | None = None
        self.ways: Mapping[Method, Callable[[Message], None]] = {}
        self.kept: deque[Message] = deque(maxlen=KEPT)

    def publish(self, topic: str, broadcaster_id: str, event: Json) -> None:
        """An event happened. Pending subscriptions miss it, as does everyone when it is due to be lost."""
        self.send(self.address(topic, broadcaster_id, event))

    def address(self, topic: str, broadcaster_id: str, event: Json) -> list[Message]:
        """The messages that an event makes, not sent yet."""
        if self._trouble.loses(topic):
            return []
        return [
            self._message("notification", subscription, {"event": event})
            for subscription in self._subscriptions.enabled(topic, broadcaster_id)
        ]

    def send(self, messages: list[Message]) -> None:
        """Lets messages go, or keeps them while deliveries are held."""
        for message in messages:
            self.kept.append(message)
            if self._held is None:
                self._way(message)
            else:
                self._held.append(message)

    def revoke(self, subscription: Subscription, status: str) -> None:
        """Ends a subscription from Twitch's side and says so."""
        subscription.status = status
        subscription.ended_at = self._state.clock.now()
        self._way(self._message("revocation", subscription, {}))

    def hold(self) -> None:
        """From now on notifications pile up here."""
        self._held = self._held if self._held is not None else []

    async def release(self, order: Literal["kept", "reversed", "shuffled"] = "kept") -> None:
        """Sends what piled up, in this order, each one after the one before has arrived or was given up."""
        held, self._held = self._held or [], None
        if order == "shuffled":
            self._state.rng.shuffle(held)
        for message in held if order != "reversed" else reversed(held):
            self._way(message)
            await self._sender.settle()

    def resend(self, message_id: str | None = None, *, retry: int = 1, seconds_later: int = 0) -> None:
        """Sends a message again under its id: the latest when none is named. ``seconds_later``: as a receiver would get it
        so much later, signed anew over a time that is so much older.
        """
        message = self._find(message_id)
        stamp = self._state.stamp(ago=timedelta(seconds=seconds_later)) if seconds_later else message.timestamp
        again = Message(message.id, message.kind, stamp, message.subscription, message.payload, retry)
        self._way(again)

    def repeat(self, message_id: str | None = None) -> None:
        """Sends what a message told in a message of its own, with a new id and time: the latest when none is named."""
        message = self._find(message_id)
        self.send([self._message(message.kind, message.subscription, {"event": message.payload["event"]})])

    def _find(self, message_id: str | None) -> Message:
        found = next((m for m in reversed(self.kept) if message_id in (None, m.id)), None)
        if found is None:
            raise LookupError("there is no such message")
        return found

    def _message(
        self, kind: Literal["notification", "revocation", "webhook_callback_verification"], to: Subscription, rest: Json
    ) -> Message:
        return Message(self._state.uuid(), kind, self._state.stamp(), to, {"subscription": to.shown(), **rest})

    def challenge(self, subscription: Subscription, text: str) -> Message:
        """What asks a callback whether it wants this subscription."""
        return self._message("webhook_callback_verification", subscription, {"challenge": text})

    def _way(self, message: Message) -> None:
        self.ways[message.subscription.method](message)

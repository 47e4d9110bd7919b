"""What an EventSub message says, whichever way it came: over a webhook or over the socket. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from connectors.twitch import mapping
from connectors.twitch.mapping import DONATE, STATUS, TOPICS, Words
from schema.model.errors import Unreadable
from schema.model.facts import Fact, FeedStopped, Unrecognised
from schema.model.text import MAX_NAME, plain
from schema.model.time import micros
from schema.model.total import AmountSource

# What a subscription is called while it works: https://dev.twitch.tv/docs/api/reference/#get-eventsub-subscriptions
ENABLED: Final = "enabled"
PENDING: Final = "webhook_callback_verification_pending"


def notification(payload: Words, *, at: datetime, broadcaster: str) -> tuple[Fact, ...]:
    """The facts of a notification. ``at`` is the message's own time: it dates a campaign's figures, which carry no number.

    A topic that we never asked for gives Unrecognised. Raises Unreadable, also for another broadcaster than ours.
    """
    topic = _topic(payload)
    if topic not in TOPICS:
        return (unrecognised(topic),)
    events = _events(payload)
    check_broadcaster(payload, *events, broadcaster=broadcaster)
    return tuple(_fact(topic, event, at) for event in events)


def revocation(payload: Words, *, broadcaster: str) -> tuple[Fact, ...]:
    """The end of a topic's subscription, in Twitch's own word. Raises Unreadable."""
    topic = _topic(payload)
    if topic not in TOPICS:
        return (unrecognised(topic),)
    check_broadcaster(payload, broadcaster=broadcaster)
    status = plain(_subscription(payload).get("status"), MAX_NAME)
    # No signature covers the kind of a message: else a genuine notification, sent again as a revocation, would stop the feed.
    if status is None or status in (ENABLED, PENDING):
        raise Unreadable("status")
    return (FeedStopped(status),)


def unrecognised(kind: object) -> Unrecognised:
    """A message of a kind that we do not know, its name made harmless."""
    return Unrecognised(plain(kind, MAX_NAME) or "unnamed")


def check_broadcaster(payload: Words, *events: Words, broadcaster: str) -> None:
    """Raises Unreadable unless the message names a broadcaster, and none but ours.

    Events have ``broadcaster_user_id`` or ``broadcaster_id``, by topic and by year; the condition is always there.
    """
    condition = _subscription(payload).get("condition")
    named = [condition.get("broadcaster_user_id")] if isinstance(condition, dict) else []
    for event in events:
        named += [event.get("broadcaster_user_id"), event.get("broadcaster_id")]
    named = [name for name in named if name is not None and name != ""]
    if not named or any(name != broadcaster for name in named):
        raise Unreadable("broadcaster")


def _fact(topic: str, event: Words, at: datetime) -> Fact:
    if topic == DONATE:
        return mapping.donation(event, otherwise_at=at, source=AmountSource.PLATFORM_EVENT)
    return mapping.campaign(event, version=micros(at), status=STATUS[topic], source=AmountSource.PLATFORM_EVENT)


def _events(payload: Words) -> Sequence[Words]:
    """``event``, or the batch form ``events``, whose items wrap what matters in ``data`` in the one topic known to use it:
    https://dev.twitch.tv/docs/eventsub/reference/drop (*assumed* for charity).
    """
    events = payload["events"] if "events" in payload else [payload.get("event")]
    if not isinstance(events, list) or not events:
        raise Unreadable("event")
    found = [event["data"] if isinstance(event, dict) and isinstance(event.get("data"), dict) else event for event in events]
    if not all(isinstance(event, dict) for event in found):
        raise Unreadable("event")
    return found


def _topic(payload: Words) -> str:
    topic = _subscription(payload).get("type")
    if not isinstance(topic, str):
        raise Unreadable("subscription")
    return topic


def _subscription(payload: Words) -> Words:
    subscription = payload.get("subscription")
    if not isinstance(subscription, dict):
        raise Unreadable("subscription")
    return subscription

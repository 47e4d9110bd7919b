"""EventSub subscriptions, as a state. Source: https://dev.twitch.tv/docs/eventsub/manage-subscriptions"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from connectors.twitch.emulator.habits import Habits
from connectors.twitch.emulator.payloads import Json
from connectors.twitch.emulator.state import State

Method = Literal["webhook", "websocket"]

ENABLED: Final = "enabled"
PENDING: Final = "webhook_callback_verification_pending"
VERIFICATION_FAILED: Final = "webhook_callback_verification_failed"
FAILURES_EXCEEDED: Final = "notification_failures_exceeded"
AUTHORIZATION_REVOKED: Final = "authorization_revoked"


@dataclass(slots=True)
class Subscription:
    """One subscription. ``place`` is its callback or its session, ``user_id`` whose token made a WebSocket one."""

    id: str
    topic: str
    version: str
    broadcaster_id: str
    method: Method
    place: str
    created_at: str
    status: str
    user_id: str | None = None
    secret: str = ""
    connected_at: str | None = None
    disconnected_at: str | None = None
    ended_at: datetime | None = None
    failures: int = 0
    """Attempts that failed in a row."""

    def shown(self) -> Json:
        """As Twitch tells it. The secret is never told."""
        transport = {"method": self.method, "callback" if self.method == "webhook" else "session_id": self.place}
        for name in ("connected_at", "disconnected_at"):
            if getattr(self, name):
                transport[name] = getattr(self, name)
        return {
            "id": self.id,
            "status": self.status,
            "type": self.topic,
            "version": self.version,
            "condition": {"broadcaster_user_id": self.broadcaster_id},
            "created_at": self.created_at,
            "transport": transport,
            "cost": 0,
        }


class Subscriptions:
    """All of them. Of WebSocket ones the ended stay listed for an hour, as the command line tool does it."""

    def __init__(self, state: State, habits: Habits) -> None:
        self._state = state
        self._habits = habits
        self._by_id: dict[str, Subscription] = {}

    def all(self) -> list[Subscription]:
        """In order of creation."""
        oldest = self._state.clock.now() - self._habits.listed_after_end
        self._by_id = {k: s for k, s in self._by_id.items() if s.ended_at is None or s.ended_at > oldest}
        return list(self._by_id.values())

    def add(self, subscription: Subscription) -> None:
        """One more."""
        self._by_id[subscription.id] = subscription

    def remove(self, subscription: Subscription) -> None:
        """Gone: deleted by its app. Nothing more is sent for it."""
        subscription.status = "deleted"
        del self._by_id[subscription.id]

    def enabled(self, topic: str, broadcaster_id: str) -> list[Subscription]:
        """Those that get an event."""
        mine = (s for s in self._by_id.values() if s.topic == topic and s.broadcaster_id == broadcaster_id)
        return [s for s in mine if s.status == ENABLED]

    def alive(self, broadcaster_id: str) -> list[Subscription]:
        """Those of a broadcaster that are enabled or to be verified."""
        return [s for s in self._by_id.values() if s.broadcaster_id == broadcaster_id and s.status in (ENABLED, PENDING)]

    def at(self, session_id: str) -> list[Subscription]:
        """The enabled ones of a WebSocket session."""
        return [s for s in self._by_id.values() if s.place == session_id and s.status == ENABLED]

    def end_session(self, session_id: str, status: str) -> None:
        """A session is over, and its subscriptions with it."""
        for subscription in self.at(session_id):
            subscription.status = status
            subscription.disconnected_at = self._state.stamp()
            subscription.ended_at = self._state.clock.now()

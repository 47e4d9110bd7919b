"""What can be made to go wrong, by name, beside outages. Everything is off until it is switched on."""

from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """A fault of a message over webhook, challenges too. Asked for once, both are gone with its first attempt."""

    WRONG_SIGNATURE = "wrong_signature"
    """A signature that does not fit."""
    STALE = "stale"
    """Signed rightly over a time 11 minutes ago."""


@dataclass(slots=True)
class Trouble:
    """What else goes wrong. Numbers count down as they are spent."""

    too_many_requests: int = 0
    """Helix calls to be answered with 429, whatever is left in the bucket."""
    silent_sockets: bool = False
    """Sockets stay open and say nothing, not even keepalives. What would have been said is lost."""
    lost_events: dict[str, int] = field(default_factory=dict)
    """Events by topic that never leave. What they tell is in Helix all the same."""

    def refuses(self) -> bool:
        """Whether a call is due to be answered with 429; then one less is left."""
        due = self.too_many_requests > 0
        self.too_many_requests -= due
        return due

    def lose_next(self, topic: str, count: int = 1) -> None:
        """The next events of the topic never leave."""
        self.lost_events[topic] = self.lost_events.get(topic, 0) + count

    def loses(self, topic: str) -> bool:
        """Whether an event of the topic is due to be lost; then one less is left."""
        due = self.lost_events.get(topic, 0) > 0
        if due:
            self.lost_events[topic] -= 1
        return due

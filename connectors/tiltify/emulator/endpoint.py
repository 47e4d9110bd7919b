"""The webhook endpoint of the app, with what it is subscribed to, as the dashboard has it.

https://developers.tiltify.com/docs/webhooks
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Final

from connectors.tiltify.emulator.ids import draw_id, draw_key

DONATION_UPDATED: Final = "donation_updated"
FACT_UPDATED: Final = "fact_updated"
VISIBILITIES: Final = ("public", "private")
EVENT_TYPES: Final = frozenset(
    ":".join(parts) for parts in product(VISIBILITIES, ("direct", "indirect"), (DONATION_UPDATED, FACT_UPDATED))
)
"""``<visibility>:<relation>:<event>``, all that are seen in public code."""


@dataclass(slots=True)
class Subscription:
    """What the endpoint wants to hear of one campaign."""

    id: str
    event_types: tuple[str, ...]
    inserted_at: datetime
    updated_at: datetime


@dataclass
class Endpoint:
    """One endpoint. It is told nothing before it is activated, nor after it was deactivated."""

    rng: random.Random
    inserted_at: datetime
    activated_at: datetime | None = None
    deactivated_at: datetime | None = None
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    """By the native id of the campaign."""

    def __post_init__(self) -> None:
        self.id = draw_id(self.rng)
        self.signing_key = draw_key(self.rng)

    @property
    def active(self) -> bool:
        """Whether it is told anything."""
        return self.activated_at is not None and self.deactivated_at is None

    def activate(self, at: datetime) -> None:
        """It is told what happens from now on."""
        if not self.active:
            self.activated_at, self.deactivated_at = at, None

    def deactivate(self, at: datetime) -> None:
        """It is told nothing any more."""
        if self.active:
            self.deactivated_at = at

    def subscribe(self, native_id: str, event_types: Sequence[str], at: datetime) -> Subscription:
        """In place of what it wanted to hear of this campaign before."""
        known = self.subscriptions.get(native_id) or Subscription(draw_id(self.rng), (), at, at)
        known.event_types, known.updated_at = tuple(dict.fromkeys(event_types)), at
        self.subscriptions[native_id] = known
        return known

    def wanted(self, native_id: str, relation: str, event: str) -> list[str]:
        """The event types of that relation and event that it wants to hear of a campaign."""
        subscription = self.subscriptions.get(native_id)
        asked = subscription.event_types if subscription else ()
        return [wanted for visibility in VISIBILITIES if (wanted := f"{visibility}:{relation}:{event}") in asked]

    def rotate_key(self) -> str:
        """A new signing key; the one before is worth nothing any more."""
        self.signing_key = draw_key(self.rng)
        return self.signing_key

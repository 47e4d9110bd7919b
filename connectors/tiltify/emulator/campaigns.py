"""What raises money on Tiltify, and for whom. All amounts are in minor units."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from connectors.testing.emulation import Book

OWNER_ID: Final = "44444444-4444-4444-8444-444444444444"
OWNER_HANDLE: Final = "owner-canary-5d1e"
"""What the owner of the campaigns, and the team, are called on other networks."""
DONOR_EMAIL: Final = "donor-canary-5d1e@mail.example"
"""In private events only."""
CAUSE_EMAIL: Final = "cause-canary-5d1e@mail.example"
CAUSE: Final = "Sample Reef Trust"


class Kind(StrEnum):
    """What a campaign is on Tiltify, which has the word *fact* for all three."""

    CAMPAIGN = "campaign"
    TEAM_CAMPAIGN = "team_campaign"
    EVENT = "fundraising_event"


@dataclass(slots=True)
class Campaign:
    """A campaign, a team campaign or a fundraising event. ``goal`` is None where nobody set one.

    ``parents`` are the native ids of all whose totals include this one's, nearest first; ``direct`` is what was given to it
    and not to a member, and ``book.raised`` both.
    """

    native_id: str
    kind: Kind
    id: str
    legacy_id: int
    title: str
    slug: str
    goal: int | None
    cause_id: str | None
    parents: tuple[str, ...]
    book: Book
    inserted_at: datetime
    updated_at: datetime
    published_at: datetime | None
    retired_at: datetime | None = None
    original_goal: int | None = None
    direct: int = 0

    @property
    def status(self) -> str:
        """``unpublished``, ``published`` or ``retired``."""
        if self.retired_at is not None:
            return "retired"
        return "unpublished" if self.published_at is None else "published"

    def parent(self, kind: Kind) -> str | None:
        """The id of the nearest parent of a kind."""
        found = (native.partition("/")[2] for native in self.parents if native.startswith(f"{kind}/"))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is promised at a total."""

    id: str
    legacy_id: int
    campaign: str
    title: str
    minor: int
    active: bool
    inserted_at: datetime


@dataclass(frozen=True, slots=True)
class Cause:
    """A charity."""

    id: str
    legacy_id: int
    name: str
    inserted_at: datetime

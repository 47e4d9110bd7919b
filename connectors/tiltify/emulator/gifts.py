"""What is given, and what sponsors promise to give as much as others do. All amounts are in minor units.

https://v5api.tiltify.com/api/public/openapi names the fields of matches; what they mean is *assumed* where it says nothing.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

MatchType: TypeAlias = Literal["all", "amount"]
"""*Assumed*: ``amount`` pays what was matched, ``all`` the whole pledge once it was reached, else nothing."""


@dataclass(slots=True)
class Donation:
    """One gift. ``campaign`` is a native id; ``completed_at`` is None until the payment has come."""

    id: str
    legacy_id: int
    campaign: str
    minor: int
    currency: str
    donor_name: str
    comment: str | None
    sustained: bool
    created_at: datetime
    completed_at: datetime | None = None
    matches: tuple[str, ...] = ()
    """Ids of the matches that ran when it came."""


@dataclass(slots=True)
class Match:
    """One promise. It ends when it is ended; nothing of it is in a total before the sponsor's own donation comes."""

    id: str
    campaign: str
    currency: str
    matched_by: str
    match_type: MatchType
    pledged: int
    started_at_amount: int
    starts_at: datetime
    updated_at: datetime
    given: int = 0
    """What others gave while it ran."""
    completed_at: datetime | None = None
    donation_id: str | None = None
    """The sponsor's donation."""

    @property
    def active(self) -> bool:
        """Whether it runs."""
        return self.completed_at is None

    @property
    def matched(self) -> int:
        """What was matched so far."""
        return min(self.given, self.pledged)

    @property
    def due(self) -> int:
        """What the sponsor pays if it ends now."""
        return self.matched if self.match_type == "amount" or self.matched == self.pledged else 0

    def count(self, minor: int, at: datetime) -> None:
        """Somebody gave."""
        self.given += minor
        self.updated_at = at

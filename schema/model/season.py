"""Seasons: campaigns across networks that belong together, in dated phases. All of it is declared by the organisers."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schema.model.ids import CampaignId
from schema.model.money import Money


class ActionKind(StrEnum):
    """What an action asks people to do."""

    DONATE = "DONATE"
    LEARN = "LEARN"
    SHARE = "SHARE"
    VOLUNTEER = "VOLUNTEER"
    ATTEND = "ATTEND"


@dataclass(frozen=True, slots=True)
class Action:
    """A way to get engaged, online or at a place and time."""

    kind: ActionKind
    title: str
    is_online: bool
    url: str | None = None
    place: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Members:
    """Which campaigns belong: those named, and all that are heard of through one of ``accounts``."""

    campaigns: frozenset[CampaignId] = frozenset()
    accounts: frozenset[str] = frozenset()

    def __or__(self, other: "Members") -> "Members":
        return Members(self.campaigns | other.campaigns, self.accounts | other.accounts)


@dataclass(frozen=True, slots=True)
class Phase:
    """A dated part of a season with campaigns of its own. ``ends_at`` None is an open end."""

    season: str
    slug: str
    name: str
    starts_at: datetime
    ends_at: datetime | None
    members: Members


@dataclass(frozen=True, slots=True)
class Season:
    """``phases`` are in the order of their starts. ``goal`` is declared for the season, never a sum of goals."""

    slug: str
    name: str
    starts_at: datetime
    ends_at: datetime | None
    currency: str
    phases: tuple[Phase, ...] = ()
    members: Members = Members()
    """Those of all phases among them."""
    goal: Money | None = None
    actions: tuple[Action, ...] = ()

    def phase_at(self, now: datetime) -> Phase | None:
        """The phase under way; of two that overlap the one that began later."""
        running = [phase for phase in self.phases if phase.starts_at <= now and (phase.ends_at is None or now < phase.ends_at)]
        return running[-1] if running else None

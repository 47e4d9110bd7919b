"""What is true on this Twitch: broadcasters, their campaigns, and who gave what. The books are the campaigns' own figures."""

import random
import string
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from connectors.testing.emulation import Book, ScaledClock

SCOPE: Final = "channel:read:charity"
BASE_62: Final = string.digits + string.ascii_letters


@dataclass(slots=True)
class Broadcaster:
    """A channel. ``consent`` is what it granted to the app; without it there are neither tokens nor events."""

    id: str
    login: str
    name: str
    refresh_token: str
    kind: Literal["partner", "affiliate", ""] = "affiliate"
    consent: frozenset[str] = frozenset({SCOPE})


@dataclass(frozen=True, slots=True)
class Charity:
    """Who receives."""

    name: str = "Sample Reef Trust"
    description: str = "Made-up charity that plants corals"
    logo: str = "https://cdn.example/reef/100.png"
    website: str = "https://reef.example"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who gives."""

    id: str
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class Donation:
    """One gift. ``value`` is in minor units."""

    id: str
    campaign_id: str
    user_id: str
    user_login: str
    user_name: str
    value: int
    currency: str
    at: datetime


@dataclass(slots=True)
class Campaign:
    """One campaign. ``goal`` is in minor units, None where the broadcaster set none; what was raised is in the book."""

    id: str
    broadcaster: Broadcaster
    charity: Charity
    goal: int | None
    decimals: int
    book: Book
    started_at: datetime
    status: Literal["running", "paused", "stopped"] = "running"
    donations: list[Donation] = field(default_factory=list)
    donation_ids: set[str] = field(default_factory=set)

    def add(self, donation: Donation) -> None:
        """One more donation, in the list and in the book."""
        self.donations.append(donation)
        self.donation_ids.add(donation.id)
        self.book.raised += donation.value
        self.book.count += 1


class State:
    """One state, and the only one. Ids come from ``rng``, so that a seed gives the same ones again."""

    def __init__(self, clock: ScaledClock, rng: random.Random) -> None:
        self.clock = clock
        self.rng = rng
        self.broadcasters: dict[str, Broadcaster] = {}
        self.campaigns: dict[str, Campaign] = {}
        self.viewers: dict[str, Viewer] = {}
        self._viewer_ids: dict[str, str] = {}
        self._last_stamp = 0

    def text(self, length: int, alphabet: str = BASE_62) -> str:
        """A random text."""
        return "".join(self.rng.choices(alphabet, k=length))

    def uuid(self) -> str:
        """A random UUID of version 4."""
        return str(uuid.UUID(int=self.rng.getrandbits(128), version=4))

    def stamp(self, *, ago: timedelta = timedelta()) -> str:
        """This moment as Twitch writes it: RFC 3339 in UTC, up to nine digits, no zeros at the end (as Go does).

        Each is at least a microsecond after the one before, unless the clock was turned back. ``ago`` asks for an earlier one.
        """
        now = self.clock.now() - ago
        nanos = int(now.replace(microsecond=0).timestamp()) * 10**9 + now.microsecond * 1000 + self.rng.randrange(1000)
        if not ago:
            if 0 <= self._last_stamp - nanos < 10**10:
                nanos = self._last_stamp + 1000
            self._last_stamp = nanos
        seconds, fraction = divmod(nanos, 10**9)
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{fraction:09d}".rstrip("0").rstrip(".") + "Z"

    def running(self, broadcaster_id: str) -> Campaign | None:
        """The campaign that Helix shows."""
        return next((c for c in self._of(broadcaster_id) if c.status == "running"), None)

    def current(self, broadcaster_id: str) -> Campaign | None:
        """The campaign that runs or pauses."""
        return next((c for c in self._of(broadcaster_id) if c.status != "stopped"), None)

    def _of(self, broadcaster_id: str) -> Iterator[Campaign]:
        return (c for c in self.campaigns.values() if c.broadcaster.id == broadcaster_id)

    def viewer(self, user_id: str | None, name: str | None) -> Viewer:
        """The viewer of this id or name, who stays the same; a new one, unlike any other text, when neither is given."""
        if user_id is None and name is not None:
            user_id = self._viewer_ids.get(name)
        if user_id is not None and user_id in self.viewers and name in (None, self.viewers[user_id].name):
            return self.viewers[user_id]
        user_id = user_id or self._unused_id()
        name = name or f"Giver_{self.text(10)}"
        login = name.lower() if name.isascii() else f"login_{user_id}"  # a display name may be Chinese, a login never
        self.viewers[user_id] = Viewer(user_id, login, name)
        self._viewer_ids[name] = user_id
        return self.viewers[user_id]

    def _unused_id(self) -> str:
        while (found := str(self.rng.randrange(770_000_000, 780_000_000))) in self.viewers:
            pass
        return found

    def donation_id(self, campaign: Campaign, user_id: str, at: datetime, *, shared: bool) -> str:
        """``<campaign>-<user>-<time>``, its second moved on where it is taken unless it may be ``shared``."""
        while (found := f"{campaign.id}-{user_id}-{at:%Y-%m-%dT%H:%M:%SZ}") in campaign.donation_ids and not shared:
            at += timedelta(seconds=1)
        return found

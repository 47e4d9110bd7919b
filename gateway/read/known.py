"""What one process knows, with how far it can be trusted: the ground on which all reads stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from connectors.ports import Clock
from gateway.read import positions
from gateway.read.follower import Follower
from gateway.read.notes import Notes
from gateway.read.sight import Sight
from gateway.store.bus import TotalMoved
from schema.api.readings import PlatformStanding, TotalReading
from schema.model.campaign import Campaign
from schema.model.freshness import Freshness, Health
from schema.model.ids import CampaignId
from schema.model.platform import Platform
from schema.model.total import Basis, Place


@dataclass(frozen=True, slots=True)
class News:
    """One entry of a campaign's log. ``kind`` is "received" or "changed" when it is to be announced."""

    campaign: CampaignId
    position: str
    place: Place
    kind: str
    entity: bytes

    @classmethod
    def of(cls, change: TotalMoved) -> "News":
        """What a change says that was heard."""
        figures = ["" if figure is None else str(figure) for figure in (change.raised, change.count)]
        return cls(
            change.campaign, positions.encode(change.campaign, change.place, *figures), change.place, change.kind, change.entity
        )


class Standing(NamedTuple):
    """How far what an account tells can be trusted, and the latest moment at which it was known to be in step."""

    freshness: Freshness
    as_of: datetime | None


class Known:
    """Answers from this process alone, at once. Everything in it is read within the event loop, so each sees one step whole."""

    def __init__(self, follower: Follower, clock: Clock, time_zone: str) -> None:
        self.follower = follower
        self._clock = clock
        self._time_zone = time_zone
        self.judged: dict[str, Standing] | None = None
        """By account, within one answer."""
        self.sight: Sight | None = None
        """What finds campaigns that nobody has seen, where anything does."""

    def for_one_answer(self) -> Self:
        """The same, which judges each account once."""
        one = object.__new__(type(self))
        one.__dict__.update(self.__dict__, judged={})
        return one

    def now(self) -> datetime:
        """The present."""
        return self._clock.now()

    @property
    def time_zone(self) -> str:
        """The IANA name of the zone in which days are cut."""
        return self._time_zone

    def described(self, campaign: CampaignId) -> Campaign | None:
        """One campaign that is known here."""
        return self.follower.campaigns.get(campaign)

    def updated_at(self, campaign: Campaign) -> datetime:
        """When its total, goal or status last changed."""
        return self.follower.updated_at(campaign)

    def total(self, campaign: CampaignId) -> TotalReading | None:
        """How much it has raised, as far as that is known."""
        row, known = self.follower.totals[campaign], self.follower.campaigns.get(campaign)
        if row is None or known is None or (total := row.total) is None:
            return None
        judged, at, stated_at = self.judged, row.at, row.stated_at
        standing = (judged and judged.get(known.account)) or self._standing(known)
        # what is counted holds until something else is heard; what a network states, since it last spoke of this campaign
        heard = standing.as_of if row.basis is Basis.COUNTED else stated_at or known.as_of
        as_of = at if heard is None or heard < at else heard
        return TotalReading(total, as_of, standing.freshness if stated_at is None else Freshness.STALE, row.position)

    def place(self, campaign: CampaignId) -> tuple[Place, str]:
        """Where the campaign's feeds stand, and that as a position."""
        row = self.follower.totals[campaign]
        if row is None:
            return Place(), positions.encode(campaign, Place(), "", "")
        return row.place, row.position

    def network(self, key: str) -> Platform:
        """One that is connected here."""
        spec = self.follower.directory.platforms[key]
        return Platform(key, spec.name, spec.homepage)

    def platform_standing(self, key: str) -> PlatformStanding:
        """How far what it tells can be trusted."""
        now = self.now()
        entries = self.follower.directory.accounts.items()
        accounts = [name for name, entry in entries if entry.spec.key == key and entry.finds_for is None]
        running = [name for name in accounts if self.follower.running.any(name, now)]
        heard = [moment for name in accounts if (moment := self.health(name).as_of) is not None]
        worst = Freshness.worst([self.account_freshness(account) for account in running])
        return PlatformStanding(worst, max(heard, default=None))

    def health(self, account: str) -> Health:
        """What is known of an account's channels."""
        return self.follower.health[account]

    def turns_at(self, notes: Notes) -> datetime | None:
        """The first moment since an answer was begun at which what it is made of may be another by time alone."""
        follower = self.follower
        entries, tags, began = follower.directory.accounts, notes.tags, notes.began
        ids = [tag for tag in tags if isinstance(tag, CampaignId)]
        campaigns = [known for each in ids if (known := follower.campaigns.get(each)) is not None]
        accounts = {each.account for each in campaigns}
        shown = {name for name, entry in entries.items() if entry.spec.key in tags}
        turns = [notes.turns_at, *[follower.running.turns_at(account) for account in shown]]
        accounts |= shown
        turns += [follower.health[account].turns_at(began) for account in accounts]
        if any(entries[account].finds_for is not None for account in accounts):
            turns += [self._overdue_at(each, began) for each in campaigns if entries[each.account].finds_for is not None]
        return min([turn for turn in turns if turn is not None], default=None)

    @property
    def connected(self) -> bool:
        """Whether changes are heard: all that is known is as fresh as it says only while they are."""
        return self.follower.connected

    def account_freshness(self, account: str) -> Freshness:
        """How far what an account tells can be trusted."""
        # without the channel nothing new can be heard, however healthy the networks are
        return self.health(account).freshness(self.now()) if self.follower.connected else Freshness.STALE

    def freshness(self, campaign: Campaign) -> Freshness:
        """The same of one campaign."""
        return self._standing(campaign).freshness

    def _standing(self, campaign: Campaign) -> Standing:
        """That of its account. One that was found is asked for alone, and only while it is asked for here."""
        judged, account = self.judged, campaign.account
        if judged is not None and account in judged:
            return judged[account]
        entry, as_of = self.follower.directory.accounts[account], self.health(account).as_of
        if entry.finds_for is None:
            standing = Standing(self.account_freshness(account), as_of)
            if judged is not None:
                judged[account] = standing
            return standing
        fresh = self.follower.connected and not entry.is_gone and self.now() - campaign.as_of <= entry.overdue_after
        return Standing(Freshness.CACHED if fresh else Freshness.STALE, as_of)

    def _overdue_at(self, known: Campaign, since: datetime) -> datetime | None:
        entry = self.follower.directory.accounts[known.account]
        end = known.as_of + entry.overdue_after
        return end + timedelta.resolution if end >= since else None

"""What one process knows, with how far it can be trusted: the ground on which all reads stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from connectors.ports import Clock
from gateway.read import positions
from gateway.read.follower import Follower
from gateway.read.notes import Notes
from gateway.read.sight import Sight
from gateway.store.bus import TotalMoved
from schema.api.readings import PlatformReading, TotalReading
from schema.model.campaign import Campaign, CampaignStatus
from schema.model.freshness import Freshness, Health
from schema.model.ids import CampaignId
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


class Known:
    """Answers from this process alone, at once. Everything in it is read within the event loop, so each sees one step whole."""

    def __init__(self, follower: Follower, clock: Clock, time_zone: str) -> None:
        self.follower = follower
        self._clock = clock
        self._time_zone = time_zone
        self.judged: dict[str, Freshness] | None = None
        """Of accounts, within one answer."""
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
        # what is counted holds until something else is heard; what a network states, since it last spoke of this campaign
        heard = self.health(known.account).as_of if row.basis is Basis.COUNTED else row.stated_at or known.as_of
        as_of = row.at if heard is None or heard < row.at else heard
        return TotalReading(total, as_of, self.freshness(known) if row.stated_at is None else Freshness.STALE, row.position)

    def place(self, campaign: CampaignId) -> tuple[Place, str]:
        """Where the campaign's feeds stand, and that as a position."""
        row = self.follower.totals[campaign]
        if row is None:
            return Place(), positions.encode(campaign, Place(), "", "")
        return row.place, row.position

    def platform_now(self, key: str) -> PlatformReading:
        """A network that is connected here."""
        spec = self.follower.directory.platforms[key]
        now = self.now()
        entries = self.follower.directory.accounts.items()
        accounts = [name for name, entry in entries if entry.spec.key == key and entry.finds_for is None]
        running = [name for name in accounts if self._runs(name, now)]
        heard = [moment for name in accounts if (moment := self.health(name).as_of) is not None]
        worst = Freshness.worst([self.account_freshness(account) for account in running])
        return PlatformReading(key, spec.name, spec.homepage, worst, max(heard, default=None))

    def _runs(self, account: str, now: datetime) -> bool:
        """Whether any of its campaigns is running. The first one is enough: this is asked for every row of a list."""
        campaigns = self.follower.campaigns
        return any(campaigns[each].status(now) is CampaignStatus.ACTIVE for each in self.follower.by_account[account])

    def health(self, account: str) -> Health:
        """What is known of an account's channels."""
        return self.follower.health[account]

    def turns_at(self, notes: Notes) -> datetime | None:
        """The first moment since an answer was begun at which what it is made of may be another by time alone."""
        follower = self.follower
        entries = follower.directory.accounts
        by_account: dict[str, list[Campaign]] = {name: [] for name, entry in entries.items() if entry.spec.key in notes.tags}
        for tag in notes.tags:
            if isinstance(tag, CampaignId) and (known := follower.campaigns.get(tag)) is not None:
                by_account.setdefault(known.account, []).append(known)
        turns = [notes.turns_at, *(follower.health[account].turns_at(notes.began) for account in by_account)]
        for account, campaigns in by_account.items():
            if entries[account].finds_for is not None:
                turns += [self._overdue_at(campaign, notes.began) for campaign in campaigns]
        return min((turn for turn in turns if turn is not None), default=None)

    @property
    def connected(self) -> bool:
        """Whether changes are heard: all that is known is as fresh as it says only while they are."""
        return self.follower.connected

    def account_freshness(self, account: str) -> Freshness:
        """How far what an account tells can be trusted."""
        # without the channel nothing new can be heard, however healthy the networks are
        return self.health(account).freshness(self.now()) if self.follower.connected else Freshness.STALE

    def freshness(self, campaign: Campaign) -> Freshness:
        """The same of one campaign. One that was found is asked for alone, and only while it is asked for here."""
        judged = self.judged
        if judged is not None and (found := judged.get(campaign.account)) is not None:
            return found
        entry = self.follower.directory.accounts[campaign.account]
        if entry.finds_for is None:
            freshness = self.account_freshness(campaign.account)
            if judged is not None:
                judged[campaign.account] = freshness
            return freshness
        fresh = self.follower.connected and not entry.is_gone and self.now() - campaign.as_of <= entry.overdue_after
        return Freshness.CACHED if fresh else Freshness.STALE

    def _overdue_at(self, known: Campaign, since: datetime) -> datetime | None:
        entry = self.follower.directory.accounts[known.account]
        end = known.as_of + entry.overdue_after
        return end + timedelta.resolution if end >= since else None

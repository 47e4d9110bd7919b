"""Histories: read from the ledger in one coherent look a campaign, and cut by the pure rules of ``schema.model.history``."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from connectors.ports import Clock
from gateway.read.follower import Follower
from gateway.read.known import Known
from gateway.store.history import HistoryShelf
from schema.model import history
from schema.model.engagement import Engagement
from schema.model.history import Interval, Period
from schema.model.ids import CampaignId
from schema.model.past import Past


class PastReads(Known):
    """The part of ``schema.api.ports.Reads`` that is about the past of single campaigns."""

    def __init__(self, follower: Follower, clock: Clock, time_zone: str) -> None:
        super().__init__(follower, clock, time_zone)
        self.past_shelf = HistoryShelf(follower.shelf.redis)

    async def raised_between(self, campaign: CampaignId, since: datetime, until: datetime | None) -> Period | None:
        """What it raised within a span."""
        now = self.now()
        found = await self.pasts([campaign], history.grain(since, until, now, self.zone))
        return history.between(found[0], since, until, now, self.zone) if found else None

    async def history(
        self, campaign: CampaignId, interval: Interval, since: datetime | None, until: datetime | None
    ) -> Sequence[Period] | None:
        """How its total grew."""
        found = await self.pasts([campaign], interval.grain)
        return history.intervals(found[0], interval, since, until, self.now(), self.zone) if found else None

    async def engagement_history(
        self, campaign: CampaignId, interval: Interval, since: datetime | None, until: datetime | None
    ) -> Sequence[Engagement]:
        """The last sample of each interval."""
        kept = (await self.past_shelf.engagement([campaign]))[0]
        return history.samples(kept, interval, since, until, self.zone)

    async def pasts(self, campaigns: Sequence[CampaignId], grain: Interval) -> list[Past]:
        """The pasts of those that have one."""
        return [past for past in await self.past_shelf.pasts(campaigns, grain) if past is not None]

    @property
    def zone(self) -> tzinfo:
        """In which days and months are cut."""
        return ZoneInfo(self.time_zone)

"""Endorsements with what donations that name them gave, and engagement beside it, never mixed with money."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from gateway.read.known import Known
from gateway.read.paging import Key, page
from schema.api.readings import EngagementReading, PostReading
from schema.model.endorsement import Endorsement, Post, PublicAccount
from schema.model.engagement import Engagement
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.money import Currency
from schema.model.page import Page
from schema.model.total import Basis

MAX_POSTS: Final = 20


class EndorsementReads(Known):
    """The part of ``schema.api.ports.Reads`` that is about public accounts and their posts."""

    async def endorsements(self, campaign: CampaignId, *, first: int, after: str | None) -> Page[Endorsement]:
        """Those of one campaign, by the amount raised."""
        return page(await self.endorsed([campaign]), self.by_worth, first=first, after=after)

    async def endorsement(self, campaign: CampaignId, endorser: str) -> Endorsement | None:
        """One of them."""
        return next((found for found in await self.endorsed([campaign]) if found.endorser == endorser), None)

    async def endorsed(self, campaigns: Sequence[CampaignId]) -> list[Endorsement]:
        """All that speak for these campaigns, in no order. One round trip, and none where no endorser is declared."""
        declared = self.follower.directory.endorsers
        asked = [each for each in campaigns if declared and each in self.follower.campaigns]
        sums = await self.follower.shelf.endorsed(asked)
        return [
            endorsement
            for campaign, own in zip(asked, sums, strict=True)
            for endorsement in declared.of(campaign, self._currency(campaign), own)
        ]

    def by_worth(self, endorsement: Endorsement) -> Key:
        """The largest first, compared at the latest rates; without a rate later, and unknown last."""
        raised = endorsement.raised
        worth = None if raised is None else self.follower.catalog.worth(raised)
        return (
            2.0 if raised is None else 1.0 if worth is None else 0.0,
            -(worth or 0.0),
            0 if raised is None else -raised.minor,
            str(endorsement.campaign),
            endorsement.endorser,
        )

    async def posts(self, endorsement: Endorsement) -> Sequence[PostReading]:
        """Newest first; what was never read of one stands at the end."""
        platform = endorsement.account.platform
        read = [self._post(platform, native) for native in endorsement.posts]
        read.sort(key=lambda each: (each.published_at is None, -_seconds(each.published_at), each.native_id))
        return [PostReading(post, self._counted(platform, post.engagement)) for post in read[:MAX_POSTS]]

    async def followers(self, account: PublicAccount) -> int | None:
        """As last read."""
        return self.follower.followers.get(account.platform or "", {}).get(account.native_id or "")

    async def engagement(self, campaign: CampaignId) -> EngagementReading | None:
        """The sum over its posts; as fresh as the stalest of them."""
        counted: list[tuple[str, Engagement]] = []
        for declared in self.follower.directory.endorsers.posts:
            if declared.campaign == campaign:
                read = self._post(declared.platform, declared.native_id).engagement
                counted += [] if read is None else [(declared.platform, read)]
        total = Engagement.total(each for _, each in counted)
        worst = Freshness.worst([self._counted(platform, each) for platform, each in counted])
        return None if total is None or worst is None else EngagementReading(total, worst)

    def _post(self, platform: str | None, native: str) -> Post:
        return self.follower.posts.get(platform or "", {}).get(native) or self._unread(platform, native)

    def _unread(self, platform: str | None, native: str) -> Post:
        posts: Iterable[str | None] = (
            post.url
            for post in self.follower.directory.endorsers.posts
            if post.platform == platform and post.native_id == native
        )
        return Post(native, url=next(iter(posts), None))

    def _counted(self, platform: str | None, engagement: Engagement | None) -> Freshness:
        spec = self.follower.directory.platforms.get(platform or "")
        every = None if spec is None else spec.pace.posts
        if engagement is None or every is None or not self.follower.connected:
            return Freshness.STALE
        return Freshness.CACHED if self.now() - engagement.as_of <= 2 * every + timedelta(minutes=1) else Freshness.STALE

    def _currency(self, campaign: CampaignId) -> Currency | None:
        """In which donations that name somebody are added up, or None where none are: the network states the total."""
        row = self.follower.totals[campaign]
        if (self.follower.directory.basis(campaign) if row is None else row.basis) is not Basis.COUNTED:
            return None
        known = self.follower.campaigns.get(campaign)  # the configuration may have it no more since it was asked about
        return row.currency if row is not None else None if known is None else known.currency


def _seconds(moment: datetime | None) -> float:
    return 0.0 if moment is None else moment.timestamp()

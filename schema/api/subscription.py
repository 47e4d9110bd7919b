"""Everything that can be followed live."""

import math
from collections.abc import AsyncIterable
from typing import Annotated, Final, TypeAlias

import strawberry

from schema.api import ids
from schema.api.field import Info, argument, feed, object_type
from schema.api.following import Following
from schema.api.pagination import present
from schema.api.scalars import Position
from schema.api.types.season_updates import SeasonDonationsUpdate, SeasonTotalUpdate
from schema.api.types.updates import CampaignDonationsUpdate, CampaignTotalUpdate
from schema.model.errors import BadUserInput, NotFound
from schema.model.ids import CampaignId

MAX_FOLLOWED: Final = 100

Followed: TypeAlias = Annotated[strawberry.ID, argument("The id of the campaign.", name="id")]
Slug: TypeAlias = Annotated[str, argument("The short name of the season.")]


@object_type
class Subscription:
    """Everything that can be followed live. A feed stays open when its campaign or season has ended."""

    @feed
    def campaign_total(
        self,
        info: Info,
        campaign: Followed,
        after: Annotated[
            Position | None,
            argument("The position of the last message or Total seen, to learn whether the two join without a gap."),
        ] = strawberry.UNSET,
        max_rate: Annotated[
            float,
            argument(
                "The most messages wanted in a second, above 0: 0.2 is one in five seconds. "
                "A value above the server's own limit is lowered to it."
            ),
        ] = 10,
    ) -> AsyncIterable[CampaignTotalUpdate]:
        """One campaign's total. The newest state wins: what happened between two messages is not told, \
        and the last value is never lost."""
        updates = info.context.live.campaign_total(followed(campaign), max_rate=rate(max_rate))
        return Following(updates, lambda update: CampaignTotalUpdate(update=update), present(after))

    @feed
    def campaign_totals(
        self,
        info: Info,
        wanted: Annotated[list[strawberry.ID], argument("The ids of 1 to 100 campaigns.", name="ids")],
        max_rate: Annotated[
            float, argument("The most messages wanted in a second for each campaign, as in `campaignTotal`.")
        ] = 10,
    ) -> AsyncIterable[CampaignTotalUpdate]:
        """The totals of several campaigns: first one message for each, then one for each change. \
        Every connection begins anew."""
        if not 1 <= len(wanted) <= MAX_FOLLOWED:
            over = "followed_totals" if wanted else None
            raise BadUserInput(f"1 to {MAX_FOLLOWED} campaigns are followed at once", argument="ids", limit=over)
        campaigns = tuple(dict.fromkeys(followed(campaign) for campaign in wanted))
        updates = info.context.live.campaign_totals(campaigns, max_rate=rate(max_rate))
        return Following(updates, lambda update: CampaignTotalUpdate(update=update))

    @feed
    def season_total(
        self,
        info: Info,
        slug: Slug,
        max_rate: Annotated[float, argument("The most messages wanted in a second, as in `campaignTotal`.")] = 10,
    ) -> AsyncIterable[SeasonTotalUpdate]:
        """One season's total. The newest state wins, so there is nothing to resume: \
        every connection begins with the state as it stands."""
        updates = info.context.live.season_total(slug, max_rate=rate(max_rate))
        return Following(updates, lambda update: SeasonTotalUpdate(update=update))

    @feed
    def campaign_donations(
        self,
        info: Info,
        campaign: Followed,
        after: Annotated[
            Position | None,
            argument(
                "The position of the last message or Total seen. What came after it is sent first, "
                "if all of it is known and it is at most 300 entries;\n"
                "otherwise the first message says that there is a hole."
            ),
        ] = strawberry.UNSET,
    ) -> AsyncIterable[CampaignDonationsUpdate]:
        """Donations to one campaign, in order, gathered into at most 10 messages in a second. \
        The first message comes at once and may hold none."""
        updates = info.context.live.campaign_donations(followed(campaign))
        return Following(updates, lambda update: CampaignDonationsUpdate(update=update), present(after))

    @feed
    def season_donations(self, info: Info, slug: Slug) -> AsyncIterable[SeasonDonationsUpdate]:
        """Donations to all campaigns of one season, gathered into at most 10 messages in a second. \
        Nothing is replayed after a reconnect."""
        updates = info.context.live.season_donations(slug)
        return Following(updates, lambda update: SeasonDonationsUpdate(update=update))


def followed(text: str) -> CampaignId:
    """The campaign that a feed is asked for. Raises NotFound where no campaign can have that id."""
    campaign = ids.read_campaign(text)
    if campaign is None:
        raise NotFound("there is no campaign with this id")
    return campaign


def rate(messages_a_second: float) -> float:
    """The rate that a feed is asked for, above 0 and finite, else BadUserInput."""
    if not (math.isfinite(messages_a_second) and messages_a_second > 0):
        raise BadUserInput("a rate is a number of messages in a second, above 0", argument="maxRate")
    return messages_a_second

"""Everything that can be followed live."""

import math
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Annotated, TypeAlias, TypeVar

import strawberry

from schema.api import ids
from schema.api.field import Info, argument, feed, object_type
from schema.api.pagination import present
from schema.api.scalars import Position
from schema.api.types.updates import CampaignDonationsUpdate, CampaignTotalUpdate
from schema.model.errors import BadUserInput, NotFound
from schema.model.ids import CampaignId

Followed: TypeAlias = Annotated[strawberry.ID, argument("The id of the campaign.", name="id")]

Told = TypeVar("Told")
Shown = TypeVar("Shown")


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
    ) -> AsyncGenerator[CampaignTotalUpdate, None]:
        """One campaign's total. The newest state wins: what happened between two messages is not told, \
        and the last value is never lost."""
        updates = info.context.live.campaign_total(followed(campaign), after=present(after), max_rate=rate(max_rate))
        return _shown(updates, lambda update: CampaignTotalUpdate(update=update))

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
    ) -> AsyncGenerator[CampaignDonationsUpdate, None]:
        """Donations to one campaign, in order, gathered into at most 10 messages in a second. \
        The first message comes at once and may hold none."""
        updates = info.context.live.campaign_donations(followed(campaign), after=present(after))
        return _shown(updates, lambda update: CampaignDonationsUpdate(update=update))


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


async def _shown(updates: AsyncGenerator[Told, None], show: Callable[[Told], Shown]) -> AsyncGenerator[Shown, None]:
    # Whoever leaves closes this generator, and so the feed behind it, at once and not when memory is cleaned up.
    async with aclosing(updates):
        async for update in updates:
            yield show(update)

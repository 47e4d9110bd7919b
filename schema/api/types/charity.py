"""An organisation that receives money, as clients see it."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.api import ids
from schema.api.field import Info, field, object_type
from schema.api.pagination import After, First
from schema.api.scalars import URL, safe_url
from schema.api.types.campaign_filter import CampaignOrder, Chosen, Sorted, conditions
from schema.api.types.node import Node
from schema.model import charity as model

if TYPE_CHECKING:
    from schema.api.types.campaigns import CampaignConnection


@object_type
class Charity(Node):
    """An organisation that receives money. Topics are not charities: they are the `categories` of a campaign."""

    value: strawberry.Private[model.Charity]

    @field
    def id(self) -> strawberry.ID:
        """The global id. One charity on two networks has one id only where the configuration declares them the same."""
        return ids.charity_id(self.value.key)

    @field
    def name(self) -> str:
        """The name."""
        return self.value.name

    @field
    def registration_number(self) -> str | None:
        """The number in the charity register of its country, where the network or the configuration states it."""
        return self.value.registration_number

    @field
    def website(self) -> URL | None:
        """The charity's own site."""
        return safe_url(self.value.website)

    @field
    def logo(self) -> URL | None:
        """A picture of its emblem."""
        return safe_url(self.value.logo)

    @field
    async def campaigns(
        self,
        info: Info,
        chosen: Chosen = strawberry.UNSET,
        order_by: Sorted = CampaignOrder.RAISED_DESC,
        first: First = 20,
        after: After = strawberry.UNSET,
    ) -> Annotated["CampaignConnection", strawberry.lazy("schema.api.types.campaigns")] | None:
        """The campaigns that raise money for it."""
        # Campaigns have charities and charities campaigns: one of the two is imported late.
        from schema.api.types.campaigns import campaign_page

        where = conditions(chosen, charity=self.value.key)
        return await campaign_page(info.context.reads, where, order_by, first, after)

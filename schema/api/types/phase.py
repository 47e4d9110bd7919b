"""A dated part of a season, as clients see it."""

from datetime import datetime

import strawberry

from schema.api import ids
from schema.api.field import Info, field, object_type
from schema.api.pagination import After, First
from schema.api.types.campaign_filter import CampaignOrder, Chosen, Sorted, conditions
from schema.api.types.campaigns import CampaignConnection, campaign_page
from schema.api.types.converted import Wanted, code
from schema.api.types.node import Node
from schema.api.types.season_total import SeasonTotal
from schema.model import season as model


@object_type
class Phase(Node):
    """A dated part of a season with campaigns of its own: first one charity, then many."""

    value: strawberry.Private[model.Phase]

    @field
    def id(self) -> strawberry.ID:
        """The global id."""
        return ids.phase_id(self.value.season, self.value.slug)

    @field
    def slug(self) -> str:
        """The short name, unique within the season."""
        return self.value.slug

    @field
    def name(self) -> str:
        """The name."""
        return self.value.name

    @field
    def starts_at(self) -> datetime:
        """When it starts or started."""
        return self.value.starts_at

    @field
    def ends_at(self) -> datetime | None:
        """When it ends or ended; null while its end is open."""
        return self.value.ends_at

    @field
    async def campaigns(
        self,
        info: Info,
        chosen: Chosen = strawberry.UNSET,
        order_by: Sorted = CampaignOrder.RAISED_DESC,
        first: First = 20,
        after: After = strawberry.UNSET,
    ) -> CampaignConnection | None:
        """The campaigns of this phase. A campaign can be in several phases."""
        where = conditions(chosen, within=self.value.members)
        return await campaign_page(info.context.reads, where, order_by, first, after)

    @field
    async def total(self, info: Info, currency: Wanted = strawberry.UNSET) -> SeasonTotal | None:
        """The sum of these campaigns' totals, each once and whole as in a season's. \
        So the phases need not add up to the season."""
        return SeasonTotal(reading=await info.context.reads.season_total(self.value, code(currency)))

"""Everything that can be read."""

import asyncio
from typing import Annotated, Final, cast

import strawberry

from schema.api import ids
from schema.api.field import Info, argument, field, object_type
from schema.api.nodes import campaign_node, charity_node, find, season_node
from schema.api.pagination import After, First, page_size, present
from schema.api.types.campaign import Campaign
from schema.api.types.campaign_filter import CampaignOrder, Chosen, Sorted, conditions
from schema.api.types.campaigns import CampaignConnection, campaign_page
from schema.api.types.charities import CharityConnection
from schema.api.types.charity import Charity
from schema.api.types.node import Node
from schema.api.types.platform import Platform
from schema.api.types.rate_limit import RateLimit
from schema.api.types.search import searched
from schema.api.types.season import Season
from schema.api.types.seasons import SeasonConnection
from schema.model.errors import BadUserInput

MAX_NODES: Final = 100


@object_type
class Query:
    """Everything that can be read."""

    @field
    async def node(
        self, info: Info, node: Annotated[strawberry.ID, argument("The id of the object.", name="id")]
    ) -> Node | None:
        """Any object by its id, or null if there is none."""
        return await find(info.context.reads, node)

    @field
    async def nodes(
        self, info: Info, wanted: Annotated[list[strawberry.ID], argument("At most 100 ids.", name="ids")]
    ) -> list[Node | None] | None:
        """Objects by their ids, in the order asked for, with null where there is none."""
        if len(wanted) > MAX_NODES:
            raise BadUserInput(f"at most {MAX_NODES} objects are given at once", argument="ids", limit="node_ids")
        found = await asyncio.gather(*(find(info.context.reads, text) for text in wanted), return_exceptions=True)
        # graphql-core takes an exception in a list for the failure of that one row.
        return cast("list[Node | None]", found)

    @field
    async def platforms(self, info: Info) -> list[Platform] | None:
        """The networks that are connected, by key."""
        return [Platform(value=value) for value in await info.context.reads.platforms()]

    @field
    async def campaign(
        self, info: Info, campaign: Annotated[strawberry.ID, argument("The id of the campaign.", name="id")]
    ) -> Campaign | None:
        """One campaign by its id, or null if there is none."""
        return await campaign_node(info.context.reads, ids.read_campaign(campaign))

    @field
    async def campaign_by_external_id(
        self,
        info: Info,
        platform: Annotated[str, argument("The key of the network.")],
        external_id: Annotated[str, argument("The network's own id, as in `Campaign.externalId`.")],
    ) -> Campaign | None:
        """One campaign by the id that it has on its network, or null if there is none."""
        return await campaign_node(info.context.reads, ids.external(platform, external_id))

    @field
    async def campaigns(
        self,
        info: Info,
        chosen: Chosen = strawberry.UNSET,
        order_by: Sorted = CampaignOrder.RAISED_DESC,
        first: First = 20,
        after: After = strawberry.UNSET,
    ) -> CampaignConnection | None:
        """All campaigns."""
        return await campaign_page(info.context.reads, conditions(chosen), order_by, first, after)

    @field
    async def charity(
        self, info: Info, charity: Annotated[strawberry.ID, argument("The id of the charity.", name="id")]
    ) -> Charity | None:
        """One charity by its id, or null if there is none."""
        return await charity_node(info.context.reads, ids.read_charity(charity))

    @field
    async def charities(
        self,
        info: Info,
        search: Annotated[
            str | None,
            argument("Every word of this text occurs in the name, whatever the letters' case. At most 100 characters."),
        ] = strawberry.UNSET,
        first: First = 20,
        after: After = strawberry.UNSET,
    ) -> CharityConnection | None:
        """All charities, by name."""
        wanted, size, after = searched(search), page_size(first), present(after)
        return CharityConnection(page=await info.context.reads.charities(wanted, first=size, after=after), after=after)

    @field
    async def season(self, info: Info, slug: Annotated[str, argument("The short name of the season.")]) -> Season | None:
        """One season by its short name, or null if there is none."""
        return await season_node(info.context.reads, slug)

    @field
    async def seasons(self, info: Info, first: First = 20, after: After = strawberry.UNSET) -> SeasonConnection | None:
        """All seasons, latest start first."""
        size, after = page_size(first), present(after)
        return SeasonConnection(page=await info.context.reads.seasons(first=size, after=after), after=after)

    @field
    def reporting_time_zone(self, info: Info) -> str | None:
        """The time zone in which the days and months of histories are cut, as an IANA name such as Asia/Shanghai."""
        return info.context.reads.time_zone

    @field
    def rate_limit(self) -> RateLimit | None:
        """The caller's budget, or null for a caller without a key."""
        return None  # nobody has a key yet

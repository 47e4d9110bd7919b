"""Campaigns in a list."""

import strawberry

from schema.api.field import field, object_type
from schema.api.pagination import page_size, present
from schema.api.ports import Reads
from schema.api.types.campaign import Campaign
from schema.api.types.pages import PageInfo
from schema.model import campaign as model
from schema.model.page import CampaignFilter, CampaignOrder, Page


@object_type
class CampaignEdge:
    """A campaign in a list."""

    place: strawberry.Private[str]
    value: strawberry.Private[model.Campaign]

    @field
    def cursor(self) -> str:
        """The place of this row, to be sent as `after`."""
        return self.place

    @field
    def node(self) -> Campaign:
        """The campaign."""
        return Campaign(value=self.value)


@object_type
class CampaignConnection:
    """A page of campaigns."""

    page: strawberry.Private[Page[model.Campaign]]
    after: strawberry.Private[str | None]

    @field
    def edges(self) -> list[CampaignEdge]:
        """The rows with their cursors."""
        return [CampaignEdge(place=cursor, value=value) for cursor, value in self.page.rows]

    @field
    def nodes(self) -> list[Campaign]:
        """The rows without their cursors."""
        return [Campaign(value=value) for _, value in self.page.rows]

    @field
    def page_info(self) -> PageInfo:
        """Where the page lies in the list."""
        return PageInfo(page=self.page, after=self.after)

    @field
    def total_count(self) -> int:
        """How many rows the whole list has."""
        return self.page.total


async def campaign_page(
    reads: Reads, where: CampaignFilter | None, order: CampaignOrder, first: int, after: str | None
) -> CampaignConnection:
    """The page that was asked for. Without ``where`` no campaign can be in it, and nothing is read."""
    size, after = page_size(first), present(after)
    page: Page[model.Campaign] = Page((), has_next=False, total=0)
    if where is not None:
        page = await reads.campaigns(where, order, first=size, after=after)
    return CampaignConnection(page=page, after=after)

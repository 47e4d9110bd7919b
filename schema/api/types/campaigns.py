"""Campaigns in a list."""

import strawberry

from schema.api.field import field, object_type
from schema.api.pagination import page_size, present
from schema.api.ports import Reads
from schema.api.readings import CampaignReading
from schema.api.types.campaign import Campaign
from schema.api.types.pages import PageInfo
from schema.model.page import CampaignFilter, CampaignOrder, Page


@object_type
class CampaignEdge:
    """A campaign in a list."""

    place: strawberry.Private[str]
    reading: strawberry.Private[CampaignReading]

    @field
    def cursor(self) -> str:
        """The place of this row, to be sent as `after`."""
        return self.place

    @field
    def node(self) -> Campaign:
        """The campaign."""
        return Campaign(reading=self.reading)


@object_type
class CampaignConnection:
    """A page of campaigns."""

    page: strawberry.Private[Page[CampaignReading]]
    after: strawberry.Private[str | None]

    @field
    def edges(self) -> list[CampaignEdge]:
        """The rows with their cursors."""
        return [CampaignEdge(place=cursor, reading=reading) for cursor, reading in self.page.rows]

    @field
    def nodes(self) -> list[Campaign]:
        """The rows without their cursors."""
        return [Campaign(reading=reading) for _, reading in self.page.rows]

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
    page: Page[CampaignReading] = Page((), has_next=False, total=0)
    if where is not None:
        page = await reads.campaigns(where, order, first=size, after=after)
    return CampaignConnection(page=page, after=after)

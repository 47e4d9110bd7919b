"""Donations in a list."""

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from schema.api.field import field, input_type, object_type
from schema.api.pagination import page_size, present
from schema.api.ports import Reads
from schema.api.types.donation import Donation
from schema.api.types.pages import PageInfo
from schema.model import donation as model
from schema.model.page import Page

if TYPE_CHECKING:
    from schema.api.types.campaign import Campaign


@input_type
class DonationFilter:
    """Which donations to list. All given conditions must hold."""

    since: datetime | None = strawberry.field(default=strawberry.UNSET, description="Donations made at this moment or later.")
    until: datetime | None = strawberry.field(default=strawberry.UNSET, description="Donations made before this moment.")


@object_type
class DonationEdge:
    """A donation in a list."""

    place: strawberry.Private[str]
    value: strawberry.Private[model.Donation]
    receiver: strawberry.Private["Campaign"]

    @field
    def cursor(self) -> str:
        """The place of this row, to be sent as `after`."""
        return self.place

    @field
    def node(self) -> Donation:
        """The donation."""
        return Donation(value=self.value, receiver=self.receiver)


@object_type
class DonationConnection:
    """A page of donations, newest first."""

    page: strawberry.Private[Page[model.Donation]]
    after: strawberry.Private[str | None]
    receiver: strawberry.Private["Campaign"]

    @field
    def edges(self) -> list[DonationEdge]:
        """The rows with their cursors."""
        return [DonationEdge(place=cursor, value=value, receiver=self.receiver) for cursor, value in self.page.rows]

    @field
    def nodes(self) -> list[Donation]:
        """The rows without their cursors."""
        return [Donation(value=value, receiver=self.receiver) for _, value in self.page.rows]

    @field
    def page_info(self) -> PageInfo:
        """Where the page lies in the list."""
        return PageInfo(page=self.page, after=self.after)

    @field
    def total_count(self) -> int:
        """How many rows the whole list has. The total's `donationCount` may be higher, because some gifts are never listed."""
        return self.page.total


async def donation_page(
    reads: Reads, receiver: "Campaign", chosen: DonationFilter | None, first: int, after: str | None
) -> DonationConnection | None:
    """The page of ``receiver``'s donations that was asked for, or None where its source tells no single ones."""
    size, after, span = page_size(first), present(after), present(chosen) or DonationFilter()
    page = await reads.donations(
        receiver.value.id, since=present(span.since), until=present(span.until), first=size, after=after
    )
    return None if page is None else DonationConnection(page=page, after=after, receiver=receiver)

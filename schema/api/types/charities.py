"""Charities in a list."""

import strawberry

from schema.api.field import field, object_type
from schema.api.types.charity import Charity
from schema.api.types.pages import PageInfo
from schema.model import charity as model
from schema.model.page import Page


@object_type
class CharityEdge:
    """A charity in a list."""

    place: strawberry.Private[str]
    value: strawberry.Private[model.Charity]

    @field
    def cursor(self) -> str:
        """The place of this row, to be sent as `after`."""
        return self.place

    @field
    def node(self) -> Charity:
        """The charity."""
        return Charity(value=self.value)


@object_type
class CharityConnection:
    """A page of charities, by name."""

    page: strawberry.Private[Page[model.Charity]]
    after: strawberry.Private[str | None]

    @field
    def edges(self) -> list[CharityEdge]:
        """The rows with their cursors."""
        return [CharityEdge(place=cursor, value=value) for cursor, value in self.page.rows]

    @field
    def nodes(self) -> list[Charity]:
        """The rows without their cursors."""
        return [Charity(value=value) for _, value in self.page.rows]

    @field
    def page_info(self) -> PageInfo:
        """Where the page lies in the list."""
        return PageInfo(page=self.page, after=self.after)

    @field
    def total_count(self) -> int:
        """How many rows the whole list has."""
        return self.page.total

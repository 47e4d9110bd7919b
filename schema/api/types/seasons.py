"""Seasons in a list."""

import strawberry

from schema.api.field import field, object_type
from schema.api.types.pages import PageInfo
from schema.api.types.season import Season
from schema.model import season as model
from schema.model.page import Page


@object_type
class SeasonEdge:
    """A season in a list."""

    place: strawberry.Private[str]
    value: strawberry.Private[model.Season]

    @field
    def cursor(self) -> str:
        """The place of this row, to be sent as `after`."""
        return self.place

    @field
    def node(self) -> Season:
        """The season."""
        return Season(value=self.value)


@object_type
class SeasonConnection:
    """A page of seasons, latest start first."""

    page: strawberry.Private[Page[model.Season]]
    after: strawberry.Private[str | None]

    @field
    def edges(self) -> list[SeasonEdge]:
        """The rows with their cursors."""
        return [SeasonEdge(place=cursor, value=value) for cursor, value in self.page.rows]

    @field
    def nodes(self) -> list[Season]:
        """The rows without their cursors."""
        return [Season(value=value) for _, value in self.page.rows]

    @field
    def page_info(self) -> PageInfo:
        """Where the page lies in the list."""
        return PageInfo(page=self.page, after=self.after)

    @field
    def total_count(self) -> int:
        """How many rows the whole list has."""
        return self.page.total

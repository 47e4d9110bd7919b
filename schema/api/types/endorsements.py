"""Endorsements in a list."""

import strawberry

from schema.api.field import field, object_type
from schema.api.types.endorsement import Endorsement
from schema.api.types.pages import PageInfo
from schema.model import endorsement as model
from schema.model.page import Page


@object_type
class EndorsementEdge:
    """An endorsement in a list."""

    place: strawberry.Private[str]
    value: strawberry.Private[model.Endorsement]

    @field
    def cursor(self) -> str:
        """The place of this row, to be sent as `after`."""
        return self.place

    @field
    def node(self) -> Endorsement:
        """The endorsement."""
        return Endorsement(value=self.value)


@object_type
class EndorsementConnection:
    """A page of endorsements, by the amount raised."""

    page: strawberry.Private[Page[model.Endorsement]]
    after: strawberry.Private[str | None]

    @field
    def edges(self) -> list[EndorsementEdge]:
        """The rows with their cursors."""
        return [EndorsementEdge(place=cursor, value=value) for cursor, value in self.page.rows]

    @field
    def nodes(self) -> list[Endorsement]:
        """The rows without their cursors."""
        return [Endorsement(value=value) for _, value in self.page.rows]

    @field
    def page_info(self) -> PageInfo:
        """Where the page lies in the list."""
        return PageInfo(page=self.page, after=self.after)

    @field
    def total_count(self) -> int:
        """How many rows the whole list has."""
        return self.page.total

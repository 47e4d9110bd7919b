"""Where a page lies. The connections themselves are beside what they list."""

from typing import Any

import strawberry

from schema.api.field import field, object_type
from schema.model.page import Page


@object_type
class PageInfo:
    """Where a page lies in its list."""

    page: strawberry.Private[Page[Any]]
    after: strawberry.Private[str | None]

    @field
    def has_next_page(self) -> bool:
        """Whether more rows follow this page."""
        return self.page.has_next

    @field
    def has_previous_page(self) -> bool:
        """Whether rows may lie before this page, which is so whenever `after` was given."""
        return self.after is not None

    @field
    def start_cursor(self) -> str | None:
        """The cursor of the first row, or null on an empty page."""
        return self.page.rows[0][0] if self.page.rows else None

    @field
    def end_cursor(self) -> str | None:
        """The cursor of the last row, to be sent as `after`, or null on an empty page."""
        return self.page.rows[-1][0] if self.page.rows else None

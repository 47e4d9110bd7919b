"""One page of a list that goes forward."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

from schema.model.campaign import CampaignStatus
from schema.model.ids import CampaignId
from schema.model.season import Members

Row = TypeVar("Row")
MAX_SEARCH: Final = 100
"""Characters of a text that is searched for."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Rows with their cursors. A cursor holds a place in the order, not an offset. ``total`` counts the whole list."""

    rows: tuple[tuple[str, Row], ...]
    has_next: bool
    total: int


class CampaignOrder(StrEnum):
    """How campaigns are sorted. Rows without a value come last; equal rows follow by id."""

    RAISED_DESC = "RAISED_DESC"
    PROGRESS_DESC = "PROGRESS_DESC"
    STARTS_AT_DESC = "STARTS_AT_DESC"
    ENDS_AT_ASC = "ENDS_AT_ASC"
    UPDATED_AT_DESC = "UPDATED_AT_DESC"


@dataclass(frozen=True, slots=True)
class CampaignFilter:
    """All given conditions must hold; an empty one sets none."""

    platforms: tuple[str, ...] = ()
    statuses: tuple[CampaignStatus, ...] = ()
    charity: str | None = None
    categories: tuple[str, ...] = ()
    currency: str | None = None
    parent: CampaignId | None = None
    within: Members | None = None
    """Only campaigns of a season or phase."""
    search: str = ""
    """Every word of it occurs in the title or in the charity's name; one without words sets no condition."""


ALL: Final = CampaignFilter()
"""Every campaign meets it."""

"""Which campaigns to list, and in which order."""

from typing import Annotated, TypeAlias

import strawberry

from schema.api import ids
from schema.api.field import argument, enum_type, input_type
from schema.api.pagination import present
from schema.api.types.campaign_status import CampaignStatus
from schema.api.types.search import searched
from schema.model import page as model
from schema.model.money import Currency
from schema.model.page import CampaignOrder
from schema.model.season import Members

enum_type(
    CampaignOrder,
    "How campaigns are sorted. Rows without a value come last; equal rows follow by id.",
    {
        CampaignOrder.RAISED_DESC: "By the amount raised, largest first. "
        "Amounts are compared after conversion into one currency at the latest rates; within one currency,\n"
        "as with the filter `currency`, the order is exact. Amounts without a rate come last.",
        CampaignOrder.PROGRESS_DESC: "By the share of the goal that was reached, largest first. "
        "Campaigns without a goal come last.",
        CampaignOrder.STARTS_AT_DESC: "By the start, latest first.",
        CampaignOrder.ENDS_AT_ASC: "By the end, soonest first. Campaigns that have ended come after all others.",
        CampaignOrder.UPDATED_AT_DESC: "By the latest change of total, goal or status, newest first.",
    },
)

__all__ = ["CampaignFilter", "CampaignOrder", "Chosen", "Sorted", "conditions"]


@input_type
class CampaignFilter:
    """Which campaigns to list. All given conditions must hold; a list left out, null or empty sets no condition."""

    platforms: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="The campaign runs on one of the networks with these keys."
    )
    statuses: list[CampaignStatus] | None = strawberry.field(
        default=strawberry.UNSET, description="The campaign has one of these statuses."
    )
    charity: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The campaign raises money for the charity with this id."
    )
    parent: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="The campaign belongs directly to the team or event with this id."
    )
    categories: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="The campaign has one of these categories."
    )
    currency: Currency | None = strawberry.field(
        default=strawberry.UNSET, description="The campaign raises money in this currency."
    )
    search: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Every word of this text occurs in the title or in the charity's name, whatever the letters' case. "
        "At most 100 characters.",
    )


Chosen: TypeAlias = Annotated[CampaignFilter | None, argument("Narrows the list.", name="filter")]
Sorted: TypeAlias = Annotated[CampaignOrder, argument("Sorts the list.")]


def conditions(
    chosen: CampaignFilter | None, *, charity: str | None = None, within: Members | None = None
) -> model.CampaignFilter | None:
    """A filter in words of the model. The key of a ``charity`` and being ``within`` must hold besides.

    None when no campaign can meet it: its charity is none or another one, or its parent is no campaign. Raises BadUserInput
    for a value that is none.
    """
    chosen = present(chosen)
    if chosen is None:
        is_free = charity is None and within is None
        return model.ALL if is_free else model.CampaignFilter(charity=charity, within=within)
    search = searched(chosen.search)
    wanted, whole = present(chosen.charity), present(chosen.parent)
    if wanted is not None:
        key = ids.read_charity(wanted)
        if key is None or charity not in (None, key):
            return None
        charity = key
    parent = None if whole is None else ids.read_campaign(whole)
    if whole is not None and parent is None:
        return None
    currency = present(chosen.currency)
    return model.CampaignFilter(
        platforms=tuple(present(chosen.platforms) or ()),
        statuses=tuple(present(chosen.statuses) or ()),
        charity=charity,
        categories=tuple(present(chosen.categories) or ()),
        currency=None if currency is None else currency.code,
        parent=parent,
        within=within,
        search=search,
    )

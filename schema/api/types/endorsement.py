"""An account that speaks for a campaign, as clients see it."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.api import ids
from schema.api.field import Info, field, object_type
from schema.api.types.account import PublicAccount
from schema.api.types.money import Money, shown
from schema.api.types.node import Node
from schema.api.types.post import Post
from schema.model import endorsement as model

if TYPE_CHECKING:
    from schema.api.types.campaign import Campaign


@object_type
class Endorsement(Node):
    """A public account urging its followers to give to one campaign. \
    The account may be on another network than the campaign."""

    value: strawberry.Private[model.Endorsement]

    @field
    def id(self) -> strawberry.ID:
        """The global id."""
        return ids.endorsement_id(self.value.campaign, self.value.endorser)

    @field
    async def campaign(self, info: Info) -> Annotated["Campaign", strawberry.lazy("schema.api.types.campaign")]:
        """The campaign that it speaks for."""
        # Campaigns have endorsements and endorsements campaigns: one of the two is imported late.
        from schema.api.types.campaign import Campaign

        value = await info.context.reads.campaign(self.value.campaign)
        if value is None:
            raise LookupError(f"an endorsement of {self.value.campaign} is given out, but not the campaign")
        return Campaign(value=value)

    @field
    def account(self) -> PublicAccount:
        """The account that speaks."""
        return PublicAccount(value=self.value.account)

    @field
    async def posts(self, info: Info) -> list[Post]:
        """Its posts for the campaign, newest first, at most 20."""
        return [Post(reading=reading) for reading in await info.context.reads.posts(self.value)]

    @field
    def raised(self) -> Money | None:
        """What donations that name this endorsement gave, net of refunds. It is null where donations cannot name one."""
        return shown(self.value.raised)

    @field
    def donation_count(self) -> int | None:
        """How many donations name this endorsement, or null where they cannot."""
        return self.value.count

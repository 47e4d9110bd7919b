"""Campaigns across networks that belong together, as clients see them."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema.api import ids
from schema.api.field import Info, argument, field, object_type
from schema.api.pagination import After, First, page_size, present
from schema.api.types.action import Action
from schema.api.types.campaign_filter import CampaignOrder, Chosen, Sorted, conditions
from schema.api.types.campaigns import CampaignConnection, campaign_page
from schema.api.types.converted import Wanted, code
from schema.api.types.endorsements import EndorsementConnection
from schema.api.types.history import Each, FirstChange, RoundedUntil, Until, end
from schema.api.types.node import Node
from schema.api.types.phase import Phase
from schema.api.types.season_total import PlatformTotal, SeasonPeriod, SeasonTotal
from schema.model import season as model


@object_type
class Season(Node):
    """Campaigns across networks that belong together, in dated phases."""

    value: strawberry.Private[model.Season]

    @field
    def id(self) -> strawberry.ID:
        """The global id."""
        return ids.season_id(self.value.slug)

    @field
    def slug(self) -> str:
        """The short name used in addresses and arguments."""
        return self.value.slug

    @field
    def name(self) -> str:
        """The name."""
        return self.value.name

    @field
    def starts_at(self) -> datetime:
        """When it starts or started."""
        return self.value.starts_at

    @field
    def ends_at(self) -> datetime | None:
        """When it ends or ended; null while its end is open."""
        return self.value.ends_at

    @field
    def phases(self) -> list[Phase]:
        """Its phases, earliest first."""
        return [Phase(value=phase) for phase in self.value.phases]

    @field
    def current_phase(self, info: Info) -> Phase | None:
        """The phase under way, or null before, between and after them. Of two that overlap it is the one that began later."""
        phase = self.value.phase_at(info.context.reads.now())
        return None if phase is None else Phase(value=phase)

    @field
    async def campaigns(
        self,
        info: Info,
        chosen: Chosen = strawberry.UNSET,
        order_by: Sorted = CampaignOrder.RAISED_DESC,
        first: First = 20,
        after: After = strawberry.UNSET,
    ) -> CampaignConnection | None:
        """All campaigns of the season, in whichever phase."""
        where = conditions(chosen, within=self.value.members)
        return await campaign_page(info.context.reads, where, order_by, first, after)

    @field
    async def total(self, info: Info, currency: Wanted = strawberry.UNSET) -> SeasonTotal | None:
        """
        The sum of its campaigns' totals. Each campaign counts once and whole: also if it is in two phases, \
        also what it raised outside the
        season's dates (for those see `raisedBetween`); a campaign whose parent is in the season counts within the parent.
        """
        return SeasonTotal(reading=await info.context.reads.season_total(self.value, code(currency)))

    @field
    async def raised_between(
        self,
        info: Info,
        since: Annotated[datetime, argument("The beginning, rounded as for a campaign.")],
        until: RoundedUntil = strawberry.UNSET,
        currency: Wanted = strawberry.UNSET,
    ) -> SeasonPeriod | None:
        """How much its campaigns raised within a span, for example in one phase or month."""
        reading = await info.context.reads.season_raised_between(self.value, since, end(since, until), code(currency))
        return None if reading is None else SeasonPeriod(reading=reading)

    @field
    async def history(
        self,
        info: Info,
        interval: Each,
        since: FirstChange = strawberry.UNSET,
        until: Until = strawberry.UNSET,
        currency: Wanted = strawberry.UNSET,
    ) -> list[SeasonPeriod] | None:
        """How the total grew, oldest interval first, without gaps, with the limits of a campaign's history."""
        readings = await info.context.reads.season_history(
            self.value, interval, present(since), end(since, until), code(currency)
        )
        return [SeasonPeriod(reading=reading) for reading in readings]

    @field
    async def by_platform(self, info: Info, currency: Wanted = strawberry.UNSET) -> list[PlatformTotal] | None:
        """The total split by network, largest first. The parts of all rows add up to the parts of `total`."""
        shares = await info.context.reads.by_platform(self.value, code(currency))
        return [PlatformTotal(reading=share) for share in shares]

    @field
    async def endorsements(
        self, info: Info, first: First = 20, after: After = strawberry.UNSET
    ) -> EndorsementConnection | None:
        """The endorsements of all its campaigns, by the amount raised, compared as in RAISED_DESC."""
        size, after = page_size(first), present(after)
        page = await info.context.reads.season_endorsements(self.value, first=size, after=after)
        return EndorsementConnection(page=page, after=after)

    @field
    def actions(self) -> list[Action]:
        """What people can do for the season, as declared by the organisers, in their order."""
        return [Action(value=action) for action in self.value.actions]

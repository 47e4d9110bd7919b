"""The messages of a season's live feeds."""

import strawberry

from schema.api.field import Info, field, object_type
from schema.api.ports import Reads
from schema.api.readings import SeasonDonationsUpdate as DonationsUpdate
from schema.api.readings import SeasonTotalUpdate as TotalUpdate
from schema.api.types.campaign import Campaign
from schema.api.types.donation import Donation
from schema.api.types.season import Season
from schema.model import donation as model


@object_type
class SeasonTotalUpdate:
    """The state of one season, now and after each change."""

    update: strawberry.Private[TotalUpdate]

    @field
    def season(self) -> Season:
        """The season as of this message."""
        return Season(value=self.update.season)

    @field
    def recovered(self) -> bool:
        """Whether this message goes on without a gap from the one before it. \
        False marks a snapshot, as the first message always is."""
        return self.update.recovered


@object_type
class SeasonDonationsUpdate:
    """Donations to all campaigns of one season, as they come."""

    update: strawberry.Private[DonationsUpdate]

    @field
    async def received(self, info: Info) -> list[Donation]:
        """Donations that were completed since the message before, as in one campaign's feed, \
        and in order for each campaign."""
        return await _gifts(info.context.reads, self.update.received)

    @field
    async def changed(self, info: Info) -> list[Donation]:
        """Earlier donations that have changed, as in one campaign's feed."""
        return await _gifts(info.context.reads, self.update.changed)

    @field
    def missed(self) -> int | None:
        """How many entries were left out just before this message. It is null when unknown."""
        return self.update.missed

    @field
    def recovered(self) -> bool:
        """Whether this message goes on without a gap from the one before it. The first message never does."""
        return self.update.recovered


async def _gifts(reads: Reads, values: tuple[model.Donation, ...]) -> list[Donation]:
    """One row for each donation, but for those of a campaign that is not given out any more."""
    found = {campaign: await reads.campaign(campaign) for campaign in dict.fromkeys(value.campaign for value in values)}
    return [
        Donation(value=value, receiver=Campaign(value=receiver))
        for value in values
        if (receiver := found[value.campaign]) is not None
    ]

"""The messages of live feeds. Each is made from what the port sends; the campaign is read as it stands then."""

import strawberry

from schema.api.field import Info, field, object_type
from schema.api.ports import Reads
from schema.api.readings import DonationsUpdate, TotalUpdate
from schema.api.scalars import Position
from schema.api.types.campaign import Campaign
from schema.api.types.donation import Donation
from schema.model import donation as model
from schema.model.errors import NotFound
from schema.model.ids import CampaignId


@object_type
class CampaignTotalUpdate:
    """The state of one campaign, now and after each change."""

    update: strawberry.Private[TotalUpdate]

    @field
    async def campaign(self, info: Info) -> Campaign:
        """The campaign as of this message. \
        The new figures are its own: select `campaign { id status goal { … } total { … } }`."""
        return await _campaign(info.context.reads, self.update.campaign)

    @field
    def position(self) -> Position:
        """The place of this message in the campaign's feed, to be sent as `after` when connecting again."""
        return Position(self.update.position)

    @field
    def recovered(self) -> bool:
        """
        Whether this message goes on without a gap: the first one from the position sent as `after`, \
        every other one from the message before it
        about the same campaign. False marks a snapshot: replace what is shown, even by a lower figure.
        """
        return self.update.recovered


@object_type
class CampaignDonationsUpdate:
    """Donations to one campaign, as they come."""

    update: strawberry.Private[DonationsUpdate]

    @field
    async def campaign(self, info: Info) -> Campaign:
        """The campaign as of this message. \
        Where the network reports totals, its total may move a moment before or after the donation."""
        return await _campaign(info.context.reads, self.update.campaign)

    @field
    async def received(self, info: Info) -> list[Donation]:
        """
        Donations that were completed since the message before, oldest first, at most 100: show them. \
        A donation of which the gateway learned more
        than an hour after it was made, as from a bill or an export, is not announced; it is in the total and in the list.
        """
        return await self._gifts(info.context.reads, self.update.received)

    @field
    async def changed(self, info: Info) -> list[Donation]:
        """
        Earlier donations that have changed, by a refund, a moderated text or an erasure, at most 100: \
        amend them quietly where they are shown, and
        ignore them where they are not.
        """
        return await self._gifts(info.context.reads, self.update.changed)

    @field
    def missed(self) -> int | None:
        """How many entries were left out just before this message, as the reader was too slow or away too long. \
        It is null when unknown."""
        return self.update.missed

    @field
    def position(self) -> Position:
        """The place of this message in the campaign's feed, to be sent as `after` when connecting again."""
        return Position(self.update.position)

    @field
    def recovered(self) -> bool:
        """
        Whether this message goes on without a gap: the first one from the position sent as `after`, \
        every other one from the message before it.
        False marks a start or a hole: read `campaign { donations }` again.
        """
        return self.update.recovered

    async def _gifts(self, reads: Reads, values: tuple[model.Donation, ...]) -> list[Donation]:
        if not values:
            return []
        receiver = await _campaign(reads, self.update.campaign)
        return [Donation(value=value, receiver=receiver) for value in values]


async def _campaign(reads: Reads, campaign: CampaignId) -> Campaign:
    value = await reads.campaign(campaign)
    if value is None:
        raise NotFound("there is no such campaign any more")
    return Campaign(value=value)

"""One gift to one campaign, as clients see it."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.api import ids
from schema.api.field import Info, enum_type, field, object_type
from schema.api.types.amount_source import AmountSource
from schema.api.types.endorsement import Endorsement
from schema.api.types.money import Money, shown
from schema.api.types.node import Node
from schema.model import donation as model
from schema.model.donation import DonationKind, DonationStatus

if TYPE_CHECKING:
    from schema.api.types.campaign import Campaign

enum_type(
    DonationKind,
    "What kind of gift a donation is.",
    {
        DonationKind.ONE_TIME: "It was given once, or the network does not tell: every network.",
        DonationKind.RECURRING: "It is one payment of a recurring gift: Tiltify.",
        DonationKind.MATCH: "A sponsor paid it to match others' gifts: Tiltify, and the corporate matching of WeChat Pay.",
        DonationKind.OFFLINE: "It was collected outside the network, such as cash, and entered afterwards: partner exports.",
    },
)

enum_type(
    DonationStatus,
    "What has become of a completed donation. Donations that are not completed are not shown.",
    {
        DonationStatus.COMPLETED: "It stands in full: every network.",
        DonationStatus.PARTIALLY_REFUNDED: "A part of it went back: WeChat Pay, Alipay, partner exports.",
        DonationStatus.REFUNDED: "All of it went back: WeChat Pay, Alipay, Weibo Pay, JustGiving, partner exports.",
        DonationStatus.CANCELLED: "The network withdrew it without a refund, such as a payment that was rejected later: "
        "WeChat Pay, JustGiving.",
    },
)


@object_type
class Donation(Node):
    """One gift to one campaign."""

    value: strawberry.Private[model.Donation]
    receiver: strawberry.Private["Campaign"]

    @field
    def id(self) -> strawberry.ID:
        """The global id. It is made from a hash, because some networks put the donor's own id into the donation's."""
        return ids.donation_id(self.value.campaign, self.value.entity)

    @field
    def campaign(self) -> Annotated["Campaign", strawberry.lazy("schema.api.types.campaign")]:
        """The campaign to which it was given: of a team and its listed member, the member. \
        So every gift is listed and announced once."""
        return self.receiver

    @field
    def amount(self) -> Money | None:
        """
        What the donor gave, before refunds and fees, in the currency in which the network states it. \
        It is null, never zero, where the donor
        hid it (DonorDrive, JustGiving).
        """
        return shown(self.value.amount)

    @field
    def refunded(self) -> Money | None:
        """The part that went back to the donor, or null where that is not known."""
        return shown(self.value.refunded)

    @field
    def kind(self) -> DonationKind:
        """What kind of gift it is."""
        return self.value.kind

    @field
    def status(self) -> DonationStatus:
        """What has become of it."""
        return self.value.status

    @field
    def donor_name(self) -> str | None:
        """
        The name under which the network shows the donor. It is null for an anonymous donor, and always on payment networks. \
        It can change or go.
        """
        return self.value.donor_name

    @field
    def message(self) -> str | None:
        """The donor's message, where the network itself publishes it. \
        It is plain text of at most 500 characters and can change or go."""
        return self.value.message

    @field
    def donated_at(self) -> datetime:
        """When it was made. \
        Where the network does not tell (Twitch), it is the time of its event or of the first sighting."""
        return self.value.donated_at

    @field
    def source(self) -> AmountSource:
        """By which way the gateway first learned of it."""
        return self.value.source

    @field
    async def endorsement(self, info: Info) -> Endorsement | None:
        """The endorsement that the donation names."""
        if not self.value.endorser:
            return None
        value = await info.context.reads.endorsement(self.value.campaign, self.value.endorser)
        return None if value is None else Endorsement(value=value)

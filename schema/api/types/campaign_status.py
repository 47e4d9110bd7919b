"""Where a campaign stands."""

from schema.api.field import enum_type
from schema.model.campaign import CampaignStatus

enum_type(
    CampaignStatus,
    "Where a campaign stands in its life.",
    {
        CampaignStatus.SCHEDULED: "It is announced and does not take donations yet.",
        CampaignStatus.ACTIVE: "It takes donations.",
        CampaignStatus.ENDED: "It takes no donations any more. "
        "Networks that do not tell a pause from an end (Twitch) may report it as running again.",
    },
)

__all__ = ["CampaignStatus"]

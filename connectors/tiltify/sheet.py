"""Tiltify's own words and figures, by group, each with the page it comes from. *Assumed* marks what no page says."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from schema.model.campaign import CampaignStatus

# REST: https://developers.tiltify.com/api-reference/public
BASE_URL: Final = "https://v5api.tiltify.com"
PAGE: Final = "100"
"""Rows a page; more is refused or cut."""
LAG: Final = timedelta(seconds=10)
"""How far answers may be behind what is pushed; what was asked for is dated this much back (*assumed*)."""

# What raises money ("fact" in Tiltify's words), nearest to the donor first, and where each kind is asked for.
FOLDERS: Final[Mapping[str, str]] = MappingProxyType(
    {"campaign": "campaigns", "team_campaign": "team_campaigns", "fundraising_event": "fundraising_events"}
)
# The fields that name one, in a donation and in what supports another. *Assumed*: a "team event" is a team campaign.
NAMED_BY: Final[Mapping[str, str]] = MappingProxyType(
    {"campaign_id": "campaign", "team_event_id": "team_campaign", "fundraising_event_id": "fundraising_event"}
)
PARENTS: Final = ("team_event_id", "fundraising_event_id")
# Who supports one is listed there; of a fundraising event *assumed* to be campaigns and team campaigns alike.
SUPPORTERS: Final[Mapping[str, str]] = MappingProxyType(
    {"campaign": "supporting_campaigns", "team_campaign": "supporting_campaigns", "fundraising_event": "supporting_events"}
)
PARENTS_EVERY: Final = timedelta(minutes=10)
WITH_MILESTONES: Final = frozenset({"campaign", "team_campaign"})
WITH_MATCHES: Final = frozenset({"campaign"})

PUBLISHED: Final = "published"
STATUS: Final[Mapping[str, CampaignStatus]] = MappingProxyType(
    {
        "unpublished": CampaignStatus.SCHEDULED,  # *assumed*: Tiltify has one word for "not yet" and "taken back"
        PUBLISHED: CampaignStatus.ACTIVE,
        "retired": CampaignStatus.ENDED,
    }
)
ANONYMOUS: Final = "anonymous"
"""The name of a donor who gave none, or whose name was moderated, in any letter case."""

# Tokens: https://developers.tiltify.com/api-reference/public (OAuth)
TOKEN_PATH: Final = "/oauth/token"  # noqa: S105  # an address
SCOPE: Final = "public"
SCOPE_TO_PUSH: Final = "public webhooks:write"
TRUSTED_PART: Final = 4
"""Tokens were seen to end before their time, so they are renewed after this part of it, as other clients do."""

# Webhooks: https://developers.tiltify.com/docs/webhooks/receiving-webhooks/verifying
TIMESTAMP: Final = "X-Tiltify-Timestamp"
SIGNATURE: Final = "X-Tiltify-Signature"
# Tiltify advises one minute. Five are the gateway's own for all networks: a machine's clock that is a minute off must not
# turn the endpoint off. What is sent again within them changes nothing.
WINDOW: Final = timedelta(seconds=300)

# Event types: https://developers.tiltify.com/docs/webhooks/subscriptions . "direct" is about what is subscribed, "indirect"
# about what supports it. Of donations, whether name and comment are what Tiltify shows to everybody: what "private" adds is
# documented nowhere, so nothing of it is shown.
DONATION_UPDATED: Final[Mapping[str, bool]] = MappingProxyType(
    {
        "public:direct:donation_updated": True,
        "public:indirect:donation_updated": True,
        "private:direct:donation_updated": False,
        "private:indirect:donation_updated": False,
    }
)
FACT_UPDATED: Final = frozenset(
    {
        "public:direct:fact_updated",
        "public:indirect:fact_updated",
        "private:direct:fact_updated",
        "private:indirect:fact_updated",
    }
)
WANTED: Final = ("public:direct:donation_updated", "public:direct:fact_updated", "public:indirect:donation_updated")

# What the dashboard's "Testing" tab sends says so, and is about nothing.
TEST: Final = "test"
NOTHING: Final = "00000000-0000-0000-0000-000000000000"

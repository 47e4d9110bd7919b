"""JustGiving's own words and figures, by group, each with its source. *Assumed* marks what no source says.

The documents are https://developer.justgiving.com/apidocs/documentation ; what they leave out was seen in public clients.
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from schema.model.campaign import CampaignStatus
from schema.model.facts import Stage

# REST, version 1: https://api.justgiving.com/docs , https://github.com/JustGiving/JustGiving.Api.Tools.Postman
BASE_URL: Final = "https://api.justgiving.com"
PAGES: Final = "/v1/fundraising/pages"
TEAM: Final = "/v1/team"
CAMPAIGN: Final = "/v1/campaign/byshortname"
# The application id may also be the first part of the path, from where it would get into logs.
APP_ID: Final = "x-api-key"
JSON: Final = "application/json"  # without it, XML

# Addresses of pages: https://github.com/obfuscatedgenerated/justgiving-overlay
DOMAIN: Final = "justgiving.com"
NEW: Final = "page"
"""New pages have it in their short names, as in ``page/sample``."""
OLD: Final = "fundraising"
"""Old pages have it in their addresses only."""

# https://api.justgiving.com/docs/resources/v1/Donation/RetrieveDonationDetails ; in lists it is often missing. A word that is
# in no table is PENDING, so that it shows no gift that may not be one.
STAGES: Final[Mapping[str, Stage]] = MappingProxyType(
    {
        "Accepted": Stage.COMPLETED,
        "Pending": Stage.PENDING,
        "Rejected": Stage.VOID,
        "Cancelled": Stage.VOID,
        "Refunded": Stage.VOID,
    }
)
ANONYMOUS: Final = "Anonymous"

# Only the first was seen; the others are *assumed*. Of a word that is in no table nothing is said: then the dates tell.
STATUSES: Final[Mapping[str, CampaignStatus]] = MappingProxyType(
    {
        "Active": CampaignStatus.ACTIVE,
        "Closed": CampaignStatus.ENDED,
        "Cancelled": CampaignStatus.ENDED,
    }
)

# Paging: the default of the server and the size that the SDK asks for, https://github.com/JustGiving/JustGiving.Api.Sdk ;
# the maximum is not known. Answers are said to be kept for a minute: https://github.com/homsar/justgiving_totaliser
PAGE_SIZE: Final = 50
POLL: Final = timedelta(seconds=60)

MEMBERS: Final = 5
"""How many pages of a team's members are asked for the team's currency, at most. Ours."""

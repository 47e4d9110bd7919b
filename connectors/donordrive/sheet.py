"""DonorDrive's own words and figures, by group, each with its source. *Assumed* marks what no source says.

The public documentation: https://github.com/DonorDrive/PublicAPI
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

# Addresses: README and how-tos of the documentation. Every program has a host of its own; the demo program is open to all.
DEMO: Final = "https://testdrive.donordrive.com"

# Versions: overview of the documentation. Without one a host answers in 1.0; ``about`` is there since 1.3.
VERSION: Final = "1.3"
UNSUPPORTED: Final = 412

# Manners: README of the documentation. One request in 15 seconds at most; users were answered 429 at even fewer,
# https://github.com/DonorDrive/PublicAPI/issues/54 . How often milestones are asked for is ours: they hardly change.
SPACING: Final = timedelta(seconds=15)
CALLS_A_MINUTE: Final = 4
MILESTONES_EVERY: Final = timedelta(minutes=30)
ABOUT_KEPT: Final = timedelta(days=1)

# Lists: README of the documentation. Beyond the end a list answers 204.
PAGE: Final = 100
NEWEST_FIRST: Final = "createdDateUTC DESC"

# What a donation has where something was pledged for what will be achieved: resources/donations.md. *Assumed*: an entry with
# one of these and no amount is a pledge alone, and no gift whose amount is hidden.
PLEDGES: Final = ("activityPledgeUnitAmount", "activityPledgeMaxAmount")

# Amounts: JSON numbers in major units, resources/donations.md and others. What adds them up as binary fractions may write
# 885.4999999999999 for 885.50 (*assumed*: no source shows one). Nearer to an amount than this part of a major unit is that
# amount. No currency has so small a unit, so what is farther off is no noise.
NOISE: Final = Decimal("0.000001")

# Elsewhere: a host that has given up DonorDrive, or has moved it, https://github.com/BozarthPrime/Extra-Life-Tracker/pull/35
MOVED: Final = (301, 302, 303, 307, 308)


class Kind(StrEnum):
    """What raises money, by its word in addresses. A gift to one is also in the totals of those after it that it names."""

    PARTICIPANT = "participants"
    TEAM = "teams"
    EVENT = "events"


# Fields by kind: resources/participants.md, resources/teams.md, resources/events.md
ID: Final[Mapping[Kind, str]] = MappingProxyType(
    {Kind.PARTICIPANT: "participantID", Kind.TEAM: "teamID", Kind.EVENT: "eventID"}
)
TITLE: Final[Mapping[Kind, str]] = MappingProxyType({Kind.PARTICIPANT: "displayName", Kind.TEAM: "name", Kind.EVENT: "name"})
ABOUT_ID: Final = "programID"  # resources/about.md

# Ids: numbers of fundraisers, resources/donations.md for 16 hex digits of donations. Which characters an alias (``urlAlias``)
# may have, and how long a donation's id may be, is *assumed*.
NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
ALIAS: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.\-]{0,99}", re.ASCII)
DONATION_ID: Final = re.compile(r"[0-9A-Za-z\-]{1,64}", re.ASCII)

# Donors: resources/donations.md. An anonymous one has neither name nor id; that one may be called so is *assumed*.
ANONYMOUS: Final = "anonymous"

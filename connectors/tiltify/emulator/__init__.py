"""Tiltify's understudy: the API with its tokens, the totals of campaigns, team campaigns and events, and signed webhooks.

It shares no signing and no mapping code with the connector, so that a mistake in one is seen by the other.
"""

from connectors.tiltify.emulator.campaigns import CAUSE_EMAIL, DONOR_EMAIL, OWNER_HANDLE, OWNER_ID, Campaign, Milestone
from connectors.tiltify.emulator.faults import Fault
from connectors.tiltify.emulator.gifts import Donation, Match
from connectors.tiltify.emulator.platform import ANONYMOUS, TiltifyEmulator

__all__ = [
    "ANONYMOUS",
    "CAUSE_EMAIL",
    "DONOR_EMAIL",
    "OWNER_HANDLE",
    "OWNER_ID",
    "Campaign",
    "Donation",
    "Fault",
    "Match",
    "Milestone",
    "TiltifyEmulator",
]

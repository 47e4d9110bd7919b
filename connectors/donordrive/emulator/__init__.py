"""DonorDrive's understudy: the public API of one program, with its event, team, participant and team group pages.

It shares no code with the connector, so that a mistake in one is seen by the other. Source: the public API's documentation at
https://github.com/DonorDrive/PublicAPI (state October 2025). Left out: the form of addresses with version and program in the
path, ``select`` and JSONP, which no connector needs.
"""

from connectors.donordrive.emulator.fundraiser import Fundraiser, Incentive, Kind, Milestone
from connectors.donordrive.emulator.habits import PAUSE, Forms, Habits
from connectors.donordrive.emulator.platform import DonorDriveEmulator
from connectors.donordrive.emulator.state import Gift, donor_id

__all__ = [
    "PAUSE",
    "DonorDriveEmulator",
    "Forms",
    "Fundraiser",
    "Gift",
    "Habits",
    "Incentive",
    "Kind",
    "Milestone",
    "donor_id",
]

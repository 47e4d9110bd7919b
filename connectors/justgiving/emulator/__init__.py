"""JustGiving's understudy: fundraising pages, teams and campaigns over the public REST API, one state behind them all.

It shares no mapping code with the connector. Left out: what needs a donor's or an owner's login, searches, events and lists of
countries, of which no answer is known well enough; and the undocumented GraphQL of the web site, which promises nothing.
"""

from connectors.justgiving.emulator.gifts import Deposit, Donation, Figures
from connectors.justgiving.emulator.habits import Forms, Lags
from connectors.justgiving.emulator.platform import JustGivingEmulator
from connectors.justgiving.emulator.state import Campaign, NotPossible, Page, Team

__all__ = [
    "Campaign",
    "Deposit",
    "Donation",
    "Figures",
    "Forms",
    "JustGivingEmulator",
    "Lags",
    "NotPossible",
    "Page",
    "Team",
]

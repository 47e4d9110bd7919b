"""Well's understudy: one state behind its API, and books that say what is true.

It shares no mapping code with the connector, so that a mistake in one is seen by the other.
"""

from giving_gateway_well.emulator.network import WellEmulator
from giving_gateway_well.emulator.state import PHONE

__all__ = ["PHONE", "WellEmulator"]

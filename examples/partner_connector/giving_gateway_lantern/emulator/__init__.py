"""Lantern's understudy: one state behind its API and its webhooks, and books that say what is true.

It shares no signing and no mapping code with the connector, so that a mistake in one is seen by the other.
"""

from giving_gateway_lantern.emulator.network import LanternEmulator
from giving_gateway_lantern.emulator.state import EMAIL

__all__ = ["EMAIL", "LanternEmulator"]

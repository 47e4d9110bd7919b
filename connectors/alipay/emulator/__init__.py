"""Alipay's understudy: keys, trades, refunds, notifications and bills behind one state.

It shares no signing and no mapping code with the connector, so that a mistake in one is seen by the other.
"""

from connectors.alipay.emulator.faults import ApiFaults, BillQuirks, Fault, Habits
from connectors.alipay.emulator.platform import AlipayEmulator
from connectors.alipay.emulator.state import Buyer, Payment, Refund

__all__ = ["AlipayEmulator", "ApiFaults", "BillQuirks", "Buyer", "Fault", "Habits", "Payment", "Refund"]

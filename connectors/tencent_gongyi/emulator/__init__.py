"""Tencent Gongyi's understudy: a generator of the files that an organisation hands over, with the books they must come to.

There is no interface to emulate. It shares no mapping code with the connector. Donors, projects and numbers are invented.
"""

from connectors.tencent_gongyi.emulator.dialect import CONSOLE, PLAIN, Dialect
from connectors.tencent_gongyi.emulator.large import write_export
from connectors.tencent_gongyi.emulator.platform import TencentGongyiEmulator
from connectors.tencent_gongyi.emulator.sheet import Payment, Refund

__all__ = ["CONSOLE", "PLAIN", "Dialect", "Payment", "Refund", "TencentGongyiEmulator", "write_export"]

"""WeChat Pay's understudy: keys, orders, refunds, notifications and bills behind one state.

It shares no signing and no mapping code with the connector, so that a mistake in one is seen by the other.
"""

from connectors.wechat_pay.emulator.faults import ApiFaults, BillQuirks, Fault
from connectors.wechat_pay.emulator.platform import WeChatPayEmulator
from connectors.wechat_pay.emulator.state import Part, Payment, Refund

__all__ = ["ApiFaults", "BillQuirks", "Fault", "Part", "Payment", "Refund", "WeChatPayEmulator"]

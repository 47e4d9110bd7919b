"""Questions about trades and refunds.

https://docs.open.alipay.com/api_1/alipay.trade.query and https://docs.open.alipay.com/api_1/alipay.trade.fastpay.refund.query
"""

from collections.abc import Mapping
from typing import Any

from connectors.alipay.emulator.gate import Call, Refused
from connectors.alipay.emulator.payloads import refund_answer, trade_answer
from connectors.alipay.emulator.state import Payment, State


class Trades:
    """Handlers."""

    def __init__(self, state: State) -> None:
        self._state = state

    def query(self, call: Call) -> Mapping[str, Any]:
        """``alipay.trade.query`` by ``trade_no`` or ``out_trade_no``."""
        return trade_answer(self._trade(call))

    def refund_query(self, call: Call) -> Mapping[str, Any]:
        """``alipay.trade.fastpay.refund.query``: one refund by ``out_request_no``. Of none, a success that tells nothing."""
        payment, number = self._trade(call), call.text("out_request_no")
        if not number:
            raise Refused("40004", "ACQ.INVALID_PARAMETER", "参数无效")  # *assumed*, as below
        for refund in self._state.refunds:
            if refund.payment is payment and refund.out_biz_no == number:
                return refund_answer(refund)
        return {}

    def _trade(self, call: Call) -> Payment:
        trade_no, out_trade_no = call.text("trade_no"), call.text("out_trade_no")
        if not trade_no and not out_trade_no:
            raise Refused("40004", "ACQ.INVALID_PARAMETER", "参数无效")
        payment = self._state.found(trade_no, out_trade_no)
        if payment is None:
            raise Refused("40004", "ACQ.TRADE_NOT_EXIST", "交易不存在")
        return payment

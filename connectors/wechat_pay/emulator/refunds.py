"""Calls about refunds: create and query. Both work the same way for a service provider, who adds the sub-merchant.

https://pay.weixin.qq.com/doc/v3/merchant/4012791865
"""

from collections.abc import Awaitable, Callable

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import payloads
from connectors.wechat_pay.emulator.gate import Answer, Call, Refused
from connectors.wechat_pay.emulator.state import NotPossible, Payment, Refund, State

Finish = Callable[[Refund], Awaitable[None]]
"""Lets an accepted refund reach the payer, and tells of it."""


class Refunds:
    """Handlers. A refund is answered as PROCESSING and has reached the payer right after."""

    def __init__(self, state: State, clock: ScaledClock, finish: Finish) -> None:
        self._state = state
        self._clock = clock
        self._finish = finish

    async def create(self, call: Call) -> Answer:
        """``POST /v3/refund/domestic/refunds``: the same number again gives the same refund."""
        number, amount_fen = call.text("out_refund_no"), call.amount("amount", "refund")
        payment = self._payment(call)
        known = self._state.by_refund_number(number)
        if known is not None:
            if known.payment is not payment or known.amount_fen != amount_fen:
                raise Refused(400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致")
            return Answer(payloads.refund_query(known))
        if call.amount("amount", "total") != payment.amount_fen:
            raise Refused(400, "INVALID_REQUEST", "订单金额不一致")
        try:
            refund = self._state.open_refund(payment, amount_fen, self._clock.now(), number)
        except NotPossible as problem:
            raise Refused(400, "INVALID_REQUEST", str(problem)) from problem
        told = payloads.refund_query(refund)
        await self._finish(refund)
        return Answer(told)

    async def query(self, call: Call) -> Answer:
        """``GET /v3/refund/domestic/refunds/{out_refund_no}``, of a service provider with ``?sub_mchid=``."""
        refund = self._state.by_refund_number(call.path["out_refund_no"])
        if refund is None or refund.payment.sub_mchid != call.query.get("sub_mchid"):
            raise Refused(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return Answer(payloads.refund_query(refund))

    def _payment(self, call: Call) -> Payment:
        if "transaction_id" in call.body:
            found = self._state.by_transaction(call.text("transaction_id"))
        else:
            found = self._state.orders.get(call.text("out_trade_no"))
        if found is None or found.sub_mchid != call.body.get("sub_mchid"):
            raise Refused(404, "RESOURCE_NOT_EXISTS", "订单不存在")
        return found

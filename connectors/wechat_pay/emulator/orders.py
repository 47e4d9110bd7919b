"""Calls about orders: create, query, close; direct and of a service provider.

https://pay.weixin.qq.com/doc/v3/merchant/4012791865 and partner/4012925289
"""

from typing import Final

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import payloads
from connectors.wechat_pay.emulator.gate import Answer, Call, Refused, bad_parameter
from connectors.wechat_pay.emulator.state import Merchant, NotPossible, Payment, State

PRODUCTS: Final = {"jsapi": "JSAPI", "native": "NATIVE"}
"""The last part of the address that creates an order, and the trade type of what is paid."""


class Orders:
    """Handlers; ``partner`` in a name means the service provider's address of the same call."""

    def __init__(self, state: State, merchant: Merchant, clock: ScaledClock) -> None:
        self._state = state
        self._merchant = merchant
        self._clock = clock

    async def create(self, trade_type: str, call: Call) -> Answer:
        """``POST /v3/pay/transactions/{product}``."""
        return self._create(call, trade_type, None)

    async def create_for_partner(self, trade_type: str, call: Call) -> Answer:
        """``POST /v3/pay/partner/transactions/{product}``."""
        return self._create(call, trade_type, self._sub_mchid(call.text("sp_mchid"), call.text("sub_mchid"), "body"))

    async def query(self, call: Call) -> Answer:
        """``GET /v3/pay/transactions/{id/transaction_id | out-trade-no/out_trade_no}?mchid=``."""
        self._own("mchid", call.query.get("mchid"), "query")
        return Answer(payloads.transaction(self._find(call, None), self._merchant))

    async def query_for_partner(self, call: Call) -> Answer:
        """``GET /v3/pay/partner/transactions/{id/transaction_id | out-trade-no/out_trade_no}?sp_mchid=&sub_mchid=``."""
        sub_mchid = self._sub_mchid(call.query.get("sp_mchid"), call.query.get("sub_mchid"), "query")
        return Answer(payloads.transaction(self._find(call, sub_mchid), self._merchant))

    async def close(self, call: Call) -> Answer:
        """``POST /v3/pay/transactions/out-trade-no/{out_trade_no}/close``."""
        self._own("mchid", call.body.get("mchid"), "body")
        return self._close(call, None)

    async def close_for_partner(self, call: Call) -> Answer:
        """``POST /v3/pay/partner/transactions/out-trade-no/{out_trade_no}/close``."""
        return self._close(call, self._sub_mchid(call.body.get("sp_mchid"), call.body.get("sub_mchid"), "body"))

    def _create(self, call: Call, trade_type: str, sub_mchid: str | None) -> Answer:
        if sub_mchid is None:
            self._own("mchid", call.text("mchid"), "body")
        if call.text("appid" if sub_mchid is None else "sp_appid") != self._merchant.appid:
            raise Refused(400, "PARAM_ERROR", "appid和mchid不匹配")
        call.text("notify_url")
        order = Payment(
            out_trade_no=call.text("out_trade_no"),
            amount_fen=call.amount("amount", "total"),
            attach=str(call.body.get("attach", "")),
            openid=self._payer(call) if trade_type == "JSAPI" else self._state.openid(),
            created_at=self._clock.now(),
            sub_mchid=sub_mchid,
            trade_type=trade_type,
            description=call.text("description"),
        )
        try:
            number = self._state.order(order).out_trade_no
        except NotPossible as problem:
            raise Refused(400, "INVALID_REQUEST", str(problem)) from problem
        if trade_type == "NATIVE":
            return Answer({"code_url": f"weixin://wxpay/bizpayurl?pr={number}"})
        return Answer({"prepay_id": f"wx{self._state.number(order.created_at, 24)}"})

    def _payer(self, call: Call) -> str:
        payer = call.body.get("payer")
        found = (
            next((payer[name] for name in ("openid", "sp_openid") if payer.get(name)), None)
            if isinstance(payer, dict)
            else None
        )
        if not isinstance(found, str):
            raise bad_parameter("payer/openid", payer, "is obligatory")
        return found

    def _find(self, call: Call, sub_mchid: str | None) -> Payment:
        if "transaction_id" in call.path:
            found = self._state.by_transaction(call.path["transaction_id"])
        else:
            found = self._state.orders.get(call.path["out_trade_no"])
        if found is None or found.sub_mchid != sub_mchid:
            raise Refused(404, "ORDER_NOT_EXIST", "订单不存在")
        return found

    def _close(self, call: Call, sub_mchid: str | None) -> Answer:
        order = self._find(call, sub_mchid)
        if order.paid_at is not None:
            raise Refused(400, "ORDERPAID", "该订单已支付")  # *assumed*: the code
        order.trade_state = "CLOSED"
        return Answer(status=204)

    def _own(self, name: str, value: object, location: str) -> None:
        if value != self._merchant.mchid:
            raise bad_parameter(name, value, "is not the merchant who signs", location)

    def _sub_mchid(self, mchid: object, sub_mchid: object, location: str) -> str:
        self._own("sp_mchid", mchid, location)
        if sub_mchid not in self._merchant.sub_mchids:
            raise Refused(403, "NO_AUTH", "特约商户未授权")
        return str(sub_mchid)

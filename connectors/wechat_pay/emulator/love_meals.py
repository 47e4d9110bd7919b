"""The love-meal calls (爱心餐): counts of a brand, and one donor's orders. They read the payments of one book.

Calls: https://github.com/wechatpay-apiv3/wechatpay-go, services/lovefeast
"""

from typing import Any, Final

from connectors.wechat_pay.emulator.gate import Answer, Call, Refused, bad_parameter
from connectors.wechat_pay.emulator.payloads import moment_text
from connectors.wechat_pay.emulator.state import Merchant, Payment, State

BRANDS: Final = {1000: "love-meal"}
"""The book whose payments are the donations of a brand."""


class LoveMeals:
    """Handlers. Of the meals given, half have been served."""

    def __init__(self, state: State, merchant: Merchant) -> None:
        self._state = state
        self._merchant = merchant

    async def brand(self, call: Call) -> Answer:
        """``GET /v3/lovefeast/brands/{brand_id}``."""
        given = len(self._donations(self._brand(call)))
        return Answer({"donate_count": given, "consume_count": given // 2})

    async def orders(self, call: Call) -> Answer:
        """``GET /v3/lovefeast/users/{openid}/orders/brand-id/{brand_id}?limit=&offset=``."""
        brand, limit, offset = self._brand(call), self._number(call, "limit", 10), self._number(call, "offset", 0)
        found = [payment for payment in self._donations(brand) if payment.openid == call.path["openid"]]
        page = found[offset : offset + limit]
        data = [self._told(payment, brand) for payment in page]
        return Answer({"data": data, "count": len(page), "limit": limit, "offset": offset, "total_count": len(found)})

    async def order(self, call: Call) -> Answer:
        """``GET /v3/lovefeast/users/{openid}/orders/out-trade-no/{out_trade_no}``."""
        for brand in BRANDS:
            for payment in self._donations(brand):
                if (payment.openid, payment.out_trade_no) == (call.path["openid"], call.path["out_trade_no"]):
                    return Answer(self._told(payment, brand))
        raise Refused(404, "RESOURCE_NOT_EXISTS", "订单不存在")  # *assumed*: status and code

    def _brand(self, call: Call) -> int:
        text = call.path["brand_id"]
        if not text.isdecimal() or int(text) not in BRANDS:
            raise bad_parameter("brand_id", text, "takes no part", "path")
        return int(text)

    def _number(self, call: Call, name: str, default: int) -> int:
        text = call.query.get(name, str(default))
        if not text.isdecimal():
            raise bad_parameter(name, text, "is a number", "query")
        return int(text)

    def _donations(self, brand: int) -> list[Payment]:
        return [payment for payment in self._state.payments if payment.book == BRANDS[brand]]

    def _told(self, payment: Payment, brand: int) -> dict[str, Any]:
        return {
            "welfare_trade_id": f"WF{payment.transaction_id[-18:]}",
            "appid": self._merchant.appid,
            "brand_id": brand,
            "donate_source": "ENTRUST_PAY",
            "merchant_order": {"out_trade_no": payment.out_trade_no, "mchid": self._merchant.mchid, "store_id": "S001"},
            "institution_name": "Example Foundation",
            "business_id": "B0001",
            "business_name": payment.book,
            "success_time": moment_text(payment.paid_at or payment.created_at),
            "payer": {"openid": payment.openid},
            "amount": {
                "total": payment.amount_fen,
                "payer_total": payment.amount_fen - payment.coupon_fen,
                "currency": "CNY",
                "payer_currency": "CNY",
            },
        }

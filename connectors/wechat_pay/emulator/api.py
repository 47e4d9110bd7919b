"""The addresses of the API and who answers them."""

from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from starlette.routing import BaseRoute, Route

from connectors.wechat_pay.emulator.gate import Answer, Call, Gate, Handler, Refused
from connectors.wechat_pay.emulator.love_meals import LoveMeals
from connectors.wechat_pay.emulator.matching import Matching, Tell
from connectors.wechat_pay.emulator.notices import draw_text
from connectors.wechat_pay.emulator.orders import PRODUCTS, Orders
from connectors.wechat_pay.emulator.payloads import moment_text
from connectors.wechat_pay.emulator.refunds import Refunds
from connectors.wechat_pay.emulator.signing import seal
from connectors.wechat_pay.emulator.statements import Statements

PAY: Final = "/v3/pay/transactions"
PARTNER: Final = "/v3/pay/partner/transactions"
REFUNDS: Final = "/v3/refund/domestic/refunds"
DONORS: Final = "/v3/lovefeast/users/{openid}/orders"
MATCHING: Final = "/v3/fund-app/mch-transfer/partner"


@dataclass(frozen=True, slots=True)
class Api:
    """Everything that answers calls."""

    gate: Gate
    orders: Orders
    refunds: Refunds
    statements: Statements
    love_meals: LoveMeals
    matching: Matching
    tell: Tell

    def routes(self) -> list[BaseRoute]:
        """Every address; what is none of them is refused behind the same door."""
        endpoint, orders, meals, matching = self.gate.endpoint, self.orders, self.love_meals, self.matching
        get: dict[str, Handler] = {
            f"{PAY}/id/{{transaction_id}}": orders.query,
            f"{PAY}/out-trade-no/{{out_trade_no}}": orders.query,
            f"{PARTNER}/id/{{transaction_id}}": orders.query_for_partner,
            f"{PARTNER}/out-trade-no/{{out_trade_no}}": orders.query_for_partner,
            f"{REFUNDS}/{{out_refund_no}}": self.refunds.query,
            "/v3/bill/tradebill": self.statements.trade,
            "/v3/bill/fundflowbill": self.statements.fund_flow,
            "/v3/billdownload/file": self.statements.download,
            "/v3/lovefeast/brands/{brand_id}": meals.brand,
            f"{DONORS}/brand-id/{{brand_id}}": meals.orders,
            f"{DONORS}/out-trade-no/{{out_trade_no}}": meals.order,
            f"{MATCHING}/charity-budget/{{out_budget_no}}": matching.query,
            f"{MATCHING}/charity-transfer-bills/out-transfer-no/{{out_transfer_no}}": matching.transfer_query,
        }
        post: dict[str, Handler] = {
            **{f"{PAY}/{product}": partial(orders.create, kind) for product, kind in PRODUCTS.items()},
            **{f"{PARTNER}/{product}": partial(orders.create_for_partner, kind) for product, kind in PRODUCTS.items()},
            f"{PAY}/out-trade-no/{{out_trade_no}}/close": orders.close,
            f"{PARTNER}/out-trade-no/{{out_trade_no}}/close": orders.close_for_partner,
            REFUNDS: self.refunds.create,
            "/v3/security/echo": self._echo,
            f"{MATCHING}/charity-budget": matching.create,
            f"{MATCHING}/charity-budget/{{out_budget_no}}/unlock": matching.unlock,
            f"{MATCHING}/charity-transfer-bills": matching.transfer,
        }
        return [
            Route("/v3/certificates", endpoint(self._certificates, may_be_down=True), methods=["GET"]),
            *(Route(path, endpoint(handler), methods=["GET"]) for path, handler in get.items()),
            *(Route(path, endpoint(handler), methods=["POST"]) for path, handler in post.items()),
            Route("/v3/{rest:path}", endpoint(_nothing), methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
        ]

    async def _certificates(self, _: Call) -> Answer:
        """``GET /v3/certificates``: every certificate that is not retired, sealed with the merchant's APIv3 key."""
        data: list[dict[str, Any]] = []
        for key in self.gate.keys.certificates:
            nonce = draw_text(self.gate.rng, 12)
            sealed = {
                "algorithm": "AEAD_AES_256_GCM",
                "nonce": nonce,
                "associated_data": "certificate",
                "ciphertext": seal(self.gate.merchant.apiv3_key, nonce, "certificate", key.pem.encode()),
            }
            data.append(
                {
                    "serial_no": key.serial,
                    "effective_time": moment_text(key.effective),
                    "expire_time": moment_text(key.expires),
                    "encrypt_certificate": sealed,
                }
            )
        return Answer({"data": data})

    async def _echo(self, call: Call) -> Answer:
        """``POST /v3/security/echo``. The fields of the answer are *assumed*; the sealed message comes back as it was sent."""
        told = {"echo_message": call.text("echo_message")}
        if sealed := call.body.get("encrypted_echo_message"):
            told["encrypt_echo_message"] = str(sealed)
        if call.body.get("notify_url"):
            await self.tell("SECURITY_ECHO.SUCCESS", told)
        return Answer(told)


async def _nothing(_: Call) -> Answer:
    raise Refused(404, "RESOURCE_NOT_EXISTS", "没有这个接口")

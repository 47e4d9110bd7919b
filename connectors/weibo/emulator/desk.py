"""Weibo Pay's calls. There is no official page: paths and fields are as seen in public merchant integrations, 2014-2021."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.testing.emulation import Outage, ScaledClock
from connectors.weibo.emulator.faults import ApiFaults
from connectors.weibo.emulator.gate import Parameters, parameters_of
from connectors.weibo.emulator.keys import Keys
from connectors.weibo.emulator.moments import local_text
from connectors.weibo.emulator.signing import holds
from connectors.weibo.emulator.state import Merchant, NotPossible, Payment, Refund, State

BASE: Final = "/api/merchant"
GOOD: Final = "100000"
# All other codes are *assumed*: that they are not 100000 is what is known.
BAD_SIGNATURE: Final = "100001"
BAD_PARAMETER: Final = "100002"
OTHER_MERCHANT: Final = "100003"
NOTHING_THERE: Final = "100004"
NOT_POSSIBLE: Final = "100005"

Finish = Callable[[Refund], Awaitable[None]]
"""Lets an accepted refund arrive, and tells of it."""


class PayRefused(Exception):
    """A call that is answered with another code than 100000; with status 200, *assumed*."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.told = {"code": code, "msg": message, "data": {}}


@dataclass(frozen=True, slots=True)
class Desk:
    """Handlers. All of them check the merchant's signature first."""

    state: State
    merchant: Merchant
    keys: Keys
    outage: Outage
    faults: ApiFaults
    clock: ScaledClock
    finish: Finish

    def routes(self) -> list[BaseRoute]:
        """Every address."""
        posts = {"pay/query": self._query, "pay/refund/query": self._refund_query, "refund/apply": self._apply}
        return [
            Route(f"{BASE}/pay/cashier", self._endpoint(self._cashier), methods=["GET"]),
            *(Route(f"{BASE}/{path}", self._endpoint(handler), methods=["POST"]) for path, handler in posts.items()),
        ]

    def _endpoint(self, handler: Callable[[Parameters], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if (broken := await self.outage.meet()) is not None:
                return broken
            try:
                given = await parameters_of(request)
                self._check(given)
                return await handler(given)
            except PayRefused as refused:
                return JSONResponse(refused.told)

        return endpoint

    def _check(self, given: Parameters) -> None:
        if given.get("sign_type") != "rsa" or not holds(self.keys.merchant.public_key(), given):
            raise PayRefused(BAD_SIGNATURE, "sign error")
        if Merchant(given.get("appkey", ""), given.get("seller_id", "")) != self.merchant:
            raise PayRefused(OTHER_MERCHANT, "appkey or seller_id is not the one that signs")

    async def _cashier(self, given: Parameters) -> Response:
        """``pay/cashier``: an order, and the page that a payer sees. Addresses in it are never dialled."""
        number, amount_fen = _text(given, "out_pay_id"), _number(given, "total_amount")
        subject, now = _text(given, "subject"), self.clock.now()
        _text(given, "notify_url")
        order = self.state.orders.get(number)
        try:
            order = order or self.state.order(
                amount_fen,
                given.get("extra", ""),
                now,
                out_pay_id=number,
                subject=subject,
                body=given.get("body", ""),
                expires_at=now + timedelta(seconds=_number(given, "expire")) if given.get("expire") else None,
            )
        except NotPossible as problem:
            raise PayRefused(NOT_POSSIBLE, str(problem)) from problem
        if order.amount_fen != amount_fen:
            raise PayRefused(NOT_POSSIBLE, "the order is of another amount")
        yuan = f"{amount_fen // 100}.{amount_fen % 100:02}"
        return HTMLResponse(f"<html><body><h1>微博支付</h1><p>{escape(order.subject)}</p><p>{yuan} 元</p></body></html>")

    async def _query(self, given: Parameters) -> Response:
        """``pay/query``. *Assumed*: of what is not there, nothing is told, and that is no error."""
        order = self._find(given)
        if order is None:
            return _good({})
        return _good(
            {
                "appkey": self.merchant.appkey,
                "seller_id": self.merchant.seller_id,
                "pay_id": order.pay_id,
                "out_pay_id": order.out_pay_id,
                "total_amount": self._fen(order.amount_fen),
                "subject": order.subject,
                "body": order.body,
                "extra": order.attach,
                "status": order.status,
                "pay_time": local_text(order.paid_at),
                "refunds": [
                    self._refund(refund) for refund in self.state.refunds_of(order)
                ],  # *assumed*: that it is told here, and how
            }
        )

    async def _refund_query(self, given: Parameters) -> Response:
        """``pay/refund/query``: by the refund's number, or the newest of a payment."""
        if given.get("out_refund_id"):
            refund = self.state.refund_by(given["out_refund_id"])
        else:
            refund = next(reversed(self.state.refunds_of(self._order(given))), None)
        if refund is None:
            raise PayRefused(NOTHING_THERE, "no such refund")
        return _good({"pay_id": refund.payment.pay_id, **self._refund(refund)})

    async def _apply(self, given: Parameters) -> Response:
        """``refund/apply``. That ``detail_data`` is the amount in fen is *assumed*; without it all that is left goes back."""
        payment = self._order(given)
        amount_fen = _number(given, "detail_data") if given.get("detail_data") else payment.left_fen
        try:
            refund = self.state.open_refund(payment, amount_fen, self.clock.now(), _text(given, "out_refund_id"))
        except NotPossible as problem:
            raise PayRefused(NOT_POSSIBLE, str(problem)) from problem
        await self.finish(refund)
        return _good({"is_success": "T", "out_refund_id": refund.out_refund_id})

    def _find(self, given: Parameters) -> Payment | None:
        if not (given.get("pay_id") or given.get("out_pay_id")):
            raise PayRefused(BAD_PARAMETER, "pay_id or out_pay_id is obligatory")
        return self.state.find(pay_id=given.get("pay_id", ""), out_pay_id=given.get("out_pay_id", ""))

    def _order(self, given: Parameters) -> Payment:
        order = self._find(given)
        if order is None:
            raise PayRefused(NOTHING_THERE, "no such order")
        return order

    def _refund(self, refund: Refund) -> dict[str, Any]:
        return {
            "out_refund_id": refund.out_refund_id,
            "refund_amount": self._fen(refund.amount_fen),
            "status": refund.status,
            "refund_time": local_text(refund.finished_at),
        }

    def _fen(self, amount_fen: int) -> int | str:
        return str(amount_fen) if self.faults.text_amounts else amount_fen


def _good(data: Mapping[str, Any]) -> Response:
    return JSONResponse({"code": GOOD, "msg": "", "data": data})


def _text(given: Parameters, name: str) -> str:
    if not given.get(name):
        raise PayRefused(BAD_PARAMETER, f"{name} is obligatory")
    return given[name]


def _number(given: Parameters, name: str) -> int:
    text = _text(given, name)
    if not (text.isascii() and text.isdigit()):
        raise PayRefused(BAD_PARAMETER, f"{name} is a number")
    return int(text)

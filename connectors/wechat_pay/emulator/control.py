"""The control door: what tests in other processes ask of the emulator, as JSON. Open to whoever reaches it: loopback only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from connectors.wechat_pay.emulator.keys import Signing
from connectors.wechat_pay.emulator.payloads import moment_text
from connectors.wechat_pay.emulator.state import NotPossible, Part, Payment, Refund

if TYPE_CHECKING:
    from connectors.wechat_pay.emulator.platform import WeChatPayEmulator

Told = dict[str, Any]


def control(emulator: WeChatPayEmulator) -> Mount:
    """``/control``. Bodies have the names of the emulator's own methods; what cannot be is 400 with the reason."""
    door = _Door(emulator)
    post = {
        "/pay": door.pay,
        "/pay_combined": door.pay_combined,
        "/refund": door.refund,
        "/faults": door.faults,
        "/callback": door.callback,
        "/certificate": door.certificate,
        "/clock": door.clock,
        "/budget": door.budget,
    }
    return Mount(
        "/control",
        routes=[
            *(Route(path, _endpoint(act), methods=["POST"]) for path, act in post.items()),
            Route("/books", door.books, methods=["GET"]),
            Route("/payments", door.payments, methods=["GET"]),
            Route("/account", door.account, methods=["GET"]),
        ],
    )


def _endpoint(act: Callable[[Told], Awaitable[Told]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await act(await request.json()))
        except (ValueError, TypeError, KeyError) as problem:
            return JSONResponse({"problem": str(problem)}, 400)

    return endpoint


class _Door:
    def __init__(self, emulator: WeChatPayEmulator) -> None:
        self._emulator = emulator

    async def pay(self, told: Told) -> Told:
        return _payment(await self._emulator.pay(**_dated(told, "paid_at")))

    async def pay_combined(self, told: Told) -> Told:
        told = _dated(told, "paid_at")
        parts = [Part(**part) for part in told.pop("parts")]
        return {"payments": [_payment(payment) for payment in await self._emulator.pay_combined(parts, **told)]}

    async def refund(self, told: Told) -> Told:
        told = _dated(told, "refunded_at")
        payment = self._emulator.state.by_transaction(told.pop("transaction_id"))
        if payment is None:
            raise NotPossible("no such payment")
        return _refund(await self._emulator.refund(payment, **told))

    async def faults(self, told: Told) -> Told:
        faults, mischief = self._emulator.faults, self._emulator.sender.mischief
        if told.get("clear"):
            faults.clear()
        faults.load(told)
        for name, share in told.get("mischief", {}).items():
            if name not in asdict(mischief):
                raise NotPossible(f"no such mischief: {name}")
            setattr(mischief, name, share)
        if "signing" in told:
            if told["signing"] not in get_args(Signing):
                raise NotPossible(f"no such mode: {told['signing']}")
            self._emulator.signing = told["signing"]
        return {"once": sorted(faults.pending), "always": sorted(faults.standing)}

    async def callback(self, told: Told) -> Told:
        self._emulator.callback = told["url"]
        return {"url": self._emulator.callback}

    async def certificate(self, told: Told) -> Told:
        if told["do"] == "rotate":
            self._emulator.rotate_certificate()
        elif told["do"] == "retire":
            self._emulator.retire_certificate()
        else:
            raise NotPossible("a certificate is rotated or retired: do = rotate, retire")
        return {"serials": [key.serial for key in self._emulator.keys.certificates]}

    async def clock(self, told: Told) -> Told:
        self._emulator.clock.turn(timedelta(seconds=told["turn_seconds"]))
        return {"now": moment_text(self._emulator.clock.now())}

    async def budget(self, told: Told) -> Told:
        await self._emulator.confirm_budget(told["out_budget_no"])
        return {}

    async def books(self, _: Request) -> Response:
        return JSONResponse({name: asdict(book) for name, book in self._emulator.books.items()})

    async def payments(self, _: Request) -> Response:
        return JSONResponse([_payment(payment) for payment in self._emulator.payments])

    async def account(self, _: Request) -> Response:
        return JSONResponse(self._emulator.account())


def _dated(told: Told, name: str) -> Told:
    return told | {name: datetime.fromisoformat(told[name])} if name in told else dict(told)


def _payment(payment: Payment) -> Told:
    return asdict(payment) | {
        "created_at": moment_text(payment.created_at),
        "paid_at": moment_text(payment.paid_at) if payment.paid_at else None,
    }


def _refund(refund: Refund) -> Told:
    return {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": refund.payment.transaction_id,
        "amount_fen": refund.amount_fen,
        "status": refund.status,
    }

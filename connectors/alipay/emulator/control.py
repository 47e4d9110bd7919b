"""The control door: what tests in other processes ask of the emulator, as JSON. Open to whoever reaches it: loopback only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from connectors.alipay.emulator.state import Buyer, NotPossible, Payment

if TYPE_CHECKING:
    from connectors.alipay.emulator.platform import AlipayEmulator

Told = dict[str, Any]


def control(emulator: AlipayEmulator) -> Mount:
    """``/control``. Bodies have the names of the emulator's own methods; what cannot be is 400 with the reason."""
    door = _Door(emulator)
    post = {
        "/pay": door.pay,
        "/abandon": door.abandon,
        "/finish": door.finish,
        "/refund": door.refund,
        "/faults": door.faults,
        "/callback": door.callback,
        "/clock": door.clock,
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
    def __init__(self, emulator: AlipayEmulator) -> None:
        self._emulator = emulator

    async def pay(self, told: Told) -> Told:
        return _payment(await self._emulator.pay(**_typed(told)))

    async def abandon(self, told: Told) -> Told:
        return _payment(await self._emulator.abandon(**_typed(told)))

    async def finish(self, told: Told) -> Told:
        payment = self._known(told)
        await self._emulator.finish(payment, notify=told.get("notify", True))
        return _payment(payment)

    async def refund(self, told: Told) -> Told:
        payment = self._known(told)
        rest = {name: value for name, value in _typed(told).items() if name != "trade_no"}
        refund = await self._emulator.refund(payment, **rest)
        return {"out_biz_no": refund.out_biz_no, "trade_no": payment.trade_no, "running_fen": refund.running_fen}

    async def faults(self, told: Told) -> Told:
        faults, mischief = self._emulator.faults, self._emulator.sender.mischief
        if told.get("clear"):
            faults.clear()
        faults.load(told)
        for name, share in told.get("mischief", {}).items():
            if name not in asdict(mischief):
                raise NotPossible(f"no such mischief: {name}")
            setattr(mischief, name, share)
        return {"once": sorted(faults.pending), "always": sorted(faults.standing)}

    async def callback(self, told: Told) -> Told:
        self._emulator.callback = told["url"]
        return {"url": self._emulator.callback}

    async def clock(self, told: Told) -> Told:
        self._emulator.clock.turn(timedelta(seconds=told["turn_seconds"]))
        return {"now": self._emulator.clock.now().isoformat()}

    async def books(self, _: Request) -> Response:
        return JSONResponse({name: asdict(book) for name, book in self._emulator.books.items()})

    async def payments(self, _: Request) -> Response:
        return JSONResponse([_payment(payment) for payment in self._emulator.payments])

    async def account(self, _: Request) -> Response:
        return JSONResponse(self._emulator.account())

    def _known(self, told: Told) -> Payment:
        payment = self._emulator.state.found(told["trade_no"], "")
        if payment is None:
            raise NotPossible("no such trade")
        return payment


def _typed(told: Told) -> Told:
    typed = dict(told)
    if "at" in told:
        typed["at"] = datetime.fromisoformat(told["at"])
    if "buyer" in told:
        typed["buyer"] = Buyer(**told["buyer"])
    return typed


def _payment(payment: Payment) -> Told:
    moments = {name: getattr(payment, name) for name in ("created_at", "paid_at", "closed_at")}
    return asdict(payment) | {name: moment and moment.isoformat() for name, moment in moments.items()}

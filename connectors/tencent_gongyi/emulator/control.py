"""The control door: what tests in other processes ask of the emulator. Open to whoever reaches it: loopback only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

if TYPE_CHECKING:
    from connectors.tencent_gongyi.emulator.platform import TencentGongyiEmulator

Told = dict[str, Any]


def control(emulator: TencentGongyiEmulator) -> Mount:
    """``/control``. Bodies have the names of the emulator's own methods; what cannot be is 400 with the reason."""

    async def pay(told: Told) -> Told:
        at = datetime.fromisoformat(told.pop("at")) if "at" in told else None
        return {"number": (await emulator.pay(**told, at=at)).number}

    async def refund(told: Told) -> Told:
        return {"number": (await emulator.refund(emulator.payment(told["number"]), told["amount_fen"])).number}

    async def withdraw(told: Told) -> Told:
        await emulator.withdraw(emulator.payment(told["number"]))
        return {}

    async def books(_: Request) -> Response:
        return JSONResponse({name: asdict(book) for name, book in emulator.books.items()})

    async def account(_: Request) -> Response:
        return JSONResponse(emulator.account())

    async def export(_: Request) -> Response:
        return Response(emulator.export_csv(), media_type="text/csv")

    async def figures(_: Request) -> Response:
        return Response(emulator.figures_csv(), media_type="text/csv")

    posts = {"pay": pay, "refund": refund, "withdraw": withdraw}
    gets = {"books": books, "account": account, "export": export, "figures": figures}
    return Mount(
        "/control",
        routes=[
            *(Route(f"/{name}", _endpoint(act), methods=["POST"]) for name, act in posts.items()),
            *(Route(f"/{name}", tell, methods=["GET"]) for name, tell in gets.items()),
        ],
    )


def _endpoint(act: Callable[[Told], Awaitable[Told]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await act(await request.json()))
        except (ValueError, TypeError, KeyError) as problem:
            return JSONResponse({"problem": str(problem)}, 400)

    return endpoint

"""The control door: what tests in other processes ask of the emulator, as JSON. Open to whoever reaches it: loopback only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from connectors.weibo.emulator.moments import iso_text
from connectors.weibo.emulator.society import Post, User
from connectors.weibo.emulator.state import NotPossible, Payment, Refund

if TYPE_CHECKING:
    from connectors.weibo.emulator.platform import WeiboEmulator

Told = dict[str, Any]


def control(emulator: WeiboEmulator) -> Mount:
    """``/control``. Bodies have the names of the emulator's own methods; what cannot be is 400 with the reason."""
    door = _Door(emulator)
    post = {
        "/pay": door.pay,
        "/pay_at_desk": door.pay_at_desk,
        "/refund": door.refund,
        "/faults": door.faults,
        "/limits": door.limits,
        "/callback": door.callback,
        "/clock": door.clock,
        "/user": door.user,
        "/follow": door.follow,
        "/post": door.post,
        "/engage": door.engage,
        "/delete": door.delete,
        "/hide": door.hide,
        "/token": door.token,
    }
    get = {"/books": door.books, "/payments": door.payments, "/account": door.account}
    return Mount(
        "/control",
        routes=[
            *(Route(path, _endpoint(act), methods=["POST"]) for path, act in post.items()),
            *(Route(path, tell, methods=["GET"]) for path, tell in get.items()),
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
    def __init__(self, emulator: WeiboEmulator) -> None:
        self._emulator = emulator

    async def pay(self, told: Told) -> Told:
        return _payment(await self._emulator.pay(**_dated(told)))

    async def pay_at_desk(self, told: Told) -> Told:
        return _payment(await self._emulator.pay_at_desk(**told))

    async def refund(self, told: Told) -> Told:
        told = _dated(told)
        payment = self._emulator.state.find(pay_id=told.pop("pay_id"))
        if payment is None:
            raise NotPossible("no such payment")
        return _refund(await self._emulator.refund(payment, **told))

    async def faults(self, told: Told) -> Told:
        faults, mischief = self._emulator.faults, self._emulator.sender.mischief
        if told.get("clear"):
            faults.clear()
        faults.load(told)
        _set(mischief, told.get("mischief", {}))
        return {"once": sorted(faults.pending), "always": sorted(faults.standing)}

    async def limits(self, told: Told) -> Told:
        _set(self._emulator.limits, told)
        return asdict(self._emulator.limits)

    async def callback(self, told: Told) -> Told:
        self._emulator.callback = told["url"]
        return {"url": self._emulator.callback}

    async def clock(self, told: Told) -> Told:
        self._emulator.clock.turn(timedelta(seconds=told["turn_seconds"]))
        return {"now": iso_text(self._emulator.clock.now())}

    async def user(self, told: Told) -> Told:
        return {"id": self._emulator.add_user(**told).id}

    async def follow(self, told: Told) -> Told:
        user = self._user(told)
        self._emulator.follow(user, told["by"])
        return {"id": user.id, "followers": user.followers}

    async def post(self, told: Told) -> Told:
        told = _dated(told)
        return {"id": self._emulator.add_post(self._user({"id": told.pop("user")}), **told).id}

    async def engage(self, told: Told) -> Told:
        told = dict(told)
        post = self._post({"id": told.pop("id")})
        self._emulator.engage(post, **told)
        return {"id": post.id, "reposts": post.reposts, "comments": post.comments, "likes": post.likes}

    async def delete(self, told: Told) -> Told:
        self._emulator.delete(self._post(told))
        return {}

    async def hide(self, told: Told) -> Told:
        self._emulator.hide(self._post(told))
        return {}

    async def token(self, told: Told) -> Told:
        acts = {
            "expire": self._emulator.expire_token,
            "revoke": self._emulator.revoke_token,
            "renew": self._emulator.renew_token,
        }
        if told["do"] not in acts:
            raise NotPossible(f"a token can be: do = {', '.join(acts)}")
        acts[told["do"]]()
        return {"access_token": self._emulator.account()["access_token"]}

    async def books(self, _: Request) -> Response:
        return JSONResponse({name: asdict(book) for name, book in self._emulator.books.items()})

    async def payments(self, _: Request) -> Response:
        return JSONResponse([_payment(payment) for payment in self._emulator.payments])

    async def account(self, _: Request) -> Response:
        return JSONResponse(self._emulator.account())

    def _user(self, told: Told) -> User:
        if told["id"] not in self._emulator.society.users:
            raise NotPossible("no such account")
        return self._emulator.society.users[told["id"]]

    def _post(self, told: Told) -> Post:
        if told["id"] not in self._emulator.society.posts:
            raise NotPossible("no such post")
        return self._emulator.society.posts[told["id"]]


def _set(switches: Any, table: Told) -> None:
    if unknown := set(table) - set(asdict(switches)):
        raise NotPossible(f"no such switch: {', '.join(sorted(unknown))}")
    for name, value in table.items():
        setattr(switches, name, value)


def _dated(told: Told) -> Told:
    return told | {"at": datetime.fromisoformat(told["at"])} if "at" in told else dict(told)


def _payment(payment: Payment) -> Told:
    return {
        "pay_id": payment.pay_id,
        "out_pay_id": payment.out_pay_id,
        "amount_fen": payment.amount_fen,
        "attach": payment.attach,
        "buyer_id": payment.buyer_id,
        "book": payment.book,
        "star": payment.star,
        "paid_at": iso_text(payment.paid_at) if payment.paid_at else None,
        "refunds": [_refund(refund) for refund in payment.refunds],
    }


def _refund(refund: Refund) -> Told:
    return {"out_refund_id": refund.out_refund_id, "amount_fen": refund.amount_fen, "status": refund.status}

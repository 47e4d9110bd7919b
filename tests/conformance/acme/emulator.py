"""Acme's understudy. Amounts are decimal text, times Unix seconds, and the bill is in Beijing's time."""

import hashlib
import hmac
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import Book, Emulator, Outgoing, ScaledClock, Sender
from tests.conformance.acme.square import Square

ZONE = ZoneInfo("Asia/Shanghai")
PAYER = "payer-canary-7f3a"
CAMPAIGN = "reef"


@dataclass
class Gift:
    """One donation."""

    id: str
    minor: int
    at: datetime
    refund: int = 0


class AcmeEmulator(Emulator):
    """One account with one campaign in CNY."""

    key = "acme"

    def __init__(self, account: str = "ours") -> None:
        super().__init__(clock=ScaledClock())
        self.secret = f"secret-of-account-{account}"
        self.books[CAMPAIGN] = Book("CNY")
        self.gifts: list[Gift] = []
        self.feeds: list[str] = []
        self.square = Square(self.clock.now)
        self._sent = 0
        self._sender = Sender(self.clock, (), timedelta(seconds=5), lambda a: 200 <= a.status < 300, random.Random(1))
        self._app = Starlette(
            routes=[
                Route("/campaigns", self._campaigns),
                Route("/campaigns/{id}", self._campaign),
                Route("/campaigns/{id}/donations", self._donations),
                Route("/donations/{id}", self._donation),
                Route("/bills/{day}", self._bill),
                Route("/feeds", self._feed, methods=["POST"]),
                *self.square.routes,
            ]
        )

    @property
    def app(self) -> Starlette:
        """The API."""
        return self._app

    @property
    def sender(self) -> Sender:
        """What delivers."""
        return self._sender

    def account(self) -> dict[str, Any]:
        """The account's settings."""
        return {"secret": self.secret, "base_url": self.url}

    def donate(self, minor: int) -> None:
        """Somebody gives."""
        gift = Gift(f"G{len(self.gifts) + 1:06}", minor, self.clock.now())
        self.gifts.append(gift)
        self.books[CAMPAIGN].raised += minor
        self.say({"type": "donation", "donation": self._row(gift)})

    def refund(self, minor: int) -> None:
        """The newest donation is given back in part."""
        gift = self.gifts[-1]
        gift.refund += minor
        self.books[CAMPAIGN].raised -= minor
        self.say(
            {
                "type": "refund",
                "refund": {"id": f"R{gift.id}", "donation": gift.id, "amount": _decimal(minor), "at": self._now()},
            }
        )

    def say(self, message: dict[str, Any]) -> None:
        """Sends a message, signed anew and under a new id for each attempt."""
        body = json.dumps({**message, "state": self._state()}).encode()

        def make(_: int) -> Outgoing:
            self._sent += 1
            stamp = str(self._now())
            signature = hmac.new(self.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
            return Outgoing({"Acme-Id": f"D{self._sent}", "Acme-Time": stamp, "Acme-Signature": signature}, body)

        for address in (self.callback, *self.feeds):
            assert address
            self.sender.send(address, make)

    def bill(self, gifts: Sequence[Gift]) -> str:
        """These donations, as a file."""
        lines = ["id,campaign,amount,currency,payer,at,refunded"]
        for gift in gifts:
            local = gift.at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S")
            lines.append(f"{gift.id},{CAMPAIGN},{_decimal(gift.minor)},CNY,{PAYER},{local},{_decimal(gift.refund)}")
        return "\n".join(lines) + "\n"

    def _now(self) -> int:
        return int(self.clock.now().timestamp())

    def _row(self, gift: Gift) -> dict[str, Any]:
        at = int(gift.at.timestamp())
        return {
            "id": gift.id,
            "campaign": CAMPAIGN,
            "amount": _decimal(gift.minor),
            "currency": "CNY",
            "payer": PAYER,
            "at": at,
        }

    def _state(self) -> dict[str, Any]:
        raised = {"amount": _decimal(self.books[CAMPAIGN].raised), "currency": "CNY"}
        return {
            "id": CAMPAIGN,
            "title": "A reef\u202e for all",
            "url": "https://acme.example/reef",
            "raised": raised,
            "at": self._now(),
        }

    def _campaigns(self, request: Request) -> Response:
        return JSONResponse({"data": [self._state()]})

    def _campaign(self, request: Request) -> Response:
        known = request.path_params["id"] == CAMPAIGN
        return JSONResponse(self._state() if known else {"error": "no such campaign"}, 200 if known else 404)

    def _donations(self, request: Request) -> Response:
        return JSONResponse({"data": [self._row(gift) for gift in self.gifts]})

    def _donation(self, request: Request) -> Response:
        found = [gift for gift in self.gifts if gift.id == request.path_params["id"]]
        return JSONResponse(self._row(found[0]) if found else {"error": "no such donation"}, 200 if found else 404)

    async def _feed(self, request: Request) -> Response:
        self.feeds.append((await request.body()).decode())
        return JSONResponse({})

    def _bill(self, request: Request) -> Response:
        day = date.fromisoformat(request.path_params["day"])
        gifts = [gift for gift in self.gifts if gift.at.astimezone(ZONE).date() == day]
        if not gifts:
            return JSONResponse({"error": "no transactions"}, 404)
        return PlainTextResponse(self.bill(gifts), media_type="text/csv")


def _decimal(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"

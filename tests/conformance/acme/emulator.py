"""Acme's understudy. Amounts are decimal text, times Unix seconds, and the bill is in Beijing's time."""

import hashlib
import hmac
import json
import random
from datetime import date, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import Book, Emulator, Outgoing, ScaledClock, Sender
from schema.model.money import Currency
from tests.conformance.acme.gifts import DONE, UNDER_WAY, ZONE, Gift, Refund, Writer
from tests.conformance.acme.square import Square

CAMPAIGN = "reef"
SECOND = "mangrove"
ELSEWHERE = "another"
PAGE = 20


class AcmeEmulator(Emulator):
    """One account with two campaigns. ``endless``: how pages of donations name each other, where they never end."""

    key = "acme"

    def __init__(self, account: str = "ours", currency: str = "CNY") -> None:
        super().__init__(clock=ScaledClock())
        self.name = account
        self.secret = f"secret-of-account-{account}"
        self.books.update({CAMPAIGN: Book(currency), SECOND: Book(currency)})
        self.gifts: list[Gift] = []
        self.milestones: list[tuple[str, int]] = []
        self.feeds: list[str] = []
        self.endless = ""
        self.square = Square(self.clock.now)
        self._writer = Writer(Currency.of(currency))
        self._revision = 0
        self._sent = 0
        self._sender = Sender(self.clock, (), timedelta(seconds=5), lambda a: 200 <= a.status < 300, random.Random(1))
        self._app = Starlette(
            routes=[
                Route("/campaigns", self._campaigns),
                Route("/campaigns/{id}", self._campaign),
                Route("/campaigns/{id}/donations", self._donations),
                Route("/campaigns/{id}/milestones", self._milestones),
                Route("/donations/{id}", self._donation),
                Route("/bills/{day}", self._bill),
                Route("/feeds", self._listed_feeds),
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
        return {"account": self.name, "secret": self.secret, "base_url": self.url}

    def donate(
        self,
        minor: int,
        campaign: str = CAMPAIGN,
        *,
        name: str = "Sample Donor",
        message: str = "",
        anonymous: bool = False,
        hidden: bool = False,
    ) -> None:
        """Somebody gives."""
        gift = self._given(campaign, self.name, minor, name, message, anonymous=anonymous, hidden=hidden)
        self.move(minor, campaign)
        self.say({"type": "donation", "donation": self._writer.gift(gift)}, campaign)

    def try_to_donate(self, minor: int, status: str) -> None:
        """Somebody gives, and it is not done; ``finish`` makes it so."""
        gift = self._given(CAMPAIGN, self.name, minor, "Sample Donor", "", anonymous=False, hidden=False)
        gift.status = status
        self.say({"type": "donation", "donation": self._writer.gift(gift)})

    def finish(self) -> None:
        """The newest donation that is under way is done."""
        gift = next(gift for gift in reversed(self.gifts) if gift.status == UNDER_WAY)
        gift.status = DONE
        self.move(gift.minor)
        self.say({"type": "donation", "donation": self._writer.gift(gift)})

    def donate_elsewhere(self, minor: int) -> None:
        """Somebody gives to another account, and our lists and bills tell it."""
        self._given(ELSEWHERE, "theirs", minor, "Sample", "", anonymous=False, hidden=False)

    def refund(self, minor: int, status: str = DONE) -> None:
        """The newest donation is given back in part; only what is done moves money."""
        gift = self.gifts[-1]
        refund = Refund(f"R{len(gift.refunds)}-{gift.id}", minor, self.clock.now(), status)
        gift.refunds.append(refund)
        self.move(-minor if status == DONE else 0, gift.campaign)
        self.say({"type": "refund", "refund": self._writer.refund(gift, refund)}, gift.campaign)

    def move(self, minor: int, campaign: str = CAMPAIGN) -> None:
        """The total moves, and nothing is told of it until somebody asks."""
        self.books[campaign].raised += minor
        self._revision += 1

    def rotate(self) -> str:
        """Signs with another secret from now on; gives the one before."""
        before, self.secret = self.secret, f"{self.secret}-next"
        return before

    def say(self, message: dict[str, Any], campaign: str = CAMPAIGN) -> None:
        """Sends a message, signed anew and under a new id for each attempt."""
        body = json.dumps({**message, "state": self._state(campaign)}).encode()

        def make(_: int) -> Outgoing:
            self._sent += 1
            stamp = str(self._now())
            signature = hmac.new(self.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
            return Outgoing({"Acme-Id": f"D{self._sent}", "Acme-Time": stamp, "Acme-Signature": signature}, body)

        for address in self.feeds:
            self.sender.send(address, make)

    def bill(self) -> str:
        """All donations, as a file."""
        return self._writer.bill(self.gifts)

    def _given(
        self, campaign: str, account: str, minor: int, name: str, message: str, *, anonymous: bool, hidden: bool
    ) -> Gift:
        number, at = f"G{len(self.gifts) + 1:06}", self.clock.now()
        gift = Gift(number, campaign, account, minor, at, name, message, anonymous, hidden)
        self.gifts.append(gift)
        return gift

    def _now(self) -> int:
        return int(self.clock.now().timestamp())

    def _state(self, campaign: str) -> dict[str, Any]:
        book = self.books[campaign]
        return {
            "id": campaign,
            "title": f"A {campaign}\u202e for all",
            "url": f"https://acme.example/{campaign}",
            "raised": {"amount": self._writer.decimal(book.raised), "currency": book.currency},
            "revision": self._revision,
        }

    def _campaigns(self, request: Request) -> Response:
        return JSONResponse({"data": [self._state(campaign) for campaign in self.books]})

    def _campaign(self, request: Request) -> Response:
        asked = request.path_params["id"]
        known = asked in self.books
        return JSONResponse(self._state(asked) if known else {"error": "no such campaign"}, 200 if known else 404)

    def _donations(self, request: Request) -> Response:
        asked = request.query_params.get("page", "0")
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
            return JSONResponse({"error": "no such page"}, 400)
        page = int(asked)
        if self.endless:
            return JSONResponse({"data": [], "next": str(page + (self.endless == "line"))})
        # what was given to another account is in each of our lists
        found = [gift for gift in self.gifts if gift.campaign in (request.path_params["id"], ELSEWHERE)]
        following = str(page + 1) if (page + 1) * PAGE < len(found) else None
        rows = [self._writer.gift(gift) for gift in found[page * PAGE : (page + 1) * PAGE]]
        return JSONResponse({"data": rows, "next": following})

    def _milestones(self, request: Request) -> Response:
        if request.path_params["id"] not in self.books:
            return JSONResponse({"error": "no such campaign"}, 404)
        code = self.books[CAMPAIGN].currency
        told = [{"title": title, "amount": self._writer.decimal(at), "currency": code} for title, at in self.milestones]
        return JSONResponse({"data": told})

    def _donation(self, request: Request) -> Response:
        found = [gift for gift in self.gifts if gift.id == request.path_params["id"]]
        if not found:
            return JSONResponse({"error": "no such donation"}, 404)
        return JSONResponse(self._writer.gift(found[0]))

    def _listed_feeds(self, request: Request) -> Response:
        return JSONResponse({"data": self.feeds})

    async def _feed(self, request: Request) -> Response:
        self.feeds.append((await request.body()).decode())
        return JSONResponse({})

    def _bill(self, request: Request) -> Response:
        day = date.fromisoformat(request.path_params["day"])
        gifts = [gift for gift in self.gifts if gift.at.astimezone(ZONE).date() == day]
        if not gifts:
            return JSONResponse({"error": "no transactions"}, 404)
        return PlainTextResponse(self._writer.bill(gifts), media_type="text/csv")

"""The emulator as tests and people see it."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any, Literal

from connectors.testing.emulation import Book, Control, Emulator, ScaledClock
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from giving_gateway_well.emulator.state import CURRENCIES, Gift, Json, Refund, Well, seconds


class WellEmulator(Emulator):
    """The network with one association and two wells. What is given is in their books at once."""

    key = "well"
    currencies = CURRENCIES
    largest_page = 2
    """So small that books have several pages."""

    def __init__(self, *, clock: ScaledClock | None = None, seed: int = 1, currency: str = "KES") -> None:
        super().__init__(clock=clock, seed=seed)
        self.endless: Literal["no", "repeating", "new"] = "no"
        """Whether pages of a list go on for ever, naming the same one or new ones."""
        self._member, self._phrase = f"A{seed:04}", self.rng.randbytes(16).hex()
        self._first = Well(f"kibera-{seed}", 250_000, Book(currency), self.clock.now())
        second = Well(f"turkana-{seed}", 400_000, Book(currency), self.clock.now())
        self._wells = {well.code: well for well in (self._first, second)}
        self._entries: list[Gift | Refund] = []
        self.books.update({well.code: well.book for well in self._wells.values()})
        routes = {"/wells": self._all_wells, "/wells/{well}/book": self._book, "/gifts/{number}": self._gift}
        control = Control(self, [self.give, self.promise, self.receive, self.ask_back, self.decide])
        self._app = Starlette(routes=[*(Route(path, self._guarded(answer)) for path, answer in routes.items()), control.mount])

    @property
    def app(self) -> Starlette:
        """The API, and the control door for tests in other processes under ``/control``."""
        return self._app

    def account(self) -> dict[str, Any]:
        """The settings of the account, by the connector's names."""
        return {"member": self._member, "pass_phrase": self._phrase, "base_url": self.url}

    def give(self, minor: int, *, well: str | None = None, name: str | None = "Amina", note: str | None = None) -> str:
        """Somebody gives for a well, the first one unless another is named; answers the gift's number."""
        gift = self._enter(self._first if well is None else self._wells[well], minor, name, note, "promised")
        self.receive()
        return gift.number

    def promise(self, minor: int, *, bounces: bool = False) -> str:
        """Somebody promises so much for the first well, and has not paid; answers the gift's number. Where it ``bounces``
        nobody will.
        """
        return self._enter(self._first, minor, "Amina", None, "bounced" if bounces else "promised").number

    def receive(self) -> None:
        """What was promised last is paid."""
        gift = next(gift for gift in reversed(self._entries) if isinstance(gift, Gift) and gift.state == "promised")
        gift.state, gift.changed = "received", self.clock.now()
        gift.well.book.count += 1
        gift.well.book.raised += gift.amount

    def ask_back(self, minor: int) -> None:
        """A part of the newest gift, or all of it, is asked back."""
        gift = next(entry for entry in reversed(self._entries) if isinstance(entry, Gift))
        self._entries.append(Refund(f"WR-{len(self._entries) + 1:06}", gift, minor, self.clock.now()))

    def decide(self, *, paid: bool) -> None:
        """The newest refund that was asked for is paid, or declined."""
        asked = (entry for entry in reversed(self._entries) if isinstance(entry, Refund) and entry.state == "asked")
        refund = next(asked, None)
        if refund is None:
            raise ValueError("nothing was asked back")
        refund.state, refund.at = "paid" if paid else "declined", self.clock.now()
        if paid:
            refund.well.book.raised -= refund.amount
            refund.well.book.refunded += refund.amount

    def _enter(self, well: Well, minor: int, name: str | None, note: str | None, state: str) -> Gift:
        now = self.clock.now()
        gift = Gift(f"WG-{len(self._entries) + 1:06}", well, minor, name, note, now, now, state)
        self._entries.append(gift)
        return gift

    # ------------------------------------------------------------------------------------------------------ answers

    def _guarded(self, answer: Callable[[Request], Json | None]) -> Callable[[Request], Awaitable[Response]]:
        """An address that wants to know who asks, refuses what cannot be read, and has nothing where ``answer`` has none."""
        known = f"Basic {base64.b64encode(f'{self._member}:{self._phrase}'.encode()).decode()}"

        async def endpoint(request: Request) -> Response:
            if request.headers.get("Authorization") != known:
                return JSONResponse({"sorry": "who are you?"}, 401)
            try:
                told = answer(request)
            except ValueError:
                return JSONResponse({"sorry": "what do you mean?"}, 400)
            return JSONResponse({"sorry": "no such thing"}, 404) if told is None else JSONResponse(told)

        return endpoint

    def _all_wells(self, request: Request) -> Json:
        return self._page(request, [well.words() for well in self._wells.values()])

    def _book(self, request: Request) -> Json | None:
        well = self._wells.get(request.path_params["well"])
        if well is None:
            return None
        since = int(request.query_params.get("since", "0"))
        return self._page(
            request, [entry.words() for entry in self._entries if entry.well is well and seconds(entry.changed) >= since]
        )

    def _gift(self, request: Request) -> Json | None:
        number = request.path_params["number"]
        return next((gift.words() for gift in self._entries if isinstance(gift, Gift) and gift.number == number), None)

    def _page(self, request: Request, rows: list[Json]) -> Json:
        begin = int(request.query_params.get("from", "0"))
        end = begin + min(int(request.query_params.get("most", "20")), self.largest_page)
        if self.endless != "no":
            return {"rows": [], "further": "1" if self.endless == "repeating" else str(end)}
        return {"rows": rows[begin:end], "further": str(end) if end < len(rows) else None}

"""The emulator as tests and people see it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, Literal

from connectors.testing.emulation import Book, Control, Emulator, ScaledClock, Sender
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from giving_gateway_lantern.emulator.pushing import Pushing
from giving_gateway_lantern.emulator.state import DECIMALS, Garland, Json, Lantern


class LanternEmulator(Emulator):
    """Lantern with one organiser and one garland, ``hang`` adds others. What happens is pushed, and is in the lists at once."""

    key = "lantern"
    currencies = tuple(DECIMALS)
    largest_page = 2
    """So small that lists have several pages."""

    def __init__(self, *, clock: ScaledClock | None = None, seed: int = 1, currency: str = "EUR") -> None:
        super().__init__(clock=clock, seed=seed)
        self.endless: Literal["no", "repeating", "new"] = "no"
        """Whether pages of a list go on for ever, naming the same one or new ones."""
        self._key = f"lk_{self.rng.randbytes(16).hex()}"
        self._pushing = Pushing(self.clock, self.rng)
        self._garlands: dict[str, Garland] = {}
        self._lanterns: list[Lantern] = []
        self._first = self._new_garland("Lanterns for the Night Shelter", Book(currency), 500_000, ())
        routes = {
            "/garlands": self._all_garlands,
            "/garlands/{garland}/lanterns": self._lanterns_on,
            "/garlands/{garland}/promises": self._promises_for,
        }
        paying = (self.kindle, self.catch, self.refund, self.ask_for_refund)
        control = Control(self, [self.hang, self.light, *paying, self.count_box, self.promise])
        self._app = Starlette(routes=[*(Route(path, self._guarded(answer)) for path, answer in routes.items()), control.mount])

    @property
    def app(self) -> Starlette:
        """The API, and the control door for tests in other processes under ``/control``."""
        return self._app

    @property
    def sender(self) -> Sender:
        """What delivers; its ``mischief`` duplicates, reorders and loses."""
        return self._pushing.sender

    def account(self) -> dict[str, Any]:
        """The settings of the organiser's account, by the connector's names."""
        return {"access_key": self._key, "webhook_secret": self._pushing.secret, "base_url": self.url}

    # ------------------------------------------------------------------------------------------------- what people do

    def hang(self, title: str, on: str | None = None) -> str:
        """Hangs a new garland, on another one or on none; gives its id."""
        above = () if on is None else (self._garlands[on], *self._garlands[on].above)
        return self._new_garland(title, Book(self._first.book.currency), None, above).id

    def light(
        self, minor: int, garland: str | None = None, *, name: str = "Aya", named: bool = True, wish: str | None = None
    ) -> str:
        """Somebody lights a lantern; gives its id. ``garland`` None is the first one."""
        on, now = self._first if garland is None else self._garlands[garland], self.clock.now()
        lantern = Lantern(f"lan_{len(self._lanterns) + 1:06}", on, minor, name, named, wish, now, now)
        self._lanterns.append(lantern)
        self.push("lantern.made", lantern.words())
        self._move(on, minor, count=1)
        return lantern.id

    def kindle(self, minor: int, *, drowns: bool = False) -> str:
        """Somebody begins to pay for a lantern on the first garland; gives its id. Where it ``drowns`` that has failed."""
        now = self.clock.now()
        status = "drowned" if drowns else "wick"
        lantern = Lantern(f"lan_{len(self._lanterns) + 1:06}", self._first, minor, "Aya", True, None, now, now, status)
        self._lanterns.append(lantern)
        self.push("lantern.made", lantern.words())
        return lantern.id

    def catch(self) -> None:
        """The newest lantern that is but a wick is paid, and lit."""
        lantern = next(lantern for lantern in reversed(self._lanterns) if lantern.status == "wick")
        self._become(lantern, "lit")
        self._move(lantern.garland, lantern.minor, count=1)

    def refund(self) -> None:
        """What was given for the newest lantern goes back."""
        lantern = self._lanterns[-1]
        if lantern.status == "dark":
            raise ValueError("a lantern goes dark once")
        self._become(lantern, "dark")
        self._move(lantern.garland, -lantern.minor, refunded=lantern.minor)

    def ask_for_refund(self) -> None:
        """A refund of the newest lantern is asked for; where it was already, it is refused."""
        lantern = self._lanterns[-1]
        self._become(lantern, "lit" if lantern.status == "dimming" else "dimming")

    def count_box(self, minor: int) -> None:
        """Stewards enter cash, which is no lantern of the list."""
        self._move(self._first, minor)

    def promise(self, title: str, minor: int) -> str:
        """Something will be done when the first garland gets there; gives the garland's id."""
        self._first.promises.append((title, minor))
        return self._first.id

    def push(self, event: str, told: Json) -> None:
        """Tells the callback of an event."""
        if self.callback is not None:
            self._pushing.push(self.callback, {"event": event, "object": told})

    def renew_secret(self) -> None:
        """Deliveries are signed with a new secret from now on."""
        self._pushing.renew()

    def _new_garland(self, title: str, book: Book, goal: int | None, above: tuple[Garland, ...]) -> Garland:
        made = Garland(f"gar_{self.rng.randbytes(4).hex()}", title, goal, book, above)
        self._garlands[made.id] = made
        self.books[made.id] = book
        return made

    def _become(self, lantern: Lantern, status: str) -> None:
        lantern.become(status, self.clock.now())
        self.push("lantern.changed", lantern.words())

    def _move(self, garland: Garland, minor: int, *, refunded: int = 0, count: int = 0) -> None:
        """A garland and all above it have raised so much more."""
        for moved in (garland, *garland.above):
            moved.book.raised += minor
            moved.book.refunded += refunded
            moved.book.count += count
            moved.revision += 1
            self.push("garland.changed", moved.words())

    # -------------------------------------------------------------------------------------------------------- answers

    def _guarded(self, answer: Callable[[Request], Json]) -> Callable[[Request], Awaitable[Response]]:
        """An address that wants the key, refuses a query that cannot be read, and has nothing of an unknown garland."""

        async def endpoint(request: Request) -> Response:
            if request.headers.get("Lantern-Key") != self._key:
                return JSONResponse({"error": "unknown_key"}, 401)
            try:
                return JSONResponse(answer(request))
            except KeyError:
                return JSONResponse({"error": "no_such_garland"}, 404)
            except ValueError:
                return JSONResponse({"error": "bad_query"}, 400)

        return endpoint

    def _all_garlands(self, request: Request) -> Json:
        return self._page(request, [garland.words() for garland in self._garlands.values()])

    def _lanterns_on(self, request: Request) -> Json:
        garland = self._garlands[request.path_params["garland"]]
        since = datetime.fromisoformat(request.query_params.get("changed_since", "2000-01-01T00:00:00Z"))
        hung = (lantern for lantern in self._lanterns if lantern.garland is garland and lantern.status_at >= since)
        return self._page(request, [lantern.words() for lantern in hung])

    def _promises_for(self, request: Request) -> Json:
        return self._page(request, self._garlands[request.path_params["garland"]].promised())

    def _page(self, request: Request, rows: list[Json]) -> Json:
        page, size = int(request.query_params["page"]), min(int(request.query_params["size"]), self.largest_page)
        if self.endless != "no":
            return {"items": [], "next_page": 1 if self.endless == "repeating" else page + 1}
        return {"items": rows[(page - 1) * size : page * size], "next_page": page + 1 if page * size < len(rows) else None}

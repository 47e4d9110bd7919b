"""Acme's public square: posts with counters and accounts with followers. A batch is of a hundred, and never of more."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

BATCH = 100


@dataclass
class Shout:
    """One post."""

    id: str
    at: datetime
    counters: tuple[int, int, int] = (0, 0, 0)


@dataclass
class Square:
    """Who is there, and what is said."""

    now: Callable[[], datetime]
    shouts: dict[str, Shout] = field(default_factory=dict)
    followers: dict[str, int] = field(default_factory=dict)
    shouted: int = 0

    @property
    def routes(self) -> list[Route]:
        """Its addresses."""
        return [
            Route("/posts/{id}", self._post),
            Route("/counters", self._counters),
            Route("/followers", self._followers),
        ]

    def shout(self) -> str:
        """A new post. Its id is above 2**53 and odd, so that a double holds another one."""
        self.shouted += 2
        shout = Shout(str(9_300_000_000_000_001 + self.shouted), self.now())
        self.shouts[shout.id] = shout
        return shout.id

    def engage(self, post: str, *by: int) -> None:
        """Counters move."""
        first, second, third = (each + more for each, more in zip(self.shouts[post].counters, by, strict=True))
        self.shouts[post].counters = first, second, third

    def introduce(self, followers: int) -> str:
        """A new account."""
        name = f"A{len(self.followers) + 1:06}"
        self.followers[name] = followers
        return name

    def _post(self, request: Request) -> Response:
        shout = self.shouts.get(request.path_params["id"])
        if shout is None:
            return JSONResponse({"error": "no such post"}, 404)
        told = {**_row(shout), "text": "Reefs\u202e need friends", "at": int(shout.at.timestamp())}
        return JSONResponse(told)

    def _counters(self, request: Request) -> Response:
        asked = request.query_params["posts"].split(",")
        return _answer(asked, [_row(self.shouts[each]) for each in asked if each in self.shouts])

    def _followers(self, request: Request) -> Response:
        asked = request.query_params["accounts"].split(",")
        found = [{"id": each, "followers": self.followers[each]} for each in asked if each in self.followers]
        return _answer(asked, found)


def _answer(asked: list[str], rows: list[dict[str, Any]]) -> Response:
    return JSONResponse({"data": rows}) if len(asked) <= BATCH else JSONResponse({"error": "too many"}, 400)


def _row(shout: Shout) -> dict[str, Any]:
    reposts, comments, likes = shout.counters
    return {"id": shout.id, "reposts": reposts, "comments": comments, "likes": likes}

"""A receiver of notifications on a real socket. It keeps what it hears and answers as it is told."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import serve


@dataclass
class Heard:
    """One attempt as it arrived."""

    query: str
    kind: str
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        """The parameters, wherever they were."""
        return dict(parse_qsl(self.query or self.body.decode(), keep_blank_values=True, strict_parsing=True))


class Receiver:
    """``answer`` gives what is said to the attempts, counted from 0."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answer: Callable[[int], tuple[int, str]] = lambda _: (200, "success")
        self.url = ""

    async def _hear(self, request: Request) -> Response:
        status, text = self.answer(len(self.heard))
        self.heard.append(Heard(request.url.query, request.headers.get("content-type", ""), await request.body()))
        return PlainTextResponse(text, status)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["Receiver"]:
        """Listens on loopback."""
        async with serve(Starlette(routes=[Route("/hook", self._hear, methods=["POST"])])) as address:
            self.url = f"{address}/hook"
            yield self

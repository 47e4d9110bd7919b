"""A receiver of notifications on a real socket. It keeps what it hears and answers as it is told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import serve


@dataclass
class Heard:
    """One attempt as it arrived."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def envelope(self) -> dict[str, Any]:
        """The clear part."""
        told = json.loads(self.body)
        assert isinstance(told, dict)
        return told


class Receiver:
    """``answer`` gives the status for the attempts, counted from 0; ``silent`` leaves every attempt without an answer."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answer: Callable[[int], int] = lambda _: 200
        self.silent = False
        self.url = ""

    async def _hear(self, request: Request) -> Response:
        number = len(self.heard)
        self.heard.append(Heard(request.headers, await request.body()))
        if self.silent:
            await asyncio.Event().wait()
        status = self.answer(number)
        return Response(status_code=204) if status == 204 else JSONResponse({"code": "SUCCESS"}, status)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["Receiver"]:
        """Listens on loopback."""
        async with serve(Starlette(routes=[Route("/hook", self._hear, methods=["POST"])])) as address:
            self.url = f"{address}/hook"
            yield self

"""What every call passes: trouble that was asked for, the application id, and the form of the answer."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from connectors.justgiving.emulator.documents import json_text, xml_text
from connectors.justgiving.emulator.habits import Forms
from connectors.testing.emulation import Outage

Handler = Callable[[Request], Any]
"""Gives the content of the answer, or raises Refused."""

OPEN: Final = {"Access-Control-Allow-Origin": "*"}
"""Web pages call the API themselves."""


class Refused(Exception):
    """A call that is answered with another status than 200. The form of its body is *assumed*."""

    def __init__(self, status: int, problem: str) -> None:
        super().__init__(problem)
        self.status = status
        self.told = [{"id": problem.title().replace(" ", ""), "desc": problem}]


@dataclass(frozen=True, slots=True)
class Gate:
    """Opens to one application."""

    app_id: str
    outage: Outage
    forms: Forms
    rng: random.Random

    def endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """The handler behind the gate."""

        async def endpoint(request: Request) -> Response:
            if (failed := await self.outage.meet()) is not None:
                return failed
            try:
                self._check(request)
                return self._written(request, 200, handler(request))
            except Refused as refused:
                return self._written(request, refused.status, refused.told)

        return endpoint

    def _check(self, request: Request) -> None:
        given = request.path_params.get("app_id") or request.headers.get("x-api-key")
        if not given:
            raise Refused(401, "no application id")
        if given != self.app_id:
            raise Refused(403, "application id unknown")
        if b"%2f" in request.scope["raw_path"].lower():
            raise Refused(404, "not found")  # *assumed*: that the slash of page/ may not be encoded

    def _written(self, request: Request, status: int, content: Any) -> Response:
        """JSON is for those who ask for it; ``*/*`` does not."""
        if "application/json" not in request.headers.get("accept", ""):
            return Response(f'<?xml version="1.0"?>{xml_text(content)}', status, OPEN, "application/xml")
        escaped = self.rng.random() < self.forms.escaped_slashes
        return Response(json_text(content, escaped_slashes=escaped), status, OPEN, "application/json")

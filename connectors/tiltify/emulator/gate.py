"""What every call of the API passes: outages, the token, and its scope."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.testing.emulation import Outage
from connectors.tiltify.emulator.errors import Refused
from connectors.tiltify.emulator.oauth import OAuth

Answer: TypeAlias = Callable[[Request], Awaitable[Any]]
"""Gives what is answered, as JSON. Raises Refused."""
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


class Gate:
    """Stands before every answer. *Assumed*: that any good token reads what is public, and that 403 is for a lacking scope."""

    def __init__(self, oauth: OAuth, outage: Outage) -> None:
        self._oauth = oauth
        self._outage = outage

    def endpoint(self, answer: Answer, scope: str | None = None) -> Endpoint:
        """The answer behind the gate, for tokens with a scope where one is named."""

        async def guarded(request: Request) -> Response:
            if (broken := await self._outage.meet()) is not None:
                return broken
            try:
                self._admit(request, scope)
                return JSONResponse(await answer(request))
            except Refused as refused:
                return refused.answer()

        return guarded

    def _admit(self, request: Request, scope: str | None) -> None:
        scheme, _, access = request.headers.get("authorization", "").partition(" ")
        scopes = self._oauth.scopes(access) if scheme == "Bearer" else None
        if scopes is None:
            raise Refused(401)
        if scope is not None and scope not in scopes:
            raise Refused(403)

"""Tokens: https://developers.tiltify.com and https://v5api.tiltify.com/api/public/openapi

Parameters come in the query, as documented, or as JSON, as clients send them. Refusals have the shape of OAuth and 422; which
word stands for which refusal but ``invalid_client`` is *assumed*, as is that all of them are 422.
"""

import json
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.testing.emulation import Outage
from connectors.tiltify.emulator.ids import draw_key

PUBLIC: Final = "public"
WEBHOOKS: Final = "webhooks:write"
SCOPES: Final = frozenset({PUBLIC, WEBHOOKS, "cause"})


@dataclass(slots=True)
class Tokens:
    """Switches. ``life`` is what ``expires_in`` says; tokens end ``early`` before that, as has been seen."""

    life: timedelta = timedelta(hours=2)
    early: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token, a refresh token or a code stands for."""

    scopes: tuple[str, ...]
    until: datetime | None = None
    redirect_uri: str | None = None


class NotGranted(Exception):
    """A refusal of the token endpoint."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.told = {"error": error, "error_description": description}


class OAuth:
    """One app and its tokens."""

    def __init__(self, rng: random.Random, now: Callable[[], datetime], outage: Outage) -> None:
        self.tokens = Tokens()
        self.client_id = draw_key(rng)
        self.client_secret = draw_key(rng)
        self._rng = rng
        self._now = now
        self._outage = outage
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}
        self._codes: dict[str, Grant] = {}

    def routes(self) -> list[BaseRoute]:
        """Every address."""
        return [Route("/oauth/token", self._token, methods=["POST"]), Route("/oauth/authorize", self._authorize)]

    def scopes(self, access: str) -> tuple[str, ...] | None:
        """What a token may do now; None where it is good for nothing."""
        grant = self._access.get(access)
        return grant.scopes if grant and grant.until and self._now() < grant.until else None

    def expire(self) -> None:
        """No access token is good any more; refresh tokens stay good."""
        self._access.clear()

    async def _token(self, request: Request) -> Response:
        if (broken := await self._outage.meet()) is not None:
            return broken
        try:
            return JSONResponse(self._granted(await _parameters(request)))
        except NotGranted as refused:
            return JSONResponse(refused.told, 422)

    def _granted(self, given: Mapping[str, Any]) -> dict[str, Any]:
        if (given.get("client_id"), given.get("client_secret")) != (self.client_id, self.client_secret):
            raise NotGranted("invalid_client", "Client authentication failed")
        match given.get("grant_type"):
            case "client_credentials":
                scopes = _scopes(given.get("scope"))
            case "authorization_code":
                scopes = self._spent(self._codes, given.get("code"), given.get("redirect_uri"))
            case "refresh_token":
                scopes = self._spent(self._refresh, given.get("refresh_token"))
            case _:
                raise NotGranted("unsupported_grant_type", "There is no such grant")
        return self._issue(scopes)

    def _spent(self, grants: dict[str, Grant], name: object, redirect_uri: object = None) -> tuple[str, ...]:
        grant = grants.pop(str(name), None)
        if grant is None or grant.redirect_uri != redirect_uri:
            raise NotGranted("invalid_grant", "It was never given, was given for another address, or is spent")
        return grant.scopes

    def _issue(self, scopes: tuple[str, ...]) -> dict[str, Any]:
        now = self._now()
        access, refresh = draw_key(self._rng), draw_key(self._rng)
        self._access[access] = Grant(scopes, now + self.tokens.life - self.tokens.early)
        self._refresh[refresh] = Grant(scopes)
        return {
            "access_token": access,
            "created_at": f"{now:%Y-%m-%dT%H:%M:%SZ}",
            "expires_in": self.tokens.life // timedelta(seconds=1),
            "refresh_token": refresh,
            "scope": " ".join(scopes),
            "token_type": "bearer",
        }

    async def _authorize(self, request: Request) -> Response:
        """Consents without asking, as a user who presses the button."""
        try:
            return RedirectResponse(self._consented(request.query_params), 302)
        except NotGranted as refused:
            return JSONResponse(refused.told, 422)

    def _consented(self, query: Mapping[str, str]) -> str:
        if query.get("client_id") != self.client_id:
            raise NotGranted("invalid_client", "There is no such app")
        if query.get("response_type") != "code" or not query.get("redirect_uri"):
            raise NotGranted("invalid_request", "response_type is code, and there is a redirect_uri")
        code = draw_key(self._rng)
        self._codes[code] = Grant(_scopes(query.get("scope")), redirect_uri=query["redirect_uri"])
        back = {"code": code, "state": query.get("state", "")}
        return f"{query['redirect_uri']}?{urlencode(back)}"


def _scopes(text: object) -> tuple[str, ...]:
    asked = tuple(dict.fromkeys((text if isinstance(text, str) else "").split())) or (PUBLIC,)
    if not SCOPES.issuperset(asked):
        raise NotGranted("invalid_scope", f"scopes are {' '.join(sorted(SCOPES))}")
    return asked


async def _parameters(request: Request) -> dict[str, Any]:
    body = await request.body()
    told: Any = {}
    if body and request.headers.get("content-type", "").startswith("application/json"):
        try:
            told = json.loads(body)
        except ValueError:
            raise NotGranted("invalid_request", "the body is no JSON") from None
    return dict(request.query_params) | (told if isinstance(told, dict) else {})

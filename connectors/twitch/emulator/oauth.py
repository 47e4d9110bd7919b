"""Tokens: https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/ and the pages beside it.

The bodies of errors follow those pages where they show one; the rest of their wording is *assumed*.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import Outage
from connectors.twitch.emulator.habits import Habits
from connectors.twitch.emulator.payloads import Json
from connectors.twitch.emulator.state import SCOPE, Broadcaster, State


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token stands for. An app token has no user."""

    client_id: str
    user_id: str | None
    scopes: frozenset[str]
    expires_at: datetime


class Refusal(Exception):
    """An answer other than success, with Twitch's body for it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def answer(self, headers: Mapping[str, str] | None = None) -> Response:
        """The answer."""
        body = {"error": HTTPStatus(self.status).phrase, "status": self.status, "message": self.message}
        return JSONResponse(body, self.status, headers)


class OAuth:
    """One app, its tokens, and what broadcasters granted to it."""

    def __init__(self, state: State, habits: Habits, outage: Outage) -> None:
        self._state = state
        self._habits = habits
        self._outage = outage
        self.client_id = state.text(30).lower()
        self.client_secret = state.text(30).lower()
        self._grants: dict[str, Grant] = {}
        self._codes: dict[str, tuple[Broadcaster, str]] = {}
        self.routes: Final = [
            Route("/oauth2/authorize", self._authorize),
            Route("/oauth2/token", self._token, methods=["POST"]),
            Route("/oauth2/validate", self._validate),
        ]

    def grant(self, token: str) -> Grant | None:
        """What a token that is valid now stands for."""
        found = self._grants.get(token)
        return found if found and found.expires_at > self._state.clock.now() else None

    def issue(self, broadcaster: Broadcaster | None) -> str:
        """A fresh access token: a broadcaster's, or the app's."""
        token = self._state.text(30).lower()
        life = self._habits.user_token_life if broadcaster else self._habits.app_token_life
        scopes = broadcaster.consent if broadcaster else frozenset[str]()
        user_id = broadcaster.id if broadcaster else None
        self._grants[token] = Grant(self.client_id, user_id, scopes, self._state.clock.now() + life)
        return token

    def code(self, broadcaster: Broadcaster, redirect_uri: str) -> str:
        """What a broadcaster's consent sends back to the app: good once, for this address only."""
        code = self._state.text(30).lower()
        self._codes[code] = (broadcaster, redirect_uri)
        return code

    def revoke(self, broadcaster: Broadcaster | None = None) -> None:
        """Makes access tokens invalid at once: a broadcaster's, or everyone's. Refresh tokens stay good."""
        self._grants = {t: g for t, g in self._grants.items() if broadcaster and g.user_id != broadcaster.id}

    async def _authorize(self, request: Request) -> Response:
        """Consents without asking, as a broadcaster who presses the button (``login_hint``: which one; made for tests)."""
        query = request.query_params
        if query.get("client_id") != self.client_id:
            return Refusal(400, "invalid client").answer()
        if query.get("response_type") != "code" or not query.get("redirect_uri"):
            return Refusal(400, "invalid response_type or redirect_uri").answer()
        login = query.get("login_hint")
        everyone = self._state.broadcasters.values()
        broadcaster = next((b for b in everyone if login in (None, b.login)), None)
        if broadcaster is None:
            return Refusal(400, "no such broadcaster").answer()
        broadcaster.consent = frozenset(query.get("scope", SCOPE).split())
        back = {"code": self.code(broadcaster, query["redirect_uri"]), "state": query.get("state", "")}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(back)}", 302)

    async def _token(self, request: Request) -> Response:
        if (broken := await self._outage.meet()) is not None:
            return broken
        fields = dict(request.query_params) | dict(parse_qsl((await request.body()).decode()))
        try:
            return JSONResponse(self._granted(fields))
        except Refusal as refusal:
            return refusal.answer()

    def _granted(self, fields: Mapping[str, str]) -> Json:
        for name in ("client_id", "client_secret", "grant_type"):
            if not fields.get(name):
                raise Refusal(400, f"missing {name.replace('_', ' ')}")
        if fields["client_id"] != self.client_id:
            raise Refusal(400, "invalid client")
        if fields["client_secret"] != self.client_secret:
            raise Refusal(403, "invalid client secret")
        match fields["grant_type"]:
            case "client_credentials":
                return _shown(self.issue(None), self._habits.app_token_life)
            case "authorization_code":
                broadcaster, redirect_uri = self._codes.pop(fields.get("code", ""), (None, ""))
                if broadcaster is None or fields.get("redirect_uri") != redirect_uri:
                    raise Refusal(400, "Invalid authorization code")
            case "refresh_token":
                everyone = self._state.broadcasters.values()
                broadcaster = next((b for b in everyone if b.refresh_token == fields.get("refresh_token")), None)
                if broadcaster is None:
                    raise Refusal(400, "Invalid refresh token")
                if not broadcaster.consent:
                    raise Refusal(401, "The user disconnected the app")
                if self._habits.rotates_refresh_tokens:
                    broadcaster.refresh_token = self._state.text(50).lower()
            case _:
                raise Refusal(400, "invalid grant type")
        shown = _shown(self.issue(broadcaster), self._habits.user_token_life)
        return {**shown, "refresh_token": broadcaster.refresh_token, "scope": sorted(broadcaster.consent)}

    async def _validate(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        grant = self.grant(token) if scheme in ("OAuth", "Bearer") else None
        if grant is None:
            return Refusal(401, "invalid access token").answer()
        left = (grant.expires_at - self._state.clock.now()) // timedelta(seconds=1)
        shown: Json = {"client_id": grant.client_id, "scopes": sorted(grant.scopes), "expires_in": left}
        if grant.user_id:
            shown |= {"login": self._state.broadcasters[grant.user_id].login, "user_id": grant.user_id}
        return JSONResponse(shown)


def _shown(token: str, life: timedelta) -> Json:
    return {"access_token": token, "expires_in": life // timedelta(seconds=1), "token_type": "bearer"}

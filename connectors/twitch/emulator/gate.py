"""What every Helix call passes: outages, the rate bucket, and the tokens.

Source: https://dev.twitch.tv/docs/api/guide/
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from connectors.testing.emulation import Outage
from connectors.twitch.emulator.faults import Trouble
from connectors.twitch.emulator.habits import Habits
from connectors.twitch.emulator.oauth import Grant, OAuth, Refusal
from connectors.twitch.emulator.state import State

Answer = Callable[[Request, Grant], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


class Gate:
    """Stands before every Helix answer. ``Ratelimit-*`` are on all of them, also on refusals, but for outages."""

    def __init__(self, state: State, oauth: OAuth, habits: Habits, outage: Outage, trouble: Trouble) -> None:
        self._state = state
        self._oauth = oauth
        self._habits = habits
        self._outage = outage
        self._trouble = trouble
        self._full_at: dict[tuple[str, str | None], datetime] = {}

    def endpoint(self, answer: Answer) -> Endpoint:
        """The answer behind the gate."""

        async def guarded(request: Request) -> Response:
            if (broken := await self._outage.meet()) is not None:
                return broken
            client = request.headers.get("Client-Id", "")
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            grant = self._oauth.grant(token)
            allowed, headers = self._take((client, grant.user_id if grant else None))
            if self._trouble.refuses():
                allowed, headers["Ratelimit-Remaining"] = False, "0"
            try:
                response = await answer(request, self._admitted(client, scheme, token, grant, allowed=allowed))
            except Refusal as refusal:
                response = refusal.answer()
            response.headers.update(headers)
            return response

        return guarded

    def _admitted(self, client: str, scheme: str, token: str, grant: Grant | None, *, allowed: bool) -> Grant:
        if not allowed:
            raise Refusal(429, "You have exceeded the rate limit")
        if scheme != "Bearer" or not token:
            raise Refusal(401, "OAuth token is missing")
        if grant is None:
            raise Refusal(401, "Invalid OAuth token")
        if client != grant.client_id:
            raise Refusal(401, "Client ID and OAuth token do not match" if client else "Client ID is missing")
        return grant

    def _take(self, key: tuple[str, str | None]) -> tuple[bool, dict[str, str]]:
        """Takes a point out of the bucket of a client id, or of a client id and a user. One call costs one (assumed)."""
        limit = self._habits.points_per_minute
        point = timedelta(minutes=1) / limit
        now = self._state.clock.now()
        full_at = max(self._full_at.get(key, now), now)
        allowed = full_at + point - now <= point * limit
        if allowed:
            full_at += point
        self._full_at[key] = full_at
        used = -((now - full_at) // point)
        return allowed, {
            "Ratelimit-Limit": str(limit),
            "Ratelimit-Remaining": str(max(limit - used, 0)),
            "Ratelimit-Reset": str(int(full_at.timestamp()) + 1),
        }

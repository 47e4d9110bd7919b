"""The charity pair of Helix, and its users.

Source: https://dev.twitch.tv/docs/api/reference/#get-charity-campaign and the two beside it.
"""

import base64
import binascii
import json
from typing import Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.twitch.emulator.gate import Gate
from connectors.twitch.emulator.habits import Forms
from connectors.twitch.emulator.oauth import Grant, Refusal
from connectors.twitch.emulator.payloads import Json, campaign_entry, donation_entry
from connectors.twitch.emulator.state import SCOPE, Broadcaster, State


class Helix:
    """Answers from the state, and from nothing else."""

    def __init__(self, state: State, gate: Gate, forms: Forms) -> None:
        self._state = state
        self._forms = forms
        self.routes: Final = [
            Route("/helix/charity/campaigns", gate.endpoint(self._campaigns)),
            Route("/helix/charity/donations", gate.endpoint(self._donations)),
            Route("/helix/users", gate.endpoint(self._users)),
        ]

    async def _campaigns(self, request: Request, grant: Grant) -> Response:
        campaign = self._state.running(self._broadcaster(request, grant).id)
        if campaign is None and self._forms.no_campaign_is_404:
            raise Refusal(404, "The specified broadcaster does not have a charity campaign")
        return JSONResponse({"data": [campaign_entry(campaign, self._forms)] if campaign else []})

    async def _donations(self, request: Request, grant: Grant) -> Response:
        broadcaster = self._broadcaster(request, grant)
        first = request.query_params.get("first", "20")
        if not (first.isascii() and first.isdigit() and 1 <= int(first) <= 100):
            raise Refusal(400, 'The parameter "first" was malformed: the value must be between 1 and 100')
        start = _offset(request.query_params.get("after"))
        if self._forms.endless:
            return JSONResponse({"data": [], "pagination": {"cursor": _cursor(start + (self._forms.endless == "line"))}})
        campaign = self._state.running(broadcaster.id)
        if campaign is None or self._forms.donations_unlisted:
            return JSONResponse({"data": [], "pagination": {}})
        # A cursor is an offset, as in the wild. With the newest first (assumed), what comes in between moves the pages.
        donations = campaign.donations if self._forms.oldest_first else campaign.donations[::-1]
        page, end = donations[start : start + int(first)], start + int(first)
        return JSONResponse(
            {
                "data": [donation_entry(campaign, d, self._forms) for d in page],
                "pagination": {"cursor": _cursor(end)} if end < len(donations) else {},
            }
        )

    def _broadcaster(self, request: Request, grant: Grant) -> Broadcaster:
        wanted = request.query_params.get("broadcaster_id")
        if not wanted:
            raise Refusal(400, 'Missing required parameter "broadcaster_id"')
        if grant.user_id is None or SCOPE not in grant.scopes:
            raise Refusal(401, f"Missing scope: {SCOPE}")
        if grant.user_id != wanted:
            raise Refusal(401, "The ID in broadcaster_id must match the user ID found in the request's OAuth token")
        broadcaster = self._state.broadcasters[wanted]
        if not broadcaster.kind:
            raise Refusal(403, "The broadcaster is neither a partner nor an affiliate")  # wording assumed
        return broadcaster

    async def _users(self, request: Request, grant: Grant) -> Response:
        query = request.query_params
        ids, logins = query.getlist("id"), query.getlist("login")
        if not ids and not logins:
            if grant.user_id is None:
                raise Refusal(400, "The id or login parameter is required")
            ids = [grant.user_id]
        channels = self._state.broadcasters.values()
        found: list[Json] = [
            {"id": b.id, "login": b.login, "display_name": b.name, "type": "", "broadcaster_type": b.kind}
            for b in channels
            if b.id in ids or b.login in logins
        ]
        found += [
            {"id": v.id, "login": v.login, "display_name": v.name, "type": "", "broadcaster_type": ""}
            for v in self._state.viewers.values()
            if v.id in ids or v.login in logins
        ]
        return JSONResponse({"data": found})


def _cursor(offset: int) -> str:
    text = json.dumps({"b": None, "a": {"Offset": offset}}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _offset(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["a"]["Offset"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        found = None
    if type(found) is not int or found < 0:
        raise Refusal(400, 'The parameter "after" was malformed: the cursor is invalid')
    return found

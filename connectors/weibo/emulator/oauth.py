"""The OAuth endpoints but for the browser's: that a user agreed is told by ``WeiboEmulator.grant``.

https://open.weibo.com/wiki/Oauth2/access_token
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from connectors.testing.emulation import Outage
from connectors.weibo.emulator.errors import MESSAGES, Refused
from connectors.weibo.emulator.gate import Parameters, access_of, parameters_of
from connectors.weibo.emulator.tokens import Tokens

GRANT: Final = "authorization_code"

Answering = Callable[[Request, Parameters], Any]


@dataclass(frozen=True, slots=True)
class OAuth:
    """Handlers under ``/oauth2/``. Errors carry their number as a number and have status 400, as observed."""

    tokens: Tokens
    outage: Outage
    now: Callable[[], datetime]
    appkey: str
    app_secret: str

    def routes(self) -> list[BaseRoute]:
        """Every address."""
        return [
            Route("/oauth2/access_token", self._endpoint(self._access_token), methods=["POST"]),
            Route("/oauth2/get_token_info", self._endpoint(self._token_info), methods=["POST"]),
            Route("/oauth2/revokeoauth2", self._endpoint(self._revoke), methods=["GET", "POST"]),
        ]

    def _endpoint(self, answer: Answering) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if (broken := await self.outage.meet()) is not None:
                return broken
            try:
                return JSONResponse(answer(request, await parameters_of(request)))
            except Refused as refused:
                return JSONResponse(_error(request.url.path, refused), 400)

        return endpoint

    def _access_token(self, _: Request, given: Parameters) -> dict[str, Any]:
        for name in ("client_id", "client_secret", "grant_type", "code", "redirect_uri"):
            if not given.get(name):
                raise Refused(21323, f"miss {name}")
        if (given["client_id"], given["client_secret"]) != (self.appkey, self.app_secret):
            raise Refused(21324, "client_id or client_secret is wrong")
        if given["grant_type"] != GRANT:
            raise Refused(21328, given["grant_type"])
        token = self.tokens.redeem(given["code"], given["redirect_uri"])
        seconds = int((token.expires_at - token.created_at).total_seconds())
        return {"access_token": token.access, "expires_in": seconds, "remind_in": str(seconds), "uid": token.user.id}

    def _token_info(self, request: Request, given: Parameters) -> dict[str, Any]:
        token = self.tokens.valid(access_of(request, given))
        return {
            "uid": token.user.id,
            "appkey": self.appkey,
            "scope": None,
            "create_at": str(int(token.created_at.timestamp())),
            "expire_in": str(int((token.expires_at - self.now()).total_seconds())),
        }

    def _revoke(self, request: Request, given: Parameters) -> dict[str, Any]:
        self.tokens.valid(access_of(request, given)).revoked = True
        return {"result": "true"}  # *assumed*: the value


def _error(path: str, refused: Refused) -> dict[str, Any]:
    return {
        "error": MESSAGES[refused.code],
        "error_code": refused.code,
        "request": path,
        "error_uri": path,
        "error_description": refused.detail or MESSAGES[refused.code],
    }

"""Access tokens of an app: https://developers.tiltify.com/api-reference/public (OAuth), client credentials."""

import json
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, TypeGuard

from connectors.http import HttpRequest, HttpResponse
from connectors.ports import Ports, Token
from connectors.tiltify import sheet
from connectors.tiltify.settings import Account
from schema.model.errors import CredentialsRefused, UpstreamGarbled

LONGEST: Final = timedelta(days=1)
"""Tiltify's tokens are good for two hours; a longer promise is not believed."""
_JSON: Final[Mapping[str, str]] = MappingProxyType({"Content-Type": "application/json", "Accept": "application/json"})


class OAuth:
    """The token of one account, kept and shared by the port."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account = account
        self._ports = ports

    async def token(self, *, refused: str | None = None) -> str:
        """An access token. Raises CredentialsRefused when Tiltify does not accept the app."""
        # by what it may do: a token of before an endpoint was set up could not keep it
        name = "read" if self._account.push is None else "push"
        return await self._ports.tokens.token(name, self._grant, refused=refused)

    async def _grant(self, _known: Token | None) -> Token:
        asked_at = self._ports.clock.now()
        # The documented place of these is the query, where every proxy would write the secret down; a body is taken as well.
        body = {
            "client_id": self._account.client_id,
            "client_secret": self._account.client_secret.reveal(),
            "grant_type": "client_credentials",
            "scope": sheet.SCOPE if self._account.push is None else sheet.SCOPE_TO_PUSH,
        }
        url = f"{self._account.base_url}{sheet.TOKEN_PATH}"
        answer = await self._ports.http.send(HttpRequest("POST", url, headers=_JSON, body=json.dumps(body).encode()))
        if _refuses(answer):
            raise CredentialsRefused("Tiltify does not accept client_id and client_secret, or the app may not do this")
        if answer.status != 200:  # a 404 of a wrong address must not pass for "no such campaign"
            raise UpstreamGarbled(f"the token address answered {answer.status}")
        access, lifetime = _read(answer)
        return Token(access, asked_at + lifetime / sheet.TRUSTED_PART)


def _refuses(answer: HttpResponse) -> bool:
    """Whether the app is refused. OAuth's error is a word, the API's own an object: that one is about the request's form."""
    if answer.status in (400, 422):
        return isinstance(answer.object().get("error"), str)
    return answer.status in (401, 403)


def _read(answer: HttpResponse) -> tuple[str, timedelta]:
    granted = answer.object()
    access, seconds = granted.get("access_token"), granted.get("expires_in")
    if not _usable(access) or type(seconds) is not int or seconds <= 0:
        raise UpstreamGarbled("the token answer lacks a token or its lifetime")
    return access, min(timedelta(seconds=min(seconds, 10**9)), LONGEST)


def _usable(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and text.isascii() and text.isprintable() and 0 < len(text) <= 2_000

"""Access tokens: the broadcaster's, from a refresh token, and the application's own.

https://dev.twitch.tv/docs/authentication/refresh-tokens ,
https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/#client-credentials-grant-flow
"""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, TypeGuard
from urllib.parse import urlencode

from connectors.http import HttpRequest, HttpResponse
from connectors.ports import Ports, Token
from connectors.twitch.settings import Account
from schema.model.errors import CredentialsRefused, UpstreamGarbled

Grant: TypeAlias = Literal["user", "app"]

MARGIN: Final = timedelta(minutes=1)
"""A token is renewed this much before its end, so that none ends on the way."""
LONGEST: Final = timedelta(days=100)
"""Twitch's application tokens are good for about 60 days (*assumed*)."""
_FORM: Final[Mapping[str, str]] = MappingProxyType({"Content-Type": "application/x-www-form-urlencoded"})


class OAuth:
    """The two tokens of one account, kept and shared by the port."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account = account
        self._ports = ports

    async def token(self, grant: Grant, *, refused: str | None = None) -> str:
        """An access token. Raises CredentialsRefused when Twitch grants none any more."""
        renew = self._renew_user if grant == "user" else self._renew_app
        return await self._ports.tokens.token(grant, renew, refused=refused)

    async def _renew_user(self, known: Token | None) -> Token:
        """The newest refresh token first; then the setting, which an operator may have replaced after a new consent."""
        setting = self._account.refresh_token
        newest = known.refresh if known is not None and known.refresh else setting
        for refresh in dict.fromkeys((newest, setting)):
            granted = await self._grant({"grant_type": "refresh_token", "refresh_token": refresh}, refresh)
            if granted is not None:
                return granted
        raise CredentialsRefused("needs consent: Twitch does not accept the broadcaster's refresh token")

    async def _renew_app(self, _known: Token | None) -> Token:
        granted = await self._grant({"grant_type": "client_credentials"}, None)
        if granted is None:
            raise CredentialsRefused("Twitch does not accept client_id and client_secret")
        return granted

    async def _grant(self, form: Mapping[str, str], refresh: str | None) -> Token | None:
        """The token granted, with the refresh token to use from now on; None when Twitch refuses."""
        asked_at = self._ports.clock.now()
        body = urlencode({"client_id": self._account.client_id, "client_secret": self._account.client_secret, **form})
        answer = await self._ports.http.send(
            HttpRequest("POST", f"{self._account.auth_url}/token", headers=_FORM, body=body.encode("ascii"))
        )
        if answer.status in (400, 401, 403):
            return None
        if answer.status != 200:  # a 404 of a wrong address must not pass for "no such campaign"
            raise UpstreamGarbled(f"the token address answered {answer.status}")
        access, lifetime, renewed = _read(answer)
        return Token(access, asked_at + lifetime, renewed or refresh)


def _read(answer: HttpResponse) -> tuple[str, timedelta, str | None]:
    granted = answer.object()
    access, seconds, refresh = granted.get("access_token"), granted.get("expires_in"), granted.get("refresh_token")
    if not _usable(access) or type(seconds) is not int or seconds <= 0 or not (refresh is None or _usable(refresh)):
        raise UpstreamGarbled("the token answer lacks a token or its lifetime")
    lifetime = min(timedelta(seconds=min(seconds, 10**9)), LONGEST)
    return access, lifetime - min(MARGIN, lifetime / 2), refresh


def _usable(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and text.isascii() and text.isprintable() and 0 < len(text) <= 2_000

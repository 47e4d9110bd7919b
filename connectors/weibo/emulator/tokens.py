"""Tokens of the Open API, and the codes that they are given for. There are no refresh tokens."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connectors.weibo.emulator.errors import Refused
from connectors.weibo.emulator.society import User

LIFE: Final = timedelta(seconds=157_679_999)


@dataclass(slots=True)
class Token:
    """A user's leave for this app."""

    access: str
    user: User
    created_at: datetime
    expires_at: datetime
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class _Code:
    user: User
    redirect_uri: str


class Tokens:
    """All tokens."""

    def __init__(self, rng: random.Random, now: Callable[[], datetime]) -> None:
        self._rng = rng
        self._now = now
        self._tokens: dict[str, Token] = {}
        self._codes: dict[str, _Code] = {}

    def issue(self, user: User) -> Token:
        """A new token."""
        now = self._now()
        token = Token(f"2.00DEMO{self._rng.getrandbits(96):024x}", user, now, now + LIFE)
        self._tokens[token.access] = token
        return token

    def grant(self, user: User, redirect_uri: str) -> str:
        """What the browser brings back after the user agreed: a code, good once."""
        code = f"{self._rng.getrandbits(128):032x}"
        self._codes[code] = _Code(user, redirect_uri)
        return code

    def redeem(self, code: str, redirect_uri: str) -> Token:
        """The token for a code. Raises Refused with 21325 or 21322."""
        granted = self._codes.pop(code, None)
        if granted is None:
            raise Refused(21325, f"invalid authorization code:{code}")
        if granted.redirect_uri != redirect_uri:
            raise Refused(21322, "redirect_uri is not the one of the code")
        return self.issue(granted.user)

    def valid(self, access: str) -> Token:
        """A token that is good now. Raises Refused with 21332, 21321 (revoked) or 21327 (expired)."""
        token = self._tokens.get(access)
        if token is None:
            raise Refused(21332)
        if token.revoked:
            raise Refused(21321)
        if self._now() >= token.expires_at:
            raise Refused(21327)
        return token

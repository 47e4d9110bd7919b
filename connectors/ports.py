"""All that a connector may use of the world: ports that it is given, one set an account. ``Http`` is in ``connectors.http``."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from connectors.http import Http


class Clock(Protocol):
    """The wall clock; a fake one in tests."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        ...


class Socket(Protocol):
    """One open WebSocket. Pings are answered while ``receive`` waits."""

    async def receive(self, timeout: timedelta) -> str:
        """The next text frame. Raises SocketClosed, also when none came in time (code 1006)."""
        ...


class SocketClosed(Exception):
    """The other side closed, or fell silent. ``code`` is the WebSocket close code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"the socket closed with {code}")
        self.code = code


class Sockets(Protocol):
    """Opens WebSockets to a network."""

    def connect(self, url: str) -> AbstractAsyncContextManager[Socket]:
        """A connected socket, closed with the context. Raises UpstreamUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """An access token as a network granted it."""

    access: str = field(repr=False)
    expires_at: datetime
    refresh: str | None = field(default=None, repr=False)


class Tokens(Protocol):
    """Access tokens of this account: shared by all processes, kept encrypted, renewed by one process at a time."""

    async def token(self, name: str, renew: Callable[[Token | None], Awaitable[Token]], *, refused: str | None = None) -> str:
        """The access token of this name. ``renew`` is called with the last known one when there is none, it has expired,
        or it is the one that the network has just ``refused``.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """All that a connector may use of the world."""

    http: Http
    sockets: Sockets
    tokens: Tokens
    clock: Clock

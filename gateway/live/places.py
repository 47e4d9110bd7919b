"""How many connections of viewers are open: as many as this process can bear, and from one address no more than its share."""

import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gateway.http.limits import Limits, exceeded


class Places:
    """For sockets and streams of a process."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open = Counter[str]()

    def __len__(self) -> int:
        return self._open.total()

    def take(self, scope: Mapping[str, Any]) -> None:
        """A place for the client of an ASGI scope, until it leaves. Raises LimitExceeded where there is none.

        Clients without an address, as over a Unix socket, share only the limit of the process.
        """
        address = _address(scope)
        for name, count in (("sockets", len(self)), ("sockets_per_address", self._open[address] if address else 0)):
            if count >= getattr(self._limits, name):
                raise exceeded(self._limits, name)
        self._open[address] += 1

    @contextmanager
    def taken(self, scope: Mapping[str, Any]) -> Iterator[None]:
        """A place for as long as the context lasts. Raises what ``take`` does."""
        self.take(scope)
        try:
            yield
        finally:
            self.leave(scope)

    def leave(self, scope: Mapping[str, Any]) -> None:
        """Gives it back."""
        address = _address(scope)
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]


def stay(limits: Limits) -> float:
    """How many seconds one may keep its place: for each at random, although many may have come at the same time."""
    return limits.socket_seconds * (0.9 + secrets.randbelow(201) / 1_000)


def _address(scope: Mapping[str, Any]) -> str:
    return str((scope.get("client") or ("",))[0])

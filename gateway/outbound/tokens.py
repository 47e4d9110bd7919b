"""Access tokens: shared by all processes, renewed by one of them at a time, asked for once by the callers in each."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol

import orjson

from connectors.ports import Clock, Token, Tokens
from schema.model.errors import TryLater, Unreadable, UpstreamUnavailable

LEASE: Final = timedelta(seconds=10)
"""Longer than one request with its attempts; when it is over, a dead process's renewal is taken over."""
PAUSE: Final = timedelta(milliseconds=50)
"""Between two looks for the token that another process renews."""

Renew = Callable[[Token | None], Awaitable[Token]]


class TokenStore(Protocol):
    """One account's tokens, kept where all processes see them, encrypted."""

    async def load(self, name: str) -> bytes | None:
        """What was saved last."""
        ...

    async def save(self, name: str, token: bytes) -> None:
        """Keeps it. It is there when this returns."""
        ...

    async def lease(self, name: str, holder: str, ttl: timedelta) -> bool:
        """Whether ``holder`` alone may renew it for ``ttl`` from now."""
        ...

    async def release(self, name: str, holder: str) -> None:
        """Ends the lease if ``holder`` has it."""
        ...


class Renewals:
    """What is under way in this process, of whichever account, also of one that has been taken out of the configuration."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[str]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, renewal: Coroutine[Any, Any, str]) -> asyncio.Task[str]:
        """Runs it; it is forgotten when it has ended."""
        task = asyncio.create_task(renewal)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def close(self) -> None:
        """Waits for all of them, which are bounded: a token that was granted and not kept may be lost for good."""
        while self._running:
            await asyncio.gather(*self._running, return_exceptions=True)


class OutboundTokens:
    """The tokens of one account.

    A renewal runs on its own, among the ``renewals`` of the process: callers that go away do not end it, and all callers of
    this process get its token or its error. It is not repeated after an error; the next call is a new one.
    """

    def __init__(
        self,
        account: str,
        store: TokenStore,
        clock: Clock,
        renewals: Renewals,
        *,
        lease: timedelta = LEASE,
        pause: timedelta = PAUSE,
    ) -> None:
        self._account = account
        self._store = store
        self._clock = clock
        self._under_way = renewals
        self._lease = lease
        self._pause = pause.total_seconds()
        self._renewals: dict[str, asyncio.Task[str]] = {}

    async def token(self, name: str, renew: Renew, *, refused: str | None = None) -> str:
        """The access token of this name, see ``Tokens.token``.

        Raises what ``renew`` raises, and UpstreamUnavailable when this or another process does not get one in time.
        """
        while True:
            known = await self._known(name)
            if known is not None and self._holds(known, refused):
                return known.access
            running = self._renewals.get(name)
            renewal = running or self._start(name, renew, refused)
            access = await asyncio.shield(renewal)
            if running is None or access != refused:
                return access
            # it was under way when the network refused its fruit: once more, by ourselves

    def _start(self, name: str, renew: Renew, refused: str | None) -> asyncio.Task[str]:
        renewal = self._renewals[name] = self._under_way.start(self._obtain(name, renew, refused))
        renewal.add_done_callback(partial(self._ended, name))
        return renewal

    def _ended(self, name: str, renewal: asyncio.Task[str]) -> None:
        del self._renewals[name]
        if not renewal.cancelled():
            renewal.exception()  # looked at, in case that every caller has gone

    async def _obtain(self, name: str, renew: Renew, refused: str | None) -> str:
        holder = secrets.token_hex(8)
        gives_up = time.monotonic() + self._lease.total_seconds() * 1.5  # a dead holder's lease ends before that
        while not await self._store.lease(name, holder, self._lease):
            if time.monotonic() > gives_up:
                raise UpstreamUnavailable(f"another process got no token for {self._account} in time", retry_after=self._lease)
            await asyncio.sleep(self._pause)
            known = await self._known(name)
            if known is not None and self._holds(known, refused):
                return known.access
        try:
            # shorter than the lease, so that nobody else renews meanwhile
            async with asyncio.timeout(self._lease.total_seconds() * 0.8):
                known = await self._known(name)  # again: the holder before us may have been done just then
                if known is None or not self._holds(known, refused):
                    known = await renew(known)
                    await self._store.save(name, _written(known))
        except TimeoutError:
            raise UpstreamUnavailable(f"no token for {self._account} came in time") from None
        finally:
            with suppress(TryLater):  # then it ends by itself
                await self._store.release(name, holder)
        return known.access

    async def _known(self, name: str) -> Token | None:
        kept = await self._store.load(name)
        return None if kept is None else _read(kept)

    def _holds(self, token: Token, refused: str | None) -> bool:
        return token.expires_at > self._clock.now() and token.access != refused


def _written(token: Token) -> bytes:
    return orjson.dumps({"access": token.access, "expires_at": token.expires_at.isoformat(), "refresh": token.refresh})


def _read(kept: bytes) -> Token:
    try:
        fields = orjson.loads(kept)
        return Token(fields["access"], datetime.fromisoformat(fields["expires_at"]), fields["refresh"])
    except (ValueError, KeyError, TypeError):
        raise Unreadable("token") from None


_: type[Tokens] = OutboundTokens

"""The EventSub conversation over a WebSocket: welcome, subscribe, repair, then facts, until the socket ends.

https://dev.twitch.tv/docs/eventsub/handling-websocket-events , https://dev.twitch.tv/docs/eventsub/websocket-reference
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final, NoReturn, TypeAlias

from connectors.http import read_json
from connectors.ports import SocketClosed, Sockets
from connectors.twitch import eventsub
from connectors.twitch.mapping import Words
from schema.model.errors import BadTime, Unreadable, UpstreamGarbled, UpstreamUnavailable
from schema.model.facts import Fact, FeedStarted, Unrecognised
from schema.model.time import read_rfc3339

WELCOME_WITHIN: Final = timedelta(seconds=10)
KEEPALIVE_SECONDS: Final = 10
"""How often we ask to hear something; 10 is the least that Twitch allows, 600 the most."""
GRACE: Final = timedelta(seconds=5)
"""How much later than promised a keepalive may come."""
BACKLOG: Final = 1_000
"""Frames waiting for us; more wait at Twitch. None is dropped."""

CLOSE_CODES: Final[Mapping[int, str]] = MappingProxyType(
    {
        1006: "silent or cut",
        4000: "internal error",
        4001: "client sent inbound traffic",
        4002: "failed ping-pong",
        4003: "connection unused",
        4004: "reconnect grace time expired",
        4005: "network timeout",
        4006: "network error",
        4007: "invalid reconnect",
    }
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its kind in Twitch's word, the text of its time, and what it carries."""

    kind: str
    stamp: object
    payload: Words

    @classmethod
    def read(cls, text: str) -> "Frame":
        """A frame from its text; one that cannot be read is of kind "unreadable"."""
        try:
            match read_json(text.encode("utf-8", "surrogatepass")):
                case {"metadata": {"message_type": str() as kind, **metadata}, "payload": dict() as payload}:
                    return cls(kind, metadata.get("message_timestamp"), payload)
        except UpstreamGarbled:
            pass
        return cls("unreadable", None, {})

    @property
    def session(self) -> Words:
        """The session of a welcome or a reconnect."""
        session = self.payload.get("session")
        return session if isinstance(session, dict) else {}


Heard: TypeAlias = Frame | Exception


class _Line:
    """One socket, read by a task of its own: pings are answered and silence is noticed while facts are being applied."""

    def __init__(self, sockets: Sockets, url: str, inbox: "asyncio.Queue[tuple[_Line, Heard]]") -> None:
        self._closing = False
        self._task = asyncio.create_task(self._read(sockets, url, inbox))

    async def _read(self, sockets: Sockets, url: str, inbox: "asyncio.Queue[tuple[_Line, Heard]]") -> None:
        try:
            async with sockets.connect(url) as socket:
                patience = WELCOME_WITHIN
                while True:
                    frame = Frame.read(await socket.receive(patience))
                    if frame.kind == "session_welcome":
                        patience = _patience(frame)
                    await inbox.put((self, frame))
        except Exception as error:
            if not self._closing:  # else nobody empties the inbox any more
                await inbox.put((self, error))

    async def close(self) -> None:
        """Closes the socket and waits until that is done."""
        self._closing = True
        self._task.cancel()
        await asyncio.wait([self._task])


class Feed:
    """The conversation of one account. ``subscribe`` gets a session id; ``repair`` reads what may have been missed."""

    def __init__(
        self,
        sockets: Sockets,
        url: str,
        broadcaster: str,
        *,
        subscribe: Callable[[str], Awaitable[None]],
        repair: Callable[[], AsyncIterator[Fact]],
    ) -> None:
        self._sockets = sockets
        self._url = url
        self._broadcaster = broadcaster
        self._subscribe = subscribe
        self._repair = repair

    async def facts(self) -> AsyncGenerator[Fact, None]:
        """Facts as they come; of each connection first FeedStarted, then its repair.

        Ends only by an error; the caller connects again.

        A frame that cannot be read is Unrecognised and does not end the feed: nothing would bring it back.
        """
        inbox: asyncio.Queue[tuple[_Line, Heard]] = asyncio.Queue(BACKLOG)
        current: _Line | None = None
        coming: _Line | None = _Line(self._sockets, f"{self._url}?keepalive_timeout_seconds={KEEPALIVE_SECONDS}", inbox)
        try:
            while True:
                line, heard = await inbox.get()
                if line is coming:
                    session = _welcomed(heard)
                    if current is None:
                        await self._subscribe(session)
                    else:  # the subscriptions moved along
                        await current.close()
                    current, coming = coming, None
                    yield FeedStarted()
                    async with aclosing(_readable(self._repair())) as repair:
                        async for fact in repair:
                            yield fact
                elif isinstance(heard, Exception):
                    if line is current and coming is None:  # while moving the old socket may go before the new one welcomes us
                        _end(heard)
                elif heard.kind == "session_reconnect":
                    if line is current:
                        coming = coming or _Line(self._sockets, self._moved(heard), inbox)
                else:  # also what the old socket said last
                    for fact in self._read(heard):
                        yield fact
        finally:
            await asyncio.gather(*(line.close() for line in (current, coming) if line is not None))

    def _read(self, frame: Frame) -> tuple[Fact, ...]:
        try:
            if frame.kind == "session_keepalive":
                return ()
            if frame.kind == "notification":
                return eventsub.notification(frame.payload, at=read_rfc3339(frame.stamp), broadcaster=self._broadcaster)
            if frame.kind == "revocation":
                return eventsub.revocation(frame.payload, broadcaster=self._broadcaster)
        except BadTime:
            return (Unrecognised("unreadable time"),)
        except Unreadable as error:
            return (Unrecognised(f"unreadable {error.reason}"),)
        return (eventsub.unrecognised(frame.kind),)

    def _moved(self, frame: Frame) -> str:
        """The address to move to, unchanged. It may not drop the encryption that our own address has."""
        url = frame.session.get("reconnect_url")
        schemes = ("wss://",) if self._url.startswith("wss://") else ("wss://", "ws://")
        if not isinstance(url, str) or not url.startswith(schemes):
            raise UpstreamGarbled("a reconnect frame names no address")
        return url


async def _readable(facts: AsyncIterator[Fact]) -> AsyncGenerator[Fact, None]:
    """All of them; at one that cannot be read it ends with Unrecognised instead of ending the feed."""
    try:
        async for fact in facts:
            yield fact
    except Unreadable as error:
        yield Unrecognised(f"unreadable {error.reason}")


def _welcomed(heard: Heard) -> str:
    """The session's id. Raises when the first thing heard on a socket is anything but a welcome."""
    if isinstance(heard, Exception):
        _end(heard)
    session = heard.session.get("id")
    if heard.kind != "session_welcome" or not isinstance(session, str) or not session:
        raise UpstreamGarbled("a socket began without a welcome")
    return session


def _patience(welcome: Frame) -> timedelta:
    seconds = welcome.session.get("keepalive_timeout_seconds")
    return timedelta(seconds=seconds if type(seconds) is int and 0 < seconds <= 600 else KEEPALIVE_SECONDS) + GRACE


def _end(error: Exception) -> NoReturn:
    if isinstance(error, SocketClosed):
        why = CLOSE_CODES.get(error.code, "closed")
        raise UpstreamUnavailable(f"the socket ended with {error.code}: {why}") from error
    raise error

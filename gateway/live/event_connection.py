"""Many operations over one stream of events, which other requests steer ("single connection").

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md. A stream is reserved, opened once, and then gone: its token is
known to this process only, and to nobody but who was given it. Where the protocol is silent this does as its reference server.
"""

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

import orjson

from gateway.http.limits import Limits, exceeded
from gateway.http.operations import Operation
from gateway.http.requests import OperationRequest
from gateway.http.responses import Refused
from gateway.http.results import Result
from gateway.live.admission import Admission
from gateway.live.protocol import MAX_ID
from gateway.live.reader import Reader
from gateway.live.room import Room
from gateway.live.running import RunningOperations
from gateway.live.sse import FORM
from gateway.live.streams import Streams, Wire
from schema.model.errors import BadUserInput, NotFound

_TOKEN_BYTES: Final = 24


class EventConnections:
    """Those of a process, reserved or open. ``streams`` are those of all kinds."""

    def __init__(self, running: RunningOperations, streams: Streams, limits: Limits) -> None:
        self._running = running
        self._streams = streams
        self._limits = limits
        self._known: dict[str, _Connection] = {}
        self._reserved: dict[str, tuple[asyncio.TimerHandle, Callable[[], object]]] = {}

    def __len__(self) -> int:
        return len(self._known)

    def reserve(self, leave: Callable[[], object]) -> str:
        """The token of a new one, which must be opened soon; ``leave`` gives up the place that it has until then.

        Raises LimitExceeded where too many others wait to be opened.
        """
        if len(self._reserved) >= self._limits.reserved_streams:
            raise exceeded(self._limits, "reserved_streams")
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        self._known[token] = _Connection(self._running, self._limits, lambda: self._known.pop(token, None))
        loop = asyncio.get_running_loop()
        self._reserved[token] = loop.call_later(self._limits.reservation_seconds, self._lapse, token), leave
        return token

    async def open(self, token: str, wire: Wire, place: Callable[[], AbstractContextManager[object]]) -> None:
        """Tells all of its operations, until either side ends it; that of an operation does not. Raises what refuses it.

        ``place`` is that of an open one.
        """
        connection = self._find(token)
        lapsing, leave = self._reserved.pop(token, (None, None))
        if lapsing is None or leave is None:
            raise Refused(409, "This stream is open already.")
        lapsing.cancel()
        leave()
        try:
            with place():
                await self._streams.serve(FORM, connection, wire)
        finally:
            connection.leave()

    def start(self, token: str, asked: object, request_id: str) -> Result | None:
        """Begins an operation as JSON asks for it, or gives the answer that refuses it. Raises what refuses the request."""
        connection = self._find(token)
        request, name = OperationRequest.from_json(asked), _operation_id(asked)
        connection.admit(name)
        operation = self._running.operations.prepare(request, request_id)
        if isinstance(operation, Result) and not operation.executed:  # else it is an answer that is kept
            return operation
        connection.start(name, operation)
        return None

    def stop(self, token: str, name: str | None) -> None:
        """Tells no more of an operation. It may have ended by itself. Raises what refuses the request."""
        connection = self._find(token)
        if not name:
            raise BadUserInput("Which operation?", argument="operationId")
        connection.stop(name)

    def _find(self, token: str) -> "_Connection":
        connection = self._known.get(token)
        if connection is None:
            raise NotFound("There is no such stream here, or no more.")
        return connection

    def _lapse(self, token: str) -> None:
        _, leave = self._reserved.pop(token)
        leave()
        self._known[token].leave()


class _Connection:
    """``gateway.live.streams.Feed`` of one of them. ``forget`` is called as soon as nothing can be told on it any more."""

    is_over = False

    def __init__(self, running: RunningOperations, limits: Limits, forget: Callable[[], object]) -> None:
        self.rung = asyncio.Event()
        self._forget = forget
        self._running = running
        self._room = Room(limits)
        self._admission = Admission(limits)
        self._readers: dict[str, Reader] = {}

    def admit(self, name: str) -> None:
        """Raises what refuses an operation of that id."""
        if name in self._readers:
            raise Refused(409, "There is an operation of this id already.")
        self._admission.take(len(self._readers), asyncio.get_running_loop().time())

    def start(self, name: str, operation: Operation | Result) -> None:
        """One that was admitted, or its answer."""
        reader = self._readers[name] = Reader(self._room, self.rung.set)
        reader.follow(lambda after: self._running.follow(operation, reader, after))

    def stop(self, name: str) -> None:
        """Where there is one of that id."""
        if reader := self._readers.pop(name, None):
            reader.leave()

    def next(self) -> bytes | None:
        """See ``Feed``. Operations that have something are told in turns."""
        for name, reader in [*self._readers.items()]:
            if (frame := reader.next()) is not None:
                self._readers[name] = self._readers.pop(name)
                return b'event: next\ndata: {"id":%b,"payload":%b}\n\n' % (orjson.dumps(name), frame.result.body)
            if reader.is_over:
                del self._readers[name]
                return b'event: complete\ndata: {"id":%b}\n\n' % orjson.dumps(name)
        return None

    def leave(self) -> None:
        """See ``Feed``."""
        self._forget()
        while self._readers:
            self._readers.popitem()[1].leave()


def _operation_id(asked: object) -> str:
    extensions = asked.get("extensions") if isinstance(asked, dict) else None
    name = (extensions or {}).get("operationId")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_ID:
        raise BadUserInput("Extensions give the operation an id of up to 128 characters.", argument="operationId")
    return name

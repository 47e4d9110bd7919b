"""graphql-transport-ws over ASGI: hand an instance to a starlette ``WebSocketRoute``."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any, Final

import structlog

from gateway.http.limits import Limits
from gateway.http.request_ids import new_request_id
from gateway.http.responses import Receive, Scope, Send, come_back
from gateway.live.frame import Frame
from gateway.live.outbox import Outbox, SlowReader
from gateway.live.peer import CLOSE_SECONDS
from gateway.live.places import Places, stay
from gateway.live.protocol import (
    FAULT,
    INVALID_MESSAGE,
    RESTART,
    SLOW_READER,
    SUBPROTOCOL,
    SUBPROTOCOL_NOT_ACCEPTABLE,
    TOO_BIG,
    Close,
    Protocol,
    Reply,
    Start,
    Stop,
    Subscription,
)
from gateway.live.reader import Reader
from gateway.live.room import Room
from gateway.live.running import RunningOperations
from schema.model.errors import LimitExceeded

_log: Final = structlog.get_logger(__name__)


class WebSockets:
    """The open sockets of a process.

    Pages of this same host may connect, and those of ``origins``, each as ``https://host``, or ``*`` for any. Who says no
    origin is no browser, and may connect too. Where the server offers ``abort`` in the scope's extensions, a reader that does
    not even take the close frame is cut off with it.
    """

    def __init__(self, running: RunningOperations, places: Places, limits: Limits, *, origins: Collection[str] = ()) -> None:
        self._running = running
        self._places = places
        self._limits = limits
        self._origins = frozenset(each.lower().rstrip("/") for each in origins)
        self._open: set[_Connection] = set()
        self._draining = False

    def __len__(self) -> int:
        return len(self._open)

    def drain(self) -> None:
        """Closes all sockets with 1012, now and from now on: clients come back, to another process."""
        self._draining = True
        for connection in self._open:
            connection.close(RESTART)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One socket, until it is closed."""
        if (await receive())["type"] != "websocket.connect":
            return
        if not self._welcomes(scope):
            await send({"type": "websocket.close"})  # before it was accepted: answered with 403
            return
        try:
            self._places.take(scope)
        except LimitExceeded as error:
            self._running.operations.refused[error.limit] += 1
            await _refuse(send)
            return
        try:
            await self._serve(scope, receive, send)
        finally:
            self._places.leave(scope)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        subprotocol = SUBPROTOCOL if SUBPROTOCOL in scope["subprotocols"] else None
        try:
            await send({"type": "websocket.accept", "subprotocol": subprotocol})
        except OSError:
            return
        connection = _Connection(self._running, self._limits, receive, send, scope.get("extensions", {}))
        if subprotocol is None:
            connection.close(SUBPROTOCOL_NOT_ACCEPTABLE)
        elif self._draining:
            connection.close(RESTART)
        self._open.add(connection)
        try:
            await connection.run()
        finally:
            self._open.discard(connection)

    def _welcomes(self, scope: Scope) -> bool:
        headers = {name.lower(): value.decode("latin-1").lower() for name, value in scope["headers"]}
        origin = headers.get(b"origin")
        if origin is None or "*" in self._origins:
            return True
        host = headers.get(b"host")
        # Whether it came by TLS is not compared: a proxy may have ended it.
        return origin in self._origins or origin in (f"http://{host}", f"https://{host}")


async def _refuse(send: Send) -> None:
    """Says before the handshake that there is no room, so that a client comes back later, or elsewhere."""
    headers = [(b"retry-after", come_back().encode())]
    await send({"type": "websocket.http.response.start", "status": 503, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": b""})


class _Connection:
    """Reads and writes one socket, and hands on what its operations tell."""

    def __init__(
        self, running: RunningOperations, limits: Limits, receive: Receive, send: Send, extensions: Mapping[str, Any]
    ) -> None:
        self._running = running
        self._limits = limits
        self._receive = receive
        self._send = send
        self._abort: Callable[[], None] | None = extensions.get("abort")
        self._refused = running.operations.refused
        self._protocol = Protocol(limits, self._refused)
        self._outbox = Outbox(limits, self._pump, extensions.get("push", lambda _: False))
        self._pumping: asyncio.Task[None] | None = None
        self._room = Room(limits)
        self._readers: dict[Subscription, Reader] = {}
        self._closed: asyncio.Future[Close | None] = asyncio.get_running_loop().create_future()

    def close(self, how: Close | None) -> None:
        """Ends the connection, or with None only takes note that it has ended. The first reason counts."""
        if not self._closed.done():
            self._closed.set_result(how)

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        waiting = loop.call_later(self._limits.init_wait_seconds, self._wait_is_over)
        growing_old = loop.call_later(stay(self._limits), self.close, RESTART)
        reading = self._task(self._read())
        try:
            how = await self._closed
        finally:
            waiting.cancel()
            growing_old.cancel()
            for reader in self._readers.values():
                reader.leave()
            tasks = [reading] if self._pumping is None else [reading, self._pumping]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._outbox.close()
            self._pumping = None  # where it failed, its error refers to this: it would stay until Python looks for such circles
        if how:
            await self._say(how)

    async def _say(self, how: Close) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._send({"type": "websocket.close", "code": how.code, "reason": how.reason})
        except TimeoutError:
            if self._abort:
                self._abort()
        except OSError:
            return

    def _task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        if isinstance(error, SlowReader):
            self._refused["slow_reader_seconds"] += 1
            self.close(SLOW_READER)
        elif isinstance(error, OSError):
            self.close(None)
        else:
            _log.error("connection failed", exc_info=error)
            self.close(FAULT)

    def _wait_is_over(self) -> None:
        for action in self._protocol.waited():
            self._do(action)

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._closed.done():
            message = await self._receive()
            if message["type"] == "websocket.disconnect":
                if message.get("code") == TOO_BIG.code:  # where the server has seen to it
                    self._refused["message_bytes"] += 1
                self.close(None)
                return
            text = message.get("text")
            if text is None:
                self.close(INVALID_MESSAGE)
                return
            for action in self._protocol.receive(text, loop.time(), new_request_id()):
                self._do(action)
            # A client that asks and does not read stops here, instead of filling its outbox.
            await self._outbox.room()

    def _pump(self) -> None:
        self._pumping = self._task(self._outbox.pump(self._put))

    async def _put(self, frame: bytes) -> None:
        await self._send({"type": "websocket.send", "text": frame.decode()})

    def _do(self, action: Reply | Start | Stop | Close) -> None:
        match action:
            case Reply(frame):
                self._outbox.offer(frame)
            case Start(subscription):
                self._start(subscription)
            case Stop(subscription):
                if reader := self._readers.pop(subscription, None):
                    reader.leave()
            case Close():
                self.close(action)

    def _start(self, subscription: Subscription) -> None:
        # each time that it falls behind it is prepared anew, as an operation takes more room than what asks for it
        request = self._running.operations.settled(subscription.request)

        def follow(after: str | None) -> Callable[[], None]:
            operation = self._running.operations.prepare(request, new_request_id())
            return self._running.follow(operation, reader, after)

        def waiting() -> bytes | None:
            while (frame := reader.next()) is not None:
                if reply := self._protocol.result(subscription, frame.result):
                    return reply.frame
            if not reader.is_over:
                return None
            self._readers.pop(subscription, None)
            last = self._protocol.end(subscription)
            return last.frame if last else None

        def direct(frame: Frame) -> bool:
            result = frame.result
            return result.executed and self._outbox.hand_on(subscription.head + result.body + b"}")

        reader = self._readers[subscription] = Reader(self._room, lambda: self._outbox.call(waiting), direct)
        reader.follow(follow)

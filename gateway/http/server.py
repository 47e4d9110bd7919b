"""uvicorn, with our deadlines for heads and bodies, and a way to leave without losing a request or a viewer."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Any, Final, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.http.limits import Limits
from gateway.live.transport import WebSocketTransport

_USUAL: Final = Limits()
GRACE_SECONDS: Final = 2.0
"""How long readiness is refused before the listeners close, so that balancers stop sending."""
DRAIN_SECONDS: Final = 20
"""From the signal to the end, whatever hangs."""
LAST_SECONDS: Final = 16.0
"""How long what runs may still take when the listeners have closed. A second later uvicorn would cancel its task."""


class GuardedProtocol(HttpToolsProtocol):
    """Refuses heads that are too large (431) and closes what is sent too slowly (408), which uvicorn's options do not reach.

    uvicorn makes its objects by itself: ``limits``, and ``refused``, which counts by them, are those of a class made of this.
    """

    limits: Limits
    refused: Counter[str]
    last_seconds: float = LAST_SECONDS
    _running: RequestResponseCycle | None = None

    def connection_made(self, transport: Any) -> None:
        """A client connected."""
        super().connection_made(transport)
        self._received = 0
        self._reading = True
        self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        """It went away."""
        self._timer.cancel()
        super().connection_lost(exc)
        self.pipeline.clear()
        if self._running is not None:  # of several requests uvicorn tells the newest, which may not have begun
            self._running.disconnected = True
            self._running.message_event.set()

    def data_received(self, data: bytes) -> None:
        """Counts while a head is being read."""
        if self._timer.cancelled():  # the first bytes of another request on this connection
            self._start()
        if self._reading:
            self._received += len(data)
        super().data_received(data)
        if self._reading and self._received > self.limits.head_bytes:
            self._refuse(b"431 Request Header Fields Too Large", "head_bytes")

    def on_headers_complete(self) -> None:
        """The head is whole."""
        if self.transport.is_closing():  # of what was sent behind a request that was refused, nothing is read
            return
        if self._head_bytes() > self.limits.head_bytes:
            self._refuse(b"431 Request Header Fields Too Large", "head_bytes")
            return
        self._reading = False
        # uvicorn waits for a reader for good; who writes to one that takes nothing can cut it off with this
        cast("dict[str, object]", self.scope)["extensions"] = {"abort": self.transport.abort}
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body came; after a refusal there is no request that it belongs to."""
        if not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The body is whole."""
        if self.transport.is_closing():
            return
        self._timer.cancel()
        self._reading, self._received = True, 0
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        """A request for a socket came; after a refusal it has no scope to be made of."""
        if not self.transport.is_closing():
            super().handle_websocket_upgrade()

    def shutdown(self) -> None:
        """The server leaves. The request that runs is the last of this connection; others, sent in advance, are not begun."""
        self.pipeline.clear()
        if self._running is not None:
            self._running.keep_alive = False
        super().shutdown()
        asyncio.get_running_loop().call_later(self.last_seconds, self.transport.abort)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def _start(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self.limits.request_seconds, self._too_slow)

    def _head_bytes(self) -> int:
        """The head's size as it is usually written; what came in one piece with a body cannot be counted on arrival."""
        line = len(self.parser.get_method()) + len(self.url) + len(b"  HTTP/1.1\r\n")
        return line + sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers) + len(b"\r\n")

    def _too_slow(self) -> None:
        cycle = self.cycle  # none before the first request, whatever its type says
        begun = getattr(cycle, "response_started", False)
        # of this request, when its body is still awaited, or of the one before
        answering = begun and (not self._reading or not cycle.response_complete)
        if (self._received or not self._reading) and not answering:  # else the status would land within an answer
            self._refuse(b"408 Request Timeout", "request_seconds")
        else:
            self.transport.close()

    def _refuse(self, status: bytes, limit: str) -> None:
        if not self.transport.is_closing():
            self.refused[limit] += 1
            self.transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            self.transport.close()


class DrainingServer(uvicorn.Server):
    """On SIGTERM or Ctrl-C: refuse readiness, let viewers go, close the listeners, finish what runs. Twice ends at once."""

    def __init__(
        self,
        config: uvicorn.Config,
        drain: Callable[[], None],
        grace_seconds: float = GRACE_SECONDS,
        *,
        takes_signals: bool = True,
    ) -> None:
        super().__init__(config)
        self._drain = drain
        self._grace = grace_seconds
        self._takes_signals = takes_signals
        self._told = False
        self._leaving: asyncio.Task[None] | None = None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """While serving; without ``takes_signals`` they stay with whoever calls ``leave``."""
        with super().capture_signals() if self._takes_signals else nullcontext():
            yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came."""
        if self._told or self._leaving is not None:
            os._exit(1)
        self._told = True  # at once: a loop that is stuck would never come to see the first one
        loop = asyncio.get_running_loop()
        loop.call_soon_threadsafe(self.leave)

    def leave(self) -> None:
        """Begins to drain."""
        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().create_task(self._leave())

    async def _leave(self) -> None:
        self._drain()
        await asyncio.sleep(self._grace)
        for listener in self.servers:
            listener.close()
        await asyncio.sleep(min(0.3, self._grace))  # requests on connections that were just accepted
        self.should_exit = True


def configuration(
    app: Any,
    *,
    uds: str | None = None,
    compress_sockets: bool = False,
    limits: Limits = _USUAL,
    refused: Counter[str] | None = None,
) -> uvicorn.Config:
    """How uvicorn is run. The sockets are given to ``serve``. ``refused`` counts by the limit that was met."""

    class Protocol(GuardedProtocol):
        pass

    Protocol.limits = limits
    Protocol.refused = Counter() if refused is None else refused
    return uvicorn.Config(
        app,
        http=Protocol,
        ws=WebSocketTransport,
        ws_ping_interval=25,
        ws_ping_timeout=8,
        ws_max_size=limits.message_bytes,
        ws_per_message_deflate=compress_sockets,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=DRAIN_SECONDS - int(GRACE_SECONDS) - 1,
        timeout_keep_alive=30,
        lifespan="off",
        uds=uds,
    )

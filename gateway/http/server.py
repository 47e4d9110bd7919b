"""uvicorn, with our deadlines for heads and bodies, and a way to leave without losing a request or a viewer."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Any, Final

import uvicorn

from gateway.http.limits import Limits
from gateway.http.protocol import GuardedProtocol
from gateway.http.repeats import Repeats
from gateway.live.transport import WebSocketTransport

_USUAL: Final = Limits()
GRACE_SECONDS: Final = 2.0
"""How long readiness is refused before the listeners close, so that balancers stop sending."""
DRAIN_SECONDS: Final = 20
"""From the signal to the end, whatever hangs."""


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
    repeats: Repeats | None = None,
) -> uvicorn.Config:
    """How uvicorn is run. The sockets are given to ``serve``. ``refused`` counts by the limit that was met."""

    class Protocol(GuardedProtocol):
        pass

    class Sockets(WebSocketTransport):
        pass

    Protocol.limits = limits
    Protocol.refused = Sockets.refused = Counter() if refused is None else refused
    Protocol.repeats = repeats
    return uvicorn.Config(
        app,
        http=Protocol,
        ws=Sockets,
        ws_ping_interval=limits.ping_seconds,
        ws_ping_timeout=limits.pong_seconds,
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

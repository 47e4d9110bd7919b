"""Serves an application on loopback within the running event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, Self

import uvicorn

PROMPT: Final = 20
"""How often it is looked, at the end, whether everybody has gone, before uvicorn waits in its own way."""


@asynccontextmanager
async def serve(app: Any, port: int = 0) -> AsyncIterator[str]:
    """Serves an ASGI application on loopback within this event loop, and ends it with the context."""
    async with Server(app, port) as server:
        yield server.url


class Server:
    """An ASGI application on loopback within this event loop, for as long as the context is open.

    Its port is its own from the beginning on: while it is killed, nobody else is met there, and connections are refused.
    """

    def __init__(self, app: Any, port: int = 0) -> None:
        self._app = app
        self._listener = _bound(port)
        self._port = self._listener.getsockname()[1]
        self._guest: _Guest | None = None
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()

    @property
    def url(self) -> str:
        """Its address, the same after each start."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def is_up(self) -> bool:
        """Whether it takes connections."""
        return self._guest is not None

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self._turn:
            await self._end()

    async def start(self) -> None:
        """Takes connections, unless it does."""
        async with self._turn:
            if self._guest is not None:
                return
            # The protocol is named because asyncio sets TCP_NODELAY only where it is: without, each answer waits 40 ms.
            config = uvicorn.Config(
                self._app,
                log_level="warning",
                lifespan="off",
                access_log=False,
                ws="websockets-sansio",
                timeout_graceful_shutdown=1,
            )
            self._guest = _Guest(config)
            self._task = asyncio.create_task(self._guest.serve(sockets=[self._listener]))
            while not self._guest.started:
                if self._task.done():
                    self._task.result()
                await asyncio.sleep(0.005)

    async def kill(self) -> None:
        """Cuts every line without a word and takes no connections, as a process does that was killed; until ``start``."""
        async with self._turn:
            if self._guest is None:
                return
            self._guest.cut()
            await self._end()
            self._listener = _bound(self._port)

    async def _end(self) -> None:
        try:
            if self._guest is not None and self._task is not None:
                self._guest.leaving.set()
                self._guest = None
                await self._task
        finally:
            self._listener.close()


def _bound(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    return listener


class _Guest(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leaving = asyncio.Event()

    def cut(self) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.leaving.wait()  # uvicorn's own looks ten times a second, which a test's end would wait for

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(PROMPT):
            if not self.server_state.connections and not self.server_state.tasks:
                break
            await asyncio.sleep(0.002)
        else:
            return await super().shutdown(sockets)  # which waits a tenth of a second even where nobody is left
        for server in self.servers:
            await server.wait_closed()
        return None

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # signals stay with whoever runs the loop

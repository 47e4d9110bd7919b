"""Serves an application on loopback within the running event loop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

import uvicorn

PROMPT: Final = 20
"""How often it is looked, at the end, whether everybody has gone, before uvicorn waits in its own way."""


@asynccontextmanager
async def serve(app: Any, port: int = 0) -> AsyncIterator[str]:
    """Serves an ASGI application on loopback within this event loop, and ends it with the context."""
    # The protocol is named because asyncio sets TCP_NODELAY only where it is: without, each answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        app, log_level="warning", lifespan="off", access_log=False, ws="websockets-sansio", timeout_graceful_shutdown=1
    )
    server = _Guest(config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started:
            if task.done():
                task.result()
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.leaving.set()
        await task
        listener.close()


class _Guest(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.leaving = asyncio.Event()

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

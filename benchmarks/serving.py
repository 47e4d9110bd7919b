"""How a peer in Python is served: by uvicorn, until its input ends."""

import asyncio
import socket
import sys
from collections.abc import Callable
from typing import Any

import uvicorn
import uvloop


def serve(app: Any, moved: Callable[[int], None], **options: Any) -> None:
    """Calls ``moved`` with the number in each line of the input. Told on the output: the port."""
    uvloop.run(_serve(app, moved, options))


async def _serve(app: Any, moved: Callable[[int], None], options: dict[str, Any]) -> None:
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", **options))
    listener = socket.create_server(("127.0.0.1", 0), backlog=1_024)
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    print(listener.getsockname()[1], flush=True)
    async for line in lines:
        moved(int(line))
    server.should_exit = server.force_exit = True
    await serving

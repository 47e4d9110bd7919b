"""A balancer as operators have one: it sends each new connection to a gateway that says that it is ready."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import aiohttp

LOOKS_EVERY: Final = 0.1
TRIES: Final = 50


@dataclass
class Balancer:
    """On ``port``, before gateways on ``ports``. ``served`` counts connections by gateway, ``refused`` those that got none.

    One that ``keeps`` its clients, whom it knows by their addresses, sends each to the same gateway as long as that is ready.
    """

    port: int
    ports: Sequence[int]
    keeps: bool = False
    served: dict[int, int] = field(default_factory=dict)
    refused: int = 0
    _kept: dict[str, int] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Balancer"]:
        """Listens, and looks at its gateways, within the context."""
        self._ready = list(self.ports)
        looking = asyncio.create_task(self._look())
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        try:
            yield self
        finally:
            looking.cancel()
            server.close()

    async def _look(self) -> None:
        while True:
            self._ready = [port for port in self.ports if await self._is_ready(port)]
            await asyncio.sleep(LOOKS_EVERY)

    async def _is_ready(self, port: int) -> bool:
        with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=1)) as session:
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    return answer.status == 200
        return False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = writer.get_extra_info("peername")[0]
        for _ in range(TRIES):
            for port in sorted(self._ready, key=lambda port: (port != self._kept.get(client), self.served.get(port, 0))):
                with contextlib.suppress(OSError):
                    there = await asyncio.open_connection("127.0.0.1", port)
                    self.served[port] = self.served.get(port, 0) + 1
                    if self.keeps:
                        self._kept[client] = port
                    await asyncio.gather(_carry(reader, there[1]), _carry(there[0], writer))
                    return
            await asyncio.sleep(LOOKS_EVERY)
        self.refused += 1
        writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()

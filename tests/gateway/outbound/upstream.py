"""A network on loopback that answers with the bytes it is told to, however wrong, and remembers what it was asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Behaviour = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
"""Bytes to send as they are, or what to do with the connection, which is then closed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Upstream:
    """Plays ``script`` one request after the other and its last part for ever."""

    script: list[Behaviour]
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    was_asked: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection."""
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *lines = head.decode("latin-1").strip().split("\r\n")
                headers = {name.lower(): value for name, _, value in (text.partition(": ") for text in lines)}
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                self.asked.append(Asked(line, headers, body))
                self.was_asked.set()
                act = self.script.pop(0) if len(self.script) > 1 else self.script[0]
                if not isinstance(act, bytes):
                    await act(writer)
                    break
                writer.write(act)
                await writer.drain()
                if b"connection: close" in act.partition(b"\r\n\r\n")[0].lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the caller left
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@asynccontextmanager
async def upstream(*script: Behaviour) -> AsyncIterator[Upstream]:
    """Runs one within this event loop."""
    network, tasks = Upstream(list(script)), set[asyncio.Task[None]]()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(asyncio.CancelledError):
            await network.handle(reader, writer)

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    network.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield network
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    """A whole answer. Underscores in names of headers are hyphens."""
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in {"Content-Length": str(len(body)), **headers}.items()]
    return f"HTTP/1.1 {status} X\r\n".encode() + "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def hang(writer: asyncio.StreamWriter) -> None:
    """Says nothing until the caller leaves."""
    await _stay(writer)


async def drip(writer: asyncio.StreamWriter) -> None:
    """Headers, one byte, then silence."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    await _stay(writer)


async def reset(writer: asyncio.StreamWriter) -> None:
    """Cuts the connection without a word."""
    writer.transport.abort()


async def truncate(writer: asyncio.StreamWriter) -> None:
    """Promises more than it sends."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nnot a thousand")
    await writer.drain()


async def endless(writer: asyncio.StreamWriter) -> None:
    """A body without an end, or for as long as the caller stays."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.transport.is_closing():
        writer.write(b"10000\r\n" + bytes(65_536) + b"\r\n")
        await writer.drain()


async def _stay(writer: asyncio.StreamWriter) -> None:
    await writer.drain()
    with suppress(ConnectionError):
        await writer.wait_closed()

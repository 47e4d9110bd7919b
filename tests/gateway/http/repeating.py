"""A server over answers that a test keeps, and clients that write their requests byte for byte."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.http.limits import Limits
from gateway.http.repeats import REPEATABLE, Repeats
from gateway.http.request_ids import new_request_id
from gateway.http.server import DrainingServer, configuration
from gateway.serving import listening
from tests.gateway.http.keeping import Kitchen

PATIENCE = 10.0


@dataclass
class Endpoint:
    """Keeps an answer to each body, and tells what it saw of each request."""

    kitchen: Kitchen
    seen: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    status: int = 200
    more: str = ""
    """Is in each answer."""
    may: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        request = Request(scope, receive)
        body = await request.body()
        self.seen.append((body, dict(request.headers)))
        await self.may.wait()
        result = await self.kitchen.ask(body.decode() or "{}", data=body.decode() + self.more)
        if result.kept_as is not None:
            scope["extensions"].get(REPEATABLE, lambda _: None)(result.kept_as)
        headers = {"x-request-id": new_request_id(), "content-type": request.headers.get("accept", "text/plain")}
        await Response(result.body, self.status, headers)(scope, receive, send)


@dataclass
class Server:
    """With its address."""

    kitchen: Kitchen
    endpoint: Endpoint
    repeats: Repeats
    port: int

    @property
    def repeated(self) -> int:
        """Answers that were given at sight."""
        return self.kitchen.answers.served.repeated

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection."""
        return await asyncio.open_connection("127.0.0.1", self.port, limit=4_000_000)

    async def ask(self, *pieces: bytes, apart: float = 0.05) -> tuple[dict[str, str], bytes]:
        """Head and body of one answer, on a connection of its own."""
        reader, writer = await self.connect()
        with closing(writer):
            for number, piece in enumerate(pieces):
                await asyncio.sleep(apart if number else 0)
                writer.write(piece)
                await writer.drain()
            return await answer(reader)


async def answer(reader: asyncio.StreamReader) -> tuple[dict[str, str], bytes]:
    """The next one. Its status is among the headers."""
    async with asyncio.timeout(PATIENCE):
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        assert len(headers) == len(lines)  # none is there twice
        headers["status"] = first
        return headers, await reader.readexactly(int(headers["content-length"]))


def request(body: bytes = b"{a}", more: Mapping[str, str] | None = None, *, line: str = "POST /graphql HTTP/1.1") -> bytes:
    """One in one piece."""
    headers = {"Host": "giving.example", "Content-Length": str(len(body)), **(more or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{line}\r\n{head}\r\n".encode() + body


@asynccontextmanager
async def served(*, keep_alive_seconds: int | None = None, **limits: int) -> AsyncIterator[Server]:
    """While it serves."""
    kitchen = Kitchen(**limits)
    endpoint = Endpoint(kitchen)
    known = Limits(**limits)
    repeats, listener = Repeats(endpoint, kitchen.answers, known), listening("127.0.0.1", 0)
    config = configuration(repeats, repeats=repeats, limits=known)
    config.timeout_keep_alive = config.timeout_keep_alive if keep_alive_seconds is None else keep_alive_seconds
    server = DrainingServer(config, lambda: None, 0, takes_signals=False)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        async with asyncio.timeout(PATIENCE):
            while not server.started:
                await asyncio.sleep(0.005)
        yield Server(kitchen, endpoint, repeats, listener.getsockname()[1])
    finally:
        endpoint.may.set()
        server.leave()
        await asyncio.wait_for(serving, PATIENCE)

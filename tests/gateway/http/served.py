"""The gateway's server on loopback with an application made up for tests, and clients that write bytes as they please."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from gateway.http.limits import Limits
from gateway.http.protocol import GuardedProtocol
from gateway.http.server import DrainingServer, configuration
from gateway.serving import listening

PATIENCE = 10.0
SOON, LATE = 0.3, 60.0


@dataclass
class Application:
    """Answers with the length of the body, on ``/slow`` when it may, on ``/early`` before the body is whole.

    On ``/watch`` it waits until the client leaves, and takes note of it among the requests.
    """

    requests: list[str] = field(default_factory=list)
    may: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or a socket that echoes."""
        if scope["type"] == "websocket":
            socket = WebSocket(scope, receive, send)
            await socket.accept()
            async for text in socket.iter_text():
                await socket.send_text(text)
            return
        self.requests.append(scope["path"])
        if scope["path"] == "/slow":
            await self.may.wait()
        if scope["path"] == "/watch":
            while (await receive())["type"] != "http.disconnect":
                pass
            self.requests.append("left")
            return
        if scope["path"] == "/early":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
            await send({"type": "http.response.body", "body": b"so", "more_body": True})
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            return
        await Response(str(len(body)))(scope, receive, send)


@dataclass
class Served:
    """A server with its address."""

    server: DrainingServer
    app: Application
    port: int
    ended: asyncio.Task[None]
    told: list[str]
    refused: Counter[str]

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def said(self, *pieces: bytes) -> bytes:
        """All that is answered to these bytes, up to the end of the connection."""
        reader, writer = await self.connect()
        with closing(writer):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            return await asyncio.wait_for(reader.read(), PATIENCE)

    async def dripped(self, begin: bytes, *, answers: int = 1) -> bytes:
        """All that is answered to these bytes and one more byte every moment."""
        reader, writer = await self.connect()

        async def drip() -> None:
            while True:
                writer.write(b"x")
                await asyncio.sleep(0.02)

        writer.write(begin)
        with closing(writer):
            dripping = asyncio.create_task(drip())
            answer = b""
            try:
                async with asyncio.timeout(PATIENCE):
                    while piece := await reader.read(65_536):
                        answer += piece
                        if answer.count(b"HTTP/1.1 ") >= answers:
                            dripping.cancel()
            except ConnectionError:
                pass  # a byte that came after the end is answered with a reset
            finally:
                dripping.cancel()
            return answer

    async def time_is_up(self) -> None:
        """Waits until a connection that has begun now and says nothing is closed: the deadline itself is the clock."""
        assert await self.said() == b""


@asynccontextmanager
async def serving(seconds: float = LATE, *, grace_seconds: float = 0, takes_signals: bool = False) -> AsyncIterator[Served]:
    """While it serves, with so many seconds for a request to come, and for one that runs when it leaves."""

    class Hurried(GuardedProtocol):
        last_seconds = seconds

    app, told, listener, refused = Application(), list[str](), listening("127.0.0.1", 0), Counter[str]()
    Hurried.limits, Hurried.refused = Limits(request_seconds=seconds), refused
    config = configuration(app)
    config.http = Hurried
    port = listener.getsockname()[1]
    server = DrainingServer(config, lambda: told.append("drain"), grace_seconds, takes_signals=takes_signals)
    served = Served(server, app, port, asyncio.create_task(server.serve(sockets=[listener])), told, refused)
    try:
        async with asyncio.timeout(PATIENCE):
            while not server.started:
                await asyncio.sleep(0.005)
        yield served
    finally:
        app.may.set()
        server.leave()
        await asyncio.wait_for(served.ended, PATIENCE)


def head(size: int, *, method: str = "GET", more: str = "Connection: close\r\n") -> bytes:
    """The head of a request, of exactly so many bytes."""
    begin = f"{method} / HTTP/1.1\r\nHost: giving.example\r\n{more}Padding: ".encode()
    return begin + b"a" * (size - len(begin) - 4) + b"\r\n\r\n"


def status(answer: bytes) -> int:
    """Of one answer."""
    assert answer.count(b"HTTP/1.1 ") == 1, answer
    return int(answer.split(b" ", 2)[1])


async def answered(reader: asyncio.StreamReader) -> bytes:
    """The body of the next answer on a connection that stays open."""
    async with asyncio.timeout(PATIENCE):
        top = await reader.readuntil(b"\r\n\r\n")
        assert top.startswith(b"HTTP/1.1 200"), top
        [length] = [line for line in top.split(b"\r\n") if line.lower().startswith(b"content-length:")]
        return await reader.readexactly(int(length.split(b":")[1]))


async def until(holds: Callable[[], bool]) -> None:
    """Waits for something that comes by itself."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.005)

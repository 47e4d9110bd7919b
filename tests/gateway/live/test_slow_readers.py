"""Readers that do not read: they cost bounded memory, are sent away, and hurt nobody else."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, nullcontext
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from gateway.http.limits import Limits
from gateway.live.protocol import SUBPROTOCOL
from gateway.live.transport import WebSocketTransport
from tests.gateway.http.toy import Toy

FLOOD = "subscription {ticks(to: 100000, padding: 20000) {number padding}}"


class Guest(uvicorn.Server):
    """A server that leaves signals to whoever runs the loop, and says when it has begun."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.begun = asyncio.Event()

    def capture_signals(self) -> Any:
        """Captures none."""
        return nullcontext()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Opens the listeners."""
        await super().startup(sockets)
        self.begun.set()


class Watched(WebSocketTransport):
    """The gateway's own protocol, which says when a connection is really gone."""

    gone: asyncio.Event

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        super().connection_lost(exc)
        self.gone.set()


@asynccontextmanager
async def served(toy: Toy, **options: Any) -> AsyncIterator[str]:
    """A toy under a watched protocol."""
    Watched.gone = asyncio.Event()
    config = uvicorn.Config(
        toy.app, port=0, ws=Watched, lifespan="off", log_level="warning", timeout_graceful_shutdown=1, **options
    )
    server = Guest(config)
    running = asyncio.create_task(server.serve())
    await asyncio.wait_for(server.begun.wait(), 5)
    yield f"ws://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/graphql"
    server.should_exit = True
    await running


@asynccontextmanager
async def following(url: str, query: str) -> AsyncIterator[ClientConnection]:
    """A socket that follows an operation, and holds back its peer when it is not read."""
    async with connect(url, subprotocols=[Subprotocol(SUBPROTOCOL)], max_queue=1, compression=None) as client:
        await client.send('{"type":"connection_init"}')
        assert json.loads(await client.recv())["type"] == "connection_ack"
        await client.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": query}}))
        yield client


async def read_to_the_end(client: ClientConnection) -> int:
    """How many messages still come."""
    count = 0
    try:
        while True:
            await asyncio.wait_for(client.recv(), 5)
            count += 1
    except ConnectionClosed:
        return count


async def test_a_reader_that_does_not_read_is_cut_off_and_others_are_served() -> None:
    toy = Toy()
    async with served(toy) as url, following(url, FLOOD) as slow:
        await asyncio.wait_for(Watched.gone.wait(), 20)  # while it still does not read
        assert toy.world.closed.is_set()
        async with following(url, "subscription {open}") as other:
            assert json.loads(await other.recv())["type"] == "next"
        assert await read_to_the_end(slow) < 10_000  # what was in the buffers of the system, and then the end
    assert len(toy.sockets) == 0


async def test_one_who_answers_no_ping_is_cut_off_with_what_it_has_not_read() -> None:
    toy = Toy(Limits(slow_reader_seconds=60))
    async with served(toy, ws_ping_interval=0.2, ws_ping_timeout=0.1) as url, following(url, FLOOD) as slow:
        slow.transport.pause_reading()
        await asyncio.wait_for(Watched.gone.wait(), 10)
        await asyncio.wait_for(toy.world.closed.wait(), 5)
        slow.transport.abort()
    assert len(toy.places) == 0


async def test_a_reader_that_reads_gets_all_of_a_flood() -> None:
    toy = Toy()
    async with served(toy) as url, following(url, "subscription {ticks(to: 3000, padding: 2000) {number}}") as quick:
        numbers = []
        while (message := json.loads(await quick.recv()))["type"] == "next":
            numbers.append(message["payload"]["data"]["ticks"]["number"])
    assert numbers == list(range(1, 3_001))


class Wire:
    """An ASGI server whose client reads ``taken`` messages and then no more."""

    def __init__(self, *messages: MutableMapping[str, Any], takes: int) -> None:
        self.messages = asyncio.Queue[MutableMapping[str, Any]]()
        for message in messages:
            self.messages.put_nowait(message)
        self.takes = takes
        self.sent: list[MutableMapping[str, Any]] = []
        self.aborted = False

    def abort(self) -> None:
        """Cuts the connection."""
        self.aborted = True

    async def send(self, message: MutableMapping[str, Any]) -> None:
        """Takes a message, or never returns."""
        if len(self.sent) >= self.takes:
            await asyncio.Event().wait()
        self.sent.append(message)

    def scope(self, **more: Any) -> dict[str, Any]:
        """The scope of a connection over it."""
        return {"path": "/graphql", "headers": [], "extensions": {"abort": self.abort}, **more}


def text(**message: object) -> dict[str, Any]:
    """A message of a WebSocket client."""
    return {"type": "websocket.receive", "text": json.dumps(message)}


@pytest.mark.parametrize("query", ["{hello}", "subscription {ticks(to: 100000) {number}}"])
async def test_a_socket_that_takes_nothing_is_cut_off_in_time(query: str) -> None:
    toy = Toy(Limits(slow_reader_seconds=0.05))
    wire = Wire(
        {"type": "websocket.connect"},
        text(type="connection_init"),
        text(type="subscribe", id="1", payload={"query": query}),
        takes=2,  # the handshake and the acknowledgement
    )
    scope = wire.scope(type="websocket", subprotocols=[SUBPROTOCOL])
    await asyncio.wait_for(toy.sockets(scope, wire.messages.get, wire.send), 5)
    assert [each["type"] for each in wire.sent] == ["websocket.accept", "websocket.send"]
    assert wire.aborted


async def test_a_stream_that_takes_nothing_is_cut_off_in_time() -> None:
    toy = Toy(Limits(slow_reader_seconds=0.05))
    body = json.dumps({"query": FLOOD}).encode()
    wire = Wire({"type": "http.request", "body": body}, takes=5)
    headers = [(b"content-type", b"application/json"), (b"accept", b"text/event-stream")]
    scope = wire.scope(type="http", method="POST", query_string=b"", headers=headers)
    await asyncio.wait_for(toy.endpoint(scope, wire.messages.get, wire.send), 5)
    assert wire.aborted
    assert toy.world.closed.is_set()

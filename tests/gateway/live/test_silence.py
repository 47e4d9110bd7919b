"""Peers that fall silent: how long each is given is a setting, and who took longer is counted."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from typing import Any, cast

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.frames import CloseCode

from gateway.http.limits import Limits
from gateway.http.server import DrainingServer, configuration
from gateway.serving import listening
from tests.gateway.http.toy import Toy
from tests.gateway.live.test_slow_readers import FLOOD
from tests.gateway.live.test_websocket import closing as closed
from tests.gateway.live.test_websocket import introduce, raw, subscribe

PATIENCE = 10.0
PONG_SECONDS = 1.5


@asynccontextmanager
async def served(toy: Toy) -> AsyncIterator[int]:
    """A toy on the gateway's own server and listener, whose port this is."""
    listener = listening("127.0.0.1", 0, toy.limits)
    config = configuration(toy.app, limits=toy.limits, refused=toy.operations.refused)
    server = DrainingServer(config, toy.streams.drain, 0, takes_signals=False)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.leave()
        await asyncio.wait_for(running, PATIENCE)


class Tardy(ClientConnection):
    """A client that answers each ping after so many seconds."""

    after: float
    pings: int = 0

    def data_received(self, data: bytes) -> None:
        """Reads pings later than they came."""
        if data.startswith(b"\x89"):
            self.pings += 1
            self.loop.call_later(self.after, super().data_received, data)
        else:
            super().data_received(data)


def tardy(seconds: float) -> type[ClientConnection]:
    """One of these."""
    return type("Tardy", (Tardy,), {"after": seconds})


async def until(holds: Callable[[], bool]) -> None:
    """Waits for something that comes by itself."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("seconds", [0.0, PONG_SECONDS / 3])
async def test_who_answers_pings_in_time_stays(seconds: float) -> None:
    toy = Toy(Limits(ping_seconds=0.05, pong_seconds=PONG_SECONDS, init_wait_seconds=60))
    async with served(toy) as port, raw(f"http://127.0.0.1:{port}/graphql", create_connection=tardy(seconds)) as client:
        await introduce(client)
        await until(lambda: cast("Tardy", client).pings > 2)
        await subscribe(client, "1", "subscription {open}")
        assert json.loads(await asyncio.wait_for(client.recv(), PATIENCE))["type"] == "next"
    assert toy.operations.refused == {}


async def test_who_answers_none_is_closed_and_counted() -> None:
    toy = Toy(Limits(ping_seconds=0.05, pong_seconds=PONG_SECONDS))
    async with (
        served(toy) as port,
        raw(f"http://127.0.0.1:{port}/graphql", create_connection=tardy(4 * PONG_SECONDS)) as client,
    ):
        assert (await closed(client))[0] == CloseCode.INTERNAL_ERROR
    assert toy.operations.refused == {"pong_seconds": 1}


async def begun(port: int, *, stream: bool) -> socket.socket:
    """A client with a flood before it, of which it reads nothing."""
    line = socket.create_connection(("127.0.0.1", port))
    line.setblocking(False)
    loop = asyncio.get_running_loop()
    if stream:
        body = json.dumps({"query": FLOOD}).encode()
        head = b"POST /graphql HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nContent-Type: application/json\r\n"
        await loop.sock_sendall(line, head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return line
    await loop.sock_sendall(
        line,
        b"GET /graphql HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
    )
    await loop.sock_recv(line, 4_096)
    for message in ({"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": {"query": FLOOD}}):
        text = json.dumps(message).encode()
        size = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + len(text).to_bytes(2, "big")
        await loop.sock_sendall(line, b"\x81" + size + bytes(4) + text)  # with a mask that changes nothing
    return line


@pytest.mark.parametrize("stream", [True, False])
async def test_whose_system_takes_nothing_for_too_long_is_given_up_and_counted(*, stream: bool) -> None:
    patient: dict[str, Any] = {"slow_reader_seconds": 60, "ping_seconds": 60, "outbox_bytes": 1 << 30}
    toy = Toy(Limits(unheard_seconds=0.3, **patient))
    async with served(toy) as port:
        with closing(await begun(port, stream=stream)):
            await until(lambda: toy.operations.refused["unheard_seconds"] > 0)
    assert toy.operations.refused == {"unheard_seconds": 1}


async def test_whose_system_takes_it_in_time_is_not() -> None:
    toy, loop = Toy(Limits(unheard_seconds=0.5, slow_reader_seconds=60)), asyncio.get_running_loop()
    async with served(toy) as port:
        with closing(await begun(port, stream=True)) as line:
            ends = loop.time() + 2 * toy.limits.unheard_seconds
            while loop.time() < ends:
                assert await loop.sock_recv(line, 65_536)
                await asyncio.sleep(0.01)
    assert toy.operations.refused == {}

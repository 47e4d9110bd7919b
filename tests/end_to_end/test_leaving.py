"""SIGTERM: new readers are sent elsewhere first, those who are there are told to come back, and what runs is finished."""

import asyncio
import json
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from benchmarks.fanout.document import LIVE
from gateway.http.graphql import STREAM_HEADER
from gateway.live.sse import RECONNECT_WITHIN_MS
from tests.end_to_end.gateway_process import is_running
from tests.end_to_end.plain import address, plain_strawberry
from tests.end_to_end.viewers import TOTAL
from tests.end_to_end.waiting import until
from tests.end_to_end.world import LUNCH, World
from tests.gateway.live.test_websocket import introduce, raw

LEAVES_WITHIN: Final = 20.0
PLAIN_STAYS: Final = 10.0
"""Seconds after which plain uvicorn still waits for its one stream. It would for good."""
RESTART: Final = 1012
EVENTS: Final = {"Accept": "text/event-stream"}
PARTS: Final = {"Accept": "multipart/mixed;subscriptionSpec=1.0"}
RETRY: Final = re.compile(rb"\n\nretry: (\d+)\n\n$")
OF_EACH: Final = 5


@dataclass(frozen=True)
class Viewers:
    """Who watches a campaign in a world. Each ``watch_...`` goes on to the end of its connection."""

    world: World
    campaign: str

    @property
    def _asked(self) -> dict[str, Any]:
        return {"query": TOTAL, "variables": {"id": self.campaign}}

    async def watch_socket(self, watches: asyncio.Event) -> int | None:
        """Over a WebSocket; the code with which it was closed."""
        address = f"{self.world.url.replace('http', 'ws', 1)}/graphql"
        async with self.world.session.ws_connect(address, protocols=["graphql-transport-ws"]) as ws:
            await ws.send_json({"type": "connection_init"})
            await ws.send_json({"id": "1", "type": "subscribe", "payload": self._asked})
            async for message in ws:
                if json.loads(message.data)["type"] == "next":
                    watches.set()
            return ws.close_code

    async def watch_stream(self, headers: Mapping[str, str], watches: asyncio.Event) -> bytes:
        """Over an answer that goes on; all that it said."""
        async with self.world.session.post(f"{self.world.url}/graphql", json=self._asked, headers=headers) as answer:
            return await self._to_the_end(answer, watches)

    async def watch_connection(self, watches: asyncio.Event) -> bytes:
        """Over an event stream of many operations; all that it said."""
        url, session = f"{self.world.url}/graphql", self.world.session
        async with session.put(url) as reserved:
            token = {STREAM_HEADER: await reserved.text()}
        async with session.get(url, headers=EVENTS | token) as answer:
            started = await session.post(url, json=self._asked | {"extensions": {"operationId": "1"}}, headers=token)
            assert started.status == 202
            return await self._to_the_end(answer, watches)

    async def _to_the_end(self, answer: aiohttp.ClientResponse, watches: asyncio.Event) -> bytes:
        heard = b""
        async for line in answer.content:
            heard += line
            if b"raised" in line:
                watches.set()
        return heard


async def watching(watch: Callable[[asyncio.Event], Awaitable[Any]]) -> "asyncio.Future[Any]":
    """Somebody who has begun to watch; the future of what is known in the end."""
    watches = asyncio.Event()
    task = asyncio.ensure_future(watch(watches))
    await asyncio.wait_for(watches.wait(), 10)
    return task


@asynccontextmanager
async def half_a_payment(world: World) -> AsyncIterator[Callable[[], Awaitable[bytes]]]:
    """A payment that the network is about to tell. The gateway has seen a half of it; gives how it is told the other half."""
    payment = await world.wechat.pay(700, notify=False)
    outgoing = world.wechat.outgoing(payment)
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    fields = {"Host": "localhost", "Content-Length": str(len(outgoing.body)), **outgoing.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    half = len(outgoing.body) // 2
    writer.write(f"POST {LUNCH} HTTP/1.1\r\n{head}\r\n".encode() + outgoing.body[:half])
    await writer.drain()
    await readiness(world)  # by now the gateway has seen it

    async def rest() -> bytes:
        writer.write(outgoing.body[half:])
        return await reader.readline()

    try:
        yield rest
    finally:
        writer.close()


async def readiness(world: World) -> tuple[int, bool]:
    """The status of ``/readyz``, and whether the gateway says that it stays; asked anew, over a connection of its own."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.url}/readyz") as answer:
        return answer.status, (await answer.json())["staying"]


async def closed_to_newcomers(world: World) -> None:
    """Returns when the gateway takes no more connections."""
    while True:
        try:
            await readiness(world)
        except aiohttp.ClientConnectionError:
            return
        await asyncio.sleep(0.05)


def faults(world: World) -> list[str]:
    """What the log says that it should not."""
    return [line for line in world.gateway.log.read_text().splitlines() if re.search(r'Traceback|ERROR|"level": "error"', line)]


async def test_sigterm_refuses_readiness_first_lets_viewers_go_finishes_a_delivery_and_ends_well(world: World) -> None:
    await world.wechat.pay(500)
    await world.agree()
    viewers = Viewers(world, (await world.campaigns())["school-lunch"]["id"])
    redis = world.gateway.server()
    sockets = [await watching(viewers.watch_socket) for _ in range(OF_EACH)]
    events = [await watching(lambda watches: viewers.watch_stream(EVENTS, watches)) for _ in range(OF_EACH)]
    events += [await watching(viewers.watch_connection) for _ in range(OF_EACH)]
    parts = [await watching(lambda watches: viewers.watch_stream(PARTS, watches)) for _ in range(OF_EACH)]
    everybody = [*sockets, *events, *parts]
    async with half_a_payment(world) as rest:
        began = time.monotonic()

        world.gateway.terminate()

        async with asyncio.timeout(LEAVES_WITHIN):
            await asyncio.wait(everybody, return_when=asyncio.FIRST_COMPLETED)
            # still there, and says that it is not to be sent to
            assert await readiness(world) == (503, False)
            assert await asyncio.gather(*sockets) == [RESTART] * OF_EACH
            goodbyes = [RETRY.search(heard) for heard in await asyncio.gather(*events)]
            pauses = [int(found[1]) for found in goodbyes if found]
            assert len(pauses) == len(events)
            assert max(pauses) < RECONNECT_WITHIN_MS
            assert len(set(pauses)) > 1  # not all at the same moment
            for heard in await asyncio.gather(*parts):
                assert b'"code":"RESTARTING"' in heard
                assert heard.endswith(b"--graphql--\r\n")
            # who comes now, because nobody has told it yet, is sent away in the same words, and may ask
            assert await viewers.watch_socket(asyncio.Event()) == RESTART
            assert RETRY.search(await viewers.watch_stream(EVENTS, asyncio.Event()))
            assert (await world.campaigns())["school-lunch"]["total"]["donationCount"] == 1
            await closed_to_newcomers(world)
            # the delivery, which began before all of that
            assert await rest() == b"HTTP/1.1 200 OK\r\n"
            assert await world.gateway.ended(LEAVES_WITHIN) == 0
        assert time.monotonic() - began < LEAVES_WITHIN
    assert not is_running(redis)
    assert faults(world) == []
    await world.start()
    await world.agree()


@asynccontextmanager
async def unread_socket(world: World) -> AsyncIterator[None]:
    """Somebody who says much over a WebSocket, and reads none of the answers: as many wait as can."""
    ping = json.dumps({"type": "ping", "payload": {"p": "x" * 60_000}})
    async with raw(f"{world.url}/graphql", max_queue=1) as socket:
        await introduce(socket)
        with suppress(TimeoutError):
            while True:
                async with asyncio.timeout(1):
                    await socket.send(ping)
        yield
        socket.transport.abort()


@asynccontextmanager
async def sent(world: World, data: bytes) -> AsyncIterator[None]:
    """Somebody who sends this over a connection of its own, and hardly reads what is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port, limit=1)
    writer.write(data)

    async def drip() -> None:
        with suppress(OSError):
            while await reader.read(10_000):
                await asyncio.sleep(0.1)

    dripping = asyncio.create_task(drip())
    try:
        yield
    finally:
        dripping.cancel()
        writer.transport.abort()
        await asyncio.gather(dripping, writer.wait_closed(), return_exceptions=True)


async def test_whoever_hangs_does_not_keep_it_as_it_keeps_plain_uvicorn(world: World) -> None:
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        plain = await enter(plain_strawberry())
        asked = {"query": LIVE, "variables": {"id": plain.place.ids[0]}}
        stream = await enter(world.session.post(address(plain), json=asked, headers=EVENTS))
        assert (stream.status, stream.content_type) == (200, "text/event-stream")
        await stream.content.readline()
        await enter(half_a_payment(world))
        await enter(sent(world, b"POST /graphql HTTP/1.1\r\nHost: "))
        await enter(sent(world, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 2_000))
        await enter(unread_socket(world))
        began = time.monotonic()

        os.kill(plain.place.pid, signal.SIGTERM)
        world.gateway.terminate()

        code = await world.gateway.ended(2 * LEAVES_WITHIN)
        took = time.monotonic() - began
        assert (code, took < LEAVES_WITHIN) == (0, True), took
        assert faults(world) == []
        await until(lambda: time.monotonic() - began > PLAIN_STAYS)
        assert is_running(plain.place.pid)


async def test_a_second_sigterm_ends_at_once(world: World) -> None:
    redis = world.gateway.server()
    async with half_a_payment(world):
        world.gateway.terminate()
        async with asyncio.timeout(10):
            while await readiness(world) != (503, False):
                await asyncio.sleep(0.01)

        began = time.monotonic()
        world.gateway.terminate()

        assert await world.gateway.ended(5) == 1
        assert time.monotonic() - began < 1
    await until(lambda: not is_running(redis))

"""SIGTERM: new readers are sent elsewhere first, those who are there are told to come back, and what runs is finished."""

import asyncio
import json
import time
from typing import Any

import aiohttp

from tests.end_to_end.gateway_process import is_running
from tests.end_to_end.viewers import TOTAL
from tests.end_to_end.world import LUNCH, World

LEAVES_WITHIN = 20.0
RESTART = 1012


async def watch_socket(world: World, campaign: str, open_: asyncio.Event) -> int | None:
    """Follows a total over a WebSocket until it is closed; the code with which it was."""
    address = f"{world.url.replace('http', 'ws', 1)}/graphql"
    async with world.session.ws_connect(address, protocols=["graphql-transport-ws"]) as ws:
        await ws.send_json({"type": "connection_init"})
        subscribe = {"query": TOTAL, "variables": {"id": campaign}}
        await ws.send_json({"id": "1", "type": "subscribe", "payload": subscribe})
        async for message in ws:
            if json.loads(message.data)["type"] == "next":
                open_.set()
        return ws.close_code


async def watch_events(world: World, campaign: str, open_: asyncio.Event) -> bytes:
    """Follows a total over an event stream until it ends; its last words."""
    asked: dict[str, Any] = {"query": TOTAL, "variables": {"id": campaign}}
    headers = {"Accept": "text/event-stream"}
    heard = b""
    async with world.session.post(f"{world.url}/graphql", json=asked, headers=headers) as answer:
        async for line in answer.content:
            heard += line
            if line.startswith(b"data:"):
                open_.set()
    return heard


async def readiness(world: World) -> tuple[int, bool]:
    """The status of ``/readyz``, and whether the gateway says that it stays; asked anew, over a connection of its own."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.url}/readyz") as answer:
        return answer.status, (await answer.json())["staying"]


async def test_sigterm_refuses_readiness_first_lets_viewers_go_and_ends_well_with_its_redis(world: World) -> None:
    campaign = (await world.campaigns())["school-lunch"]["id"]
    await world.wechat.pay(500)
    await world.agree()
    redis = world.gateway.server()
    on_socket, on_stream = asyncio.Event(), asyncio.Event()
    socket = asyncio.create_task(watch_socket(world, campaign, on_socket))
    stream = asyncio.create_task(watch_events(world, campaign, on_stream))
    async with asyncio.timeout(10):
        await asyncio.gather(on_socket.wait(), on_stream.wait())
    began = time.monotonic()

    world.gateway.terminate()

    async with asyncio.timeout(LEAVES_WITHIN):
        assert await socket == RESTART
        assert (await stream).splitlines()[-2].startswith(b"retry: ")
        # still there, and says that it is not to be sent to
        assert await readiness(world) == (503, False)
        assert await world.gateway.ended(LEAVES_WITHIN) == 0
    assert time.monotonic() - began < LEAVES_WITHIN
    assert not is_running(redis)


async def test_a_delivery_that_is_on_its_way_in_when_sigterm_comes_is_taken(world: World) -> None:
    payment = await world.wechat.pay(700, notify=False)
    outgoing = world.wechat.outgoing(payment)
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    fields = {"Host": "localhost", "Content-Length": str(len(outgoing.body)), **outgoing.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    half = len(outgoing.body) // 2
    writer.write(f"POST {LUNCH} HTTP/1.1\r\n{head}\r\n".encode() + outgoing.body[:half])
    await writer.drain()
    await readiness(world)  # by now the gateway has seen the first half

    world.gateway.terminate()
    async with asyncio.timeout(LEAVES_WITHIN):
        while True:
            try:
                await readiness(world)
            except aiohttp.ClientConnectionError:
                break  # it takes no more connections
            await asyncio.sleep(0.05)
    writer.write(outgoing.body[half:])
    async with asyncio.timeout(LEAVES_WITHIN):
        status = await reader.readline()
    writer.close()

    assert status == b"HTTP/1.1 200 OK\r\n"
    assert await world.gateway.ended(LEAVES_WITHIN) == 0
    await world.start()
    await world.agree()


async def test_a_second_sigterm_ends_at_once(world: World) -> None:
    redis = world.gateway.server()
    world.gateway.terminate()
    async with asyncio.timeout(10):
        while True:
            if await readiness(world) == (503, False):
                break
            await asyncio.sleep(0.01)

    began = time.monotonic()
    world.gateway.terminate()

    assert await world.gateway.ended(5) == 1
    assert time.monotonic() - began < 1
    async with asyncio.timeout(10):
        while True:
            if not is_running(redis):
                return
            await asyncio.sleep(0.05)

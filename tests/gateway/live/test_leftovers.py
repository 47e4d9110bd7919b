"""What is over is freed at once: Python looks for what refers to itself after a hundred thousand viewers only."""

import asyncio
import gc
import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import aiohttp
import pytest
from graphql import Executor
from httptools import HttpRequestParser
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
from websockets.server import ServerProtocol

from gateway.http.operations import Operation
from gateway.http.requests import OperationRequest
from gateway.http.server import configuration
from gateway.live.audience import Audience
from gateway.live.frame import Frame
from gateway.live.metrics import LiveFigures
from gateway.live.outbox import Outbox
from gateway.live.protocol import SUBPROTOCOL
from gateway.live.reader import Reader
from gateway.live.room import Room
from gateway.live.running import Running
from gateway.live.streams import Followed
from tests.end_to_end.lines import SocketLine
from tests.gateway.http import repeating
from tests.gateway.http.toy import REQUEST_ID, Toy
from tests.gateway.live.test_running import QUERY, TOTAL, World, settle, taken
from tests.gateway.live.test_slow_readers import Watched, served

OF_OPERATIONS = (Audience, Executor, Frame, Operation, Running)
OF_VIEWERS = (*OF_OPERATIONS, Followed, HttpRequestParser, Outbox, Reader, ServerProtocol, Watched)


@pytest.fixture
def garbage() -> Iterator[list[object]]:
    """All that has to be looked for, once ``gc.collect`` is called."""
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield gc.garbage
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


def kept(garbage: list[object], kinds: tuple[type, ...]) -> list[object]:
    """What has to be looked for, of these kinds."""
    gc.collect()
    return [each for each in garbage if issubclass(type(each), kinds)]


async def left(toy: Toy) -> None:
    """Waits until nobody has a place."""
    async with asyncio.timeout(5):
        while len(toy.places):
            await asyncio.sleep(0.01)


async def test_of_a_socket_nothing_is_left(garbage: list[object]) -> None:
    toy = Toy()
    async with served(toy, ws_per_message_deflate=False, http=configuration(toy.app).http) as url:
        line = await SocketLine.open(url)
        await line.follow("{hello}")
        while (await line.answer())["type"] != "complete":
            pass
        line.close()  # without a word
        await asyncio.wait_for(Watched.gone.wait(), 5)
        await left(toy)
    assert kept(garbage, OF_VIEWERS) == []


async def test_of_a_socket_that_was_cut_before_it_was_told_anything_nothing_is_left(garbage: list[object]) -> None:
    toy = Toy()
    said = [{"type": "websocket.connect"}, {"type": "websocket.receive", "text": '{"type":"connection_init"}'}]

    async def receive() -> dict[str, Any]:
        if not said:
            await asyncio.Event().wait()
        return said.pop(0)

    async def send(message: Any) -> None:
        if message["type"] == "websocket.send":
            raise ConnectionResetError

    scope = {"type": "websocket", "client": ("127.0.0.2", 1), "headers": [], "subprotocols": [SUBPROTOCOL]}
    await toy.sockets(scope, receive, send)
    await settle()
    assert kept(garbage, OF_VIEWERS) == []


async def test_of_a_request_that_may_come_again_nothing_is_left_but_what_is_remembered(garbage: list[object]) -> None:
    async with repeating.served() as server:
        for body in (b"{a}", b"{b}"):
            await server.ask(repeating.request(body))
    assert kept(garbage, (RequestResponseCycle,)) == []


async def test_of_a_query_nothing_is_left(garbage: list[object]) -> None:
    toy = Toy()
    assert await toy.run("{hello}") == {"data": {"hello": "Hello world"}}
    assert kept(garbage, OF_OPERATIONS) == []


@pytest.mark.parametrize("query", [QUERY, TOTAL])
async def test_of_an_operation_that_nobody_follows_any_more_nothing_is_left(garbage: list[object], query: str) -> None:
    world = World()
    for _ in range(3):
        feed = world.follow(query)
        await taken(feed, 1)
        (world.log if query is QUERY else world.total).put()
        await taken(feed, 1)
        await feed.aclose()
        await settle()
        assert len(world.running) == 0
    del feed
    assert kept(garbage, OF_OPERATIONS) == []
    assert not any(type(each) is Audience for each in gc.get_objects())  # what a timer holds is not looked for, and there too


@pytest.mark.parametrize("query", [QUERY, TOTAL])
async def test_of_a_viewer_who_leaves_at_any_step_of_joining_nothing_is_left(garbage: list[object], query: str) -> None:
    world = World()
    for steps in range(30):
        feed = world.follow(query)
        joining = asyncio.create_task(anext(feed))
        for _ in range(steps):
            await asyncio.sleep(0)
        joining.cancel()
        await asyncio.gather(joining, return_exceptions=True)
        await feed.aclose()
        await settle()
        assert len(world.running) == 0
    del feed, joining
    assert kept(garbage, (*OF_OPERATIONS, asyncio.Task)) == []


async def test_of_a_viewer_who_leaves_before_the_operation_has_begun_nothing_is_left(garbage: list[object]) -> None:
    world = World()
    operation = world.operations.prepare(OperationRequest(TOTAL), REQUEST_ID)
    reader = Reader(Room(world.limits), lambda: None)
    reader.follow(partial(world.running.follow, operation, reader))
    reader.leave()
    await settle()
    assert len(world.running) == 0
    del operation, reader
    assert kept(garbage, (*OF_OPERATIONS, asyncio.Task)) == []


async def test_of_a_stream_nothing_is_left(garbage: list[object]) -> None:
    toy = Toy()
    headers = {"Accept": "text/event-stream", "Content-Type": "application/json"}
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        async with session.post(url, data=json.dumps({"query": "{hello}"}), headers=headers) as answer:
            assert (await answer.text()).endswith("event: complete\ndata:\n\n")
        await left(toy)
    assert kept(garbage, OF_VIEWERS) == []


def tasks(toy: Toy) -> float:
    """The figure."""
    [family] = [each for each in LiveFigures(toy.running, toy.places).collect() if each.name == "giving_tasks"]
    return float(family.samples[0].value)


async def test_tasks_are_counted() -> None:
    toy = Toy()
    before = tasks(toy)
    more = [asyncio.create_task(asyncio.sleep(60)) for _ in range(3)]
    assert tasks(toy) == before + 3
    for each in more:
        each.cancel()
    await asyncio.gather(*more, return_exceptions=True)
    assert tasks(toy) == before


def test_where_nothing_runs_there_are_no_tasks() -> None:
    assert tasks(Toy()) == 0

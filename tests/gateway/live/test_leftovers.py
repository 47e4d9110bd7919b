"""What is over is freed at once: Python looks for what refers to itself after a hundred thousand viewers only."""

import asyncio
import gc
import struct
from collections import Counter
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from graphql import Executor
from httptools import HttpRequestParser
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
from websockets.server import ServerProtocol

from gateway.http.operations import Operation
from gateway.http.protocol import GuardedProtocol
from gateway.http.reading import Flow
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
from tests.end_to_end.lines import CLOSE, EventsLine, SocketLine, framed, request
from tests.gateway.http import repeating
from tests.gateway.http.toy import REQUEST_ID, Toy
from tests.gateway.live.test_running import QUERY, TOTAL, World, settle, taken
from tests.gateway.live.test_slow_readers import Watched, served

OF_OPERATIONS = (Audience, Executor, Frame, Operation, Running)
OF_CONNECTIONS = (Flow, GuardedProtocol, HttpRequestParser, RequestResponseCycle)
OF_VIEWERS = (*OF_OPERATIONS, *OF_CONNECTIONS, Followed, Outbox, Reader, ServerProtocol, Watched)


ENDS = {
    "goes without a word": b"",
    "closes": framed(struct.pack("!H", 1_000), CLOSE),
    "sends what is no frame": framed(b"", 3),
    "sends what is no text": framed(b"\xff"),
    "sends more than it may": struct.pack("!BBQxxxx", 0x81, 0xFF, 1 << 30),
}
REFUSED = {
    "sends no key": {},
    "comes from elsewhere": {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Origin": "https://else.example"},
}


@pytest.fixture
def _unlooked() -> Iterator[None]:
    """Python does not look for what refers to itself, unless ``looked_for`` does."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


pytestmark = pytest.mark.usefixtures("_unlooked")


def looked_for(kinds: tuple[type, ...]) -> Counter[type]:
    """How many objects of these kinds had to be looked for. They are counted before and after, as of those that look after
    themselves, which generators and all that they hold do, a list of what was found tells nothing.
    """

    def there() -> Counter[type]:
        return Counter(type(each) for each in gc.get_objects() if issubclass(type(each), kinds))

    before = there()
    gc.collect()
    return before - there()


async def left(toy: Toy) -> None:
    """Waits until nobody has a place."""
    async with asyncio.timeout(5):
        while len(toy.places):
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_of_a_socket_nothing_is_left(end: bytes) -> None:
    toy = Toy()
    async with served(toy, ws_per_message_deflate=False, http=configuration(toy.app).http) as url:
        line = await SocketLine.open(url)
        await line.follow("{hello}")
        while (await line.answer())["type"] != "complete":
            pass
        await line.send(end)
        if not end:
            line.close()
        await asyncio.wait_for(Watched.gone.wait(), 5)
        line.close()
        await left(toy)
    assert not looked_for(OF_VIEWERS)


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
async def test_of_a_socket_that_was_refused_nothing_is_left(headers: dict[str, str]) -> None:
    toy = Toy()
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    async with served(toy, http=configuration(toy.app).http) as url:
        line = await SocketLine.open(url)
        await line.send(request("GET", upgrade | headers))
        status, _ = await line.head()
        assert status in {400, 403}
        await asyncio.wait_for(Watched.gone.wait(), 5)
        line.close()
    assert not looked_for(OF_VIEWERS)


async def test_of_a_socket_that_was_cut_before_it_was_told_anything_nothing_is_left() -> None:
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
    assert not looked_for(OF_VIEWERS)


async def test_of_a_request_that_may_come_again_nothing_is_left_but_what_is_remembered() -> None:
    async with repeating.served() as server:
        for body in (b"{a}", b"{b}"):
            await server.ask(repeating.request(body))
    assert not looked_for(OF_CONNECTIONS)


async def test_of_a_query_nothing_is_left() -> None:
    toy = Toy()
    assert await toy.run("{hello}") == {"data": {"hello": "Hello world"}}
    assert not looked_for(OF_OPERATIONS)


@pytest.mark.parametrize("query", [QUERY, TOTAL])
async def test_of_an_operation_that_nobody_follows_any_more_nothing_is_left(query: str) -> None:
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
    assert not looked_for(OF_OPERATIONS)
    assert not any(type(each) is Audience for each in gc.get_objects())  # what a timer holds is not looked for, and there too


@pytest.mark.parametrize("query", [QUERY, TOTAL])
async def test_of_a_viewer_who_leaves_at_any_step_of_joining_nothing_is_left(query: str) -> None:
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
    assert not looked_for((*OF_OPERATIONS, asyncio.Task))


async def test_of_a_viewer_who_leaves_before_the_operation_has_begun_nothing_is_left() -> None:
    world = World()
    operation = world.operations.prepare(OperationRequest(TOTAL), REQUEST_ID)
    reader = Reader(Room(world.limits), lambda: None)
    reader.follow(partial(world.running.follow, operation, reader))
    reader.leave()
    await settle()
    assert len(world.running) == 0
    del operation, reader
    assert not looked_for((*OF_OPERATIONS, asyncio.Task))


async def test_of_a_stream_nothing_is_left() -> None:
    toy = Toy()
    async with served(toy, http=configuration(toy.app).http) as url:
        line = await EventsLine.open(url)
        await line.follow("{hello}")
        assert (await line.message())["data"] == {"hello": "Hello world"}
        with pytest.raises(EOFError):
            await line.message()
        line.close()
        await left(toy)
    assert not looked_for(OF_VIEWERS)


async def test_of_a_stream_that_was_cut_nothing_is_left() -> None:
    toy = Toy()
    async with served(toy, http=configuration(toy.app).http) as url:
        line = await EventsLine.open(url)
        await line.follow("subscription {ticks(to: 100000) {number}}")
        await line.message()
        line.close()
        await left(toy)
    assert not looked_for(OF_VIEWERS)


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

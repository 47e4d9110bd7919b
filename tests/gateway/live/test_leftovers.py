"""What is over is freed at once: Python looks for what refers to itself after a hundred thousand viewers only."""

import asyncio
import gc
import json
from collections.abc import Iterator

import aiohttp
import pytest
from websockets.server import ServerProtocol

from gateway.http.operations import Operation
from gateway.live.audience import Audience
from gateway.live.frame import Frame
from gateway.live.metrics import LiveFigures
from gateway.live.outbox import Outbox
from gateway.live.reader import Reader
from gateway.live.running import Running
from gateway.live.streams import Followed
from tests.end_to_end.lines import SocketLine
from tests.gateway.http.toy import Toy
from tests.gateway.live.test_running import QUERY, TOTAL, World, settle, taken
from tests.gateway.live.test_slow_readers import Watched, served

OF_OPERATIONS = {Audience, Frame, Operation, Running}
OF_VIEWERS = {Followed, Outbox, Reader, ServerProtocol, Watched}


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


async def left(toy: Toy) -> None:
    """Waits until nobody has a place."""
    async with asyncio.timeout(5):
        while len(toy.places):
            await asyncio.sleep(0.01)


async def test_of_a_socket_nothing_is_left(garbage: list[object]) -> None:
    toy = Toy()
    async with served(toy, ws_per_message_deflate=False) as url:
        line = await SocketLine.open(url)
        await line.follow("{hello}")
        while (await line.answer())["type"] != "complete":
            pass
        line.close()  # without a word
        await asyncio.wait_for(Watched.gone.wait(), 5)
        await left(toy)
    gc.collect()
    assert [each for each in garbage if type(each) in OF_VIEWERS] == []


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
    gc.collect()
    assert [each for each in garbage if type(each) in OF_OPERATIONS] == []


async def test_of_a_stream_nothing_is_left(garbage: list[object]) -> None:
    toy = Toy()
    headers = {"Accept": "text/event-stream", "Content-Type": "application/json"}
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        async with session.post(url, data=json.dumps({"query": "{hello}"}), headers=headers) as answer:
            assert (await answer.text()).endswith("event: complete\ndata:\n\n")
        await left(toy)
    gc.collect()
    assert [each for each in garbage if type(each) in OF_VIEWERS] == []


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

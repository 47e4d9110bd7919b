"""Where only trusted documents run, that holds for every way of following, and they may be asked for by their ids."""

import asyncio
import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from gateway.http.limits import Limits
from gateway.http.registered import RegisteredDocuments
from gateway.live.websocket import _Connection
from tests.gateway.http.toy import Toy, codes
from tests.gateway.live.test_event_connection import client_of
from tests.gateway.live.test_running import QUERY, TOTAL, World, settle
from tests.gateway.live.test_websocket import hear, introduce, raw, say
from tests.gateway.world import PATIENCE

TICKS = "subscription {ticks(to: 1) {number}}"
STRANGER = "subscription {ticks(to: 2) {number}}"
GOOD = [{"documentId": "ticks"}, {"doc_id": "ticks", "query": ""}, {"query": TICKS}, {"query": TICKS, "documentId": "ticks"}]
BAD = [{"query": STRANGER}, {"documentId": "other"}, {"query": "{hello}"}]


@pytest.fixture
def toy() -> Toy:
    """One that runs a single document."""
    return Toy(registered=RegisteredDocuments(Limits(), {"ticks": TICKS}, only_trusted=True))


@pytest.fixture
async def url(toy: Toy) -> AsyncIterator[str]:
    """Its address."""
    async with toy.serve() as address:
        yield address


@pytest.mark.parametrize("payload", GOOD, ids=str)
async def test_over_a_websocket_it_runs(url: str, payload: dict[str, str]) -> None:
    async with raw(url) as socket:
        await introduce(socket)
        await say(socket, type="subscribe", id="1", payload=payload)
        assert (await hear(socket))["payload"] == {"data": {"ticks": {"number": 1}}}


@pytest.mark.parametrize("payload", BAD, ids=str)
async def test_over_a_websocket_nothing_else_does(toy: Toy, url: str, payload: dict[str, str]) -> None:
    async with raw(url) as socket:
        await introduce(socket)
        await say(socket, type="subscribe", id="1", payload=payload)
        answer = await hear(socket)
    assert (answer["type"], codes({"errors": answer["payload"]})) == ("error", ["PERSISTED_QUERY_NOT_IN_LIST"])
    assert (toy.world.ran, toy.world.closed.is_set()) == ([], False)


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0"])
async def test_on_a_stream_of_one_operation_it_runs_and_nothing_else_does(url: str, accept: str) -> None:
    async with aiohttp.ClientSession(headers={"accept": accept}) as session:
        for payload in GOOD:
            async with session.post(url, json=payload) as answer:
                assert '{"ticks":{"number":1}}' in await answer.text()
        for payload in BAD:
            async with session.post(url, json=payload) as answer:
                text = await answer.text()
                assert "PERSISTED_QUERY_NOT_IN_LIST" in text
                assert '"data":{' not in text


async def test_on_a_stream_of_many_operations_it_runs_and_nothing_else_does(toy: Toy) -> None:
    async with client_of(toy) as client:
        await client.reserve()
        async with client.stream() as stream:
            for number, payload in enumerate(GOOD):
                name = str(number)
                status, _ = await client.ask("POST", json={**payload, "extensions": {"operationId": name}})
                assert status == 202
                assert json.loads((await stream.event())["data"])["payload"] == {"data": {"ticks": {"number": 1}}}
                assert (await stream.event())["event"] == "complete"
            for payload in BAD:
                status, text = await client.ask("POST", json={**payload, "extensions": {"operationId": "x"}})
                assert (status, codes(json.loads(text))) == (400, ["PERSISTED_QUERY_NOT_IN_LIST"])


@pytest.mark.parametrize("then", [{"other": TOTAL}, {"feed": TOTAL}, {"feed": "{ there }"}], ids=str)
@pytest.mark.parametrize("only", [True, False])
async def test_who_follows_and_falls_behind_goes_on_with_the_same_document_whatever_list_came(
    then: dict[str, str], *, only: bool
) -> None:
    world = World(Limits(outbox_frames=5))
    registered = world.operations.registered
    registered.trust({"feed": QUERY}, only=only)
    inbox: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    sent: list[dict[str, str]] = []
    reads = asyncio.Event()

    async def send(message: dict[str, str]) -> None:
        await reads.wait()
        sent.append(message)

    connection = _Connection(world.running, world.limits, inbox.get, send, {})  # type: ignore[arg-type]  # (as a server's)
    running = asyncio.create_task(connection.run())
    subscribe = {"type": "subscribe", "id": "1", "payload": {"documentId": "feed"}}
    for said in ({"type": "connection_init"}, subscribe):
        inbox.put_nowait({"type": "websocket.receive", "text": json.dumps(said)})
    await settle()
    registered.trust(then, only=only)
    for _ in range(30):
        world.log.put()
        await settle()
    reads.set()
    async with asyncio.timeout(PATIENCE):
        while len(sent) < 32:
            await settle()

    assert world.running.behind > 0
    assert [json.loads(each["text"])["payload"] for each in sent[1:]] == [
        {"data": {"log": {"number": number}}} for number in range(31)
    ]
    connection.close(None)
    await running

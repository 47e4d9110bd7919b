"""Whoever is over a limit is counted by its name, on whatever way it came; and the limits themselves are figures."""

import asyncio
import json
from collections import Counter
from dataclasses import fields
from typing import Any

import aiohttp
import pytest

from gateway.fixed_limits import FIXED
from gateway.http.graphql import STREAM_HEADER
from gateway.http.limits import Limits
from gateway.http.metrics import LimitFigures
from gateway.live.protocol import TOO_BIG
from gateway.live.websocket import WebSockets
from tests.gateway.http.toy import Toy
from tests.gateway.live.test_websocket import closing, hear, introduce, raw, say, subscribe

SMALL = Limits(body_bytes=1_000, depth=2, variables_nesting=1, number_digits=3, operation_seconds=0.05, init_wait_seconds=0.05)


def figures(limits: Limits, refused: Counter[str]) -> dict[str, dict[str, float]]:
    """Of each family the values by limit."""
    return {
        family.name: {sample.labels["limit"]: sample.value for sample in family.samples}
        for family in LimitFigures(limits, FIXED, refused).collect()
    }


def test_every_limit_is_a_figure() -> None:
    told = figures(Limits(depth=12), Counter({"depth": 3}))
    assert told["giving_limit"].keys() == {each.name for each in fields(Limits)} | FIXED.keys()
    assert (told["giving_limit"]["depth"], told["giving_limit"]["operation_seconds"]) == (12, 5)
    assert (told["giving_limit"]["page_rows"], told["giving_limit"]["upstream_deadline_seconds"]) == (100, 5)
    assert told["giving_limit_refused"] == {"depth": 3}


@pytest.mark.parametrize(
    ("request_", "limit"),
    [
        ({"data": b'{"query": "{hello}"}'.ljust(1_001)}, "body_bytes"),
        ({"data": b'{"query": "{hello}", "variables": {"a": 1234}}'}, "number_digits"),
        ({"json": {"query": "{leaf{leaf{name}}}"}}, "depth"),
        ({"json": {"query": "{hello}", "variables": {"a": []}}}, "variables_nesting"),
        ({"json": {"query": "{never}"}}, "operation_seconds"),
        ({"json": [{"query": "{hello}"}] * 2}, "operations_per_request"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_request_over_a_limit_is_counted_once(request_: dict[str, Any], limit: str) -> None:
    toy = Toy(SMALL)
    async with toy.serve() as url, aiohttp.ClientSession(headers={"Content-Type": "application/json"}) as session:
        async with session.post(url, **request_) as answer:
            assert (await answer.json())["errors"]
        async with session.post(url, json={"query": "{hello}"}) as answer:
            assert (await answer.json())["data"] == {"hello": "Hello world"}
    assert toy.operations.refused == {limit: 1}


async def test_a_list_of_one_operation_is_refused_too_and_over_no_limit() -> None:
    toy = Toy()
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        async with session.post(url, json=[{"query": "{hello}"}]) as answer:
            [error] = (await answer.json())["errors"]
    assert (error["extensions"]["code"], "limit" in error["extensions"]) == ("BAD_USER_INPUT", False)
    assert toy.operations.refused == {}


@pytest.mark.parametrize("query", ["{hello(name: %s)}", "subscription {ticks(to: 1, padding: 1) {number padding}}"])
async def test_an_answer_may_have_so_many_bytes_and_no_more(query: str) -> None:
    asked = {"query": query.replace("%s", json.dumps("x" * 100))}
    async with Toy().serve() as url, aiohttp.ClientSession() as session, session.post(url, json=asked) as answer:
        whole = await answer.read()
    for less in (0, 1):
        toy = Toy(Limits(answer_bytes=len(whole) - less))
        async with toy.serve() as url, aiohttp.ClientSession() as session, session.post(url, json=asked) as answer:
            told = await answer.read()
        if less:
            [error] = json.loads(told)["errors"]
            assert (error["extensions"]["code"], error["extensions"]["limit"]) == ("LIMIT_EXCEEDED", "answer_bytes")
            assert (json.loads(told)["data"], toy.operations.refused) == (None, {"answer_bytes": 1})
        else:
            assert (told, toy.operations.refused) == (whole, {})


async def test_who_finds_no_place_is_counted_on_streams_and_sockets() -> None:
    toy = Toy(Limits(sockets=1))
    asked: dict[str, Any] = {"json": {"query": "subscription {open}"}, "headers": {"Accept": "text/event-stream"}}
    async with toy.serve() as url, aiohttp.ClientSession() as session, session.post(url, **asked):
        async with session.post(url, **asked) as refused:
            assert refused.status == 503
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
        assert (await session.put(url)).status == 503
    assert toy.operations.refused == {"sockets": 3}
    toy = Toy(Limits(reserved_streams=1))
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        assert [(await session.put(url)).status for _ in range(2)] == [201, 503]
    assert toy.operations.refused == {"reserved_streams": 1}


async def test_what_is_refused_on_a_socket_is_counted() -> None:
    toy = Toy(Limits(operations_per_socket=1, subscribes_burst=3, subscribes_per_second=0.001, number_digits=3))
    async with toy.serve() as url, raw(url) as socket:
        await introduce(socket)
        for name in "abcd":
            await subscribe(socket, name, "subscription {open}")
        kinds = Counter([(await hear(socket))["type"] for _ in "abcd"])
        assert kinds == {"next": 1, "error": 3}
        await say(socket, type="ping", payload={"a": 1234})
        assert (await closing(socket))[0] == 4400
    assert toy.operations.refused == {"operations_per_socket": 2, "subscribes_per_second": 1, "number_digits": 1}


async def test_on_a_single_connection_too() -> None:
    toy = Toy(Limits(subscribes_burst=1, subscribes_per_second=0.001))
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        async with session.put(url) as reserved:
            headers = {STREAM_HEADER: await reserved.text()}
        asked = [{"query": "{hello}", "extensions": {"operationId": name}} for name in "ab"]
        assert [(await session.post(url, json=each, headers=headers)).status for each in asked] == [202, 429]
    assert toy.operations.refused == {"subscribes_per_second": 1}


async def test_who_does_not_introduce_itself_is_counted() -> None:
    toy = Toy(SMALL)
    async with toy.serve() as url, raw(url) as socket:
        assert (await closing(socket))[0] == 4408
    assert toy.operations.refused == {"init_wait_seconds": 1}


async def test_a_message_that_is_too_big_is_counted_by_the_endpoint() -> None:
    toy = Toy(Limits(message_bytes=100))
    async with toy.serve() as url, raw(url) as socket:
        await socket.send(json.dumps({"type": "ping", "payload": {"a": "x" * 100}}))
        assert (await closing(socket))[0] == TOO_BIG.code
    assert toy.operations.refused == {"message_bytes": 1}


async def test_a_message_that_the_server_finds_too_big_is_counted_too() -> None:
    toy = Toy()
    told = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": TOO_BIG.code}])

    async def receive() -> Any:
        return next(told)

    async def send(_: object) -> None:
        await asyncio.sleep(0)

    sockets = WebSockets(toy.running, toy.places, toy.limits)
    await sockets({"type": "websocket", "headers": [], "subprotocols": ["graphql-transport-ws"]}, receive, send)
    assert toy.operations.refused == {"message_bytes": 1}

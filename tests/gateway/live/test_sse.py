"""Server-Sent Events over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from gateway.http.limits import Limits
from gateway.live.sse import RECONNECT_WITHIN_MS
from tests.gateway.http.toy import Toy, codes

TICKS = "subscription($after: String) {ticks(to: 3, after: $after) {number position}}"
EVENTS = {"Accept": "text/event-stream"}


@dataclass
class Stream:
    """An open stream."""

    answer: aiohttp.ClientResponse

    async def event(self) -> dict[str, str]:
        """The next event by its fields; a comment has the field without a name. Empty at the end of the stream."""
        fields: dict[str, str] = {}
        while line := await asyncio.wait_for(self.answer.content.readline(), 5):
            assert not line.endswith(b"\r\n")
            if line == b"\n":
                break
            name, _, value = line.decode().removesuffix("\n").partition(":")
            fields[name] = value.removeprefix(" ")
        return fields

    async def events(self) -> list[dict[str, str]]:
        """All events to the end."""
        events = []
        while event := await self.event():
            events.append(event)
        return events


@asynccontextmanager
async def streamed(url: str, query: str, *, get: bool = False, **options: Any) -> AsyncIterator[Stream]:
    """A stream of an operation, which has begun."""
    headers = {**EVENTS, **options.pop("headers", {})}
    asked: dict[str, Any] = {"query": query, **options}
    async with aiohttp.ClientSession() as session:
        if get:
            request = session.get(f"{url}?{urlencode(asked)}", headers=headers)
        else:
            request = session.post(url, json=asked, headers=headers)
        async with request as answer:
            assert answer.status == 200
            stream = Stream(answer)
            assert await stream.event() == {"": ""}
            yield stream


@pytest.mark.parametrize("get", [False, True])
async def test_results_are_events_with_their_position_as_id(get: bool) -> None:
    async with Toy().serve() as url, streamed(url, TICKS, get=get) as stream:
        headers = stream.answer.headers
        *results, last = await stream.events()
    assert [each["event"] for each in results] == ["next"] * 3
    assert [each["id"] for each in results] == ["1", "2", "3"]
    assert json.loads(results[0]["data"]) == {"data": {"ticks": {"number": 1, "position": "1"}}}
    assert last == {"event": "complete", "data": ""}
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert headers["X-Request-Id"]


@pytest.mark.parametrize("get", [False, True])
async def test_a_reader_that_comes_back_goes_on_after_the_last_event(get: bool) -> None:
    variables: Any = json.dumps({"after": "1"}) if get else {"after": "1"}
    headers = {"Last-Event-ID": "2"}
    async with Toy().serve() as url, streamed(url, TICKS, get=get, variables=variables, headers=headers) as stream:
        assert [each.get("id") for each in await stream.events()] == ["3", None]


async def test_a_document_that_cannot_go_on_begins_anew() -> None:
    async with (
        Toy().serve() as url,
        streamed(url, "subscription {ticks(to: 2) {number}}", headers={"Last-Event-ID": "1"}) as stream,
    ):
        events = await stream.events()
    assert len(events) == 3
    assert "id" not in events[0]


async def test_a_query_is_streamed_to_a_reader_that_takes_nothing_else() -> None:
    async with Toy().serve() as url, streamed(url, "{hello}") as stream:
        result, last = await stream.events()
    assert json.loads(result["data"]) == {"data": {"hello": "Hello world"}}
    assert last["event"] == "complete"


@pytest.mark.parametrize(("query", "code"), [("{helo}", "GRAPHQL_VALIDATION_FAILED"), ("subscription {missing}", "NOT_FOUND")])
async def test_what_is_wrong_with_an_operation_is_an_event(query: str, code: str) -> None:
    async with Toy().serve() as url, streamed(url, query) as stream:
        result, last = await stream.events()
    assert codes(json.loads(result["data"])) == [code]
    assert last["event"] == "complete"


async def test_a_request_that_is_none_is_refused_as_json() -> None:
    async with Toy().serve() as url, aiohttp.ClientSession() as session:
        async with session.post(url, json=[], headers=EVENTS) as answer:
            assert (answer.status, answer.content_type) == (400, "application/json")


async def test_a_silent_stream_shows_that_it_is_alive() -> None:
    async with Toy(Limits(stream_ping_seconds=0.02)).serve() as url, streamed(url, "subscription {mute}") as stream:
        assert [await stream.event() for _ in range(3)] == [{"": ""}] * 3


async def test_a_reader_that_goes_away_frees_the_source() -> None:
    toy = Toy()
    async with toy.serve() as url:
        async with streamed(url, "subscription {open}") as stream:
            await stream.event()
            assert toy.world.open == 1
        await asyncio.wait_for(toy.world.closed.wait(), 5)
        assert toy.world.open == 0


async def test_a_draining_process_tells_its_readers_when_to_come_back() -> None:
    toy = Toy()
    async with toy.serve() as url:
        async with streamed(url, "subscription {open}") as one, streamed(url, "subscription {mute}") as other:
            await one.event()
            toy.streams.drain()
            for stream in (one, other):
                ((name, value),) = (await stream.event()).items()
                assert name == "retry"
                assert 0 <= int(value) < RECONNECT_WITHIN_MS
                assert await stream.events() == []
        async with streamed(url, "subscription {mute}") as late:
            assert "retry" in await late.event()
    assert toy.world.open == 0

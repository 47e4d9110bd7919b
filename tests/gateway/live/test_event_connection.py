"""Many operations over one stream of events, over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from gateway.http.graphql import STREAM_HEADER
from gateway.http.limits import Limits
from gateway.live.sse import RECONNECT_WITHIN_MS
from tests.gateway.http.toy import CANARY, Toy, codes
from tests.gateway.live.test_slow_readers import FLOOD, Wire
from tests.gateway.live.test_sse import EVENTS, Stream

Answered = tuple[int, dict[str, Any]]


@dataclass
class Client:
    """Asks a toy. ``token`` goes with every request."""

    url: str
    session: aiohttp.ClientSession
    token: str = ""

    async def ask(self, method: str, *, token: str | None = None, query: str = "", **options: Any) -> tuple[int, str]:
        """One request: the status and the text of its answer."""
        headers = {STREAM_HEADER: self.token if token is None else token, **options.pop("headers", {})}
        async with self.session.request(method, f"{self.url}{query}", headers=headers, **options) as answer:
            assert answer.headers["X-Request-Id"]
            return answer.status, await answer.text()

    async def reserve(self) -> str:
        """Takes a new token for all that follows."""
        status, self.token = await self.ask("PUT")
        assert status == 201
        return self.token

    async def start(self, name: object, query: str, **options: Any) -> Answered:
        """Asks for an operation."""
        asked = {"query": query, "extensions": {"operationId": name}}
        status, text = await self.ask("POST", json=asked, **options)
        return status, json.loads(text or "{}")

    async def stop(self, name: str, **options: Any) -> int:
        """Stops one."""
        return (await self.ask("DELETE", query=f"?operationId={name}", **options))[0]

    @asynccontextmanager
    async def stream(self, *, query: str = "") -> AsyncIterator[Stream]:
        """Opens the stream."""
        headers = {**EVENTS, STREAM_HEADER: "" if query else self.token}
        async with self.session.get(f"{self.url}{query}", headers=headers) as answer:
            assert (answer.status, answer.content_type) == (200, "text/event-stream")
            stream = Stream(answer)
            assert await stream.event() == {"": ""}
            yield stream


@asynccontextmanager
async def client_of(toy: Toy) -> AsyncIterator[Client]:
    """A client of a toy that is served meanwhile."""
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        yield Client(url, session)


@asynccontextmanager
async def connected(toy: Toy) -> AsyncIterator[tuple[Client, Stream]]:
    """A client with its stream."""
    async with client_of(toy) as client:
        await client.reserve()
        async with client.stream() as stream:
            yield client, stream


async def told(stream: Stream) -> tuple[str, dict[str, Any]]:
    """The kind and the data of the next event."""
    event = await stream.event()
    assert event.keys() == {"event", "data"}
    return event["event"], json.loads(event["data"])


@pytest.mark.parametrize("free_get", [False, True])
async def test_results_of_all_operations_come_over_one_stream_by_their_ids(free_get: bool) -> None:
    async with connected(Toy(free_get=free_get)) as (client, stream):
        assert await client.start("a", "subscription {ticks(to: 2) {number}}") == (202, {})
        ticks = [("next", {"id": "a", "payload": {"data": {"ticks": {"number": n}}}}) for n in (1, 2)]
        assert [await told(stream) for _ in range(3)] == [*ticks, ("complete", {"id": "a"})]
        assert await client.start("b", "{hello}") == (202, {})
        assert await told(stream) == ("next", {"id": "b", "payload": {"data": {"hello": "Hello world"}}})
        assert await told(stream) == ("complete", {"id": "b"})


async def test_a_stream_may_be_opened_by_a_token_in_the_address() -> None:
    async with client_of(Toy(free_get=False)) as client:
        token = await client.reserve()
        async with client.stream(query=f"?token={token}") as stream:
            assert (await client.ask("DELETE", token="", query=f"?token={token}&operationId=1"))[0] == 200
            asked = {"query": "{hello}", "extensions": {"operationId": "1"}}
            assert (await client.ask("POST", token="", query=f"?token={token}", json=asked))[0] == 202
            assert (await told(stream))[0] == "next"


async def test_what_is_asked_for_before_the_stream_is_open_is_told_then() -> None:
    async with client_of(Toy()) as client:
        await client.reserve()
        assert (await client.start("é\n", "{hello}"))[0] == 202
        async with client.stream() as stream:
            assert await told(stream) == ("next", {"id": "é\n", "payload": {"data": {"hello": "Hello world"}}})


async def test_operations_are_told_in_turns() -> None:
    toy = Toy()
    async with client_of(toy) as client:
        await client.reserve()
        for name in ("a", "b"):
            await client.start(name, f"subscription {{{name}: ticks(to: 9) {{number}}}}")
            await asyncio.wait_for(toy.world.closed.wait(), 5)
            toy.world.closed.clear()
        async with client.stream() as stream:
            assert [(await told(stream))[1]["id"] for _ in range(8)] == ["a", "b"] * 4


async def test_an_operation_that_is_stopped_frees_its_source_and_others_go_on() -> None:
    toy = Toy()
    async with connected(toy) as (client, stream):
        await client.start("a", "subscription {open}")
        assert (await told(stream))[1]["payload"] == {"data": {"open": 1}}
        assert await client.stop("a") == 200
        await asyncio.wait_for(toy.world.closed.wait(), 5)
        assert await client.stop("a") == 200  # it may have ended while the request was on its way
        await client.start("a", "{hello}")
        assert await told(stream) == ("next", {"id": "a", "payload": {"data": {"hello": "Hello world"}}})


async def test_a_reader_that_goes_away_frees_all_sources_and_the_token_is_good_no_more() -> None:
    toy = Toy()
    async with client_of(toy) as client:
        await client.reserve()
        async with client.stream() as stream:
            await client.start("a", "subscription {open}")
            await told(stream)
        await asyncio.wait_for(toy.world.closed.wait(), 5)
        assert (toy.world.open, len(toy.streams)) == (0, 0)
        assert (await client.ask("GET", headers=EVENTS))[0] == 404
        assert (await client.start("a", "{hello}"))[0] == 404


async def test_what_happens_to_an_operation_after_it_began_is_told_on_the_stream() -> None:
    async with connected(Toy()) as (client, stream):
        assert (await client.start("a", "subscription {missing}"))[0] == 202
        kind, data = await told(stream)
        assert (kind, data["id"], codes(data["payload"])) == ("next", "a", ["NOT_FOUND"])
        assert await told(stream) == ("complete", {"id": "a"})
        await client.start("a", "subscription {failing}")
        payloads = [(await told(stream))[1]["payload"] for _ in range(2)]
        assert codes(payloads[1]) == ["INTERNAL"]
        assert CANARY not in str(payloads)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/graphql-response+json"])
async def test_an_operation_that_is_not_executed_is_refused_by_status(accept: str) -> None:
    async with connected(Toy()) as (client, stream):
        status, answer = await client.start("a", "{helo}", headers={"Accept": accept})
        assert (status, codes(answer)) == (400, ["GRAPHQL_VALIDATION_FAILED"])
        assert (await client.start("a", "{hello}"))[0] == 202
        assert (await told(stream))[0] == "next"


async def test_an_id_names_one_operation_at_a_time() -> None:
    async with connected(Toy()) as (client, stream):
        await client.start("a", "subscription {open}")
        assert (await client.start("a", "{hello}"))[0] == 409
        assert (await told(stream))[1]["payload"] == {"data": {"open": 1}}


@pytest.mark.parametrize("name", [None, "", 7, ["a"], "x" * 129])
async def test_an_operation_without_an_id_is_refused(name: object) -> None:
    async with connected(Toy()) as (client, _):
        status, answer = await client.start(name, "{hello}")
        assert (status, codes(answer)) == (400, ["BAD_USER_INPUT"])
        assert (await client.ask("POST", json={"query": "{hello}"}))[0] == 400
        assert (await client.ask("POST", json=[]))[0] == 400
        assert (await client.ask("DELETE"))[0] == 400


async def test_a_token_opens_one_stream_and_no_second() -> None:
    async with connected(Toy()) as (client, stream):
        assert (await client.ask("GET", headers=EVENTS))[0] == 409
        await client.start("a", "{hello}")
        assert (await told(stream))[0] == "next"


async def test_a_token_that_is_not_known_is_not_found() -> None:
    async with client_of(Toy(free_get=False)) as client:
        tokens = {await client.reserve() for _ in range(3)}
        assert len(tokens) == 3
        assert min(map(len, tokens)) >= 32
        assert (await client.ask("GET", token="x", headers=EVENTS))[0] == 404
        assert (await client.start("a", "{hello}", token="x"))[0] == 404
        assert [await client.stop("a", token=token) for token in ("x", "")] == [404, 404]


async def test_a_stream_is_opened_by_who_takes_events_and_by_no_other_method() -> None:
    async with client_of(Toy()) as client:
        await client.reserve()
        assert (await client.ask("GET"))[0] == 406
        assert (await client.ask("PATCH"))[0] == 405
        async with client.stream():
            pass


async def test_what_a_foreign_page_could_send_unasked_starts_nothing() -> None:
    toy = Toy()
    async with connected(toy) as (client, _):
        asked = json.dumps({"query": "{hello}", "extensions": {"operationId": "a"}})
        assert (await client.ask("POST", data=asked, headers={"Content-Type": "text/plain"}))[0] == 415
    assert toy.world.ran == []


async def test_so_many_operations_run_on_a_stream_and_no_more() -> None:
    toy = Toy(Limits(operations_per_socket=2))
    async with connected(toy) as (client, stream):
        for name in ("a", "b"):
            assert (await client.start(name, f"subscription {{{name}: open}}"))[0] == 202
            assert (await told(stream))[0] == "next"
        status, answer = await client.start("c", "{hello}")
        assert (status, codes(answer)) == (400, ["LIMIT_EXCEEDED"])
        assert answer["errors"][0]["extensions"]["limit"] == "operations_per_socket"
        await client.stop("a")
        assert (await client.start("c", "{hello}"))[0] == 202


async def test_so_many_operations_begin_in_a_time_and_no_more() -> None:
    async with connected(Toy(Limits(subscribes_burst=2, subscribes_per_second=0.01))) as (client, _):
        assert [(await client.start(name, "{hello}"))[0] for name in ("a", "b")] == [202, 202]
        status, answer = await client.start("c", "{hello}")
        assert (status, codes(answer)) == (429, ["RATE_LIMITED"])
        assert 0 < answer["errors"][0]["extensions"]["retryAfter"] <= 101


async def test_so_many_streams_are_reserved_and_no_more_until_one_is_opened() -> None:
    async with client_of(Toy(Limits(reserved_streams=2))) as client:
        for _ in range(2):
            await client.reserve()
        status, text = await client.ask("PUT")
        assert (status, codes(json.loads(text))) == (503, ["LIMIT_EXCEEDED"])
        async with client.stream():
            await client.reserve()


async def test_a_reservation_lapses_with_all_that_was_begun_in_it() -> None:
    toy = Toy(Limits(reserved_streams=1, reservation_seconds=0.2))
    async with client_of(toy) as client:
        token = await client.reserve()
        assert (await client.start("a", "subscription {open}"))[0] == 202
        await asyncio.wait_for(toy.world.closed.wait(), 5)
        assert await client.reserve() != token
        assert (await client.ask("GET", token=token, headers=EVENTS))[0] == 404


async def test_a_silent_stream_shows_that_it_is_alive() -> None:
    async with connected(Toy(Limits(stream_ping_seconds=0.02))) as (_, stream):
        assert [await stream.event() for _ in range(3)] == [{"": ""}] * 3


async def test_a_draining_process_tells_its_readers_when_to_come_back() -> None:
    toy = Toy()
    async with connected(toy) as (client, stream):
        await client.start("a", "subscription {open}")
        await told(stream)
        toy.streams.drain()
        ((name, value),) = (await stream.event()).items()
        assert name == "retry"
        assert 0 <= int(value) < RECONNECT_WITHIN_MS
        assert await stream.events() == []
        assert toy.world.open == 0
        await client.reserve()
        async with client.stream() as late:
            assert "retry" in await late.event()


async def test_nothing_more_is_begun_on_a_stream_once_its_reader_may_know_that_it_ends() -> None:
    toy, answers = Toy(), []
    async with client_of(toy) as client:
        await client.reserve()
        toy.streams.drain()

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.body" and not message["more_body"]:
                answers.append((await client.start("a", "{hello}"))[0])

        wire = Wire(takes=0)
        headers = [(b"accept", b"text/event-stream"), (STREAM_HEADER.encode(), client.token.encode())]
        scope = wire.scope(type="http", method="GET", query_string=b"", headers=headers)
        await asyncio.wait_for(toy.endpoint(scope, wire.messages.get, send), 5)
    assert answers == [404]


async def test_a_stream_that_takes_nothing_is_cut_off_in_time() -> None:
    toy = Toy(Limits(slow_reader_seconds=0.05))
    async with client_of(toy) as client:
        await client.reserve()
        await client.start("a", FLOOD)
        wire = Wire(takes=5)
        headers = [(b"accept", b"text/event-stream"), (STREAM_HEADER.encode(), client.token.encode())]
        scope = wire.scope(type="http", method="GET", query_string=b"", headers=headers)
        await asyncio.wait_for(toy.endpoint(scope, wire.messages.get, wire.send), 5)
        assert wire.aborted
        await asyncio.wait_for(toy.world.closed.wait(), 5)

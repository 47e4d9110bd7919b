"""Subscriptions as multipart answers over real HTTP, read as Apollo's clients read them: a part ends with the next boundary."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from gateway.http.limits import Limits
from tests.gateway.http.toy import CANARY, Toy, codes
from tests.gateway.live.test_slow_readers import FLOOD, Wire

MULTIPART = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"
APOLLO = {"Accept": f"{MULTIPART},application/graphql-response+json,application/json;q=0.9"}
TICKS = "subscription($after: String) {ticks(to: 3, after: $after) {number position}}"
BOUNDARY = b"--graphql"


@dataclass
class Parts:
    """An open answer."""

    answer: aiohttp.ClientResponse
    _read: bytes = field(default=b"", init=False)

    async def part(self) -> dict[str, Any]:
        """The next part, as soon as the boundary behind it is there."""
        while b"\r\n" + BOUNDARY not in self._read:
            chunk = await asyncio.wait_for(self.answer.content.readany(), 5)
            assert chunk, "an early end"
            self._read += chunk
        text, _, self._read = self._read.partition(b"\r\n" + BOUNDARY)
        head, _, body = text.removeprefix(BOUNDARY).partition(b"\r\n\r\n")
        assert head == b"\r\ncontent-type: application/json"
        part: dict[str, Any] = json.loads(body)
        return part

    async def parts(self) -> list[dict[str, Any]]:
        """All parts to the end, which must be closed as it should be."""
        made: list[dict[str, Any]] = []
        while True:
            self._read += await asyncio.wait_for(self.answer.content.readany(), 5)
            if self._read == b"--\r\n":
                assert self.answer.content.at_eof()
                return made
            made.append(await self.part())


@asynccontextmanager
async def streamed(url: str, query: str, **asked: Any) -> AsyncIterator[Parts]:
    """An answer to an operation, which has begun."""
    async with aiohttp.ClientSession() as session, session.post(url, json={"query": query, **asked}, headers=APOLLO) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, MULTIPART)
        yield Parts(answer)


async def test_each_result_is_a_part_with_a_payload() -> None:
    async with Toy().serve() as url, streamed(url, TICKS) as stream:
        headers, parts = stream.answer.headers, await stream.parts()
    assert parts == [{"payload": {"data": {"ticks": {"number": n, "position": str(n)}}}} for n in (1, 2, 3)]
    assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
    assert headers["X-Request-Id"]


async def test_a_reader_goes_on_from_where_its_variables_say() -> None:
    async with Toy().serve() as url, streamed(url, TICKS, variables={"after": "2"}) as stream:
        assert [each["payload"]["data"]["ticks"]["number"] for each in await stream.parts()] == [3]


async def test_a_part_is_whole_before_the_next_one_comes() -> None:
    async with Toy().serve() as url, streamed(url, "subscription {open}") as stream:
        assert await stream.part() == {"payload": {"data": {"open": 1}}}


@pytest.mark.parametrize(("query", "code"), [("subscription {missing}", "NOT_FOUND"), ("subscription {failing}", "INTERNAL")])
async def test_what_ends_a_subscription_is_the_last_part_and_has_no_payload(query: str, code: str) -> None:
    async with Toy().serve() as url, streamed(url, query) as stream:
        *_, last = await stream.parts()
    assert last.keys() == {"payload", "errors"}
    assert last["payload"] is None
    assert codes(last) == [code]
    assert last["errors"][0]["extensions"]["requestId"]
    assert CANARY not in str(last)


@pytest.mark.parametrize(("query", "status"), [("subscription {nothing}", 400), ("{hello}", 200)])
async def test_what_is_no_subscription_is_answered_as_json(query: str, status: int) -> None:
    async with Toy().serve() as url, aiohttp.ClientSession() as session:
        async with session.post(url, json={"query": query}, headers=APOLLO) as answer:
            assert (answer.status, answer.content_type) == (status, "application/graphql-response+json")


async def test_a_query_of_a_reader_that_takes_nothing_else_is_one_part() -> None:
    async with Toy().serve() as url, aiohttp.ClientSession() as session:
        async with session.post(url, json={"query": "{hello}"}, headers={"Accept": MULTIPART}) as answer:
            assert await Parts(answer).parts() == [{"payload": {"data": {"hello": "Hello world"}}}]


async def test_a_silent_answer_shows_that_it_is_alive() -> None:
    async with Toy(Limits(stream_ping_seconds=0.02)).serve() as url, streamed(url, "subscription {mute}") as stream:
        assert [await stream.part() for _ in range(3)] == [{}] * 3


async def test_a_reader_that_goes_away_frees_the_source() -> None:
    toy = Toy()
    async with toy.serve() as url:
        async with streamed(url, "subscription {open}") as stream:
            await stream.part()
            assert (toy.world.open, len(toy.streams)) == (1, 1)
        await asyncio.wait_for(toy.world.closed.wait(), 5)
        assert (toy.world.open, len(toy.streams)) == (0, 0)


async def test_a_draining_process_says_that_it_restarts_so_that_its_readers_come_back() -> None:
    toy = Toy()
    async with toy.serve() as url:
        async with streamed(url, "subscription {open}") as stream:
            await stream.part()
            toy.streams.drain()
            (last,) = await stream.parts()
        assert (last["payload"], codes(last)) == (None, ["RESTARTING"])
        assert last["errors"][0]["extensions"]["requestId"] == stream.answer.headers["X-Request-Id"]
        async with streamed(url, "subscription {mute}") as late:
            assert [codes(each) for each in await late.parts()] == [["RESTARTING"]]
    assert toy.world.open == 0


async def test_an_answer_that_is_not_taken_is_cut_off_in_time() -> None:
    toy = Toy(Limits(slow_reader_seconds=0.05))
    wire = Wire({"type": "http.request", "body": json.dumps({"query": FLOOD}).encode()}, takes=5)
    headers = [(b"content-type", b"application/json"), (b"accept", MULTIPART.encode())]
    scope = wire.scope(type="http", method="POST", query_string=b"", headers=headers)
    await asyncio.wait_for(toy.endpoint(scope, wire.messages.get, wire.send), 5)
    assert wire.aborted
    assert toy.world.closed.is_set()

"""Operations over answers that are kept: queries alone are, each scope has its own, and errors stay with who caused them."""

import asyncio
from typing import Any

import aiohttp
import orjson
import pytest

from gateway.http.operations import Operation
from gateway.http.requests import OperationRequest
from gateway.http.results import Result
from gateway.read.follower import Step
from gateway.read.notes import Notes
from tests.gateway.http.keeping import Kitchen
from tests.gateway.http.toy import Toy, World, codes, decoded


@pytest.fixture
def toy() -> Toy:
    return Toy(answers=Kitchen().answers)


def prepared(toy: Toy, query: str, request_id: str = "r1", **variables: Any) -> Operation | Result:
    return toy.operations.prepare(OperationRequest(query, None, variables), request_id)


async def test_a_query_is_executed_once_and_then_answered_as_it_was(toy: Toy) -> None:
    query = "query($n: String!) {hello(name: $n)}"
    assert [await toy.run(query, {"n": name}) for name in "aba"] == [{"data": {"hello": f"Hello {name}"}} for name in "aba"]
    assert toy.world.ran == ["hello"] * 2
    kept = prepared(toy, query, n="a")
    assert isinstance(kept, Result)
    assert kept.executed


async def test_two_scopes_never_share_an_answer(toy: Toy) -> None:
    for scope in ("public", "mine", "public", "mine"):
        toy.world.scope = scope
        await toy.run("{hello}")
    assert toy.world.ran == ["hello"] * 2


async def test_two_scopes_never_wait_for_one_answer(toy: Toy) -> None:
    worlds = [World(scope) for scope in ("public", "mine")]
    operations = []
    for toy.world in worlds:
        operations.append(prepared(toy, "{leaf {name}}"))
    await asyncio.gather(*map(toy.operations.execute, operations))
    assert [world.ran for world in worlds] == [["name"], ["name"]]


async def test_what_runs_sees_with_eyes_that_are_noted() -> None:
    kitchen, eyes = Kitchen(), World()

    def noted(_: World, notes: Notes) -> World:
        notes.figures("acme")
        return eyes

    kitchen.answers.noted = noted
    toy = Toy(answers=kitchen.answers)
    await toy.run("{hello}")
    assert (eyes.ran, toy.world.ran) == (["hello"], [])
    kitchen.answers.on_step(Step(frozenset(), networks=frozenset({"acme"})))
    await toy.run("{hello}")
    assert eyes.ran == ["hello"] * 2


async def test_what_changes_and_what_follows_is_executed_each_time(toy: Toy) -> None:
    for _ in range(2):
        await toy.run("mutation {touch}")
        await toy.run("subscription {ticks(to: 1) {number}}")
    assert toy.world.ran == ["touch"] * 2
    assert len(kept := toy.answers or ()) == 0, kept


async def test_what_the_schema_is_may_be_kept(toy: Toy) -> None:
    first, second = [await toy.run("{__schema {queryType {name}}}") for _ in range(2)]
    assert first == second == {"data": {"__schema": {"queryType": {"name": "Query"}}}}
    assert toy.answers is not None
    assert toy.answers.served.kept == 1


async def test_each_error_names_the_request_that_met_it(toy: Toy) -> None:
    operations = [prepared(toy, "{refused hello}", request_id) for request_id in ("r1", "r2", "r3")]
    answers = [decoded(each.body) for each in await asyncio.gather(*map(toy.operations.execute, operations))]
    assert [each["errors"][0]["extensions"]["requestId"] for each in answers] == ["r1", "r2", "r3"]
    assert isinstance(prepared(toy, "{refused hello}"), Operation)


async def test_a_refused_operation_is_refused_each_time(toy: Toy) -> None:
    assert [codes(await toy.run("{nothing}")) for _ in range(2)] == [["GRAPHQL_VALIDATION_FAILED"]] * 2
    value: Any = []
    for _ in range(300):
        value = [value]
    assert codes(await toy.run("{hello}", {"v": value})) == ["LIMIT_EXCEEDED"]


async def test_every_transport_tells_what_is_kept(toy: Toy) -> None:
    answer = await toy.run("{hello}")
    assert await toy.results("{hello}") == [answer]
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        async with session.post(url, json={"query": "{hello}"}) as posted:
            assert orjson.loads(await posted.read()) == answer
        async with session.get(url, params={"query": "{hello}"}) as got:
            tag = got.headers["etag"]
            assert orjson.loads(await got.read()) == answer
        async with session.get(url, params={"query": "{hello}"}, headers={"if-none-match": tag}) as same:
            assert same.status == 304
        async with session.get(url, params={"query": "{hello}"}, headers={"accept": "text/event-stream"}) as stream:
            assert b'data: {"data":{"hello":"Hello world"}}' in await stream.read()
    assert toy.world.ran == ["hello"]

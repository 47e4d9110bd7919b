"""The endpoint over real HTTP."""

import gzip
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from structlog.testing import capture_logs

from gateway.http.graphql import GraphQLEndpoint
from gateway.http.limits import Limits
from gateway.http.operations import Operation, Operations
from gateway.http.requests import OperationRequest
from gateway.http.results import Result
from gateway.live.running import RunningOperations
from tests.gateway.http.toy import CANARY, SCHEMA, Toy, codes

GRAPHQL = "application/graphql-response+json"
SMALL = Limits(body_bytes=1_000)


@dataclass
class Answered:
    """What came back."""

    status: int
    headers: Any
    body: dict[str, Any]


@dataclass
class Client:
    """Asks a toy endpoint."""

    toy: Toy
    url: str
    session: aiohttp.ClientSession

    async def ask(self, method: str = "POST", *, query: str = "", **options: Any) -> Answered:
        """One request; the answer must be JSON and tell its id."""
        address = f"{self.url}?{query}" if query else self.url
        async with self.session.request(method, address, **options) as answer:
            made = Answered(answer.status, answer.headers, json.loads(await answer.read()))
        assert made.headers["X-Request-Id"]
        for error in made.body.get("errors", []):
            assert error["extensions"]["requestId"] == made.headers["X-Request-Id"]
        return made


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client of an endpoint in its development profile."""
    async for each in served(Toy(SMALL)):
        yield each


@pytest.fixture
async def production() -> AsyncIterator[Client]:
    """A client of an endpoint in its production profile."""
    async for each in served(Toy(free_get=False, introspection=False)):
        yield each


async def served(toy: Toy) -> AsyncIterator[Client]:
    """A client of a toy that is served meanwhile."""
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        yield Client(toy, url, session)


async def test_a_query_is_answered_by_post(client: Client) -> None:
    answer = await client.ask(json={"query": "query($n: String!) {hello(name: $n)}", "variables": {"n": "你"}})
    assert (answer.status, answer.body) == (200, {"data": {"hello": "Hello 你"}})
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_each_answer_has_another_id(client: Client) -> None:
    ids = {(await client.ask(json={"query": "{hello}"})).headers["X-Request-Id"] for _ in range(5)}
    assert len(ids) == 5


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\xfd",
        b'{"query": "{\xc3\x28}"}',
        b"null",
        b"7",
        b'"x"',
        b"[]",
        b'[{"query": "{hello}"}]',
        b"[" * 900,
        b'{"query": "{hello}", "variables": {"v": ' + b"9" * 500 + b"}}",
        b'{"query": "{hello}", "operationName": "\\ud800"}',
        b'{"query": 7}',
        b'{"query": "{hello}", "variables": []}',
        b"query={hello}",
    ],
)
async def test_a_malformed_body_is_refused_with_400(client: Client, body: bytes) -> None:
    for accept in ("application/json", GRAPHQL):
        answer = await client.ask(data=body, headers={"Content-Type": "application/json", "Accept": accept})
        assert answer.status == 400
        assert answer.headers["Content-Type"].startswith(accept)
        assert codes(answer.body)[0] in ("BAD_USER_INPUT", "LIMIT_EXCEEDED")
    assert client.toy.world.ran == []


async def test_a_hundred_thousand_brackets_are_no_json() -> None:
    async for client in served(Toy()):
        answer = await client.ask(data=b"[" * 100_000, headers={"Content-Type": "application/json"})
        assert answer.status == 400


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/plain; application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; profile=a; charset=utf-16",
        "application/jsonp",
    ],
)
async def test_a_body_of_another_content_type_is_refused_and_not_run(client: Client, content_type: str) -> None:
    answer = await client.ask(data=b'{"query": "{hello}"}', headers={"Content-Type": content_type})
    assert answer.status == 415
    assert client.toy.world.ran == []


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=UTF-8; a=b;", 'Application/JSON;charset="utf-8"']
)
async def test_json_may_say_that_it_is_utf8(client: Client, content_type: str) -> None:
    assert (await client.ask(data=b'{"query": "{hello}"}', headers={"Content-Type": content_type})).status == 200


@pytest.mark.parametrize("body", [b"junk", gzip.compress(b'{"query": "{hello}"}')])
async def test_a_compressed_body_is_refused(client: Client, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert (await client.ask(data=body, headers=headers)).status == 415


async def chunks(size: int) -> AsyncIterator[bytes]:
    """A body of unknown length."""
    body = b'{"query": "{hello}"}'.ljust(size)
    for start in range(0, size, 100):
        yield body[start : start + 100]


async def test_a_body_may_be_so_long_and_no_longer(client: Client) -> None:
    headers = {"Content-Type": "application/json"}
    for whole in (True, False):
        for size, status in ((1_000, 200), (1_001, 413)):
            data = b'{"query": "{hello}"}'.ljust(size) if whole else chunks(size)
            answer = await client.ask(data=data, headers=headers)
            assert answer.status == status
    assert answer.body["errors"][0]["extensions"]["limit"] == "body_bytes"
    assert (await client.ask(json={"query": "{hello}"})).status == 200


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ("{", 400),
        ("{helo}", 400),
        ("{" + "hello " * 17 + "}", 400),
        ("query A {hello} query B {hello}", 400),
        ("query($v: Int!) {number(value: $v)}", 400),
        ("{broken}", 200),
        ("{refused}", 200),
        ("subscription {missing}", 400),
    ],
)
async def test_the_status_of_a_wrong_document_depends_on_what_is_accepted(client: Client, document: str, status: int) -> None:
    for accept, expected in ((GRAPHQL, status), ("application/json", 200), (f"{GRAPHQL}, application/json;q=0.9", status)):
        answer = await client.ask(json={"query": document}, headers={"Accept": accept})
        assert answer.status == expected
        assert len(answer.body["errors"]) == 1
        assert CANARY not in str(answer.body)


async def test_answers_that_nobody_would_take_are_not_made(client: Client) -> None:
    answer = await client.ask(json={"query": "{hello}"}, headers={"Accept": "text/html"})
    assert answer.status == 406
    assert client.toy.world.ran == []


@pytest.mark.parametrize("method", ["PATCH", "OPTIONS"])
async def test_other_methods_are_not_allowed(client: Client, production: Client, method: str) -> None:
    for asking in (client, production):
        answer = await asking.ask(method)
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD, POST, PUT, DELETE")


async def test_in_development_a_query_comes_by_get(client: Client) -> None:
    variables = quote('{"n": "you"}')
    answer = await client.ask(
        "GET", query=f"query={quote('query A($n: String!) {hello(name: $n)}')}&variables={variables}&operationName=A"
    )
    assert (answer.status, answer.body) == (200, {"data": {"hello": "Hello you"}})
    assert (await client.ask("GET", query="query={hello}&variables=")).status == 200


@pytest.mark.parametrize(
    "query",
    [
        "operationName=A",
        "query=%ff",
        "query={hello}&query={hello}",
        "query={hello}&variables={",
        "query={hello}&variables=[]",
        "query={hello}&variables=" + "9" * 30,
        "query={hello}&extensions=7",
        "&".join(f"a{i}=1" for i in range(30)),
    ],
)  # fmt: skip
async def test_a_malformed_address_is_refused_with_400(client: Client, query: str) -> None:
    assert (await client.ask("GET", query=query)).status == 400


async def test_what_changes_anything_is_never_done_by_get(client: Client) -> None:
    answer = await client.ask("GET", query="query=" + quote("mutation {touch}"))
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert client.toy.world.ran == []
    assert (await client.ask(json={"query": "mutation {touch}"})).body == {"data": {"touch": True}}


@pytest.mark.parametrize("query", ["query={hello}", "", "operationName=A", "query={hello}&documentId=x"])
async def test_in_production_no_document_comes_by_get(production: Client, query: str) -> None:
    for accept in ("*/*", "text/event-stream"):
        answer = await production.ask("GET", query=query, headers={"Accept": accept})
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
    assert production.toy.world.ran == []


async def test_in_production_the_schema_is_not_told(production: Client) -> None:
    assert codes((await production.ask(json={"query": "{__schema{types{name}}}"})).body) == ["GRAPHQL_VALIDATION_FAILED"]
    assert codes((await production.ask(json={"query": "{__typename}"})).body) == []


@pytest.mark.parametrize(
    "document",
    ["{\n helo}", "{\n leaf}", "{\n hello {name}}", "{\n number}", "{\n number(valu: 1)}", '{\n number(value: "x")}'],
)
async def test_what_does_not_fit_is_told_in_development_and_in_production_only_where_it_is(
    client: Client, production: Client, document: str
) -> None:
    (told,) = (await client.ask(json={"query": document})).body["errors"]
    (hidden,) = (await production.ask(json={"query": document})).body["errors"]

    assert hidden["message"] == "The document does not fit the schema." != told["message"]
    assert hidden["locations"] == told["locations"]
    assert [each["extensions"]["code"] for each in (hidden, told)] == ["GRAPHQL_VALIDATION_FAILED"] * 2


async def test_a_value_that_is_refused_is_named_in_production_too(production: Client) -> None:
    (error,) = (await production.ask(json={"query": "{odd(value: 2)}"})).body["errors"]
    assert (error["message"], error["extensions"]["argument"]) == ("This must be odd.", "odd")


async def test_a_subscription_whose_reader_takes_no_stream_gets_its_first_result(client: Client) -> None:
    assert (await client.ask(json={"query": "subscription {open}"})).body == {"data": {"open": 1}}
    assert client.toy.world.open == 0


async def test_a_query_of_a_reader_that_also_takes_streams_is_answered_at_once(client: Client) -> None:
    accept = f"{GRAPHQL}, application/json, text/event-stream, multipart/mixed"
    answer = await client.ask(json={"query": "{hello}"}, headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith(GRAPHQL)


class Faulty(Operations):
    """Operations that are broken before anything runs."""

    def prepare(
        self, request: OperationRequest, request_id: str, *, after: str | None = None, outside: bool = False
    ) -> Operation | Result:
        """Raises."""
        raise RuntimeError(CANARY)


async def test_a_fault_of_ours_is_a_500_that_tells_nothing() -> None:
    toy = Toy()
    running = RunningOperations(Faulty(SCHEMA, lambda: toy.world, toy.limits))
    toy.app = Starlette(routes=[Route("/graphql", GraphQLEndpoint(running, toy.streams, toy.places, toy.limits))])
    with capture_logs() as logs:
        async for client in served(toy):
            answer = await client.ask(json={"query": "{hello}"})
    assert (answer.status, codes(answer.body)) == (500, ["INTERNAL"])
    assert CANARY not in str(answer.body)
    assert logs[0]["request_id"] == answer.headers["X-Request-Id"]

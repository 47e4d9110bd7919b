"""Requests by GET over real HTTP: for documents that are registered, for answers that are kept, and without their content."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import aiohttp
import pytest

from gateway.http.answers import Answers
from gateway.http.limits import Limits
from gateway.http.recent import Recent
from gateway.http.registered import RegisteredDocuments
from gateway.http.responses import Answer
from gateway.http.results import Result
from gateway.http.revalidation import kept
from tests.gateway.http.keeping import Kitchen
from tests.gateway.http.toy import Toy, codes

GRAPHQL = "application/graphql-response+json"
JSON = "application/json"
HELLO = "query($n: String!) {hello(name: $n)}"
TRUSTED = {"hello": HELLO, "touch": "mutation {touch}", "broken": "{broken}", "ticks": "subscription {ticks(to: 1) {number}}"}
YOU = "documentId=hello&variables=" + quote('{"n":"you"}')


@dataclass
class Client:
    """Asks a toy endpoint in its production profile."""

    toy: Toy
    url: str
    session: aiohttp.ClientSession

    async def get(self, query: str, method: str = "GET", **headers: str) -> tuple[int, Any, bytes]:
        """Status, headers and body."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, f"{self.url}?{query}", headers=named) as answer:
            return answer.status, answer.headers, await answer.read()

    async def post(self, **request: object) -> dict[str, Any]:
        """The answer to a request by POST."""
        async with self.session.post(self.url, json=request) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            assert "ETag" not in answer.headers
            return dict(await answer.json())


@asynccontextmanager
async def served(*, only_trusted: bool = False, answers: Answers | None = None) -> AsyncIterator[Client]:
    """A client of a toy that is served meanwhile."""
    registered = RegisteredDocuments(Limits(), TRUSTED, only_trusted=only_trusted)
    toy = Toy(free_get=False, introspection=False, registered=registered, answers=answers)
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        yield Client(toy, url, session)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """One of an endpoint that registers documents."""
    async with served() as each:
        yield each


def by_hash(text: str) -> str:
    """How Apollo's clients ask by GET."""
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}}
    return "extensions=" + quote(json.dumps(persisted))


async def test_in_production_a_trusted_document_is_asked_for_by_get(client: Client) -> None:
    status, headers, body = await client.get(YOU)

    assert (status, json.loads(body)) == (200, {"data": {"hello": "Hello you"}})
    assert headers["Content-Type"] == "application/json; charset=utf-8"


async def test_an_automatic_document_is_registered_by_post_and_then_asked_for_by_get(client: Client) -> None:
    text = "{hello}"
    persisted = {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}
    status, headers, body = await client.get(by_hash(text), accept=GRAPHQL)
    assert (status, codes(json.loads(body))) == (400, ["PERSISTED_QUERY_NOT_FOUND"])
    assert headers["Cache-Control"] == "no-store"
    assert json.loads((await client.get(by_hash(text)))[2])["errors"][0]["message"] == "PersistedQueryNotFound"

    assert (await client.post(query=text, extensions={"persistedQuery": persisted}))["data"] == {"hello": "Hello world"}

    status, _, body = await client.get(by_hash(text))
    assert (status, json.loads(body)) == (200, {"data": {"hello": "Hello world"}})
    assert (await client.post(extensions={"persistedQuery": persisted}))["data"] == {"hello": "Hello world"}


@pytest.mark.parametrize("text", ["{helo}", "{"])
async def test_what_could_not_be_run_is_not_registered(client: Client, text: str) -> None:
    persisted = {"version": 1, "sha256Hash": sha256(text.encode()).hexdigest()}

    assert codes(await client.post(query=text, extensions={"persistedQuery": persisted})) != []

    assert codes(await client.post(extensions={"persistedQuery": persisted})) == ["PERSISTED_QUERY_NOT_FOUND"]
    assert len(client.toy.operations.registered) == 0


async def test_in_development_too_nothing_is_registered_by_get() -> None:
    toy = Toy()
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        asking = Client(toy, url, session)
        status, _, body = await asking.get(f"query={quote('{hello}')}&{by_hash('{hello}')}")
        assert (status, json.loads(body)) == (200, {"data": {"hello": "Hello world"}})
        assert codes(json.loads((await asking.get(by_hash("{hello}")))[2])) == ["PERSISTED_QUERY_NOT_FOUND"]


async def test_a_registered_mutation_is_not_done_by_get(client: Client) -> None:
    for method in ("GET", "HEAD"):
        status, headers, _ = await client.get("documentId=touch", method)
        assert (status, headers["Allow"]) == (405, "POST")
    assert client.toy.world.ran == []
    assert (await client.post(documentId="touch"))["data"] == {"touch": True}


async def test_a_registered_subscription_is_followed_by_a_browsers_event_source(client: Client) -> None:
    status, headers, body = await client.get("documentId=ticks", accept="text/event-stream")

    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert b'data: {"data":{"ticks":{"number":1}}}' in body


async def test_where_only_trusted_documents_run_that_holds_for_get_and_post() -> None:
    async with served(only_trusted=True) as client:
        persisted = {"version": 1, "sha256Hash": sha256(b"{hello}").hexdigest()}
        for refused in (
            await client.post(query="{hello}"),
            await client.post(query="{hello}", extensions={"persistedQuery": persisted}),
            await client.post(extensions={"persistedQuery": persisted}),
            json.loads((await client.get(by_hash("{hello}")))[2]),
        ):
            assert codes(refused) == ["PERSISTED_QUERY_NOT_IN_LIST"]
        assert client.toy.world.ran == []
        assert (await client.post(query=HELLO, variables={"n": "you"}))["data"] == {"hello": "Hello you"}
        assert (await client.get(YOU))[0] == 200


async def test_an_answer_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    _, headers, body = await client.get(YOU)
    tag = headers["ETag"]

    for named in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        status, unchanged, nothing = await client.get(YOU, if_none_match=named)
        assert (status, nothing) == (304, b"")
        assert [unchanged[name] for name in ("ETag", "Cache-Control")] == [tag, "no-cache"]
        assert not {"Content-Type", "Content-Length"} & set(unchanged)
    for named in ('"x"', tag.strip('"'), ""):
        assert (await client.get(YOU, if_none_match=named))[::2] == (200, body)


async def test_the_tag_is_of_the_content_and_its_form(client: Client) -> None:
    other = YOU.replace("you", "me")
    tags = [
        (await client.get(query, accept=accept))[1]["ETag"]
        for query in (YOU, other)
        for accept in (JSON, GRAPHQL)
        for _ in "ab"
    ]
    assert tags[::2] == tags[1::2]
    assert len(set(tags)) == 4
    assert all(tag.startswith('"') for tag in tags)


async def test_what_is_kept_is_told_apart_by_what_was_accepted(client: Client) -> None:
    assert "accept" in (await client.get(YOU))[1]["Vary"].lower()


@pytest.mark.parametrize("query", ["documentId=broken", "documentId=missing", "documentId=hello", "documentId=ticks"])
async def test_an_answer_with_an_error_or_of_a_feed_is_kept_by_nobody(client: Client, query: str) -> None:
    for accept in (JSON, GRAPHQL):
        _, headers, _ = await client.get(query, accept=accept, if_none_match="*")
        assert headers["Cache-Control"] == "no-store"
        assert "ETag" not in headers


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_who_is_the_first_to_ask_is_told_for_how_long_as_well(method: str) -> None:
    async with served(answers=Kitchen(Recent()).answers) as client:
        told = [(await client.get(YOU, method))[1]["Cache-Control"] for _ in range(3)]
    assert told == ["public, max-age=60"] * 3


@pytest.mark.parametrize(("seconds", "cached"), [(0, "no-cache"), (1, "public, max-age=1"), (60, "public, max-age=60")])
def test_an_answer_is_shared_for_as_long_as_it_holds(seconds: int, cached: str) -> None:
    made = kept(Result(b"{}", executed=True, max_age=seconds), Answer(200, JSON, b"{}"), None)
    assert made.headers["cache-control"] == cached


@pytest.mark.parametrize("query", [YOU, "documentId=broken", "documentId=missing", "documentId=ticks", "x=1"])
async def test_head_is_answered_as_get_is_without_its_content(client: Client, query: str) -> None:
    status, headers, body = await client.get(query)

    told = await client.get(query, "HEAD")

    assert body != b""
    assert (told[0], told[2]) == (status, b"")
    passing = {"x-request-id", "date"}
    assert [(name, value) for name, value in told[1].items() if name.lower() not in passing] == [
        (name, value) for name, value in headers.items() if name.lower() not in passing
    ]


async def test_head_is_told_too_that_nothing_has_changed(client: Client) -> None:
    _, headers, _ = await client.get(YOU)
    assert (await client.get(YOU, "HEAD", if_none_match=headers["ETag"]))[0] == 304


async def test_head_opens_no_stream(client: Client) -> None:
    status, _, _ = await client.get("documentId=ticks", "HEAD", accept="text/event-stream")
    assert status == 406
    assert not client.toy.world.closed.is_set()

"""People who watch: over WebSocket with an independent client, and over answers that go on."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Final

import aiohttp
from gql import Client, gql
from gql.client import AsyncClientSession
from gql.transport.websockets import WebsocketsTransport

from gateway.http.graphql import STREAM_HEADER

EVENTS: Final = "text/event-stream"
PARTS: Final = "multipart/mixed"
TOTAL: Final = """
subscription Total($id: ID!, $after: Position) { campaignTotal(id: $id, after: $after, maxRate: 20) {
    position recovered campaign { total { raised { amount } refunded { amount } donationCount } } } }
"""
DONATIONS: Final = """
subscription Donations($id: ID!, $after: Position) { campaignDonations(id: $id, after: $after) {
    position recovered missed received { id amount { amount } } changed { id } } }
"""


@asynccontextmanager
async def socket(url: str) -> AsyncIterator[AsyncClientSession]:
    """A WebSocket of the ``gql`` library, open."""
    address = f"{url.replace('http', 'ws', 1)}/graphql"
    transport = WebsocketsTransport(address, subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL])
    async with Client(transport=transport) as session:
        yield session


async def follow(
    session: AsyncClientSession, document: str, *, operation: str | None = None, **variables: Any
) -> AsyncGenerator[dict[str, Any], None]:
    """The messages of one subscription, each as the value of its only root field. ``operation`` is its name among several."""
    request = gql(document)
    request.variable_values, request.operation_name = variables, operation
    async for told in session.subscribe(request):
        (message,) = told.values()
        yield message


async def events(
    session: aiohttp.ClientSession,
    url: str,
    document: str,
    last: str | None = None,
    *,
    operation: str | None = None,
    **variables: Any,
) -> AsyncGenerator[tuple[str, dict[str, Any]], None]:
    """The same over Server-Sent Events, each with its id. ``last`` is the id that a browser sends when it comes back."""
    headers = {"Accept": EVENTS, **({"Last-Event-ID": last} if last else {})}
    asked = {"query": document, "variables": variables, "operationName": operation}
    async with session.post(f"{url}/graphql", json=asked, headers=headers) as answer:
        async for event in _events(answer):
            (message,) = json.loads(event["data"])["data"].values()
            yield event.get("id", ""), message


async def parts(
    session: aiohttp.ClientSession, url: str, document: str, **variables: Any
) -> AsyncGenerator[dict[str, Any], None]:
    """The same as parts of one answer. It ends when the gateway leaves."""
    asked = {"query": document, "variables": variables}
    async with session.post(f"{url}/graphql", json=asked, headers={"Accept": f"{PARTS};subscriptionSpec=1.0"}) as answer:
        assert answer.content_type == PARTS, await answer.text()
        async for raw in answer.content:
            told = json.loads(raw) if raw.startswith(b"{") else {}
            if "errors" in told:
                assert [error["extensions"]["code"] for error in told["errors"]] == ["RESTARTING"]
            elif "payload" in told:
                (message,) = told["payload"]["data"].values()
                yield message


async def on_one_stream(
    session: aiohttp.ClientSession, url: str, document: str, **variables: Any
) -> AsyncGenerator[dict[str, Any], None]:
    """The same on a stream that is reserved for many operations, of which there is one. Raises ``aiohttp.ClientResponseError``
    where the stream is gone before the operation has begun.
    """
    async with session.put(f"{url}/graphql") as answer:
        assert answer.status == 201, await answer.text()
        token = {STREAM_HEADER: await answer.text()}
    async with session.get(f"{url}/graphql", headers={"Accept": EVENTS, **token}) as stream:
        _must_be_there(stream)
        asked = {"query": document, "variables": variables, "extensions": {"operationId": "1"}}
        async with session.post(f"{url}/graphql", json=asked, headers=token) as answer:
            _must_be_there(answer)
            assert answer.status == 202, await answer.text()
        async for event in _events(stream):
            told = json.loads(event["data"])
            assert told["id"] == "1"
            (message,) = told["payload"]["data"].values()
            yield message


def _must_be_there(answer: aiohttp.ClientResponse) -> None:
    if answer.status == HTTPStatus.NOT_FOUND:
        answer.raise_for_status()


async def _events(answer: aiohttp.ClientResponse) -> AsyncGenerator[dict[str, str], None]:
    """The fields of those that tell something."""
    assert answer.content_type == EVENTS, await answer.text()
    event: dict[str, str] = {}
    async for raw in answer.content:
        name, _, value = raw.decode().rstrip("\n").partition(":")
        if name:
            event[name] = value.strip()
        elif event.get("event") == "next":
            yield event
            event = {}

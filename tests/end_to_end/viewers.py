"""People who watch: over WebSocket with an independent client, and over Server-Sent Events."""

import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import aiohttp
from gql import Client, gql
from gql.client import AsyncClientSession
from gql.transport.websockets import WebsocketsTransport

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
    headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last} if last else {})}
    asked = {"query": document, "variables": variables, "operationName": operation}
    async with session.post(f"{url}/graphql", json=asked, headers=headers) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream"), await answer.text()
        event: dict[str, str] = {}
        async for raw in answer.content:
            name, _, value = raw.decode().rstrip("\n").partition(":")
            if name:
                event[name] = value.strip()
            elif event.get("event") == "next":
                (message,) = json.loads(event["data"])["data"].values()
                yield event.get("id", ""), message
                event = {}

"""graphql-transport-ws over real sockets, with a real client and with bad ones."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from gateway.http.limits import Limits
from gateway.live.protocol import SUBPROTOCOL
from tests.gateway.http.toy import CANARY, Toy

INIT = '{"type":"connection_init","payload":null}'


@asynccontextmanager
async def raw(url: str, subprotocol: str | None = SUBPROTOCOL, **options: Any) -> AsyncIterator[ClientConnection]:
    """A bare socket."""
    wanted = [Subprotocol(subprotocol)] if subprotocol else None
    async with connect(url.replace("http", "ws"), subprotocols=wanted, **options) as socket:
        yield socket


async def say(socket: ClientConnection, **message: object) -> None:
    """Sends a message."""
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection) -> dict[str, Any]:
    """The next message."""
    message: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 5))
    return message


async def introduce(socket: ClientConnection) -> None:
    """Shakes hands."""
    await socket.send(INIT)
    assert await hear(socket) == {"type": "connection_ack"}


async def subscribe(socket: ClientConnection, name: str, query: str) -> None:
    """Asks for an operation."""
    await say(socket, type="subscribe", id=name, payload={"query": query})


async def closing(socket: ClientConnection) -> tuple[int, str]:
    """The code and reason with which the server ends it, after whatever it still had to say."""
    await asyncio.wait_for(socket.wait_closed(), 5)
    return socket.close_code or 0, socket.close_reason or ""


@asynccontextmanager
async def gql_session(url: str) -> AsyncIterator[Any]:
    """A session of the gql library."""
    transport = WebsocketsTransport(url.replace("http", "ws"), subprotocols=[Subprotocol(SUBPROTOCOL)])
    async with Client(transport=transport) as session:
        yield session


async def test_a_real_client_queries_changes_and_follows_on_one_socket() -> None:
    toy = Toy()
    async with toy.serve() as url, gql_session(url) as session:
        assert await session.execute(gql("{hello}")) == {"hello": "Hello world"}
        assert await session.execute(gql("mutation {touch}")) == {"touch": True}
        query = gql("subscription($p: String) {ticks(to: 200, after: $p) {number}}")
        query.variable_values = {"p": "100"}
        numbers = [each["ticks"]["number"] async for each in session.subscribe(query)]
    assert numbers == list(range(101, 201))


async def test_a_real_client_is_told_what_is_wrong_with_its_operation() -> None:
    async with Toy().serve() as url, gql_session(url) as session:
        with pytest.raises(TransportQueryError) as error:
            await session.execute(gql("{helo}"))
        assert error.value.errors
        assert error.value.errors[0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert await session.execute(gql("{hello}")) == {"hello": "Hello world"}


async def test_a_client_that_stops_following_frees_the_source() -> None:
    toy = Toy()
    async with toy.serve() as url, gql_session(url) as session:
        results = session.subscribe(gql("subscription {open}"))
        assert await anext(results) == {"open": 1}
        await results.aclose()
        await asyncio.wait_for(toy.world.closed.wait(), 5)
    assert toy.world.open == 0


@pytest.mark.parametrize("politely", [True, False])
async def test_a_client_that_goes_away_frees_all_that_it_followed(politely: bool) -> None:
    toy = Toy()
    async with toy.serve() as url, raw(url) as socket:
        await introduce(socket)
        for name in "abc":
            await subscribe(socket, name, f"subscription {{{name}: open}}")
            await hear(socket)
        assert toy.world.open == 3
        if politely:
            await socket.close()
        else:
            socket.transport.abort()
        await asyncio.wait_for(toy.world.closed.wait(), 5)
    assert toy.world.open == 0
    assert len(toy.sockets) == 0


async def test_a_source_that_fails_ends_its_operation_and_nothing_else() -> None:
    async with Toy().serve() as url, raw(url) as socket:
        await introduce(socket)
        await subscribe(socket, "1", "subscription {failing}")
        assert await hear(socket) == {"id": "1", "type": "next", "payload": {"data": {"failing": 1}}}
        error = await hear(socket)
        assert (error["type"], error["payload"][0]["extensions"]["code"]) == ("error", "INTERNAL")
        assert CANARY not in str(error)
        await subscribe(socket, "1", "{hello}")
        assert [(await hear(socket))["type"] for _ in range(2)] == ["next", "complete"]


@pytest.mark.parametrize(
    "frame",
    ["[]", "7", "null", "x", "[" * 10_000, '{"type":"subscribe","id":{},"payload":{"query":"{hello}"}}', b"binary", b"\xff"],
)
async def test_a_bad_frame_ends_the_connection_by_name(frame: str | bytes) -> None:
    async with Toy().serve() as url, raw(url) as socket:
        await introduce(socket)
        await socket.send(frame)
        assert await closing(socket) == (4400, "Invalid message")


async def test_a_message_that_is_too_long_ends_the_connection() -> None:
    async with Toy().serve() as url, raw(url) as socket:
        await introduce(socket)
        await socket.send("x" * (64 * 1024 + 1))
        assert await closing(socket) == (1009, "Message too big")


async def test_who_asks_before_the_introduction_is_sent_away() -> None:
    async with Toy().serve() as url, raw(url) as socket:
        await subscribe(socket, "1", "{hello}")
        assert await closing(socket) == (4401, "Unauthorized")


async def test_who_never_introduces_itself_is_sent_away() -> None:
    async with Toy(Limits(init_wait_seconds=0.05)).serve() as url, raw(url) as socket:
        assert await closing(socket) == (4408, "Connection initialisation timeout")


async def test_who_introduces_itself_twice_is_sent_away() -> None:
    async with Toy().serve() as url, raw(url) as socket:
        await introduce(socket)
        await socket.send(INIT)
        assert await closing(socket) == (4429, "Too many initialisation requests")


async def test_who_uses_an_id_twice_is_sent_away() -> None:
    async with Toy().serve() as url, raw(url) as socket:
        await introduce(socket)
        for _ in range(2):
            await subscribe(socket, "1", "subscription {open}")
        assert await closing(socket) == (4409, "Subscriber already exists")


@pytest.mark.parametrize("subprotocol", [None, "graphql-ws"])
async def test_another_subprotocol_is_not_spoken(subprotocol: str | None) -> None:
    async with Toy().serve() as url, raw(url, subprotocol) as socket:
        assert await closing(socket) == (4406, "Subprotocol not acceptable")


async def status(url: str, origin: str | None) -> int:
    """With what a page of that origin is answered: 101 is a socket."""
    try:
        async with raw(url, origin=origin) as socket:
            await introduce(socket)
    except InvalidStatus as refused:
        return refused.response.status_code
    return 101


async def test_pages_of_other_hosts_may_not_connect() -> None:
    async with Toy().serve() as url:
        host = url.removesuffix("/graphql")
        for origin in (None, host, host.replace("http", "https"), host.upper()):
            assert await status(url, origin) == 101
        for origin in ("https://evil.example", "null", host + "1", "http://127.0.0.1", "file://", "http://[", ""):
            assert await status(url, origin) == 403


async def test_pages_of_named_hosts_may_connect_too() -> None:
    async with Toy(origins=("https://Widget.example/",)).serve() as url:
        assert await status(url, "https://widget.example") == 101
        assert await status(url, url.removesuffix("/graphql")) == 101
        assert await status(url, "http://widget.example") == 403
    async with Toy(origins=("*",)).serve() as url:
        assert await status(url, "https://anything.example") == 101


async def test_a_draining_process_sends_everybody_to_another() -> None:
    toy = Toy()
    async with toy.serve() as url, raw(url) as silent, raw(url) as busy:
        await introduce(busy)
        await subscribe(busy, "1", "subscription {open}")
        await hear(busy)

        toy.sockets.drain()

        for socket in (silent, busy):
            assert await closing(socket) == (1012, "Service restart")
        async with raw(url) as late:
            assert await closing(late) == (1012, "Service restart")
    assert toy.world.open == 0


async def test_a_thousand_pings_are_answered_in_order() -> None:
    async with Toy().serve() as url, raw(url) as socket:
        await introduce(socket)

        async def ping() -> None:
            for number in range(1_000):
                await say(socket, type="ping", payload={"n": number})

        pinging = asyncio.create_task(ping())
        heard = [(await hear(socket))["payload"]["n"] for _ in range(1_000)]
        await pinging
    assert heard == list(range(1_000))


async def test_a_flood_of_operations_is_refused_one_by_one_and_others_go_on() -> None:
    toy = Toy()
    async with toy.serve() as url, raw(url) as greedy, raw(url) as modest:
        await introduce(greedy)
        await introduce(modest)
        for number in range(200):
            await subscribe(greedy, str(number), f"subscription {{a{number}: open}}")
        answers = [await hear(greedy) for _ in range(200)]
        assert toy.world.open == 20
        refused = {each["payload"][0]["extensions"]["code"] for each in answers if each["type"] == "error"}
        assert refused <= {"RATE_LIMITED", "LIMIT_EXCEEDED"}
        await subscribe(modest, "1", "{hello}")
        assert (await hear(modest))["type"] == "next"

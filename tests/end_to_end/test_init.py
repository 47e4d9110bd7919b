"""How a socket begins: who may open one, what it speaks, and how a client introduces itself on it, or does not."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from typing import Final

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin, Subprotocol

from benchmarks.fanout.server import Server
from tests.end_to_end.bystander import Bystander, bystander
from tests.end_to_end.plain import address, plain_strawberry
from tests.end_to_end.world import World
from tests.gateway.live.test_websocket import closing, hear, raw, say

here = pytest.mark.asyncio(loop_scope="module")

WAIT: Final = 5.0
INIT: Final = '{"type":"connection_init"}'
INIT_NULL: Final = '{"type":"connection_init","payload":null}'
ACK: Final = {"type": "connection_ack"}
QUERY: Final = {"query": "{ __typename }"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def other(shared: World) -> AsyncIterator[Bystander]:
    """Follows a total through all of this file."""
    async with bystander(shared) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url(shared: World, other: Bystander) -> AsyncIterator[str]:
    """The gateway's endpoint. When all is done nobody else was hurt, and nobody has stayed."""
    yield f"{shared.url}/graphql"
    await other.is_unhurt()
    await other.is_alone()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain() -> AsyncIterator[Server]:
    """Strawberry as it comes."""
    async with plain_strawberry() as made:
        yield made


async def answered(url: str, *texts: str) -> dict[str, object] | tuple[int, str]:
    """The last answer to messages, each of which is sent when the one before was answered; or the connection's end."""
    answer: dict[str, object] = {}
    async with raw(url) as socket:
        for text in texts:
            await socket.send(text)
            try:
                answer = await hear(socket)
            except ConnectionClosed:
                return await closing(socket)
    return answer


# ---------------------------------------------------------------------------------------------------------- introductions


async def nothing(_: ClientConnection) -> None:
    """Says nothing at all."""


async def pings(socket: ClientConnection) -> None:
    """Pings, as the protocol allows before everything else."""
    await socket.send('{"type":"ping"}')
    assert await hear(socket) == {"type": "pong"}


async def pings_below(socket: ClientConnection) -> None:
    """Pings, as browsers and proxies do."""
    await (await socket.ping())


async def half_a_message(socket: ClientConnection) -> None:
    """Begins, and does not go on."""
    socket.transport.write(b"\x01\x84" + bytes(4) + b'{"ty')


@here
async def test_who_does_not_introduce_itself_within_five_seconds_is_sent_away(url: str) -> None:
    habits: tuple[Callable[[ClientConnection], Awaitable[None]], ...] = (nothing, pings, pings_below, half_a_message)

    async def kept(habit: Callable[[ClientConnection], Awaitable[None]]) -> float:
        async with raw(url) as socket:
            began = time.monotonic()
            await habit(socket)
            await asyncio.wait_for(socket.wait_closed(), WAIT + 3)
            assert (socket.close_code, socket.close_reason) == (4408, "Connection initialisation timeout")
            return time.monotonic() - began

    for seconds in await asyncio.gather(*map(kept, habits)):
        assert WAIT - 0.5 < seconds < WAIT + 2


@here
@pytest.mark.parametrize("init", [INIT, INIT_NULL, '{"type":"connection_init","payload":{"token":"x"}}'])
async def test_an_introduction_may_have_a_payload_null_or_none(url: str, init: str) -> None:
    assert await answered(url, init) == ACK


@here
async def test_plain_strawberry_takes_null_for_a_mistake(plain: Server) -> None:
    assert await answered(address(plain), INIT_NULL) == (4400, "Invalid connection init payload")


@here
@pytest.mark.parametrize("payload", ["[]", "7", '"x"', "true", "[[[[]]]]"])
async def test_an_introduction_with_another_payload_is_no_message(url: str, payload: str) -> None:
    assert await answered(url, f'{{"type":"connection_init","payload":{payload}}}') == (4400, "Invalid message")


@here
@pytest.mark.parametrize("second", [INIT, INIT_NULL])
async def test_who_introduces_itself_twice_is_sent_away(url: str, second: str) -> None:
    assert await answered(url, INIT, second) == (4429, "Too many initialisation requests")


@here
async def test_who_introduces_itself_twice_in_one_breath_is_sent_away(url: str) -> None:
    async with raw(url) as socket:
        await asyncio.gather(*(socket.send(INIT) for _ in range(20)))
        assert await closing(socket) == (4429, "Too many initialisation requests")


@here
async def test_who_asks_before_it_has_introduced_itself_is_sent_away(url: str) -> None:
    async with raw(url) as socket:
        await say(socket, type="subscribe", id="1", payload=QUERY)
        await socket.send(INIT)  # too late
        assert await closing(socket) == (4401, "Unauthorized")


@here
async def test_who_does_not_wait_for_the_answer_to_its_introduction_is_served_in_order(url: str) -> None:
    async with raw(url) as socket:
        await socket.send(INIT)
        await say(socket, type="subscribe", id="1", payload=QUERY)
        assert [(await hear(socket))["type"] for _ in range(3)] == ["connection_ack", "next", "complete"]


# ------------------------------------------------------------------------------------------------------------- handshakes


@here
@pytest.mark.parametrize("offered", [[], ["graphql-ws"], ["graphql-ws", "mqtt"], ["Graphql-Transport-WS"]], ids=str)
async def test_another_subprotocol_is_told_that_it_is_not_spoken(url: str, offered: list[str]) -> None:
    wanted = [Subprotocol(each) for each in offered]
    async with connect(url.replace("http", "ws"), subprotocols=wanted or None) as socket:
        assert await closing(socket) == (4406, "Subprotocol not acceptable")
        assert socket.subprotocol is None


@here
async def test_of_several_subprotocols_the_one_that_is_spoken_is_taken(url: str) -> None:
    wanted = [Subprotocol("graphql-ws"), Subprotocol("graphql-transport-ws")]
    async with connect(url.replace("http", "ws"), subprotocols=wanted) as socket:
        await socket.send(INIT)
        assert (await hear(socket), socket.subprotocol) == (ACK, "graphql-transport-ws")


async def status(url: str, origin: str | None) -> int:
    """With what a page of that origin is answered: 101 is a socket."""
    wanted = [Subprotocol("graphql-transport-ws")]
    try:
        async with connect(url.replace("http", "ws"), subprotocols=wanted, origin=Origin(origin) if origin else None):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


FOREIGN: Final = ("https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1", "file://", "http://[", "127.0.0.1")


@here
@pytest.mark.parametrize("origin", FOREIGN)
async def test_pages_from_elsewhere_are_refused(url: str, origin: str) -> None:
    assert await status(url, origin) == 403


@here
async def test_pages_of_this_host_and_those_who_are_no_pages_may_come(url: str) -> None:
    host = url.removesuffix("/graphql")
    assert [await status(url, origin) for origin in (None, host, host.replace("http", "https"))] == [101] * 3


@here
async def test_plain_strawberry_refuses_pages_from_elsewhere_too_by_now(plain: Server) -> None:
    assert await status(address(plain), "https://evil.example") == 403


async def test_pages_may_come_from_where_the_operator_says(idle: World) -> None:
    idle.gateway.variables["GIVING_ALLOWED_ORIGINS"] = '["https://widget.example"]'
    await idle.start()
    for origin, expected in (("https://widget.example", 101), ("https://widget.example.evil.example", 403), (None, 101)):
        assert await status(f"{idle.url}/graphql", origin) == expected


HEAD: Final = {
    "Host": "gateway.example",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Protocol": "graphql-transport-ws",
}
ODD: Final[dict[str, tuple[str, Mapping[str, str | None], int]]] = {
    "a good one": ("GET /graphql", {}, 101),
    "compression, which is not spoken": ("GET /graphql", {"Sec-WebSocket-Extensions": "permessage-deflate"}, 101),
    "another place": ("GET /readyz", {}, 403),
    "a webhook": ("GET /webhooks/wechat_pay/lunch", {}, 403),
    "a path that is no text": ("GET /graphql%ff%00", {}, 403),
    "a path of other letters": ("GET /graphql\xff", {}, 400),
    "an origin of other letters": ("GET /graphql", {"Origin": "http://\xff"}, 403),
    "no key": ("GET /graphql", {"Sec-WebSocket-Key": None}, 400),
    "a key that is none": ("GET /graphql", {"Sec-WebSocket-Key": "\xff"}, 400),
    "a version of long ago": ("GET /graphql", {"Sec-WebSocket-Version": "8"}, 400),
    "subprotocols that are none": ("GET /graphql", {"Sec-WebSocket-Protocol": 'a b; c="d"'}, 400),
    "another method": ("POST /graphql", {}, 405),
    "a body": ("GET /graphql", {"Content-Length": "5"}, 400),
    "a field of 9,000 characters": ("GET /graphql", {"Cookie": "x" * 9_000}, 431),
    "200 fields": ("GET /graphql", {f"X-{number}": "x" for number in range(200)}, 431),
    "an address of 9,000 characters": (f"GET /graphql?{'x' * 9_000}", {}, 414),
    "17 KiB of head": ("GET /graphql", {"Cookie": "x" * 17_000}, 431),
}


@here
@pytest.mark.parametrize("what", ODD)
async def test_a_request_for_a_socket_is_answered_whatever_it_is(shared: World, url: str, what: str) -> None:
    line, changed, expected = ODD[what]
    fields = {name: value for name, value in (HEAD | dict(changed)).items() if value is not None}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    async with asyncio.timeout(5), AsyncExitStack() as stack:
        reader, writer = await asyncio.open_connection("127.0.0.1", shared.port)
        stack.callback(writer.close)
        writer.write(f"{line} HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
        answer = await reader.readline()
        assert answer.startswith(b"HTTP/1.1 %d " % expected)
        if expected != 101:
            await reader.read()  # to the end, which there is

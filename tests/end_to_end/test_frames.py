"""Frames that no client should send: each ends its own connection with a code, or its own operation with an error.

Whoever else is connected does not notice. Beside it, where they are worth a comparison, what plain Strawberry makes of them.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from benchmarks.fanout.server import Server
from tests.end_to_end.bystander import Bystander, bystander
from tests.end_to_end.plain import address, plain_strawberry
from tests.end_to_end.world import World
from tests.gateway.live.test_websocket import closing, hear, raw, say

pytestmark = pytest.mark.asyncio(loop_scope="module")

NAMED: Final[dict[str, str | bytes]] = {
    "a list": "[]",
    "a number": "7",
    "null": "null",
    "an id that is an object": '{"type":"subscribe","id":{},"payload":{"query":"{ __typename }"}}',
    "a payload that is a list": '{"type":"subscribe","id":"1","payload":[]}',
    "JSON of 10,000 levels": "[" * 10_000 + "]" * 10_000,
    "a number of 5,000 digits": '{"type":"ping","payload":{"n":' + "7" * 5_000 + "}}",
}
"""On all of which plain Strawberry drops the line."""
QUERY_7: Final = '{"type":"subscribe","id":"1","payload":{"query":7}}'
OTHERS: Final[dict[str, str | bytes]] = {
    "a query that is a number": QUERY_7,
    "nothing": "",
    "no JSON": "<hello/>",
    "half a message": '{"type":"ping"',
    "a text": '"ping"',
    "an empty object": "{}",
    "a type that is a number": '{"type":7}',
    "a type that is an object": '{"type":{}}',
    "a type that nobody knows": '{"type":"start","id":"1","payload":{"query":"{ __typename }"}}',
    "a message of the server": '{"type":"next","id":"1","payload":{"data":{}}}',
    "a payload of 10,000 levels": '{"type":"ping","payload":' + "[" * 10_000 + "]" * 10_000 + "}",
    "a number of 21 digits": '{"type":"ping","payload":{"n":' + "7" * 21 + "}}",
    "NaN": '{"type":"ping","payload":{"n":NaN}}',
    "a lone surrogate": '{"type":"ping","payload":{"a":"\\ud800"}}',
    "a byte order mark": '\ufeff{"type":"ping"}',
    "a ping with a list": '{"type":"ping","payload":[]}',
    "a subscribe without an id": '{"type":"subscribe","payload":{"query":"{ __typename }"}}',
    "an id that is a number": '{"type":"subscribe","id":7,"payload":{"query":"{ __typename }"}}',
    "an id that is empty": '{"type":"subscribe","id":"","payload":{"query":"{ __typename }"}}',
    "a payload that is null": '{"type":"subscribe","id":"1","payload":null}',
    "no query": '{"type":"subscribe","id":"1","payload":{}}',
    "variables that are a list": '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","variables":[]}}',
    "a name that is a number": '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","operationName":7}}',
    "extensions that are a text": '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }","extensions":"x"}}',
    "a complete without an id": '{"type":"complete"}',
    "a complete of a list": '{"type":"complete","id":[]}',
    "a binary ping": b'{"type":"ping"}',
    "bytes": b"\xff\xfe\x00",
}
REFUSED: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "no document": ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
    "an empty document": ({"query": ""}, "GRAPHQL_PARSE_FAILED"),
    "a field that is not there": ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
    "an operation that is not there": ({"query": "query A { __typename }", "operationName": "B"}, "BAD_USER_INPUT"),
    "a document of 1,000 levels": ({"query": "{a" * 1_000 + "}" * 1_000}, "LIMIT_EXCEEDED"),
    "a number of 21 digits": ({"query": "{ campaigns(first: %s) { totalCount } }" % ("7" * 21)}, "LIMIT_EXCEEDED"),
    "variables of 33 levels": (
        {
            "query": "query ($n: Int) { campaigns(first: $n) { totalCount } }",
            "variables": {"n": json.loads("[" * 32 + "]" * 32)},
        },
        "LIMIT_EXCEEDED",
    ),
    "a variable of another type": (
        {"query": "query ($n: Int) { campaigns(first: $n) { totalCount } }", "variables": {"n": {}}},
        "BAD_USER_INPUT",
    ),
}
PING: Final = b'{"type":"ping"}'
TEXT, MORE, BYE, CONTROL, ODD = 1, 0, 8, 9, 64
"""Kinds of frames, and a bit that belongs to no extension of these connections (RFC 6455, section 5.2)."""


def framed(kind: int, data: bytes = b"", *, last: bool = True, masked: bool = True) -> bytes:
    """A frame as it is on the line. Its mask is zeros, which leave it as it is."""
    size, bit = len(data), 128 * masked
    if size < 126:
        length = bytes([bit | size])
    elif size < 1 << 16:
        length = bytes([bit | 126]) + size.to_bytes(2, "big")
    else:
        length = bytes([bit | 127]) + size.to_bytes(8, "big")
    return bytes([kind | 128 * last]) + length + bytes(4 * masked) + data


def padded(size: int) -> bytes:
    """A message of so many bytes, which asks for nothing."""
    bare = b'{"type":"pong","payload":{"p":""}}'
    return bare.replace(b'""', b'"' + b"x" * (size - len(bare)) + b'"')


MOST: Final = 64 * 1024
LONGEST: Final = 128
"""Characters of an id."""
BROKEN: Final = {
    "text that is no UTF-8": (1007, framed(TEXT, b'{"type":"ping","payload":{"a":"\xff"}}')),
    "a letter cut off": (1007, framed(TEXT, b'{"type":"\xe4\xb8')),
    "no UTF-8, in pieces": (1007, framed(TEXT, b"\xff", last=False) + framed(MORE, b'{"type":"ping"}')),
    "a list, in pieces": (4400, framed(TEXT, b"[", last=False) + framed(MORE, b"]")),
    "64 KiB and a byte": (1009, framed(TEXT, padded(MOST + 1))),
    "the same in pieces": (1009, framed(TEXT, padded(MOST + 1)[:40_000], last=False) + framed(MORE, padded(MOST + 1)[40_000:])),
    "a length of 2^63": (1009, b"\x81\xff\x80" + bytes(11)),
    "a piece of nothing": (1002, framed(MORE, b"x")),
    "a message within another": (1002, framed(TEXT, b"{", last=False) + framed(TEXT, b"}")),
    "a kind that nobody knows": (1002, framed(3)),
    "what is not masked": (1002, framed(TEXT, PING, masked=False)),
    "what claims to be compressed": (1002, framed(TEXT | ODD, PING)),
    "a ping in pieces": (1002, framed(CONTROL, last=False)),
    "a ping of 126 bytes": (1002, framed(CONTROL, bytes(126))),
    "a close of one byte": (1002, framed(BYE, b"x")),
    "a close with a code for nobody": (1002, framed(BYE, (1005).to_bytes(2, "big"))),
    "a close that says no UTF-8": (1007, framed(BYE, (1000).to_bytes(2, "big") + b"\xff")),
    "another protocol": (1002, b"GET / HTTP/1.1\r\n\r\n"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def other(shared: World) -> AsyncIterator[Bystander]:
    """Follows a total through all of this file."""
    async with bystander(shared) as made:
        yield made


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def unhurt(other: Bystander) -> AsyncIterator[None]:
    """After each test."""
    yield
    await other.is_unhurt()
    await other.is_alone()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plain() -> AsyncIterator[Server]:
    """Strawberry as it comes."""
    async with plain_strawberry() as made:
        yield made


async def begin(socket: ClientConnection) -> None:
    """Introduces itself as plain Strawberry lets one."""
    await socket.send('{"type":"connection_init"}')
    assert await hear(socket) == {"type": "connection_ack"}


async def sent(url: str, *frames: str | bytes) -> tuple[int, str]:
    """The code and reason with which a server ends a connection that was in order until these came."""
    async with raw(url) as socket:
        await begin(socket)
        for frame in frames:
            await socket.send(frame)
        return await closing(socket)


async def is_served(socket: ClientConnection) -> None:
    """Whether operations are still answered on it."""
    await say(socket, type="subscribe", id="after", payload={"query": "{ __typename }"})
    assert await hear(socket) == {"id": "after", "type": "next", "payload": {"data": {"__typename": "Query"}}}
    assert await hear(socket) == {"id": "after", "type": "complete"}


@pytest.mark.parametrize("what", NAMED | OTHERS)
async def test_what_is_no_message_closes_its_connection_by_name(shared: World, what: str) -> None:
    assert await sent(f"{shared.url}/graphql", (NAMED | OTHERS)[what]) == (4400, "Invalid message")


@pytest.mark.parametrize("what", NAMED)
async def test_plain_strawberry_drops_the_line_without_a_word(plain: Server, what: str) -> None:
    assert await sent(address(plain), NAMED[what]) == (1006, "")


async def test_plain_strawberry_answers_a_query_that_is_a_number_with_words_of_python(plain: Server) -> None:
    async with raw(address(plain)) as socket:
        await begin(socket)
        await socket.send(QUERY_7)
        assert (await hear(socket))["payload"] == [{"message": "object of type 'int' has no len()"}]


@pytest.mark.parametrize("what", BROKEN)
async def test_what_breaks_the_protocol_below_closes_its_connection_by_number(shared: World, what: str) -> None:
    code, frames = BROKEN[what]
    async with raw(f"{shared.url}/graphql") as socket:
        await begin(socket)
        socket.transport.write(frames)
        assert (await closing(socket))[0] == code


@pytest.mark.parametrize("what", REFUSED)
async def test_an_operation_that_cannot_be_is_an_error_of_its_own(shared: World, what: str) -> None:
    payload, code = REFUSED[what]
    async with raw(f"{shared.url}/graphql") as socket:
        await begin(socket)
        await say(socket, type="subscribe", id="1", payload=payload)
        answer = await hear(socket)
        assert (answer["id"], answer["type"], len(answer["payload"])) == ("1", "error", 1)
        extensions = answer["payload"][0]["extensions"]
        assert (extensions["code"], len(extensions["requestId"])) == (code, 16)
        await is_served(socket)


async def test_a_message_may_have_64_kib_and_an_id_128_characters(shared: World) -> None:
    async with raw(f"{shared.url}/graphql") as socket:
        await begin(socket)
        await socket.send(padded(MOST).decode())
        for name in ("i" * LONGEST, "捐" * LONGEST, '"\\\n'):
            await say(socket, type="subscribe", id=name, payload={"query": "{ __typename }"})
            assert [(await hear(socket))["id"] for _ in range(2)] == [name] * 2
    for letter in "i捐":
        message = {"type": "subscribe", "id": letter * (LONGEST + 1), "payload": {"query": "{ __typename }"}}
        assert await sent(f"{shared.url}/graphql", json.dumps(message)) == (4400, "Invalid message")


async def test_a_message_may_come_in_pieces_cut_within_a_letter_with_pings_between(shared: World) -> None:
    message = '{"type":"ping","payload":{"a":"季节捐"}}'.encode()
    async with raw(f"{shared.url}/graphql") as socket:
        await begin(socket)
        first, *middle, last = (message[at : at + 1] for at in range(len(message)))
        socket.transport.write(framed(TEXT, first, last=False))
        for piece in (b"", *middle, b""):
            socket.transport.write(framed(MORE, piece, last=False) + framed(CONTROL, b"between"))
        socket.transport.write(framed(MORE, last))
        assert await hear(socket) == {"type": "pong", "payload": {"a": "季节捐"}}
        await is_served(socket)


async def test_a_frame_may_come_byte_by_byte(shared: World) -> None:
    async with raw(f"{shared.url}/graphql") as socket:
        await begin(socket)
        for byte in framed(TEXT, PING):
            socket.transport.write(bytes([byte]))
            await asyncio.sleep(0)
        assert await hear(socket) == {"type": "pong"}


async def test_what_follows_a_bad_message_is_not_heeded(shared: World) -> None:
    subscribe = '{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}'
    async with raw(f"{shared.url}/graphql") as socket:
        await begin(socket)
        socket.transport.write(b"".join(framed(TEXT, each.encode()) for each in ("[]", subscribe, "7")))
        assert await closing(socket) == (4400, "Invalid message")
        with pytest.raises(ConnectionClosed):  # nothing was said before it
            await socket.recv()


async def test_who_says_good_bye_is_answered_and_what_comes_behind_it_is_not_read(shared: World) -> None:
    async with raw(f"{shared.url}/graphql") as socket:
        await begin(socket)
        socket.transport.write(framed(BYE, (1000).to_bytes(2, "big")) + framed(TEXT, b"[]"))
        assert await closing(socket) == (1000, "")


async def test_any_number_of_bad_connections_at_once_is_borne(shared: World, other: Bystander) -> None:
    url = f"{shared.url}/graphql"
    frames = list((NAMED | OTHERS).values())
    bad = asyncio.gather(*(sent(url, frame) for frame in frames * 3))

    while not bad.done():
        await other.is_unhurt()

    assert set(await bad) == {(4400, "Invalid message")}


async def test_bytes_by_chance_and_lines_that_break_are_borne(shared: World) -> None:
    for _ in range(100):
        async with raw(f"{shared.url}/graphql") as socket:
            await begin(socket)
            whole = framed(TEXT, shared.rng.randbytes(shared.rng.randrange(200)))
            noise = shared.rng.randbytes(shared.rng.randrange(200))
            socket.transport.write(shared.rng.choice((noise, whole + noise, whole[: shared.rng.randrange(len(whole))])))
            await asyncio.sleep(0)
            socket.transport.abort()

"""What comes behind requests that are not answered yet, and requests that ask for a protocol which is not spoken here."""

import asyncio
from contextlib import closing

import pytest

from tests.gateway.http.served import Served, head, serving

SOCKET = head(300, more="Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AA==\r\n")
UNREADABLE = {"a socket": SOCKET, "no HTTP": b"\0\r\n\r\n", "a head that is too large": head(20_000)}
H2C = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n"


def asked(path: str, body: bytes = b"") -> bytes:
    """A request."""
    return f"POST {path} HTTP/1.1\r\nHost: giving.example\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def answered(server: Served, *pieces: bytes) -> bytes:
    """All that is answered when each piece has been read before the next one comes, and what waits may end after the last."""
    reader, writer = await server.connect()
    with closing(writer):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await server.said(head(200))  # by when what was sent before it was read
        server.app.may.set()
        return await asyncio.wait_for(reader.read(), 10)


@pytest.mark.parametrize("what", UNREADABLE)
@pytest.mark.parametrize("waiting", [1, 2])
async def test_what_cannot_be_answered_yet_ends_the_connection_behind_the_answers_to_what_was_asked_before(
    what: str, waiting: int
) -> None:
    async with serving() as server:
        said = await answered(server, asked("/slow", b"abc") * waiting + UNREADABLE[what])
    assert said.count(b"HTTP/1.1 200 OK\r\n") == waiting
    assert said.partition(b"HTTP/1.1 431")[0].endswith(
        b"\r\n\r\n3"
    )  # which is said where both were answered before all was read
    assert said.count(b"HTTP/1.1") == waiting + said.count(b"HTTP/1.1 431")
    assert waiting > 1 or b"431" not in said


@pytest.mark.parametrize("what", UNREADABLE)
async def test_what_comes_after_that_is_not_read(what: str) -> None:
    async with serving() as server:
        said = await answered(server, asked("/slow"), UNREADABLE[what], asked("/"), asked("/") * 200)
        assert said.count(b"HTTP/1.1") == 1
        assert server.app.requests.count("/slow") == 1


async def test_a_wish_for_another_protocol_is_not_heeded_and_its_request_answered_like_any() -> None:
    wish = asked("/", b"a body").replace(b"Host", H2C.encode() + b"Host")
    async with serving() as server:
        whole = wish * 3 + asked("/", b"four") + head(100)
        said = await server.said(whole)
        assert said.count(b"HTTP/1.1 200 OK") == said.count(b"HTTP/1.1") == 5
        assert said.count(b"\r\n\r\n6") == 3
        for cut in range(1, len(wish)):
            assert await server.said(whole[:cut], whole[cut:]) == said, cut


async def test_a_head_with_such_a_wish_may_be_as_large_as_any() -> None:
    async with serving() as server:
        assert (await server.said(head(16 * 1024, more="Connection: close, Upgrade\r\nUpgrade: h2c\r\n"))).startswith(
            b"HTTP/1.1 200"
        )
        assert (await server.said(head(16 * 1024 + 1, more="Connection: Upgrade\r\nUpgrade: h2c\r\n"))).startswith(
            b"HTTP/1.1 431"
        )
        assert server.app.requests == ["/"]

"""The WebSocket port against a real server on loopback."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web

from connectors.ports import Socket, SocketClosed
from gateway.outbound.limits import Limits
from gateway.outbound.sockets import OutboundSockets
from schema.model.errors import UpstreamUnavailable
from tests.gateway.outbound.upstream import answer, hang, upstream
from tests.gateway.outbound.world import reach

LONG = timedelta(seconds=20)
SHORT = timedelta(milliseconds=50)

Play = Callable[[web.WebSocketResponse], Awaitable[object]]


@asynccontextmanager
async def server(play: Play) -> AsyncIterator[str]:
    """Opens every WebSocket and does with it what ``play`` says."""

    async def handle(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False, timeout=1.0)
        await socket.prepare(request)
        await play(socket)
        return socket

    app = web.Application()
    app.router.add_get("/ws", handle)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"ws://127.0.0.1:{runner.addresses[0][1]}/ws"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connected(play: Play) -> AsyncIterator[Socket]:
    """A socket of ours to such a server."""
    async with server(play) as url, reach() as where:
        async with OutboundSockets(where, Limits(goodbye=SHORT)).connect(url) as socket:
            yield socket


async def test_text_frames_come_in_order() -> None:
    async def play(socket: web.WebSocketResponse) -> None:
        for text in ("a", "午餐", ""):
            await socket.send_str(text)

    async with connected(play) as socket:
        assert [await socket.receive(LONG) for _ in range(3)] == ["a", "午餐", ""]


@pytest.mark.parametrize("code", [1000, 1001, 4003, 4999])
async def test_the_other_sides_code_is_told_also_when_asked_again(code: int) -> None:
    async with connected(lambda socket: socket.close(code=code)) as socket:
        for _ in range(2):
            with pytest.raises(SocketClosed) as caught:
                await socket.receive(LONG)
            assert caught.value.code == code


async def test_silence_is_an_abnormal_close() -> None:
    async with connected(lambda socket: socket.receive()) as socket:
        with pytest.raises(SocketClosed) as caught:
            await socket.receive(SHORT)
    assert caught.value.code == 1006


async def test_pings_are_answered_and_are_no_frames() -> None:
    async def play(socket: web.WebSocketResponse) -> None:
        await socket.ping(b"you")
        message = await socket.receive()
        await socket.send_str(f"{message.type.name} {message.data.decode()}")

    async with connected(play) as socket:
        assert await socket.receive(LONG) == "PONG you"


async def test_a_network_that_only_pings_is_silent() -> None:
    async def play(socket: web.WebSocketResponse) -> None:
        while not socket.closed:
            await socket.ping()
            await socket.receive()

    async with connected(play) as socket, asyncio.timeout(10):
        with pytest.raises(SocketClosed) as caught:
            await socket.receive(timedelta(milliseconds=100))
    assert caught.value.code == 1006


async def test_a_lost_connection_is_an_abnormal_close() -> None:
    async def play(socket: web.WebSocketResponse) -> None:
        transport = socket._req and socket._req.transport
        assert isinstance(transport, asyncio.Transport)
        transport.abort()

    async with connected(play) as socket:
        with pytest.raises(SocketClosed) as caught:
            await socket.receive(LONG)
    assert caught.value.code == 1006


async def test_a_message_may_be_one_mebibyte_and_no_larger() -> None:
    async def play(socket: web.WebSocketResponse) -> None:
        await socket.send_str("a" * (1024 * 1024))
        await socket.send_str("a" * (1024 * 1024 + 1))
        await socket.receive()

    async with connected(play) as socket:
        assert len(await socket.receive(LONG)) == 1024 * 1024
        with pytest.raises(SocketClosed) as caught:
            await socket.receive(LONG)
    assert caught.value.code == 1009


async def test_a_binary_frame_ends_it() -> None:
    said: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def play(socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"\x00")
        await socket.receive()
        said.set_result(socket.close_code)

    async with connected(play) as socket:
        with pytest.raises(SocketClosed) as caught:
            await socket.receive(LONG)
        assert await asyncio.wait_for(said, 10) == 1003
    assert caught.value.code == 1003


async def test_it_is_closed_with_its_context() -> None:
    said: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def play(socket: web.WebSocketResponse) -> None:
        await socket.receive()
        said.set_result(socket.close_code)

    async with server(play) as url, reach() as where:
        async with OutboundSockets(where).connect(url):
            pass
        assert await asyncio.wait_for(said, 10) == 1000


async def test_it_says_who_asks_and_sends_the_address_as_given() -> None:
    async with upstream(answer(404)) as network, reach() as where:
        with pytest.raises(UpstreamUnavailable):
            async with OutboundSockets(where).connect(network.url.replace("http", "ws") + "/ws?k=%e4%2F+x"):
                pytest.fail("it is open")
    assert network.asked[0].line == "GET /ws?k=%e4%2F+x HTTP/1.1"
    assert network.asked[0].headers["user-agent"] == "giving-gateway/1.2.3"


@pytest.mark.parametrize("status", [200, 301, 302, 307, 401, 500])
async def test_anything_but_an_open_socket_is_unavailable_and_redirects_are_not_followed(status: int) -> None:
    async with upstream(answer(200)) as elsewhere, upstream(answer(status, Location=elsewhere.url)) as network:
        async with reach() as where:
            with pytest.raises(UpstreamUnavailable):
                async with OutboundSockets(where).connect(network.url.replace("http", "ws") + "/?token=canary"):
                    pytest.fail("it is open")
    assert len(network.asked) == 1
    assert elsewhere.asked == []


async def test_a_handshake_that_hangs_ends_with_the_deadline() -> None:
    limits = Limits(deadline=timedelta(milliseconds=100))
    async with upstream(hang) as network, reach(limits=limits) as where, asyncio.timeout(10):
        with pytest.raises(UpstreamUnavailable):
            async with OutboundSockets(where, limits).connect(network.url.replace("http", "ws")):
                pytest.fail("it is open")


@pytest.mark.parametrize("url", ["nonsense", "file:///etc/passwd", "ws://", "ws://127.0.0.1:1/"])
async def test_an_address_where_nobody_is_is_unavailable(url: str) -> None:
    async with reach() as where:
        with pytest.raises(UpstreamUnavailable):
            async with OutboundSockets(where).connect(url):
                pytest.fail("it is open")

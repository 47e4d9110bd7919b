"""The ports of the suite keep the promises of the contract."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from connectors.http import Http, HttpRequest, HttpResponse
from connectors.ports import SocketClosed, Sockets
from connectors.testing.emulation import serve
from connectors.testing.ports import PlainHttp, PlainSockets
from schema.model.errors import NotFound, UpstreamGarbled, UpstreamUnavailable

SOON = timedelta(seconds=5)
_http: type[Http] = PlainHttp
_sockets: type[Sockets] = PlainSockets


async def echo(request: Request) -> Response:
    body = f"{request.headers.get('x-made', '')} {request.url.query} {(await request.body()).decode()}"
    return PlainTextResponse(body, int(request.path_params["status"]))


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("welcome")
    await socket.close(4002)


@pytest.fixture
async def address() -> AsyncIterator[str]:
    routes = [Route("/{status}", echo, methods=["GET", "POST"]), WebSocketRoute("/ws", talk)]
    async with serve(Starlette(routes=routes)) as url:
        yield url


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_what_is_sent_is_sent_as_it_stands(address: str, session: aiohttp.ClientSession) -> None:
    request = HttpRequest("POST", f"{address}/200?a=%2F&b=+", body=b"words", sign=lambda _: {"X-Made": "anew"})

    assert (await PlainHttp(session).send(request)).body == b"anew a=%2F&b=+ words"


async def test_a_status_that_the_connector_must_judge_is_an_answer(address: str, session: aiohttp.ClientSession) -> None:
    assert (await PlainHttp(session).send(HttpRequest("GET", f"{address}/404"))).status == 404


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_failing_network_is_unavailable(address: str, session: aiohttp.ClientSession, status: int) -> None:
    with pytest.raises(UpstreamUnavailable):
        await PlainHttp(session).send(HttpRequest("GET", f"{address}/{status}"))


async def test_a_network_that_is_not_there_is_unavailable(session: aiohttp.ClientSession) -> None:
    async with serve(Starlette()) as gone:
        pass

    with pytest.raises(UpstreamUnavailable):
        await PlainHttp(session).send(HttpRequest("GET", gone))
    with pytest.raises(UpstreamUnavailable):
        async with PlainSockets(session).connect(gone.replace("http", "ws")):
            pass


async def test_an_answer_that_cannot_be_believed_is_asked_for_once_more(address: str, session: aiohttp.ClientSession) -> None:
    seen: list[HttpResponse] = []

    def check(response: HttpResponse) -> None:
        seen.append(response)
        if len(seen) == 1:
            raise UpstreamGarbled("signature")

    assert (await PlainHttp(session).send(HttpRequest("GET", f"{address}/200", check=check))).status == 200
    assert len(seen) == 2


async def test_an_answer_that_can_never_be_believed_is_garbled(address: str, session: aiohttp.ClientSession) -> None:
    def check(_: HttpResponse) -> None:
        raise UpstreamGarbled("signature")

    with pytest.raises(UpstreamGarbled):
        await PlainHttp(session).send(HttpRequest("GET", f"{address}/200", check=check))


async def test_a_download_is_the_body_of_a_200_and_nothing_else(address: str, session: aiohttp.ClientSession) -> None:
    async with PlainHttp(session).download(HttpRequest("GET", f"{address}/200?day=1")) as file:
        assert file.read() == b" day=1 "
    with pytest.raises(NotFound):
        async with PlainHttp(session).download(HttpRequest("GET", f"{address}/404")):
            pass


async def test_an_answer_can_be_spoiled_on_its_way(address: str, session: aiohttp.ClientSession) -> None:
    http = PlainHttp(session)
    http.spoil = lambda response: replace(response, body=b"spoiled")

    assert (await http.send(HttpRequest("GET", f"{address}/200"))).body == b"spoiled"
    assert http.seen == [b"  "]


async def test_a_socket_gives_its_frames_and_then_its_close_code(address: str, session: aiohttp.ClientSession) -> None:
    async with PlainSockets(session).connect(address.replace("http", "ws") + "/ws") as socket:
        assert await socket.receive(SOON) == "welcome"
        with pytest.raises(SocketClosed) as closed:
            await socket.receive(SOON)
    assert closed.value.code == 4002


async def test_a_silent_socket_counts_as_closed(session: aiohttp.ClientSession) -> None:
    released = asyncio.Event()

    async def silent(socket: WebSocket) -> None:
        await socket.accept()
        await released.wait()

    async with serve(Starlette(routes=[WebSocketRoute("/", silent)])) as url:
        async with PlainSockets(session).connect(url.replace("http", "ws")) as socket:
            with pytest.raises(SocketClosed) as closed:
                await socket.receive(timedelta(milliseconds=20))
            released.set()
    assert closed.value.code == 1006

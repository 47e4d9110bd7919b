"""Ports that work, without a gateway: for a connector that talks to its emulator on loopback.

They keep the promises of the contract and nothing more: no budgets, no patience, one second attempt where ``check`` failed.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import timedelta
from io import BytesIO
from typing import BinaryIO, Final

import aiohttp
from yarl import URL

from connectors.http import Headers, HttpRequest, HttpResponse
from connectors.ports import Socket, SocketClosed
from schema.model.errors import UpstreamGarbled, UpstreamUnavailable

DEADLINE: Final = timedelta(seconds=5)
ATTEMPTS: Final = 2


def _unspoiled(response: HttpResponse) -> HttpResponse:
    return response


class PlainHttp:
    """Asks over a session. ``spoil`` sees every answer first and may give another, or raise; ``seen`` keeps the bodies."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.spoil: Callable[[HttpResponse], HttpResponse] = _unspoiled
        self.seen: list[bytes] = []
        self._session = session

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer. See ``Http.send``."""
        for left in reversed(range(ATTEMPTS)):
            response = await self._once(request)
            try:
                if request.check is not None:
                    request.check(response)
            except UpstreamGarbled:
                if not left:
                    raise
            else:
                break
        return response

    @asynccontextmanager
    async def download(self, request: HttpRequest) -> AsyncIterator[BinaryIO]:
        """The body of a 200 answer as a file. See ``Http.download``."""
        yield BytesIO((await self._once(request)).expect(200).body)

    def scratch(self) -> AbstractContextManager[BinaryIO]:
        """A file in memory. See ``Http.scratch``."""
        return BytesIO()

    async def _once(self, request: HttpRequest) -> HttpResponse:
        headers = {**request.headers, **(request.sign(request) if request.sign else {})}
        try:
            async with asyncio.timeout(DEADLINE.total_seconds()):
                async with self._session.request(
                    request.method,
                    URL(request.url, encoded=True),
                    headers=headers,
                    data=request.body or None,
                    allow_redirects=False,
                ) as answer:
                    body = await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UpstreamUnavailable(f"no answer ({type(error).__name__})") from None
        self.seen.append(body)
        response = self.spoil(HttpResponse(answer.status, Headers(list(answer.headers.items())), body))
        if response.status == 429 or response.status >= 500:
            raise UpstreamUnavailable(f"the network answered {response.status}")
        return response


class PlainSocket:
    """One open WebSocket."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, seen: list[bytes]) -> None:
        self._socket = socket
        self._seen = seen

    async def receive(self, timeout: timedelta) -> str:
        """The next text frame. See ``Socket.receive``."""
        try:
            message = await self._socket.receive(timeout.total_seconds())
        except TimeoutError:
            raise SocketClosed(aiohttp.WSCloseCode.ABNORMAL_CLOSURE) from None
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise SocketClosed(self._socket.close_code or aiohttp.WSCloseCode.ABNORMAL_CLOSURE)
        self._seen.append(message.data.encode())
        return str(message.data)


class PlainSockets:
    """Opens WebSockets over a session; ``seen`` keeps the frames."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.seen: list[bytes] = []
        self._session = session

    @asynccontextmanager
    async def connect(self, url: str) -> AsyncIterator[Socket]:
        """A connected socket. See ``Sockets.connect``."""
        try:
            socket = await self._session.ws_connect(URL(url, encoded=True))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise UpstreamUnavailable(f"no socket ({type(error).__name__})") from None
        async with socket:
            yield PlainSocket(socket, self.seen)

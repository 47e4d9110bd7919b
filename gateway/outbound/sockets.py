"""The port through which connectors listen on WebSockets. Reconnecting is the connector's: it knows what it missed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
from yarl import URL

from connectors.ports import Socket, SocketClosed, Sockets
from gateway.outbound.limits import Limits
from gateway.outbound.reach import Reach
from schema.model.errors import UpstreamUnavailable

_ABNORMAL = aiohttp.WSCloseCode.ABNORMAL_CLOSURE


class OutboundSocket:
    """One open WebSocket. Pings are answered by themselves and do not count as frames; we send none."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def receive(self, timeout: timedelta) -> str:
        """The next text frame. Raises SocketClosed: 1006 for silence or a lost connection, 1009 for a message too large,
        1003 for a binary one, else what the other side said.
        """
        try:
            async with asyncio.timeout(timeout.total_seconds()):
                message = await self._socket.receive()
        except TimeoutError:
            raise SocketClosed(_ABNORMAL) from None
        if message.type is aiohttp.WSMsgType.TEXT:
            return str(message.data)
        if message.type is aiohttp.WSMsgType.BINARY:
            await self._socket.close(code=aiohttp.WSCloseCode.UNSUPPORTED_DATA)
            raise SocketClosed(aiohttp.WSCloseCode.UNSUPPORTED_DATA)
        raise SocketClosed(self._socket.close_code or _ABNORMAL)


class OutboundSockets:
    """Opens WebSockets on the shared sessions."""

    def __init__(self, reach: Reach, limits: Limits | None = None) -> None:
        self._reach = reach
        self._limits = limits or Limits()

    @asynccontextmanager
    async def connect(self, url: str) -> AsyncIterator[Socket]:
        """A connected socket, closed with the context. Raises UpstreamUnavailable; redirects are not followed."""
        try:
            async with asyncio.timeout(self._limits.deadline.total_seconds()):
                address = URL(url, encoded=True)
                socket = await self._reach.session(address).ws_connect(
                    address,
                    autoping=True,
                    heartbeat=None,
                    max_msg_size=self._limits.message + 1,  # the library's bound is the first size refused
                    timeout=aiohttp.ClientWSTimeout(ws_close=self._limits.goodbye.total_seconds()),
                )
        except (aiohttp.ClientError, OSError, ValueError) as error:  # their texts quote the address
            raise UpstreamUnavailable(f"no WebSocket was opened ({type(error).__name__})") from None
        try:
            yield OutboundSocket(socket)
        finally:
            await socket.close()


_: type[Sockets] = OutboundSockets

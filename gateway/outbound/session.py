"""The HTTP sessions of a process, on which all outward ports stand."""

import aiohttp

from gateway.outbound.limits import Limits


class Lost(aiohttp.ClientError):
    """The connection ended after something was sent."""


class NoSocket(aiohttp.ClientError):
    """The other side does not open a WebSocket at this address."""


def open_session(
    version: str, limits: Limits | None = None, sockets: aiohttp.SocketFactoryType | None = None
) -> aiohttp.ClientSession:
    """A session without cookies, proxies of the environment or redirects; whoever opens it closes it.

    Only connecting is timed here: the ports set the deadlines. ``sockets`` makes the socket for each resolved address.
    """
    limits = limits or Limits()
    return aiohttp.ClientSession(
        # no bound of its own, for which accounts would wait for each other: each has its ``places``
        connector=aiohttp.TCPConnector(limit=0, socket_factory=sockets),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"giving-gateway/{version}"},
        timeout=aiohttp.ClientTimeout(total=None, connect=limits.connect.total_seconds()),
        middlewares=(_as_asked,),
    )


async def _as_asked(request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Keeps the library from sending anything by itself.

    It tries a GET twice when a connection that it reused breaks, unsigned and uncounted, and follows redirects of a
    WebSocket handshake; neither has a switch.
    """
    try:
        response = await send(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise Lost(type(error).__name__) from None
    if response.status != 101 and "Upgrade" in request.headers:
        response.close()
        raise NoSocket(f"answered {response.status}")
    return response

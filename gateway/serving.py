"""Runs a gateway on a socket until it is told to leave."""

import socket
import sys

import structlog

from gateway.app import Gateway, running
from gateway.http.server import DrainingServer, configuration
from gateway.observe import set_up_logs
from gateway.settings import Settings
from schema.model.errors import SettingsInvalid

log = structlog.get_logger()


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or Ctrl-C, then drains."""
    set_up_logs(pretty=sys.stderr.isatty())
    with listening(settings.host, settings.port) as listener:
        async with running(settings) as gateway:
            host, port = listener.getsockname()[:2]
            log.info("serving", graphql=f"http://{host}:{port}/graphql", accounts=sorted(gateway.base.accounts))
            await serve_on(gateway, listener)


async def serve_on(gateway: Gateway, listener: socket.socket) -> None:
    """Serves on an open socket until told to leave."""
    server = DrainingServer(configuration(gateway.asgi), gateway.drain)
    await server.serve(sockets=[listener])


def listening(host: str, port: int) -> socket.socket:
    """A listening socket. Raises SettingsInvalid when the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with the protocol named, small answers leave at once: the event loop looks at it before it sets TCP_NODELAY
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsInvalid(
            [f"port: {host}:{port} cannot be listened on ({error.strerror}); set GIVING_PORT, or PORT for the demo"]
        ) from None
    listener.listen(2048)
    return listener

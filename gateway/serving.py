"""Runs a gateway on a socket until it is told to leave."""

import asyncio
import gc
import resource
import signal
import socket
import sys
from collections.abc import Callable
from typing import Final

import structlog

from gateway.app import Gateway, running
from gateway.http.limits import Limits
from gateway.http.server import DrainingServer, configuration
from gateway.observe import set_up_logs
from gateway.registry import Registry
from gateway.settings import Settings
from schema.model.errors import SettingsInvalid

YOUNG: Final = 50_000
"""Objects that are made before Python looks for cycles among them. Deliveries and frames leave none, and at 700, which it does
by itself, an eighth of a delivery's time went into looking."""
DOORS: Final = 16
"""Connections that come in at each turn of the loop. With one, as libuv has it, thousands who come back wait for a minute while
others are told much: a turn then takes some ten milliseconds.
"""
_USUAL: Final = Limits()
_LONGEST: Final = 2**31 - 1
"""Milliseconds that a system can be told."""
log = structlog.get_logger()


async def serve(read: Callable[[], Settings], *, installed: Callable[[], Registry] = Registry) -> None:
    """Serves until SIGTERM or Ctrl-C, then drains. ``read`` gives the configuration, now and again on each SIGHUP, and
    ``installed`` which connectors there are.
    """
    asked = asyncio.Event()
    # first of all, as by default it would end the process; one that comes early is heeded once all has begun
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, asked.set)
    set_up_logs(pretty=sys.stderr.isatty())
    _allow_many_files()
    settings = read()
    with listening(settings.host, settings.port, settings.limits) as listener:
        async with running(settings, installed=installed) as gateway:
            gc.collect()
            gc.freeze()  # what is there by now stays: schema, configuration, libraries
            gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
            host, port = listener.getsockname()[:2]
            log.info("serving", graphql=f"http://{host}:{port}/graphql", accounts=sorted(gateway.base.accounts))
            reloading = asyncio.create_task(gateway.reload.run(asked, read))
            try:
                await serve_on(gateway, listener, settings)
            finally:
                reloading.cancel()
                await asyncio.gather(reloading, return_exceptions=True)


async def serve_on(gateway: Gateway, listener: socket.socket, settings: Settings) -> None:
    """Serves on an open socket until told to leave."""
    compress, limits = settings.compress_sockets, settings.limits
    asgi, refused = gateway.asgi, gateway.refused
    config = configuration(asgi, repeats=asgi, compress_sockets=compress, limits=limits, refused=refused)
    await DrainingServer(config, gateway.drain).serve(sockets=doors(listener))


def doors(listener: socket.socket) -> list[socket.socket]:
    """The same socket several times, for an event loop that takes in one connection at each of its turns and socket."""
    return [listener, *(listener.dup() for _ in range(DOORS - 1))]


def listening(host: str, port: int, limits: Limits = _USUAL) -> socket.socket:
    """A listening socket. Raises SettingsInvalid when the address is taken."""
    unheard = max(1, round(min(limits.unheard_seconds * 1_000, _LONGEST)))  # 0 would be as long as the system likes
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with the protocol named, small answers leave at once: the event loop looks at it before it sets TCP_NODELAY
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if sys.platform == "linux":  # where connections have it from their listener
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, unheard)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise SettingsInvalid(
            [f"port: {host}:{port} cannot be listened on ({error.strerror}); set GIVING_PORT, or PORT for the demo"]
        ) from None
    listener.listen(2048)
    return listener


def _allow_many_files() -> None:
    """As many as this user may have: shells and service managers begin with 1,024, and each viewer takes one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

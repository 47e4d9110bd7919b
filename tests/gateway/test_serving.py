"""The socket that a gateway listens on."""

import asyncio
import contextlib
import socket
import sys

import pytest
import uvloop

from gateway.http.limits import Limits
from gateway.serving import DOORS, doors, listening


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux only")
@pytest.mark.parametrize(
    ("seconds", "milliseconds"), [(17, 17_000), (0.25, 250), (1e-9, 1), (1e12, 2**31 - 1), (1e308, 2**31 - 1)]
)
def test_who_confirms_nothing_is_given_up_on_every_connection(seconds: float, milliseconds: int) -> None:
    with (
        listening("127.0.0.1", 0, Limits(unheard_seconds=seconds)) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == milliseconds


def turns(listeners: list[socket.socket], clients: int) -> int:
    """How often the loop of the gateway goes round until it has taken in so many who came at once."""

    async def take_in() -> int:
        loop, taken, count = asyncio.get_running_loop(), list[asyncio.BaseTransport](), 0

        class Taken(asyncio.Protocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                taken.append(transport)

        servers = [await loop.create_server(Taken, sock=each) for each in listeners]
        while len(taken) < clients:
            await asyncio.sleep(0)
            count += 1
        for transport in taken:
            transport.close()
        for server in servers:
            server.close()
        return count

    return uvloop.run(take_in())


@pytest.mark.parametrize("several", [True, False])
def test_many_who_come_back_at_once_are_taken_in_at_few_turns_of_the_loop(*, several: bool) -> None:
    clients = 20 * DOORS
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(listening("127.0.0.1", 0))
        for _ in range(clients):
            stack.enter_context(socket.create_connection(listener.getsockname()))
        if several:
            assert turns(doors(listener), clients) < clients / DOORS * 2
        else:  # what it is done for; when this fails one door is enough
            assert turns([listener], clients) > clients / 2

"""The socket that a gateway listens on."""

import socket
import sys

import pytest

from gateway.serving import UNHEARD_SECONDS, listening


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux only")
def test_who_confirms_nothing_is_given_up_on_every_connection() -> None:
    with listening("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == UNHEARD_SECONDS * 1_000

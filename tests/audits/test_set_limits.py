"""What is set in the configuration holds in a process of its own, where no part is made by a test."""

import asyncio
import socket
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from tests.audits.door import Door
from tests.audits.serving import served

PATIENCE = 10.0


async def test_a_client_whose_system_takes_nothing_is_given_up_when_the_configuration_says(tmp_path: Path, seed: int) -> None:
    limits, loop = {"unheard_seconds": 0.3}, asyncio.get_running_loop()
    async with served(tmp_path, seed, limits=limits) as gateway, aiohttp.ClientSession() as session:
        door, place = Door(gateway.url, gateway.pid, session), urlsplit(gateway.url)
        assert await door.figure("giving_limit", limit="unheard_seconds") == 0.3
        with closing(socket.socket()) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            line.setblocking(False)
            await loop.sock_connect(line, (place.hostname, place.port))
            await loop.sock_sendall(line, b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n" * 500)  # and the answers are not read
            async with asyncio.timeout(PATIENCE):
                while not await door.figure("giving_limit_refused_total", limit="unheard_seconds"):
                    await asyncio.sleep(0.05)

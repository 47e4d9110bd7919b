"""What runs on loopback can be killed, and comes back where it was."""

import asyncio
from typing import Any

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import Emulator
from connectors.testing.emulation.serving import Server


class Slow:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.app = Starlette(routes=[Route("/", self._answer)])

    async def _answer(self, _: Request) -> Response:
        self.asked.set()
        await self.go.wait()
        return PlainTextResponse("here")


class Pond(Emulator):
    """A network that answers, and has nothing to say."""

    key = "pond"

    @property
    def app(self) -> Starlette:
        """Nothing but pages that are not there."""
        return Starlette()

    def account(self) -> dict[str, Any]:
        """No settings."""
        return {}


async def get(url: str) -> str:
    """What is answered, on a line of its own."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return await answer.text()


async def test_a_server_that_is_killed_cuts_its_lines_and_refuses_new_ones_until_it_is_started_at_the_same_address() -> None:
    slow = Slow()
    async with Server(slow.app) as server:
        url = server.url
        asking = asyncio.create_task(get(url))
        await slow.asked.wait()

        killing = asyncio.create_task(server.kill())
        with pytest.raises(aiohttp.ClientError):  # at once: it does not wait for the answer
            await asking
        assert not server.is_up
        slow.go.set()
        await killing
        with pytest.raises(aiohttp.ClientConnectorError):
            await get(url)

        await server.start()
        assert (server.url, server.is_up) == (url, True)
        assert await get(url) == "here"


async def test_killing_and_starting_twice_is_the_same_as_once_and_the_end_leaves_nobody_there() -> None:
    slow = Slow()
    slow.go.set()
    async with Server(slow.app) as server:
        await server.start()
        await asyncio.gather(server.kill(), server.kill())
        await asyncio.gather(server.start(), server.start())
        assert await get(server.url) == "here"
        await server.kill()

    assert not server.is_up
    async with Server(slow.app, int(server.url.rpartition(":")[2])) as other:  # its port is free
        assert await get(other.url) == "here"


async def test_a_network_can_be_killed_and_started_while_it_is_served() -> None:
    pond = Pond()
    assert not pond.is_up
    async with pond.serve() as url:
        await pond.kill()
        assert not pond.is_up
        await pond.start()
        assert (pond.is_up, pond.url) == (True, url)
        assert await get(f"{url}/nothing") == "Not Found"
    assert not pond.is_up

"""The page of ``examples/web``, built as its README says and served from an origin of its own, beside a real gateway."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Self

import aiohttp
import pytest
from playwright.async_api import Locator, Page, WebSocket
from starlette.staticfiles import StaticFiles

from connectors.testing.emulation import serve
from tests.browser.world import CAMPAIGNS, World

MORE: Final = 25
"""Campaigns beside those of every world: more than fit one page of the list."""
ALL: Final = MORE + len(CAMPAIGNS) + 1
"""And the one on Twitch."""


class ExampleWorld(World):
    """``site`` is where the example is."""

    site: str

    @asynccontextmanager
    async def beside(self, built: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Self]:
        """Serves it, with a gateway that lets it ask."""
        index = built / "index.html"
        text = re.sub(r'(<meta name="gateway" content=")[^"]*', rf"\g<1>{self.address}/graphql", index.read_text("utf-8"))
        assert self.address in text
        index.write_text(text, "utf-8")
        async with serve(StaticFiles(directory=built, html=True)) as self.site:
            monkeypatch.setenv("GIVING_ALLOWED_ORIGINS", json.dumps([self.site]))
            async with self.open():
                yield self

    async def start(self) -> None:
        """Waits as well until everything is listed, as what a network tells of its own campaigns."""
        await super().start()
        async with aiohttp.ClientSession() as session, asyncio.timeout(30):
            while await self._count(session) < ALL:
                await asyncio.sleep(0.05)

    async def _count(self, session: aiohttp.ClientSession) -> int:
        async with session.post(f"{self.address}/graphql", json={"query": "{ campaigns { totalCount } }"}) as answer:
            count: int = (await answer.json())["data"]["campaigns"]["totalCount"]
            return count

    def configuration(self) -> list[str]:
        """With more campaigns."""
        lines = super().configuration()
        for number in range(1, MORE + 1):
            lines += ["[[campaigns]]", 'platform = "wechat_pay"', f'id = "pond-{number}"', f'title = "Pond {number}"']
            lines += ['currency = "CNY"', f'match = [{{ account = "lunch", attach = "campaign=pond-{number}" }}]']
        return lines


def listed(page: Page) -> Locator:
    """The rows of the list."""
    return page.locator("nav li")


def raised(page: Page) -> Locator:
    """The figure of the campaign that was chosen."""
    return page.locator("output.raised")


def heard(page: Page) -> tuple[list[str | None], list[str]]:
    """Where the page's subscriptions go on from, and the positions of all messages, oldest first, from now on."""
    asked: list[str | None] = []
    told: list[str] = []

    def on_sent(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "subscribe":
            asked.append(message["payload"]["variables"].get("after"))

    def on_received(frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "next":
            told.append(message["payload"]["data"]["campaignTotal"]["position"])

    def on_socket(socket: WebSocket) -> None:
        socket.on("framesent", on_sent)
        socket.on("framereceived", on_received)

    page.on("websocket", on_socket)
    return asked, told

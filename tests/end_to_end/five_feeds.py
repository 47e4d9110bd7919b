"""All five feeds over two transports at once, before a gateway whose ledger is on a server that can be killed."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from schema.model.ids import CampaignId
from tests.clients.server_log import Entry, logged
from tests.end_to_end import configuration
from tests.end_to_end.configuration import free_port
from tests.end_to_end.returning import Message
from tests.end_to_end.viewers import events, follow, socket
from tests.end_to_end.waiting import until
from tests.end_to_end.world import World, begun
from tests.faults.redis_server import RedisServer

LUNCH: Final = CampaignId("wechat_pay", "school-lunch")
RIVER: Final = CampaignId("wechat_pay", "clean-river")
OUTAGE: Final = 5.0
TOLD_WITHIN: Final = 3.0
"""Seconds after the server is gone: its line breaks at once, and feeds look once a second whether they are STALE."""
GIFTS: Final = 4
SECRET: Final = b64encode(bytes(32)).decode()
SEASON: Final = configuration.season("wechat_pay:school-lunch", "wechat_pay:clean-river")
FEEDS: Final = {
    "campaignTotal": """subscription ($id: ID!) { campaignTotal(id: $id) { position recovered
        campaign { id total { raised { amount } donationCount freshness } } } }""",
    "campaignTotals": """subscription ($ids: [ID!]!) { campaignTotals(ids: $ids) { position recovered
        campaign { id total { raised { amount } donationCount freshness } } } }""",
    "seasonTotal": """subscription { seasonTotal(slug: "giving") { recovered
        season { total { raised { money { amount } } donationCount freshness } } } }""",
    "campaignDonations": """subscription ($id: ID!) { campaignDonations(id: $id) { position recovered missed
        received { id } changed { id } } }""",
    "seasonDonations": """subscription { seasonDonations(slug: "giving") { recovered missed
        received { id } changed { id } } }""",
}


@dataclass
class Watching:
    """One feed over one transport, from its first message on. Its connection must not end. ``river`` is not looked at."""

    feed: str
    way: str
    river: str
    messages: list[Message] = field(default_factory=list)
    of_the_river: list[Message] = field(default_factory=list)

    async def run(self, told: AsyncIterator[Message]) -> None:
        """Until it is cancelled."""
        async for message in told:
            about_the_river = message.get("campaign", {}).get("id") == self.river
            (self.of_the_river if about_the_river else self.messages).append(message)
        raise AssertionError(f"{self.feed} over {self.way} has ended")

    @property
    def last(self) -> Message:
        """The newest message."""
        return self.messages[-1]

    @property
    def shows_figures(self) -> bool:
        """Whether it is one of those that tell totals."""
        return "Total" in self.feed

    def raised(self) -> tuple[str, int]:
        """What is shown now."""
        total = (self.last.get("season") or self.last["campaign"])["total"]
        return total["raised"].get("money", total["raised"])["amount"], total["donationCount"]

    def freshness(self) -> str:
        """How fresh that is."""
        return str((self.last.get("season") or self.last["campaign"])["total"]["freshness"])

    def announced(self) -> list[str]:
        """The gifts, in order."""
        return [gift["id"] for message in self.messages for gift in message["received"]]

    def parts(self) -> tuple[list[Message], list[Message]]:
        """What came before the one hole or snapshot in the middle, and from that on."""
        [there] = [number for number, message in enumerate(self.messages) if number and not message["recovered"]]
        return self.messages[:there], self.messages[there:]


@dataclass
class Hall:
    """People who watch, and the server behind what they see."""

    world: World
    server: RedisServer
    campaign: str
    watching: list[Watching]

    def over(self, *feeds: str) -> list[Watching]:
        """Those of some feeds, over both transports."""
        return [each for each in self.watching if each.feed in feeds]

    @property
    def totals(self) -> list[Watching]:
        """Those who are shown figures."""
        return [each for each in self.watching if each.shows_figures]

    @property
    def file(self) -> Path:
        """What the server writes."""
        [file] = self.server.folder.glob("appendonlydir/*.incr.aof")
        return file

    async def log(self) -> list[Entry]:
        """The server's own log."""
        async with self.server.client() as redis:
            return await logged(redis, LUNCH, "CNY")

    async def give(self) -> list[Entry]:
        """Gifts, until everybody has been told of them; gives the log."""
        for _ in range(GIFTS):
            await self.world.wechat.pay(100)
        await self.world.settle()
        log = await self.log()
        await self.shows(log[-1])
        await until(lambda: all(log[-1].donation in each.announced() for each in self.over("seasonDonations")))
        return log

    async def shows(self, end: Entry) -> None:
        """Waits until this is the end of the log for everybody."""
        with_positions = self.over("campaignTotal", "campaignTotals", "campaignDonations")
        await until(lambda: all(each.last["position"] == end.position for each in with_positions))
        await until(lambda: all(each.raised()[1] == end.count + 1 for each in self.over("seasonTotal")))  # and one to the river

    async def away(self, meanwhile: Callable[[], Awaitable[object]]) -> None:
        """Five seconds without the server. Everybody who sees a figure is told that it is STALE, and nobody is cut off."""
        loop = asyncio.get_running_loop()
        shown = [each.raised() for each in self.totals]
        assert "STALE" not in {each.freshness() for each in self.totals}
        await self.server.kill()
        began = loop.time()
        async with asyncio.timeout(TOLD_WITHIN):
            while {each.freshness() for each in self.totals} != {"STALE"}:
                await asyncio.sleep(0.02)
        now = [each.raised() for each in self.totals]
        assert now == shown, f"{now} and not {shown}"
        await meanwhile()
        await asyncio.sleep(OUTAGE - (loop.time() - began))
        assert await self.world.count("giving_live_sockets") == 1 + len(FEEDS)
        await self.server.start()


async def plain(frames: AsyncGenerator[tuple[str, Message], None]) -> AsyncIterator[Message]:
    """Server-sent events without their ids."""
    async with aclosing(frames):
        async for _, message in frames:
            yield message


@asynccontextmanager
async def hall(idle: World) -> AsyncIterator[Hall]:
    """All five feeds over both transports, after a few gifts. None of them has ended in the end."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(RedisServer(idle.folder / "ledger", free_port(idle.rng)).running())
        idle.gateway.variables = {"GIVING_LEDGER_URL": server.url, "GIVING_DATA_KEY": SECRET, "GIVING_PEPPER": SECRET}
        with configuration.write(idle.folder, idle.port, idle.accounts).open("a") as file:
            file.write(SEASON)
        await idle.gateway.start()
        stack.push_async_callback(idle.gateway.kill)  # before its server ends
        await begun(idle)
        await idle.wechat.pay(100)
        await idle.wechat.pay(100, book=RIVER.native)
        await idle.agree()
        campaigns = await idle.campaigns()
        lunch, river = (campaigns[each.native]["id"] for each in (LUNCH, RIVER))
        asked = {"$ids": {"ids": [lunch, river]}, "$id:": {"id": lunch}}
        session = await stack.enter_async_context(socket(idle.url))
        watching, tasks = [], []
        for feed, document in FEEDS.items():
            variables: dict[str, Any] = next((value for name, value in asked.items() if name in document), {})
            ways: dict[str, AsyncIterator[Message]] = {"websocket": follow(session, document, **variables)}
            ways["events"] = plain(events(idle.session, idle.url, document, **variables))
            for way, told in ways.items():
                watching.append(Watching(feed, way, river))
                tasks.append(asyncio.create_task(watching[-1].run(told)))
        await until(lambda: all(each.messages for each in watching))
        assert [each.messages[0]["recovered"] for each in watching] == [False] * len(watching)
        yield Hall(idle, server, lunch, watching)
        assert [task for task in tasks if task.done()] == []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

"""A network that is gone: nobody waits for it, and no query costs more than before, whoever's campaigns it is about."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import pytest
from graphql import OperationType
from redis.asyncio import Redis

from gateway.http.limits import Limits
from gateway.http.operations import Operations
from gateway.http.requests import OperationRequest
from gateway.read.reads import LedgerReads
from gateway.store.shelf import Shelf
from schema.api import ids
from schema.api.build import build
from schema.api.ports import Context
from schema.model.campaign import Campaign
from schema.model.facts import CampaignState, Movement
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder, Page
from tests.clients.documents import operations
from tests.gateway.acme import LUNCH, Acme, Listing
from tests.gateway.autumn import SPECS, TEAM, VALUES, Files, filled
from tests.gateway.counting import Counted, counted
from tests.gateway.world import Followed, World, known

ABSENCE: Final = timedelta(hours=1)
FRESH: Final = "query Fresh($id: ID!) { campaign(id: $id) { freshness total { raised { amount } freshness } } }"
NEXT: Final = {"CampaignPageDonations", "CampaignPageEndorsements", "SeasonBoardMore"}
"""Pages further on, of lists that are asked for anyway."""
DOCUMENTS: Final = {
    name: file.read_text("utf-8")
    for file, node, name in operations()
    if node.operation is OperationType.QUERY and name not in NEXT
} | {"Fresh": FRESH}
WHOSE: Final = (LUNCH, TEAM)
"""A campaign of a network that is well, and one of that which is gone."""
SPAN: Final = {"since": "2026-09-01T00:00:00+08:00", "until": "2026-10-01T00:00:00+08:00"}


class AskedError(Exception):
    """Something was asked of the network for a query."""


class Gone(Listing):
    """A network that answers nothing: who asks it waits for good."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """Never any."""
        await self._never()
        for state in list[CampaignState]():
            yield state

    async def donations(self, campaign: str, *, since: datetime | None) -> AsyncIterator[Movement]:
        """Never any."""
        await self._never()
        for movement in list[Movement]():
            yield movement

    async def _never(self) -> None:
        self.asked.set()
        await asyncio.Event().wait()


class Waiting(LedgerReads):
    """The mistake: a list asks the network whether there is anything newer."""

    def __init__(self, network: Gone, *parts: Any) -> None:
        super().__init__(*parts)
        self._network = network

    async def campaigns(self, where: CampaignFilter, order: CampaignOrder, *, first: int, after: str | None) -> Page[Campaign]:
        """When the network has answered."""
        async for _ in self._network.campaigns():
            pass
        return await super().campaigns(where, order, first=first, after=after)


@dataclass
class Asked:
    """A process over the season of the tests, of which one network is gone or will be."""

    world: World
    network: Gone
    counting: Counted
    followed: Followed
    operations: Operations

    async def ask(self, name: str, campaign: CampaignId) -> Any:
        """The data, without any error. Raises AskedError as soon as the network is asked."""
        given = {
            "id": ids.campaign_id(campaign),
            "ids": [ids.campaign_id(campaign)],
            "platform": campaign.platform,
            "externalId": campaign.native,
            "filter": {"platforms": [campaign.platform]},
            "slug": "autumn",
            "currency": "EUR",
            "interval": "HOUR",
            "streamStart": "2026-09-02T00:00:00Z",
            **SPAN,
        }
        prepared = self.operations.prepare(OperationRequest(DOCUMENTS[name], name, given), "r1")
        answering = asyncio.ensure_future(self.operations.execute(prepared))
        asking = asyncio.ensure_future(self.network.asked.wait())
        await asyncio.wait({answering, asking}, return_when=asyncio.FIRST_COMPLETED)
        asking.cancel()
        if not answering.done():
            answering.cancel()
            raise AskedError(name)
        answer = orjson.loads((await answering).body)
        assert "errors" not in answer, (name, answer["errors"])
        return answer["data"]

    async def round_trips(self) -> dict[tuple[str, str], int]:
        """Those to the ledger of every document, about each of the campaigns in turns."""
        found = {}
        for name in DOCUMENTS:
            for campaign in WHOSE:
                self.counting.round_trips = 0
                await self.ask(name, campaign)
                found[name, campaign.platform] = self.counting.round_trips
        return found

    async def freshness(self) -> list[tuple[str, str]]:
        """How fresh the campaigns are, and their totals."""
        told = [(await self.ask("Fresh", campaign))["campaign"] for campaign in WHOSE]
        return [(campaign["freshness"], campaign["total"]["freshness"]) for campaign in told]

    async def lose(self) -> None:
        """The network tells nothing for an hour, in which the other one was heard."""
        self.world.clock.turn(ABSENCE)
        await self.world.book.heard("lunch")
        await self.followed.follower.lost()


@asynccontextmanager
async def asked(client: Redis, redis_url: str, *, waiting: bool = False) -> AsyncIterator[Asked]:
    """While all is well; ``waiting`` with the mistake."""
    network = Gone()
    world = World(client, Acme(), network, Files(), specs=SPECS, values=VALUES)
    await filled(world)
    async with counted(redis_url) as counting:
        world.shelf = Shelf(counting.redis)
        async with known(world) as followed:
            mistaken = Waiting(network, followed.follower, world.clock, "Asia/Shanghai")
            context = Context(mistaken if waiting else followed.reads, followed.hub)
            yield Asked(world, network, counting, followed, Operations(build(), lambda: context, Limits(), introspection=False))


async def test_no_query_asks_it_or_goes_to_the_ledger_more_often_than_before(client: Redis, redis_url: str) -> None:
    async with asked(client, redis_url) as asking:
        await asking.round_trips()  # what is asked for the first time is compiled
        well, usual = await asking.freshness(), await asking.round_trips()

        await asking.lose()

        gone, meanwhile = await asking.freshness(), await asking.round_trips()

    assert well == [("LIVE", "LIVE"), ("CACHED", "CACHED")]
    assert gone == [("LIVE", "LIVE"), ("STALE", "STALE")]
    assert meanwhile == usual
    assert any(usual.values())


async def test_a_list_that_waits_for_a_network_is_found(client: Redis, redis_url: str) -> None:
    async with asked(client, redis_url, waiting=True) as asking:
        with pytest.raises(AskedError, match="CampaignSearch"):
            await asking.ask("CampaignSearch", LUNCH)

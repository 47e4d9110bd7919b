"""A network is asked at its pace and not by its audience, and left alone for as long as it asks for between two cycles."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from redis.asyncio import Redis

from connectors.http import Http, HttpRequest
from gateway.upkeep.polls import Polls
from schema.model.errors import UpstreamUnavailable
from schema.model.facts import CampaignState
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from schema.model.time import micros
from schema.model.total import Basis
from tests.gateway.acme import NOW, REEF, Listing, spec, state
from tests.gateway.live.feeds import totals
from tests.gateway.outbound.upstream import answer, upstream
from tests.gateway.outbound.world import world as outside
from tests.gateway.upkeep.test_polls import LATER
from tests.gateway.world import UNDECLARED, World, following, soon

AUDIENCE = 50
CYCLES = 3


class Asking(Listing):
    """Asks over HTTP for what it has raised, which is the number that is answered."""

    def __init__(self, http: Http, url: str) -> None:
        super().__init__()
        self._http = http
        self._url = url

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """One call."""
        answered = await self._http.send(HttpRequest("GET", f"{self._url}/reef"))
        yield state(int(answered.expect(200).body), version=micros(NOW))


def polled(client: Redis, network: Listing) -> World:
    return World(client, network, spec=spec(Basis.REPORTED, declares=False, poll=LATER), values=UNDECLARED)


async def test_a_campaign_is_asked_for_once_a_cycle_whatever_its_audience(client: Redis, redis_url: str) -> None:
    async with outside() as out, upstream(answer(200, b"400")) as network, AsyncExitStack() as stack:
        world = polled(client, Asking(out.http, network.url))
        polls = Polls(world.account, world.ingest, world.book)
        await polls.once()
        followed = await stack.enter_async_context(following(world, redis_url))
        feeds = [await stack.enter_async_context(totals(followed, REEF)) for _ in range(AUDIENCE)]
        assert {(await soon(feed)).campaign for feed in feeds} == {REEF}
        for _ in range(CYCLES):
            await asyncio.gather(*(followed.reads.campaign(REEF) for _ in range(AUDIENCE)))
            await followed.reads.campaign(CampaignId("acme", "never-seen"))
            await polls.once()
        assert [asked.line.split()[1] for asked in network.asked] == ["/reef"] * (CYCLES + 1)


async def test_what_it_asks_to_wait_is_kept_between_cycles_however_often_it_would_be_its_turn(client: Redis) -> None:
    async with outside() as out, upstream(answer(200, b"400"), answer(429, Retry_After="600"), answer(200, b"500")) as network:
        world = polled(client, Asking(out.http, network.url))
        polls = Polls(world.account, world.ingest, world.book)

        async def failed() -> bool:
            try:
                await polls.once()
            except UpstreamUnavailable:
                return True
            return False

        assert [await failed() for _ in range(4)] == [False, True, True, True]
        assert len(network.asked) == 2
        out.time.seconds += 570  # what is left is longer than a call may take
        assert await failed()
        assert len(network.asked) == 2
        world.clock.turn(2 * LATER + LATER)
        assert (
            world.directory.accounts["lunch"].health(await world.book.read("lunch")).freshness(world.clock.now())
            is Freshness.STALE
        )
        assert await world.raised(REEF) == 400

        out.time.seconds += 31
        assert not await failed()
        assert len(network.asked) == 3

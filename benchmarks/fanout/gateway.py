"""This gateway, in a process of its own, with its private Redis. Totals move by the ledger's own script."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

from benchmarks.fanout.document import LEAST
from benchmarks.fanout.server import Place
from benchmarks.process import pin
from benchmarks.world import World, world
from gateway.clock import SystemClock
from gateway.store.bulk import in_pieces
from gateway.store.embedded import joined
from gateway.store.ledger import Ledger, Outcome
from schema.api.ids import campaign_id
from schema.model.facts import DonationState, Stage
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import AmountSource, Basis


class Gateway:
    """A running one."""

    def __init__(self, started: World, ledger: Ledger, campaigns: Sequence[CampaignId], *, compressed: bool) -> None:
        port = urlsplit(started.address).port or 0
        ids = tuple(campaign_id(campaign) for campaign in campaigns)
        self.place = Place(port, "/graphql", ids, started.gateway, started.redis, compressed)
        self.world = started
        self.campaigns = campaigns
        self._ledger = ledger

    async def open(self) -> None:
        """Gives every campaign its first donation."""
        for campaign in self.campaigns:
            await self._ledger.open(campaign, Basis.COUNTED, "CNY")
        await self._give(LEAST, LEAST)

    async def move(self, amount: int) -> None:
        """A donation of one yuan to each campaign, durable when this returns."""
        await self._give(amount, 1)

    async def _give(self, amount: int, yuan: int) -> None:
        fact = DonationState(
            native_id=f"4200{amount:024}",
            campaign="",
            stage=Stage.COMPLETED,
            version=1,
            amount=Money.of_decimal(f"{yuan}", "CNY"),
            donated_at=datetime.now(UTC),
            source=AmountSource.MERCHANT_NOTIFICATION,
        )
        calls = (self._ledger.donation(campaign, fact, endorser="", face=b"") for campaign in self.campaigns)
        if set(await asyncio.gather(*calls)) != {Outcome.APPLIED}:
            raise RuntimeError("a donation was not counted")


@asynccontextmanager
async def gateway(totals: int, core: int, other: int, *, compressed: bool = False) -> AsyncIterator[Gateway]:
    """Starts it. Its Redis is on the ``other`` core, as the peers have none."""
    campaigns = [CampaignId("wechat_pay", f"lunch-{number:02}") for number in range(totals)]
    natives = [campaign.native for campaign in campaigns]
    async with world(natives, core=core, compress_sockets=str(compressed).lower()) as started:
        pin(started.redis, other)
        async with joined(started.folder / "redis") as url, in_pieces(url) as redis:
            running = Gateway(started, Ledger(redis, SystemClock(), "UTC"), campaigns, compressed=compressed)
            await running.open()
            yield running

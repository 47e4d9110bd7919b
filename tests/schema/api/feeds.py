"""The live port of a small world: what is told is what a test put in, and then nothing until the feed is closed."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from schema.api.readings import DonationsUpdate, SeasonDonationsUpdate, SeasonTotalUpdate, TotalUpdate
from schema.model.errors import NotFound
from schema.model.ids import CampaignId
from tests.schema.api.world import World


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds of one world, which learns what was asked of them and who left."""

    world: World

    async def campaign_total(
        self, campaign: CampaignId, *, after: str | None, max_rate: float
    ) -> AsyncGenerator[TotalUpdate, None]:
        async with aclosing(self._told((campaign, after, max_rate), campaign)) as messages:
            async for message in messages:
                yield message

    async def campaign_totals(self, campaigns: Sequence[CampaignId], *, max_rate: float) -> AsyncGenerator[TotalUpdate, None]:
        async with aclosing(self._told((campaigns, max_rate), *campaigns)) as messages:
            async for message in messages:
                yield message

    async def campaign_donations(self, campaign: CampaignId, *, after: str | None) -> AsyncGenerator[DonationsUpdate, None]:
        async with aclosing(self._told((campaign, after), campaign)) as messages:
            async for message in messages:
                yield message

    async def season_total(self, slug: str, *, max_rate: float) -> AsyncGenerator[SeasonTotalUpdate, None]:
        async with aclosing(self._told((slug, max_rate), slug)) as messages:
            async for message in messages:
                yield message

    async def season_donations(self, slug: str) -> AsyncGenerator[SeasonDonationsUpdate, None]:
        async with aclosing(self._told((slug,), slug)) as messages:
            async for message in messages:
                yield message

    async def _told(self, asked: tuple[Any, ...], *followed: CampaignId | str) -> AsyncGenerator[Any, None]:
        self.world.asked.append(asked)
        if any(each not in (self.world.declared if isinstance(each, str) else self.world.known) for each in followed):
            raise NotFound("there is no such campaign or season")
        try:
            for each in followed:
                for message in self.world.messages.get(each, ()):
                    yield message
            await asyncio.Event().wait()
        finally:
            self.world.left.extend(followed)

"""Feeds as tests read them: closed at the end, never waited for without a bound."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from typing import TypeVar

from gateway.read import positions
from schema.api.following import Following
from schema.api.ports import Feed
from schema.api.readings import DonationsUpdate, TotalUpdate
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from tests.gateway.acme import LUNCH
from tests.gateway.world import Followed, World

Told = TypeVar("Told")
FAST = 1_000.0
SHORTLY = 0.15
"""Longer than three steps: what has not come by then does not come by itself."""


async def alone(feed: Feed[Told], after: str | None = None) -> AsyncGenerator[Told, None]:
    """What one viewer of it is told, who shares it with nobody."""
    async for update in Following(feed, lambda update: update, after):
        yield update


@asynccontextmanager
async def totals(
    followed: Followed, campaign: CampaignId = LUNCH, *, after: str | None = None, max_rate: float = FAST
) -> AsyncIterator[AsyncGenerator[TotalUpdate, None]]:
    """The feed of a total, closed at the end."""
    async with aclosing(alone(followed.hub.campaign_total(campaign, max_rate=max_rate), after)) as feed:
        yield feed


@asynccontextmanager
async def gifts(
    followed: Followed, campaign: CampaignId = LUNCH, *, after: str | None = None
) -> AsyncIterator[AsyncGenerator[DonationsUpdate, None]]:
    """The feed of donations, closed at the end."""
    async with aclosing(alone(followed.hub.campaign_donations(campaign), after)) as feed:
        yield feed


async def nothing(feed: AsyncGenerator[object, None]) -> bool:
    """Whether a feed has nothing to say. If so it is over: whoever stops waiting for a message leaves."""
    asked = asyncio.ensure_future(anext(feed))
    done, _ = await asyncio.wait({asked}, timeout=SHORTLY)
    if not done:
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
    return not done


async def flipped(world: World, followed: Followed) -> None:
    """An account's feed stops and goes on; both become visible."""
    for reason, freshness in (("revoked", Freshness.STALE), (None, Freshness.LIVE)):
        await world.book.feed("lunch", reason)
        await followed.until(partial(lambda wanted: followed.reads.account_freshness("lunch") is wanted, freshness))


def entities(update: DonationsUpdate) -> tuple[list[bytes], list[bytes]]:
    """Whom it tells as received and as changed."""
    return [donation.entity for donation in update.received], [donation.entity for donation in update.changed]


async def place_of(world: World, number: int) -> str:
    """The position of the entry with this number, from 0."""
    entry = (await world.shelf.entries(LUNCH, "-", number + 1))[number]
    return positions.encode(LUNCH, entry.place, entry.raised, entry.count)

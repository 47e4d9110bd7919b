"""What fundraisers promise at certain totals, as it lies in Redis."""

from collections.abc import Sequence
from typing import Any, cast

import orjson
import structlog
from redis.asyncio import Redis

from gateway.store import keys
from gateway.store.connection import guarded
from gateway.store.told import Told
from schema.model.campaign import Milestone
from schema.model.errors import GivingError
from schema.model.ids import CampaignId
from schema.model.money import Money

log = structlog.get_logger()


class MilestoneShelf:
    """Every method raises LedgerUnavailable when Redis does not answer."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._told = Told(redis)

    async def keep(self, campaign: CampaignId, milestones: Sequence[Milestone]) -> None:
        """Keeps what was read, in place of what was known; tells every process where it is something else."""
        async with guarded("milestones could not be kept"):
            key, packed = keys.milestones(campaign.platform), _written(milestones)
            if await cast("Any", self._redis.hget(key, campaign.native)) == packed:
                return
            await self._told.keep(key, {campaign.native: packed}, f"milestones\n{campaign}")

    async def one(self, campaign: CampaignId) -> tuple[Milestone, ...] | None:
        """Those of a campaign, smallest first; None where the network was never asked."""
        async with guarded("milestones cannot be read"):
            packed = await cast("Any", self._redis.hget(keys.milestones(campaign.platform), campaign.native))
        return None if packed is None else _read(campaign, packed)

    async def all(self, platform: str) -> dict[CampaignId, tuple[Milestone, ...]]:
        """Those of every campaign of a network that was asked for."""
        async with guarded("milestones cannot be read"):
            kept = await cast("Any", self._redis.hgetall(keys.milestones(platform)))
        campaigns = {CampaignId(platform, native.decode()): packed for native, packed in kept.items()}
        found = {campaign: _read(campaign, packed) for campaign, packed in campaigns.items()}
        return {campaign: milestones for campaign, milestones in found.items() if milestones is not None}


def _written(milestones: Sequence[Milestone]) -> bytes:
    return orjson.dumps([[each.title, each.amount.minor, each.amount.currency.code, each.reached] for each in milestones])


def _read(campaign: CampaignId, packed: bytes) -> tuple[Milestone, ...] | None:
    try:
        rows = [tuple(row) for row in orjson.loads(packed)]
        told = [Milestone(title, Money.of_minor(minor, code), reached) for title, minor, code, reached in rows]
    except (ValueError, TypeError, GivingError):  # of another version: one campaign, not all of them
        log.warning("milestones.unreadable", campaign=str(campaign))
        return None
    return tuple(sorted(told, key=lambda milestone: milestone.amount.minor))

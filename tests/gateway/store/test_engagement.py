"""Samples of engagement on a real server: one for each hour, the newest, in whatever order they come."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from redis.asyncio import Redis

from gateway.store.history import HistoryShelf
from schema.model.engagement import Engagement
from schema.model.ids import CampaignId

LUNCH, OTHER = CampaignId("wechat_pay", "school-lunch"), CampaignId("wechat_pay", "other-gifts")
HOUR = datetime(2026, 9, 2, 3, tzinfo=UTC)


@pytest.fixture
def shelf(redis: Redis) -> HistoryShelf:
    return HistoryShelf(redis)


def sample(minutes: float, *counters: int | None) -> Engagement:
    """Counters so long after the hour began."""
    return Engagement(HOUR + timedelta(minutes=minutes), *counters)


async def test_what_was_not_told_stays_untold_and_moments_are_exact(shelf: HistoryShelf) -> None:
    kept = [sample(1.000001, 5, None, 0), sample(61, None, None, None)]
    for one in kept:
        await shelf.keep_engagement(LUNCH, one)

    assert await shelf.engagement([OTHER, LUNCH]) == [[], kept]


async def test_of_an_hour_the_newest_holds_in_any_order(shelf: HistoryShelf) -> None:
    told = [sample(5, 9, 9, 9), sample(40, 8, None, 7), sample(40, 7, None, 8), sample(60, 1, 1, 1)]
    found = []
    for n, order in enumerate(permutations(told)):
        campaign = CampaignId("wechat_pay", f"lunch-{n}")
        for one in (*order, *order[:2]):
            await shelf.keep_engagement(campaign, one)
        found += await shelf.engagement([campaign])

    assert all(each == [told[1], told[3]] for each in found)

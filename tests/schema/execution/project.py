"""The project's own schema over a small world, whose reads end at once or later."""

import asyncio
from collections.abc import Collection
from inspect import iscoroutinefunction
from typing import Any, Final

import hypothesis.strategies as st
from graphql import GraphQLSchema

from gateway.http.shortcuts import StrawberryShortcuts
from schema.api import ids, readings
from schema.api.build import build
from schema.api.ports import Context
from schema.api.types import season_updates, updates
from tests.schema.api.autumn import AUTUMN, an_autumn
from tests.schema.api.feeds import Feeds
from tests.schema.api.world import LUNCH, STREAM, World, a_donation
from tests.schema.execution.judged import Question

BUILT: Final = build()
SCHEMA: Final[GraphQLSchema] = BUILT._schema
SHORTCUTS: Final = StrawberryShortcuts(BUILT)

IDS: Final = [
    ids.campaign_id(LUNCH),
    ids.campaign_id(STREAM),
    ids.season_id("autumn"),
    ids.phase_id("autumn", "school"),
    ids.charity_id("meals"),
    ids.platform_id("twitch"),
    ids.endorsement_id(LUNCH, "star"),
    "unknown",
]
VALUES: Final = {
    "id": st.sampled_from(IDS),
    "ids": st.sampled_from(IDS),
    "slug": st.sampled_from(["autumn", "winter"]),
    "platform": st.sampled_from(["twitch", "wechat_pay"]),
    "externalId": st.sampled_from(["school-lunch", "123e"]),
    "locale": st.sampled_from(["en", "zh-CN", "de-AT", "xx"]),
    "after": st.none(),
    "first": st.integers(0, 3),
    "charity": st.just(ids.charity_id("meals")),
    "parent": st.just(ids.campaign_id(STREAM)),
    "DateTime": st.sampled_from(["2026-08-30T00:00:00Z", "2026-09-01T08:00:00+08:00"]),
    "CurrencyCode": st.sampled_from(["CNY", "USD"]),
    "Position": st.just("p41"),
}


class Lingering:
    """A world of which some reads take their time."""

    def __init__(self, world: World, waits: int) -> None:
        self._world = world
        self._waits = waits

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._world, name)
        if not iscoroutinefunction(found):
            return found

        async def read(*args: Any, **keywords: Any) -> Any:
            for _ in range((self._waits * len(name)) % 3):
                await asyncio.sleep(0)
            return await found(*args, **keywords)

        return read


def context(waits: int, down: Collection[str] = ()) -> Context:
    """What resolvers run with. The reads that are ``down`` cannot reach the store."""
    world = an_autumn()
    world.down |= {*down}
    return Context(reads=Lingering(world, waits), live=Feeds(world))


def ask(text: str, variables: dict[str, Any], waits: int = 0, root: Any = None) -> Question:
    """An operation of this schema over such a world."""
    return Question(SCHEMA, text, variables, context(waits), root, executor=BUILT.execution_context_class)


def told(field: str) -> Any:
    """A message of a feed of Subscription, as its source gives it."""
    gift = (a_donation("1", endorser="star"),)
    match field:
        case "campaignDonations":
            return updates.CampaignDonationsUpdate(
                update=readings.DonationsUpdate(LUNCH, received=gift, changed=(), missed=None, position="p42", recovered=True)
            )
        case "seasonDonations":
            return season_updates.SeasonDonationsUpdate(
                update=readings.SeasonDonationsUpdate(received=(), changed=gift, missed=3, recovered=False)
            )
        case "seasonTotal":
            return season_updates.SeasonTotalUpdate(update=readings.SeasonTotalUpdate(AUTUMN, recovered=True))
    return updates.CampaignTotalUpdate(update=readings.TotalUpdate(LUNCH, position="p42", recovered=True))

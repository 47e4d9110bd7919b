"""Feeds of several campaigns, and of a season."""

from typing import Any

import pytest

from schema.api.ids import campaign_id, charity_id
from schema.api.readings import SeasonDonationsUpdate, SeasonTotalUpdate, TotalUpdate
from schema.model.ids import CampaignId
from tests.schema.api.asking import follow, refusal
from tests.schema.api.autumn import AUTUMN, an_autumn
from tests.schema.api.world import LUNCH, STREAM, World, a_donation

TOTALS = """subscription ($ids: [ID!]!, $maxRate: Float! = 10) {
    campaignTotals(ids: $ids, maxRate: $maxRate) { campaign { id total { raised { amount } } } position recovered }
}"""
TOTAL = """subscription ($slug: String!, $maxRate: Float! = 10) {
    seasonTotal(slug: $slug, maxRate: $maxRate) {
        season { slug total(in: USD) { raised { money { amount } } } } recovered
    }
}"""
DONATIONS = """subscription ($slug: String!) {
    seasonDonations(slug: $slug) {
        received { amount { amount } campaign { title } }
        changed { donorName campaign { title } }
        missed
        recovered
    }
}"""
BOTH = [campaign_id(LUNCH), campaign_id(STREAM)]


@pytest.fixture
def world() -> World:
    return an_autumn()


async def test_several_campaigns_are_followed_at_once_and_each_only_once(world: World) -> None:
    world.messages = {one: [TotalUpdate(one, "p41", recovered=False)] for one in (LUNCH, STREAM)}

    messages = await follow(world, TOTALS, {"ids": [*BOTH, BOTH[0]], "maxRate": 0.5}, count=2)

    assert world.asked == [((LUNCH, STREAM), 0.5)]
    assert [m["campaignTotals"] for m in messages] == [
        {"campaign": {"id": one, "total": {"raised": {"amount": amount}}}, "position": "p41", "recovered": False}
        for one, amount in zip(BOTH, ("885.50", "1000.00"), strict=True)
    ]
    assert world.left == [LUNCH, STREAM]


@pytest.mark.parametrize("ids", [[], ["x"] * 101, BOTH * 51])
async def test_other_than_1_to_100_ids_are_refused_by_name(world: World, ids: list[str]) -> None:
    error = await refusal(world, TOTALS, {"ids": ids})

    over = {"limit": "followed_totals"} if ids else {}
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "ids", **over, "requestId": "r1"}


async def test_a_hundred_ids_are_followed(world: World) -> None:
    world.messages = {LUNCH: [TotalUpdate(LUNCH, "p41", recovered=False)]}

    assert len(await follow(world, TOTALS, {"ids": BOTH[:1] * 100}, count=1)) == 1


@pytest.mark.parametrize("node", ["", "guessed", charity_id("meals"), campaign_id(CampaignId("twitch", "1"))])
async def test_one_campaign_that_does_not_exist_ends_all_with_not_found(world: World, node: str) -> None:
    error = await refusal(world, TOTALS, {"ids": [*BOTH, node]})

    assert error["extensions"] == {"code": "NOT_FOUND", "requestId": "r1"}


async def test_a_message_carries_the_season_and_its_sum_as_asked_for(world: World) -> None:
    world.messages["autumn"] = [SeasonTotalUpdate(AUTUMN, recovered=False), SeasonTotalUpdate(AUTUMN, recovered=True)]

    messages = await follow(world, TOTAL, {"slug": "autumn", "maxRate": 4}, count=2)

    assert [m["seasonTotal"] for m in messages] == [
        {"season": {"slug": "autumn", "total": {"raised": {"money": {"amount": "956.50"}}}}, "recovered": recovered}
        for recovered in (False, True)
    ]
    assert world.asked == [("autumn", 4), ("autumn", "USD"), ("autumn", "USD")]
    assert world.left == ["autumn"]


async def test_donations_of_a_season_are_told_with_their_campaigns(world: World) -> None:
    gifts = (a_donation("1"), a_donation("2", STREAM))
    changed = (a_donation("3", donor_name="Li"),)
    world.messages["autumn"] = [
        SeasonDonationsUpdate((), (), missed=None, recovered=False),
        SeasonDonationsUpdate(gifts, changed, missed=37, recovered=True),
    ]

    start, update = (m["seasonDonations"] for m in await follow(world, DONATIONS, {"slug": "autumn"}, count=2))

    assert start == {"received": [], "changed": [], "missed": None, "recovered": False}
    assert update == {
        "received": [
            {"amount": {"amount": "5.00"}, "campaign": {"title": "School lunches"}},
            {"amount": {"amount": "5.00"}, "campaign": {"title": "A stream"}},
        ],
        "changed": [{"donorName": "Li", "campaign": {"title": "School lunches"}}],
        "missed": 37,
        "recovered": True,
    }
    assert world.left == ["autumn"]


async def test_a_gift_to_a_campaign_that_is_gone_is_left_out(world: World) -> None:
    gifts = (a_donation("1", CampaignId("twitch", "gone")), a_donation("2"))
    world.messages["autumn"] = [SeasonDonationsUpdate(gifts, (), missed=0, recovered=True)]

    (message,) = await follow(world, DONATIONS, {"slug": "autumn"}, count=1)

    assert [gift["campaign"]["title"] for gift in message["seasonDonations"]["received"]] == ["School lunches"]


@pytest.mark.parametrize("text", [TOTAL, DONATIONS])
async def test_a_feed_of_a_season_that_does_not_exist_ends_with_not_found(world: World, text: str) -> None:
    error = await refusal(world, text, {"slug": "winter"})

    assert error["extensions"] == {"code": "NOT_FOUND", "requestId": "r1"}


@pytest.mark.parametrize(("text", "what"), [(TOTALS, {"ids": BOTH}), (TOTAL, {"slug": "autumn"})])
async def test_a_rate_of_nothing_is_refused_by_name(world: World, text: str, what: dict[str, Any]) -> None:
    error = await refusal(world, text, {**what, "maxRate": 0})

    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "maxRate", "requestId": "r1"}

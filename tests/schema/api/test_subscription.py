"""Feeds: each message is made from what is told, and the campaign is read as it stands then."""

from dataclasses import replace
from typing import Any

import pytest

from schema.api.ids import campaign_id, charity_id
from schema.api.readings import DonationsUpdate, TotalUpdate
from schema.model.ids import CampaignId
from tests.schema.api.asking import follow, refusal
from tests.schema.api.world import LUNCH, World, a_campaign, a_donation, a_total, cny

TOTAL = """subscription ($id: ID!, $after: Position, $maxRate: Float! = 10) {
    campaignTotal(id: $id, after: $after, maxRate: $maxRate) {
        campaign { id title status total { raised { amount } position } }
        position
        recovered
    }
}"""
DONATIONS = """subscription ($id: ID!, $after: Position) {
    campaignDonations(id: $id, after: $after) {
        campaign { title total { raised { amount } } }
        received { id amount { amount } campaign { title } }
        changed { id donorName }
        missed
        position
        recovered
    }
}"""


@pytest.fixture
def world() -> World:
    world = World()
    world.add(a_campaign(), a_total())
    return world


async def test_a_message_carries_the_campaign_as_it_stands_when_it_is_told() -> None:
    class Moving(World):
        def total(self, campaign: CampaignId) -> Any:
            self.totals[campaign] = a_total(raised=self.totals[campaign].total.raised + cny("1"))
            return self.totals[campaign]

    world = Moving()
    world.add(a_campaign(), a_total())
    world.messages[LUNCH] = [TotalUpdate(LUNCH, "p41", recovered=False), TotalUpdate(LUNCH, "p43", recovered=True)]

    messages = await follow(world, TOTAL, {"id": campaign_id(LUNCH)}, count=2)

    assert [(m["campaignTotal"]["position"], m["campaignTotal"]["recovered"]) for m in messages] == [
        ("p41", False),
        ("p43", True),
    ]
    assert [m["campaignTotal"]["campaign"]["total"]["raised"]["amount"] for m in messages] == ["886.50", "887.50"]
    assert messages[0]["campaignTotal"]["campaign"]["id"] == campaign_id(LUNCH)


async def test_position_and_rate_reach_the_feed(world: World) -> None:
    world.messages[LUNCH] = [TotalUpdate(LUNCH, "p41", recovered=True)]

    await follow(world, TOTAL, {"id": campaign_id(LUNCH), "after": "p40", "maxRate": 0.2}, count=1)
    await follow(world, TOTAL, {"id": campaign_id(LUNCH), "after": None}, count=1)

    assert world.asked == [(LUNCH, "p40", 0.2), (LUNCH, None, 10)]


async def test_whoever_leaves_is_gone_at_once(world: World) -> None:
    world.messages[LUNCH] = [TotalUpdate(LUNCH, "p41", recovered=True)]

    await follow(world, TOTAL, {"id": campaign_id(LUNCH)}, count=1)

    assert world.left == [LUNCH]


async def test_donations_are_told_with_what_was_missed(world: World) -> None:
    changed = replace(a_donation("1"), donor_name="Li")
    world.messages[LUNCH] = [
        DonationsUpdate(LUNCH, (), (), missed=None, position="p41", recovered=False),
        DonationsUpdate(LUNCH, (a_donation("2"), a_donation("3")), (changed,), missed=412, position="p43", recovered=True),
    ]

    start, update = (m["campaignDonations"] for m in await follow(world, DONATIONS, {"id": campaign_id(LUNCH)}, count=2))

    assert start == {
        "campaign": {"title": "School lunches", "total": {"raised": {"amount": "885.50"}}},
        "received": [],
        "changed": [],
        "missed": None,
        "position": "p41",
        "recovered": False,
    }
    assert [gift["amount"] for gift in update["received"]] == [{"amount": "5.00"}, {"amount": "5.00"}]
    assert update["received"][0]["campaign"] == {"title": "School lunches"}
    assert [gift["donorName"] for gift in update["changed"]] == ["Li"]
    assert (update["missed"], update["position"], update["recovered"]) == (412, "p43", True)


@pytest.mark.parametrize("text", [TOTAL, DONATIONS])
@pytest.mark.parametrize("node", ["", "guessed", charity_id("meals"), campaign_id(CampaignId("twitch", "1"))])
async def test_a_feed_of_what_does_not_exist_ends_with_not_found(world: World, text: str, node: str) -> None:
    error = await refusal(world, text, {"id": node})

    assert error["extensions"] == {"code": "NOT_FOUND", "requestId": "r1"}


@pytest.mark.parametrize("rate", [0, -1, 0.0, -0.5])
async def test_a_rate_of_nothing_is_refused_by_name(world: World, rate: float) -> None:
    error = await refusal(world, TOTAL, {"id": campaign_id(LUNCH), "maxRate": rate})

    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "maxRate", "requestId": "r1"}


@pytest.mark.parametrize(
    "variables",
    [
        {"maxRate": float("inf")},
        {"maxRate": float("nan")},
        {"maxRate": "fast"},
        {"after": ""},
        {"after": 41},
        {"after": "p" * 1_000},
    ],
)
async def test_a_value_that_no_feed_can_have_is_the_callers_mistake(world: World, variables: dict[str, Any]) -> None:
    error = await refusal(world, TOTAL, {"id": campaign_id(LUNCH), **variables})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"

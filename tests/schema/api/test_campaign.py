"""One campaign: what is known of it, and what is not."""

from datetime import timedelta
from typing import Any

import pytest

from schema.model.campaign import CampaignStatus, Milestone
from schema.model.donation import DonationKind, DonationStatus
from schema.model.errors import UpstreamUnavailable
from schema.model.freshness import Freshness
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.schema.api.asking import ask, run, shown
from tests.schema.api.world import LUNCH, MEALS, NOW, World, a_campaign, a_donation, a_total, cny

EVERYTHING = """{
    campaignByExternalId(platform: "wechat_pay", externalId: "school-lunch") {
        platform { key name homepage freshness asOf }
        externalId title summary url donateUrl image status startsAt endsAt
        charity { name registrationNumber website logo }
        categories
        goal { amount currencyCode }
        total {
            raised { amount } refunded { amount } donationCount donorCount progress basis sources asOf freshness position
        }
        donations { totalCount nodes {
            amount { amount } refunded { amount } kind status donorName message donatedAt source campaign { externalId }
        } }
        updatedAt asOf freshness
    }
}"""


async def seen(world: World, fields: str) -> Any:
    return (await ask(world, f'{{ campaignByExternalId(platform: "wechat_pay", externalId: "school-lunch") {{ {fields} }} }}'))[
        "campaignByExternalId"
    ]


async def test_all_that_is_known_is_shown() -> None:
    world = World()
    campaign = a_campaign(
        summary="Lunch for pupils",
        url="https://lunch.example/",
        donate_url="https://lunch.example/give",
        image="https://lunch.example/a.png",
        starts_at=NOW - timedelta(days=1),
        ends_at=NOW + timedelta(days=1),
        charity=MEALS,
        categories=("education", "health"),
        goal=cny("1000"),
    )
    world.add(campaign, a_total())
    world.gifts[LUNCH] = [
        a_donation(
            "1",
            refunded=cny("1"),
            kind=DonationKind.MATCH,
            status=DonationStatus.PARTIALLY_REFUNDED,
            donor_name="Li",
            message="加油",
            source=AmountSource.MERCHANT_BILL,
        )
    ]

    assert (await ask(world, EVERYTHING))["campaignByExternalId"] == {
        "platform": {
            "key": "wechat_pay",
            "name": "Wechat_Pay",
            "homepage": "https://wechat_pay.example/",
            "freshness": "LIVE",
            "asOf": "2026-09-01T12:00:00Z",
        },
        "externalId": "school-lunch",
        "title": "School lunches",
        "summary": "Lunch for pupils",
        "url": "https://lunch.example/",
        "donateUrl": "https://lunch.example/give",
        "image": "https://lunch.example/a.png",
        "status": "ACTIVE",
        "startsAt": "2026-08-31T12:00:00Z",
        "endsAt": "2026-09-02T12:00:00Z",
        "charity": {
            "name": "School Meals",
            "registrationNumber": "53100000",
            "website": "https://meals.example/",
            "logo": None,
        },
        "categories": ["education", "health"],
        "goal": {"amount": "1000.00", "currencyCode": "CNY"},
        "total": {
            "raised": {"amount": "885.50"},
            "refunded": {"amount": "0.00"},
            "donationCount": 12,
            "donorCount": None,
            "progress": 0.8855,
            "basis": "COUNTED",
            "sources": ["MERCHANT_NOTIFICATION", "MERCHANT_BILL"],
            "asOf": "2026-09-01T12:00:00Z",
            "freshness": "LIVE",
            "position": "p41",
        },
        "donations": {
            "totalCount": 1,
            "nodes": [
                {
                    "amount": {"amount": "5.00"},
                    "refunded": {"amount": "1.00"},
                    "kind": "MATCH",
                    "status": "PARTIALLY_REFUNDED",
                    "donorName": "Li",
                    "message": "加油",
                    "donatedAt": "2026-09-01T12:00:00Z",
                    "source": "MERCHANT_BILL",
                    "campaign": {"externalId": "school-lunch"},
                }
            ],
        },
        "updatedAt": "2026-09-01T12:00:00Z",
        "asOf": "2026-09-01T12:00:00Z",
        "freshness": "LIVE",
    }


async def test_what_is_unknown_is_null_and_an_unnamed_list_is_empty() -> None:
    world = World()
    world.add(a_campaign())

    plain = ("summary", "url", "donateUrl", "image", "startsAt", "endsAt")
    parts = "charity { id } goal { amount } total { asOf } donations { totalCount } categories"
    assert await seen(world, f"{' '.join(plain)} {parts}") == {
        **dict.fromkeys((*plain, "charity", "goal", "total", "donations")),
        "categories": [],
    }


async def test_zero_is_zero_and_not_unknown() -> None:
    world = World()
    world.add(a_campaign(goal=cny("10")), a_total(raised=cny("0"), donation_count=0, sources=()))
    world.gifts[LUNCH] = []

    assert await seen(
        world, "total { raised { amount } donationCount progress sources } donations { totalCount nodes { id } }"
    ) == {
        "total": {"raised": {"amount": "0.00"}, "donationCount": 0, "progress": 0.0, "sources": []},
        "donations": {"totalCount": 0, "nodes": []},
    }


@pytest.mark.parametrize("goal", [None, cny("0"), cny("-1")])
async def test_a_goal_of_nothing_is_no_goal_and_has_no_progress(goal: Money | None) -> None:
    world = World()
    world.add(a_campaign(goal=goal), a_total())

    assert await seen(world, "goal { amount } total { progress }") == {"goal": None, "total": {"progress": None}}


async def test_progress_may_pass_one() -> None:
    world = World()
    world.add(a_campaign(goal=cny("442.75")), a_total())

    assert await seen(world, "total { progress }") == {"total": {"progress": 2.0}}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "ACTIVE"),
        ({"starts_at": NOW + timedelta(seconds=1)}, "SCHEDULED"),
        ({"starts_at": NOW}, "ACTIVE"),
        ({"ends_at": NOW}, "ENDED"),
        ({"ends_at": NOW, "stated": CampaignStatus.ACTIVE}, "ACTIVE"),
    ],
)
async def test_the_status_is_the_one_of_this_moment(changes: dict[str, Any], status: str) -> None:
    world = World()
    world.add(a_campaign(**changes))

    assert await seen(world, "status") == {"status": status}


@pytest.mark.parametrize(
    ("changes", "amount", "refunded", "status"),
    [
        ({}, "5.00", None, "COMPLETED"),
        ({"amount": None}, None, None, "COMPLETED"),
        ({"refunded": cny("0")}, "5.00", "0.00", "COMPLETED"),
        ({"refunded": cny("5"), "status": DonationStatus.REFUNDED}, "5.00", "5.00", "REFUNDED"),
        ({"status": DonationStatus.CANCELLED}, "5.00", None, "CANCELLED"),
    ],
)
async def test_a_gift_tells_what_is_known_of_it(
    changes: dict[str, Any], amount: str | None, refunded: str | None, status: str
) -> None:
    world = World()
    world.add(a_campaign())
    world.gifts[LUNCH] = [a_donation("1", **changes)]

    (gift,) = (await seen(world, "donations { nodes { amount { amount } refunded { amount } status donorName message } }"))[
        "donations"
    ]["nodes"]
    assert gift == {
        "amount": amount and {"amount": amount},
        "refunded": refunded and {"amount": refunded},
        "status": status,
        "donorName": None,
        "message": None,
    }


async def test_a_network_that_is_down_is_data() -> None:
    world = World()
    world.add(a_campaign(), a_total(), freshness=Freshness.STALE)

    assert await seen(world, "title freshness total { raised { amount } } platform { freshness }") == {
        "title": "School lunches",
        "freshness": "STALE",
        "total": {"raised": {"amount": "885.50"}},
        "platform": {"freshness": "STALE"},
    }


@pytest.mark.parametrize("part", ["total", "donations"])
async def test_a_part_that_cannot_be_read_is_null_and_leaves_the_rest(part: str) -> None:
    world = World(down={part})
    world.add(a_campaign(), a_total())
    world.gifts[LUNCH] = [a_donation("1")]

    result = await run(world, "{ campaigns { nodes { title total { asOf } donations { totalCount } } } }")

    assert result.data is not None
    (row,) = result.data["campaigns"]["nodes"]
    assert row["title"] == "School lunches"
    assert [name for name, value in row.items() if value is None] == [part]
    error = shown(result.errors)
    assert error["path"] == ["campaigns", "nodes", 0, part]
    assert error["extensions"] == {"code": "UPSTREAM_UNAVAILABLE", "requestId": "r1"}
    assert "secret" not in str(error)


async def test_an_object_whose_network_is_silent_says_when_to_come_back() -> None:
    class Silent(World):
        async def campaign(self, campaign: object) -> None:
            raise UpstreamUnavailable("no answer from 10.0.0.1", retry_after=timedelta(seconds=30))

    result = await run(Silent(), '{ campaignByExternalId(platform: "twitch", externalId: "1") { id } }')

    assert result.data == {"campaignByExternalId": None}
    assert shown(result.errors)["extensions"] == {"code": "UPSTREAM_UNAVAILABLE", "retryAfter": 30, "requestId": "r1"}


async def test_milestones_are_reached_by_the_total_or_where_the_network_says_so() -> None:
    world = World()
    world.add(a_campaign(), a_total())
    raised = a_total().total.raised
    world.promises[LUNCH] = [
        Milestone("A song", raised),
        Milestone("A dance", raised + cny("0.01"), reached=False),
        Milestone("A concert", raised + cny("500"), reached=True),
    ]
    found = await seen(world, "milestones { title amount { amount currencyCode } isReached }")
    assert [(each["title"], each["isReached"]) for each in found["milestones"]] == [
        ("A song", True),
        ("A dance", False),
        ("A concert", True),
    ]
    assert found["milestones"][0]["amount"] == {"amount": raised.decimal, "currencyCode": "CNY"}


async def test_no_milestones_are_an_empty_list_and_a_network_that_was_never_asked_is_null() -> None:
    world = World()
    world.add(a_campaign(), a_total())
    assert (await seen(world, "milestones { title }"))["milestones"] is None
    world.promises[LUNCH] = []
    assert (await seen(world, "milestones { title }"))["milestones"] == []


async def test_without_a_total_only_the_network_can_say_that_a_milestone_was_reached() -> None:
    world = World()
    world.add(a_campaign(), None)
    world.promises[LUNCH] = [Milestone("A song", cny("1")), Milestone("A dance", cny("2"), reached=True)]
    found = await seen(world, "milestones { isReached }")
    assert [each["isReached"] for each in found["milestones"]] == [False, True]

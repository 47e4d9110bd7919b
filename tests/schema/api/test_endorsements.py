"""Who speaks for a campaign, what it belongs to, and what else people can do for it."""

from dataclasses import replace
from typing import Any

import pytest

from schema.api.ids import campaign_id, endorsement_id, season_id
from schema.api.readings import PostReading
from schema.model.endorsement import Post, PublicAccount
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from tests.schema.api.asking import ask, refused, run, shown
from tests.schema.api.autumn import AUTUMN, DAY, SPOKEN, STAR, an_autumn
from tests.schema.api.world import LUNCH, STREAM, World, a_campaign, a_donation

ENDORSEMENT = """
    id
    campaign { title }
    account { platform { key } displayName followerCount url }
    posts { url text publishedAt engagement { reposts comments likes asOf freshness } }
    raised { amount }
    donationCount
"""


@pytest.fixture
def world() -> World:
    return an_autumn()


async def seen(world: World, fields: str) -> Any:
    text = f'{{ campaignByExternalId(platform: "wechat_pay", externalId: "school-lunch") {{ {fields} }} }}'
    return (await ask(world, text))["campaignByExternalId"]


async def spoken(world: World) -> Any:
    return (await seen(world, f"endorsements {{ nodes {{ {ENDORSEMENT} }} }}"))["endorsements"]["nodes"]


async def test_all_that_is_known_of_an_endorsement_is_shown(world: World) -> None:
    world.add(a_campaign(CampaignId("weibo", "1")))

    assert await spoken(world) == [
        {
            "id": endorsement_id(LUNCH, "star"),
            "campaign": {"title": "School lunches"},
            "account": {
                "platform": {"key": "weibo"},
                "displayName": "A star",
                "followerCount": 2_000_000,
                "url": "https://weibo.example/star",
            },
            "posts": [
                {
                    "url": "https://weibo.example/p1",
                    "text": "Give!",
                    "publishedAt": "2026-09-01T12:00:00Z",
                    "engagement": {
                        "reposts": 3,
                        "comments": None,
                        "likes": 7,
                        "asOf": "2026-09-01T12:00:00Z",
                        "freshness": "STALE",
                    },
                }
            ],
            "raised": {"amount": "200.00"},
            "donationCount": 4,
        }
    ]


async def test_what_is_unknown_of_an_endorsement_is_null(world: World) -> None:
    world.spoken = [replace(SPOKEN, account=PublicAccount("Nobody"), raised=None, count=None)]
    world.published = {"star": [PostReading(Post("p1", url="javascript:alert(1)"), Freshness.STALE)]}

    (one,) = await spoken(world)

    assert one["account"] == {"platform": None, "displayName": "Nobody", "followerCount": None, "url": None}
    assert one["posts"] == [{"url": None, "text": None, "publishedAt": None, "engagement": None}]
    assert (one["raised"], one["donationCount"]) == (None, None)


async def test_an_account_on_a_network_that_is_not_connected_has_no_platform(world: World) -> None:
    assert STAR.platform not in world.networks

    (one,) = await spoken(world)

    assert one["account"]["platform"] is None


async def test_endorsements_of_a_campaign_and_of_a_season_come_in_pages(world: World) -> None:
    world.spoken = [SPOKEN, replace(SPOKEN, endorser="moon"), replace(SPOKEN, campaign=STREAM)]
    text = """query ($after: String) { season(slug: "autumn") { endorsements(first: 2, after: $after) {
        totalCount edges { cursor node { id } } nodes { id } pageInfo { hasNextPage endCursor }
    } } }"""

    one = (await ask(world, text))["season"]["endorsements"]
    two = (await ask(world, text, {"after": one["pageInfo"]["endCursor"]}))["season"]["endorsements"]

    assert [row["id"] for row in one["nodes"] + two["nodes"]] == [
        endorsement_id(LUNCH, "star"),
        endorsement_id(LUNCH, "moon"),
        endorsement_id(STREAM, "star"),
    ]
    assert [edge["node"] for edge in one["edges"]] == one["nodes"]
    assert (one["totalCount"], one["pageInfo"]["hasNextPage"], two["pageInfo"]["hasNextPage"]) == (3, True, False)
    assert (await seen(world, "endorsements(first: 1) { totalCount nodes { id } }"))["endorsements"] == {
        "totalCount": 2,
        "nodes": [{"id": endorsement_id(LUNCH, "star")}],
    }


@pytest.mark.parametrize(("argument", "value"), [("first", "101"), ("after", '"nonsense"')])
@pytest.mark.parametrize("root", ['season(slug: "autumn")', f'campaign(id: "{campaign_id(LUNCH)}")'])
async def test_a_page_that_cannot_be_is_refused_by_name(world: World, root: str, argument: str, value: str) -> None:
    error = await refused(world, f"{{ {root} {{ endorsements({argument}: {value}) {{ totalCount }} }} }}")

    over = {"limit": "page_rows"} if value == "101" else {}
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": argument, **over, "requestId": "r1"}


@pytest.mark.parametrize(("endorser", "found"), [("star", {"id": endorsement_id(LUNCH, "star")}), ("moon", None), ("", None)])
async def test_a_donation_tells_the_endorsement_that_it_names(world: World, endorser: str, found: object) -> None:
    world.gifts[LUNCH] = [a_donation("1", endorser=endorser)]

    (gift,) = (await seen(world, "donations { nodes { endorsement { id } } }"))["donations"]["nodes"]

    assert gift["endorsement"] == found


async def test_a_parent_is_given_only_where_it_is_listed(world: World) -> None:
    text = "query ($id: ID!) { campaign(id: $id) { parent { title } } }"
    assert await ask(world, text, {"id": campaign_id(STREAM)}) == {"campaign": {"parent": None}}

    world.add(a_campaign(CampaignId("twitch", "event"), title="An event"))

    assert await ask(world, text, {"id": campaign_id(STREAM)}) == {"campaign": {"parent": {"title": "An event"}}}


async def test_a_campaign_tells_its_seasons_latest_first_and_its_actions(world: World) -> None:
    world.declared["spring"] = replace(AUTUMN, slug="spring", starts_at=AUTUMN.starts_at - 200 * DAY)

    assert await seen(world, "seasons { id name } actions { kind place }") == {
        "seasons": [{"id": season_id(slug), "name": "Autumn of giving"} for slug in ("autumn", "spring")],
        "actions": [{"kind": "ATTEND", "place": "Chaoyang Park"}],
    }
    text = "query ($id: ID!) { campaign(id: $id) { actions { kind } } }"
    assert await ask(world, text, {"id": campaign_id(STREAM)}) == {"campaign": {"actions": []}}


@pytest.mark.parametrize(
    "part",
    [
        "parent { id }",
        'raisedBetween(since: "2026-08-31T12:00:00Z") { since }',
        "history(interval: DAY) { since }",
        "endorsements { totalCount }",
        "engagement { likes }",
        "engagementHistory(interval: DAY) { at }",
    ],
)
async def test_a_part_that_cannot_be_read_is_null_and_leaves_the_rest(world: World, part: str) -> None:
    world.down = {"parent", "raised_between", "history", "endorsements", "engagement", "engagement_history"}

    result = await run(world, f'{{ campaign(id: "{campaign_id(LUNCH)}") {{ title part: {part} }} }}')

    assert result.data == {"campaign": {"title": "School lunches", "part": None}}
    assert shown(result.errors)["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"

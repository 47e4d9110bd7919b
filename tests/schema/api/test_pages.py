"""Lists: filters, orders, pages."""

from datetime import timedelta
from typing import Any

import pytest

from schema.api.ids import campaign_id, charity_id
from schema.api.readings import PlatformStanding
from schema.model.campaign import CampaignStatus
from schema.model.charity import Charity
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder
from tests.schema.api.asking import ask, refused
from tests.schema.api.world import LUNCH, MEALS, NOW, World, a_campaign, a_donation, a_total, cny

PAGE = """query ($first: Int! = 2, $after: String, $filter: CampaignFilter, $orderBy: CampaignOrder! = RAISED_DESC) {
    campaigns(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
        totalCount
        edges { cursor node { externalId } }
        nodes { externalId }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}"""
GIFTS = """query ($id: ID!, $first: Int! = 2, $after: String, $filter: DonationFilter) {
    campaign(id: $id) { donations(first: $first, after: $after, filter: $filter) {
        totalCount
        edges { cursor node { id } }
        nodes { id donatedAt }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }
}"""

TEAM = CampaignId("tiltify", "team")


@pytest.fixture
def world() -> World:
    world = World()
    for number in range(5):
        campaign = CampaignId("tiltify", f"campaign/{number}")
        world.add(a_campaign(campaign), a_total(campaign, raised=cny(str(number))))
    return world


async def listed(world: World, **variables: Any) -> Any:
    return (await ask(world, PAGE, variables))["campaigns"]


async def test_pages_go_forward_until_there_are_no_more(world: World) -> None:
    seen, after, pages = [], None, 0
    while True:
        page = await listed(world, after=after)
        assert page["totalCount"] == 5
        assert page["nodes"] == [edge["node"] for edge in page["edges"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
        seen += [node["externalId"] for node in page["nodes"]]
        pages, after = pages + 1, page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert (seen, pages) == ([f"campaign/{number}" for number in (4, 3, 2, 1, 0)], 3)


async def test_an_empty_page_has_no_cursors(world: World) -> None:
    page = await listed(world, first=0)

    assert page["pageInfo"] == {"hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
    assert (page["totalCount"], page["edges"], page["nodes"]) == (5, [], [])


async def test_a_page_has_20_rows_if_not_asked_otherwise(world: World) -> None:
    await ask(world, "{ campaigns { totalCount } }")

    assert world.asked == [(CampaignFilter(), CampaignOrder.RAISED_DESC, 20, None)]


@pytest.mark.parametrize("first", [-1, 101, 2_147_483_647])
@pytest.mark.parametrize("text", [PAGE, GIFTS])
async def test_a_page_outside_of_0_to_100_rows_is_refused_by_name(world: World, text: str, first: int) -> None:
    variables = {"id": campaign_id(CampaignId("tiltify", "campaign/1"))} if text is GIFTS else {}
    error = await refused(world, text, {"first": first, **variables})

    over = {"limit": "page_rows"} if first > 0 else {}
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "first", **over, "requestId": "r1"}


@pytest.mark.parametrize("after", ["", "nonsense", "UPDATED_AT_DESC|tiltify:campaign/1"])
async def test_a_cursor_of_another_list_is_refused_by_name(world: World, after: str) -> None:
    error = await refused(world, PAGE, {"after": after})

    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "after", "requestId": "r1"}


@pytest.mark.parametrize("order", list(CampaignOrder))
async def test_every_order_reaches_the_catalogue(world: World, order: CampaignOrder) -> None:
    await listed(world, orderBy=order.value)

    assert world.asked[0][1] is order


async def test_all_conditions_reach_the_catalogue_in_its_own_words(world: World) -> None:
    world.add(a_campaign(charity=MEALS))
    conditions = {
        "platforms": ["twitch", "tiltify"],
        "statuses": ["ACTIVE", "ENDED"],
        "charity": charity_id("meals"),
        "parent": campaign_id(TEAM),
        "categories": ["education"],
        "currency": "CNY",
        "search": "free 午餐",
    }
    await listed(world, filter=conditions)

    assert world.asked[0][0] == CampaignFilter(
        platforms=("twitch", "tiltify"),
        statuses=(CampaignStatus.ACTIVE, CampaignStatus.ENDED),
        charity="meals",
        categories=("education",),
        currency="CNY",
        parent=TEAM,
        search="free 午餐",
    )


@pytest.mark.parametrize(
    "filter_",
    [
        None,
        {},
        {"platforms": [], "statuses": [], "categories": [], "search": ""},
        dict.fromkeys(("platforms", "statuses", "charity", "parent", "categories", "currency", "search")),
    ],
)
async def test_a_condition_left_out_null_or_empty_is_none(world: World, filter_: dict[str, Any] | None) -> None:
    assert (await listed(world, filter=filter_))["totalCount"] == 5


@pytest.mark.parametrize("charity", ["", "guessed", campaign_id(LUNCH), charity_id("another")])
async def test_nothing_is_raised_for_a_charity_that_does_not_exist(world: World, charity: str) -> None:
    page = await listed(world, filter={"charity": charity})

    assert (page["totalCount"], page["nodes"], page["pageInfo"]["hasNextPage"]) == (0, [], False)


async def test_a_parent_lists_what_belongs_directly_to_it(world: World) -> None:
    world.add(a_campaign(TEAM, part_of=("event",)))
    world.add(a_campaign(CampaignId("tiltify", "member"), part_of=("team", "event")))

    page = await listed(world, filter={"parent": campaign_id(TEAM)})
    assert page["nodes"] == [{"externalId": "member"}]


@pytest.mark.parametrize("parent", ["", "guessed", charity_id("meals"), campaign_id(CampaignId("tiltify", "another"))])
async def test_nothing_belongs_to_a_parent_that_does_not_exist(world: World, parent: str) -> None:
    page = await listed(world, filter={"parent": parent})

    assert (page["totalCount"], page["nodes"]) == (0, [])


async def test_a_charity_lists_its_own_campaigns_only() -> None:
    world = World()
    world.add(a_campaign(charity=MEALS))
    world.add(a_campaign(CampaignId("twitch", "1"), charity=Charity("sea", "Sea Rescue")))
    text = """query ($id: ID!, $filter: CampaignFilter) {
        charity(id: $id) { id name campaigns(filter: $filter) { nodes { externalId charity { id } } } }
    }"""

    async def own(filter_: dict[str, Any] | None) -> Any:
        return (await ask(world, text, {"id": charity_id("meals"), "filter": filter_}))["charity"]["campaigns"]["nodes"]

    assert await own(None) == await own({"charity": charity_id("meals")})
    assert await own(None) == [{"externalId": "school-lunch", "charity": {"id": charity_id("meals")}}]
    assert await own({"charity": charity_id("sea")}) == []
    assert await own({"platforms": ["twitch"]}) == []


async def test_gifts_come_newest_first_in_pages() -> None:
    world = World()
    world.add(a_campaign())
    world.gifts[LUNCH] = [a_donation(str(n), donated_at=NOW + timedelta(seconds=n)) for n in (1, 3, 2)]

    async def page(**variables: Any) -> Any:
        return (await ask(world, GIFTS, {"id": campaign_id(LUNCH), **variables}))["campaign"]["donations"]

    one = await page()
    two = await page(after=one["pageInfo"]["endCursor"])

    assert [gift["donatedAt"][-3:] for gift in one["nodes"] + two["nodes"]] == ["03Z", "02Z", "01Z"]
    assert [edge["node"]["id"] for edge in one["edges"]] == [gift["id"] for gift in one["nodes"]]
    assert (one["pageInfo"]["hasNextPage"], two["pageInfo"]["hasNextPage"]) == (True, False)
    assert (one["totalCount"], two["pageInfo"]["hasPreviousPage"]) == (3, True)
    span = {"since": "2026-09-01T12:00:02Z", "until": "2026-09-01T12:00:03Z"}
    assert [gift["donatedAt"] for gift in (await page(filter=span))["nodes"]] == ["2026-09-01T12:00:02Z"]
    assert (await page(filter={"since": None}))["totalCount"] == 3


async def test_the_networks_are_listed_by_key_with_what_is_known_of_them() -> None:
    world = World()
    world.add(a_campaign())
    world.add(a_campaign(CampaignId("twitch", "1")))
    world.standings["twitch"] = PlatformStanding(None, None)

    data = await ask(world, "{ platforms { key freshness asOf } reportingTimeZone }")

    assert data == {
        "platforms": [
            {"key": "twitch", "freshness": None, "asOf": None},
            {"key": "wechat_pay", "freshness": "LIVE", "asOf": "2026-09-01T12:00:00Z"},
        ],
        "reportingTimeZone": "Asia/Shanghai",
    }

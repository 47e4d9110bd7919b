"""Objects by their ids: stable, opaque, and nothing to be learnt by guessing."""

import base64
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.api import ids
from schema.model.ids import CampaignId
from tests.schema.api.asking import ask, refused, run, shown
from tests.schema.api.autumn import AUTUMN, SPOKEN
from tests.schema.api.world import LUNCH, MEALS, World, a_campaign, a_donation, a_total

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Campaign { total { asOf } } } }"


@pytest.fixture
def world() -> World:
    world = World()
    world.add(a_campaign(charity=MEALS), a_total())
    world.gifts[LUNCH] = [a_donation("1", endorser="star")]
    world.declared, world.spoken = {"autumn": AUTUMN}, [SPOKEN]
    return world


def test_ten_thousand_donations_take_no_more_memory_than_one_thousand() -> None:
    def name(first: int, last: int) -> int:
        for number in range(first, last):
            ids.donation_id(LUNCH, number.to_bytes(16))
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        few = name(0, 2_000)
        assert name(2_000, 12_000) < few + 100_000
    finally:
        tracemalloc.stop()


async def every_id(world: World) -> dict[str, str]:
    text = """{ campaigns(first: 1) { nodes {
        __typename id platform { __typename id } charity { __typename id }
        donations { nodes { __typename id endorsement { __typename id } } }
        seasons { __typename id phases { __typename id } }
    } } }"""
    row = (await ask(world, text))["campaigns"]["nodes"][0]
    (gift,), (season,) = row["donations"]["nodes"], row["seasons"]
    found = [row, row["platform"], row["charity"], gift, gift["endorsement"], season, season["phases"][0]]
    return {one["__typename"]: one["id"] for one in found}


async def test_every_object_is_found_again_by_its_id(world: World) -> None:
    known = await every_id(world)
    assert set(known) == {"Campaign", "Platform", "Charity", "Donation", "Endorsement", "Season", "Phase"}

    for kind, node in known.items():
        assert await ask(world, NODE, {"id": node}) == {"node": {"__typename": kind, "id": node}}


async def test_a_donation_found_by_its_id_knows_its_campaign(world: World) -> None:
    node = ids.donation_id(LUNCH, world.gifts[LUNCH][0].entity)

    data = await ask(world, "query ($id: ID!) { node(id: $id) { ... on Donation { campaign { title } } } }", {"id": node})

    assert data == {"node": {"campaign": {"title": "School lunches"}}}


def encoded(*lines: str) -> str:
    return base64.urlsafe_b64encode("\n".join(lines).encode()).rstrip(b"=").decode()


DIGITS = a_donation("1").entity.hex()


@pytest.mark.parametrize(
    "node",
    [
        "",
        "1",
        "é",
        "\ud800",
        "a" * 100_000,
        "Campaign:wechat_pay:school-lunch",
        encoded("Campaign"),
        encoded("Campaign", "wechat_pay"),
        encoded("Campaign", "wechat_pay", "another"),
        encoded("Campaign", "WeChat Pay", "school-lunch"),
        encoded("Campaign", "wechat_pay", "school-lunch", ""),
        encoded("campaign", "wechat_pay", "school-lunch"),
        encoded("Campaign", "wechat_pay", "school-lunch") + "=",
        encoded("Platform", "weibo"),
        encoded("Charity", "another"),
        encoded("Season", "winter"),
        encoded("Season", "autumn", "school"),
        encoded("Phase", "autumn"),
        encoded("Phase", "autumn", "winter"),
        encoded("Phase", "winter", "school"),
        encoded("Endorsement", "wechat_pay", "school-lunch"),
        encoded("Endorsement", "wechat_pay", "school-lunch", ""),
        encoded("Endorsement", "wechat_pay", "school-lunch", "moon"),
        encoded("Endorsement", "wechat_pay", "another", "star"),
        encoded("Endorsement", "WeChat Pay", "school-lunch", "star"),
        encoded("Donation", "wechat_pay", "school-lunch", "00" * 16),
        encoded("Donation", "wechat_pay", "school-lunch", "xyz"),
        encoded("Donation", "wechat_pay", "school-lunch", DIGITS.upper()),
        encoded("Donation", "wechat_pay", "school-lunch", " ".join((DIGITS[:2], DIGITS[2:]))),
        encoded("Donation", "wechat_pay", "another", DIGITS),
    ],
)
async def test_an_id_that_is_none_answers_null_like_one_that_is_absent(world: World, node: str) -> None:
    assert await ask(world, NODE, {"id": node}) == {"node": None}
    assert await ask(world, NODES, {"ids": [node]}) == {"nodes": [None]}
    data = await ask(world, "query ($id: ID!) { campaign(id: $id) { id } charity(id: $id) { id } }", {"id": node})
    assert data == {"campaign": None, "charity": None}


async def test_an_id_of_another_type_answers_null(world: World) -> None:
    known = await every_id(world)
    text = "query ($id: ID!) { campaign(id: $id) { __typename } charity(id: $id) { __typename } }"

    for kind, node in known.items():
        data = await ask(world, text, {"id": node})
        assert {name for name, found in data.items() if found} == {kind.lower()} & {"campaign", "charity"}


@given(
    st.text()
    | st.lists(st.text(), min_size=1).map(lambda lines: encoded(*(line.encode("utf-8", "replace").decode() for line in lines)))
)
def test_no_text_at_all_is_more_than_an_absent_object(text: str) -> None:
    assert ids.read_campaign(text) is None or ids.campaign_id(ids.read_campaign(text) or LUNCH) == text
    for read in (
        ids.read_platform,
        ids.read_charity,
        ids.read_donation,
        ids.read_season,
        ids.read_phase,
        ids.read_endorsement,
    ):
        read(text)


@pytest.mark.parametrize(
    ("platform", "external"),
    [
        ("weibo", "school-lunch"),
        ("wechat_pay", "another"),
        ("", ""),
        ("WeChat Pay", "school-lunch"),
        ("wechat_pay", "a" * 1_000),
        ("twitch", "\x00"),
    ],
)
async def test_an_external_id_that_is_none_answers_null(world: World, platform: str, external: str) -> None:
    text = "query ($p: String!, $e: String!) { campaignByExternalId(platform: $p, externalId: $e) { id } }"

    assert await ask(world, text, {"p": platform, "e": external}) == {"campaignByExternalId": None}


async def test_a_long_external_id_has_an_id_that_is_found_again(world: World) -> None:
    long = CampaignId("wechat_pay", "𝄞" * 200)
    world.add(a_campaign(long))

    assert await ask(world, NODE, {"id": ids.campaign_id(long)}) == {
        "node": {"__typename": "Campaign", "id": ids.campaign_id(long)}
    }


async def test_nodes_keep_the_order_asked_for_with_null_where_there_is_none(world: World) -> None:
    known = await every_id(world)
    wanted = [known["Charity"], "guessed", known["Campaign"], known["Charity"]]

    data = await ask(world, NODES, {"ids": wanted})

    assert [row and row["__typename"] for row in data["nodes"]] == ["Charity", None, "Campaign", "Charity"]
    assert await ask(world, NODES, {"ids": []}) == {"nodes": []}


async def test_at_most_100_nodes_are_given_at_once(world: World) -> None:
    assert len((await ask(world, NODES, {"ids": ["x"] * 100}))["nodes"]) == 100

    error = await refused(world, NODES, {"ids": ["x"] * 101})

    assert error["extensions"] == {"code": "BAD_USER_INPUT", "argument": "ids", "limit": "node_ids", "requestId": "r1"}


async def test_a_node_that_cannot_be_read_is_null_and_leaves_the_others(world: World) -> None:
    known = await every_id(world)
    world.down = {"charity"}

    result = await run(world, NODES, {"ids": [known["Charity"], known["Campaign"]]})

    rows: Any = (result.data or {})["nodes"]
    assert [row and row["__typename"] for row in rows] == [None, "Campaign"]
    assert shown(result.errors)["path"] == ["nodes", 0]

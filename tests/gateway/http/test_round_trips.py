"""How often a query goes to the ledger: as often for a hundred rows as for one, whatever its shape."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import orjson
from graphql import OperationDefinitionNode, OperationType, parse
from redis.asyncio import Redis

from gateway.http.limits import Limits
from gateway.http.operations import Operations
from gateway.http.requests import OperationRequest
from gateway.store.history import BATCH
from gateway.store.shelf import Shelf
from schema.api import ids
from schema.api.build import build
from schema.api.ports import Context
from schema.model.ids import CampaignId
from tests.gateway.acme import given, who
from tests.gateway.counting import Counted, counted
from tests.gateway.world import World, known

QUERIES: Final = Path(__file__).parents[3] / "examples" / "queries"
MOST: Final = 4
"""Round trips of any query: as many as what it asks for is nested. Histories are large, and come ``BATCH`` at a time."""
LIMITS: Final = Limits(cost=1_000_000)
"""What costs too much is refused: here it is asked all the same."""
FEW, MANY = (2, 2), (3 * BATCH, 4)
FIRST: Final = CampaignId("acme", "c00")
MONTH: Final = {"since": "2026-09-01T00:00:00+08:00", "until": "2026-10-01T00:00:00+08:00"}
VARIABLES: Final[dict[str, Any]] = {
    "id": ids.campaign_id(FIRST),
    "ids": [ids.campaign_id(CampaignId("acme", f"c{number:02}")) for number in range(MANY[0])],
    "slug": "autumn",
    "currency": "CNY",
    "interval": "HOUR",
    "platform": "acme",
    "externalId": "c00",
    "streamStart": "2026-09-02T00:00:00Z",
    "count": 100,
    **MONTH,
}
ALL_ROWS: Final = """
fragment Row on Campaign {
    id title platform { key freshness } status goal { amount } total { raised { amount } progress } parent { id } updatedAt
    charity { id name } seasons { slug total { raised { money { amount } } } } engagement { likes } milestones { title }
    donations(first: 30) { totalCount nodes { id amount { amount } endorsement { id raised { amount } campaign { id } } } }
    endorsements { nodes { id raised { amount } posts { url } } }
}
query Rows { campaigns(first: 100) { totalCount nodes { ...Row } } }
query Searched { campaigns(first: 100, filter: { search: "午餐" }) { totalCount nodes { ...Row } } }
query Charities { charities(search: "meals") { nodes { campaigns(first: 100) { nodes { ...Row } } } } }
query Nodes($ids: [ID!]!) { nodes(ids: $ids) { ... on Campaign { ...Row } ... on Donation { id campaign { id } } } }
query Season { season(slug: "autumn") { phases { campaigns(first: 100) { nodes { ...Row } } } byPlatform { donationCount } } }
query Nested { campaigns(first: 10) { nodes { charity { campaigns(first: 10) { nodes { ...Row } } } } } }
query Pasts($since: DateTime!) { campaigns(first: 100) { nodes {
    raisedBetween(since: $since) { raised { amount } }
    history(interval: DAY) { raised { amount } } engagementHistory(interval: DAY) { likes } } } }
"""

CURSORS: Final = """
query Cursors($id: ID!) {
    campaign(id: $id) { donations(first: 1) { edges { cursor } } endorsements(first: 1) { edges { cursor } } }
    season(slug: "autumn") { campaigns(first: 1) { edges { cursor } } }
}
"""


def documents() -> Iterator[tuple[str, str]]:
    for text in [*(file.read_text("utf-8") for file in sorted(QUERIES.glob("*.graphql"))), ALL_ROWS]:
        for node in parse(text).definitions:
            if isinstance(node, OperationDefinitionNode) and node.operation is OperationType.QUERY and node.name:
                yield text, node.name.value


@asynccontextmanager
async def asked(client: Redis, redis_url: str, size: tuple[int, int]) -> AsyncIterator[tuple[Operations, Counted]]:
    """A season of so many campaigns with so many gifts each, all by one endorser."""
    number, gifts = size
    natives = [f"c{each:02}" for each in range(number)]
    declared = [
        {"platform": "acme", "id": native, "title": f"午餐 {native}", "currency": "CNY", "charity": "meals", "goal": "10"}
        | {"match": [{"account": "lunch", "attach": f"{native}*", "endorser": "star"}]}
        for native in natives
    ]
    phases = [{"slug": "one", "name": "One", "starts_at": "2026-08-01T00:00:00Z", "campaigns": ["account:lunch"]}]
    season = {"slug": "autumn", "name": "Autumn", "starts_at": "2026-08-01T00:00:00Z", "currency": "CNY", "phases": phases}
    world = World(
        client,
        values={
            "accounts": {"lunch": {"connector": "acme"}},
            "campaigns": declared,
            "charities": [{"id": "meals", "name": "Free meals"}],
            "endorsers": [{"id": "star", "name": "A star"}],
            "seasons": [season],
        },
    )
    for place, native in enumerate(natives):
        await world.open(CampaignId("acme", native))
        for gift in range(gifts):
            await world.put(given(place * 100 + gift, 100), CampaignId("acme", native), endorser="star")
    async with counted(redis_url) as counting:
        world.shelf = Shelf(counting.redis)
        async with known(world) as followed:
            yield Operations(build(), lambda: Context(followed.reads, followed.hub), LIMITS, introspection=False), counting


async def answered(operations: Operations, text: str, name: str, variables: dict[str, Any]) -> Any:
    """The data, without any error."""
    result = await operations.execute(operations.prepare(OperationRequest(text, name, VARIABLES | variables), "r1"))
    answer = orjson.loads(result.body)
    assert "errors" not in answer, (name, answer["errors"])
    return answer["data"]


async def round_trips(client: Redis, redis_url: str, size: tuple[int, int]) -> dict[str, int]:
    """Those of every document, the more of two runs: the second one is compiled."""
    found = dict[str, int]()
    async with asked(client, redis_url, size) as (operations, counting):
        cursors = await answered(operations, CURSORS, "Cursors", {})
        [gift], [row] = cursors["campaign"]["donations"]["edges"], cursors["season"]["campaigns"]["edges"]
        [endorsement] = cursors["campaign"]["endorsements"]["edges"]
        variables = VARIABLES | {"ids": VARIABLES["ids"][: size[0]], "donationsAfter": gift["cursor"]}
        variables |= {"endorsementsAfter": endorsement["cursor"]}
        for text, name in documents():
            more = {"after": row["cursor"]} if name == "SeasonBoardMore" else {}
            for _ in range(3):
                counting.round_trips = 0
                await answered(operations, text, name, variables | more)
                found[name] = max(found.get(name, 0), counting.round_trips)
    return found


async def test_no_query_goes_to_the_ledger_more_often_for_more_rows(client: Redis, redis_url: str) -> None:
    few = await round_trips(client, redis_url, FEW)
    await client.flushall()
    many = await round_trips(client, redis_url, MANY)
    # a season's history is that of all its campaigns; and three kinds of pasts are asked for in one query
    pasts = {"MonthlyReport": 1, "MonthlyReportCampaigns": 2, "SeasonBoard": 1, "Pasts": 3}
    more = {name: trips - few[name] for name, trips in many.items() if trips > few[name]}
    assert {name: trips for name, trips in more.items() if trips > pasts.get(name, 0) * MANY[0] // BATCH} == {}
    assert max(few.values()) <= MOST
    assert {name for name, trips in many.items() if trips} >= {"SeasonBoard", "CampaignPage", "Rows", "Pasts", "Nested"}


async def test_gifts_are_those_of_their_campaigns(client: Redis, redis_url: str) -> None:
    async with asked(client, redis_url, (3, 2)) as (operations, _):
        nodes = (await answered(operations, ALL_ROWS, "Searched", {}))["campaigns"]["nodes"]
        found = {node["id"]: [gift["id"] for gift in node["donations"]["nodes"]] for node in nodes}
        campaigns = [CampaignId("acme", f"c{number:02}") for number in range(3)]
        assert found == {
            ids.campaign_id(each): [ids.donation_id(each, who(place * 100 + gift)) for gift in range(2)]
            for place, each in enumerate(campaigns)
        }

"""Every document for front-end teams runs unchanged in Apollo Client, urql and ``gql``, and all three are told the same."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio
from gql import Client, GraphQLRequest
from gql.transport.websockets import WebsocketsTransport
from graphql import OperationDefinitionNode, OperationType, parse

from schema.api.ids import campaign_id, charity_id, phase_id
from schema.model.ids import CampaignId
from tests.browser.season_world import SLUG, SeasonWorld
from tests.clients.following import HERE
from tests.end_to_end.gateway_process import ROOT
from tests.npm import demand

pytestmark = pytest.mark.asyncio(loop_scope="module")

FILES: Final = sorted((ROOT / "examples" / "queries").glob("*.graphql"))
LUNCH: Final = campaign_id(CampaignId("wechat_pay", "school-lunch"))
NOW: Final = datetime.now(UTC).replace(second=0, microsecond=0)
MONTH: Final = {"since": (NOW - timedelta(days=20)).isoformat(), "until": (NOW + timedelta(days=10)).isoformat()}
MOVING: Final = frozenset({"__typename", "asOf", "until", "resetAt", "updatedAt", "position"})
"""What may differ between two questions, and what the clients add."""
NEXT_PAGES: Final = {
    "CampaignPageDonations": ("CampaignPage", "campaign", "donations"),
    "CampaignPageEndorsements": ("CampaignPage", "campaign", "endorsements"),
    "SeasonBoardMore": ("SeasonBoard", "season", "campaigns"),
}
"""The operations that go on from a list, and where that began."""
QUIET: Final = "query ($id: ID!) { campaign(id: $id) { freshness engagement { likes } } platforms { freshness } }"

Answers = dict[str, dict[str, Any]]


def operations() -> Iterator[tuple[Path, OperationDefinitionNode, str]]:
    for file in FILES:
        for node in parse(file.read_text("utf-8")).definitions:
            if isinstance(node, OperationDefinitionNode) and node.name:
                yield file, node, node.name.value


NAMES: Final = [name for _, _, name in operations()]


def variables(name: str, told: Answers) -> dict[str, Any]:
    """Those of an operation. The next pages go on from the first ones, which were told before."""
    page = told.get("CampaignPage", {}).get("campaign", {})
    board = told.get("SeasonBoard", {}).get("season", {})
    known: dict[str, dict[str, Any]] = {
        "CampaignPageDonations": {"donationsAfter": _end(page, "donations")},
        "CampaignPageEndorsements": {"endorsementsAfter": _end(page, "endorsements")},
        "CampaignPageChart": {"interval": "HOUR", **MONTH},
        "CounterWidgetByExternalId": {"platform": "wechat_pay", "externalId": "school-lunch"},
        "PhasePagePaginationQuery": {"id": phase_id(SLUG, "one")},
        "CampaignSearch": {"filter": {"search": "warm lunch"}},
        "CharityPage": {"id": charity_id("free-lunch")},
        "SeasonBoardMore": {"after": _end(board, "campaigns")},
    }
    given = {
        "id": LUNCH,
        "ids": [LUNCH],
        "slug": SLUG,
        "streamStart": (NOW - timedelta(minutes=5)).isoformat(),
        **MONTH,
        **known.get(name, {}),
    }
    (node,) = (node for _, node, each in operations() if each == name)
    declared = {each.variable.name.value for each in node.variable_definitions or ()}
    needed = declared if name in known else declared & {"id", "ids", "slug", "streamStart", "since", "until"}
    return {each: given[each] for each in needed if each in given}


def _end(parent: Mapping[str, Any], connection: str) -> Any:
    return parent.get(connection, {}).get("pageInfo", {}).get("endCursor")


def settled(value: Any) -> Any:
    """An answer without what moves by itself."""
    if isinstance(value, dict):
        return {key: settled(each) for key, each in value.items() if key not in MOVING}
    return [settled(each) for each in value] if isinstance(value, list) else value


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A gateway with a season, gifts that name a star, and posts."""
    async with SeasonWorld(tmp_path_factory.mktemp("gateway"), timedelta(hours=1)).open() as world:
        for fen in range(12_345, 12_370):  # more than one page
            await world.wechat.pay(fen)
        await world.wechat.pay(55, star="star")
        await world.twitch.donate(2_550, user_name="海星")
        await world.wechat.sender.settle()
        async with aiohttp.ClientSession() as session, asyncio.timeout(30):
            while not await _is_quiet(session, f"{world.address}/graphql"):
                await asyncio.sleep(0.05)
        yield f"{world.address}/graphql"


async def _is_quiet(session: aiohttp.ClientSession, url: str) -> bool:
    """Whether all networks were heard and the posts were read, so that nothing moves by itself any more."""
    async with session.post(url, json={"query": QUIET, "variables": {"id": LUNCH}}) as answer:
        data = (await answer.json())["data"]
    fresh = {data["campaign"]["freshness"], *(each["freshness"] for each in data["platforms"])}
    return fresh <= {"LIVE", None} and data["campaign"]["engagement"] is not None


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(address: str) -> Answers:
    """What ``gql`` is told, which is given each file as it is, with the operation's name."""
    answers: Answers = {}
    async with Client(transport=WebsocketsTransport(address.replace("http", "ws", 1))) as session:
        for file, node, name in operations():
            request = GraphQLRequest(file.read_text("utf-8"), variable_values=variables(name, answers), operation_name=name)
            if node.operation is OperationType.QUERY:
                answers[name] = await session.execute(request)
            else:
                async with aclosing(session.subscribe(request)) as messages:
                    answers[name] = await anext(messages)
    return answers


@pytest.mark.parametrize("name", NAMES)
async def test_gql_is_answered_whole(told: Answers, name: str) -> None:
    assert all(value for field, value in told[name].items() if field != "rateLimit")


@pytest.mark.parametrize("client", ["apollo", "urql"])
async def test_a_client_with_a_cache_is_told_the_same(
    address: str, told: Answers, client: str, node_modules: None, tmp_path: Path
) -> None:
    demand("node", "npm")
    given = tmp_path / "variables.json"
    given.write_text(json.dumps({name: variables(name, told) for name in NAMES}), "utf-8")
    command = ("node", str(HERE / "documents.mjs"), address, client, str(given), *map(str, FILES))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    said, complaints = await process.communicate()

    assert process.returncode == 0, complaints.decode()
    answers = {each["name"]: each["data"] for each in map(json.loads, said.splitlines())}
    assert list(answers) == NAMES
    if client == "apollo":  # its cache has joined the pages
        for name, (first, parent, rows) in NEXT_PAGES.items():
            joined = [*told[first][parent][rows]["edges"], *told[name][parent][rows]["edges"]]
            assert settled(answers.pop(name)[parent][rows]["edges"]) == settled(joined)
    for name, answer in answers.items():
        assert settled(answer) == settled(told[name]), name
    assert complaints == b""

"""Every document for front-end teams runs unchanged in Apollo Client, urql and ``gql``, and all three are told the same."""

import asyncio
import json
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio

from tests.browser.season_world import SLUG, SeasonWorld
from tests.clients.documents import FILES, LUNCH, NAMES, Answers, answered, lacking, variables
from tests.clients.following import HERE
from tests.npm import demand

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEASON: Final = (SLUG, "one")
MOVING: Final = frozenset({"__typename", "asOf", "until", "resetAt", "updatedAt", "position"})
"""What may differ between two questions, and what the clients add."""
NEXT_PAGES: Final = {
    "CampaignPageDonations": ("CampaignPage", "campaign", "donations"),
    "CampaignPageEndorsements": ("CampaignPage", "campaign", "endorsements"),
    "SeasonBoardMore": ("SeasonBoard", "season", "campaigns"),
}
"""The operations that go on from a list, and where that began."""
QUIET: Final = "query ($id: ID!) { campaign(id: $id) { freshness engagement { likes } } platforms { freshness } }"


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
    """What ``gql`` is told."""
    return await answered(address, SEASON)


@pytest.mark.parametrize("name", NAMES)
async def test_gql_is_answered_whole(told: Answers, name: str) -> None:
    assert lacking(told[name]) == []


@pytest.mark.parametrize("client", ["apollo", "urql"])
async def test_a_client_with_a_cache_is_told_the_same(
    address: str, told: Answers, client: str, node_modules: None, tmp_path: Path
) -> None:
    demand("node", "npm")
    given = tmp_path / "variables.json"
    given.write_text(json.dumps({name: variables(name, told, SEASON) for name in NAMES}), "utf-8")
    command = ("node", str(HERE / "documents.mjs"), address, client, str(given), *map(str, FILES))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    said, complaints = await process.communicate()

    assert process.returncode == 0, complaints.decode()
    answers = {each["name"]: each["data"] for each in map(json.loads, said.splitlines())}
    assert list(answers) == NAMES
    for name, (first, parent, rows) in NEXT_PAGES.items():  # the cache has joined the pages
        joined = [*told[first][parent][rows]["edges"], *told[name][parent][rows]["edges"]]
        assert settled(answers.pop(name)[parent][rows]["edges"]) == settled(joined), name
    if client == "urql":  # of a list that was read to its end it shows all, also to who asks for the first page
        first_page, whole = (each["DonationsPagePaginationQuery"]["node"]["donations"] for each in (told, answers))
        assert settled(whole["edges"][: len(first_page["edges"])]) == settled(first_page["edges"])
        assert len(whole["edges"]) == whole["totalCount"]
        del answers["DonationsPagePaginationQuery"]
    for name, answer in answers.items():
        assert settled(answer) == settled(told[name]), name
    assert complaints == b""

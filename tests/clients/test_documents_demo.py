"""Every document for front-end teams runs unchanged against the demo."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final

import aiohttp
import pytest
import pytest_asyncio

from tests.clients.documents import LUNCH, NAMES, Answers, answered, lacking
from tests.end_to_end.demo_process import demo

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEASON: Final = ("giving-2013", "one-lunch")
BEGUN: Final = """
query Begun($id: ID!) {
  campaign(id: $id) { total { raised { amount } } donations { nodes { id } } endorsements { nodes { id } } }
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def told(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Answers]:
    """What the demo answers, as soon as somebody has given."""
    async with demo(tmp_path_factory.mktemp("demo")) as running, aiohttp.ClientSession() as session:
        reading = asyncio.create_task(running.process.communicate())  # else its output would fill the pipe
        async with asyncio.timeout(30):
            while not await _has_begun(session, running.graphql):
                await asyncio.sleep(0.05)
        yield await answered(running.graphql, SEASON)
        running.process.kill()  # told to leave, it would wait for its last deliveries
        await reading


async def _has_begun(session: aiohttp.ClientSession, url: str) -> bool:
    async with session.post(url, json={"query": BEGUN, "variables": {"id": LUNCH}}) as answer:
        campaign = (await answer.json())["data"]["campaign"]
    return bool(campaign["total"] and campaign["donations"]["nodes"] and campaign["endorsements"]["nodes"])


@pytest.mark.parametrize("name", NAMES)
async def test_the_demo_answers_it_whole(told: Answers, name: str) -> None:
    assert lacking(told[name]) == []

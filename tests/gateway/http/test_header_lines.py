"""Headers that come in several lines, over real HTTP."""

from collections.abc import AsyncIterator

import pytest
from multidict import CIMultiDict

from tests.gateway.http.test_graphql import GRAPHQL, Client, served
from tests.gateway.http.toy import Toy


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client of an endpoint in its development profile."""
    async for each in served(Toy()):
        yield each


async def test_what_is_accepted_may_be_said_in_several_lines(client: Client) -> None:
    lines = [("Accept", "text/html"), ("Accept", f"{GRAPHQL}, text/plain"), ("Accept", "image/png")]
    answer = await client.ask(json={"query": "{hello}"}, headers=CIMultiDict(lines))
    assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, GRAPHQL)


async def test_tags_that_are_kept_may_be_named_in_several_lines(client: Client) -> None:
    tag = (await client.ask("GET", query="query={hello}")).headers["ETag"]
    lines = [("If-None-Match", tag), ("If-None-Match", '"another"')]
    async with client.session.get(f"{client.url}?query={{hello}}", headers=CIMultiDict(lines)) as answer:
        assert answer.status == 304


async def test_a_body_of_two_content_types_is_refused(client: Client) -> None:
    lines = [("Content-Type", "text/plain"), ("Content-Type", "application/json")]
    answer = await client.ask(data=b'{"query": "{hello}"}', headers=CIMultiDict(lines))
    assert answer.status == 415
    assert client.toy.world.ran == []

"""Everything that docs/schema-guide.md asks, asked of the demo."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any, Final

import aiohttp
import pytest
import pytest_asyncio
from gql import Client, GraphQLRequest
from gql.transport.websockets import WebsocketsTransport
from graphql import OperationDefinitionNode, OperationType, get_operation_ast, parse

from schema.api.ids import campaign_id
from schema.model.ids import CampaignId
from tests.docs.demo import demo
from tests.docs.markdown import ROOT, blocks

pytestmark = pytest.mark.asyncio(loop_scope="module")

GUIDE: Final = (ROOT / "docs" / "schema-guide.md").read_text("utf-8")
SHOWN: Final = [block.text for block in blocks(GUIDE, "graphql")]
KNOWN: Final = {"id": campaign_id(CampaignId("wechat_pay", "school-lunch")), "slug": "giving-2013", "search": "lunch"}
"""What the guide's variables are in the demo."""


def operation(document: str) -> OperationDefinitionNode:
    found = get_operation_ast(parse(document))
    assert found is not None
    return found


def name(document: str) -> str:
    named = operation(document).name
    assert named is not None
    return named.value


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Host and port of the demo, when there is a total in it."""
    async with demo(tmp_path_factory.mktemp("demo")) as address:
        (figure,) = (document for document in SHOWN if name(document) == "Figure")
        async with asyncio.timeout(60):
            while not (await ask(address, figure))["campaign"]["total"]:
                await asyncio.sleep(0.1)
        yield address


async def ask(address: str, document: str) -> Any:
    """The answer, or the first message. An error fails."""
    defined = operation(document).variable_definitions or ()
    variables = {each.variable.name.value: KNOWN.get(each.variable.name.value) for each in defined}
    request = GraphQLRequest(document, variable_values=variables)
    async with Client(transport=WebsocketsTransport(f"ws://{address}/graphql")) as session:
        if operation(document).operation is OperationType.QUERY:
            return await session.execute(request)
        async with aclosing(session.subscribe(request)) as messages:
            return await anext(messages)


@pytest.mark.parametrize("document", SHOWN, ids=name)
async def test_what_is_shown_is_answered_whole(address: str, document: str) -> None:
    data = await ask(address, document)

    assert all(value is not None for value in data.values())
    if name(document) in ("Figure", "Sum", "Counter", "Board"):
        assert '"amount"' in json.dumps(data)


async def test_the_guide_shows_questions_and_feeds() -> None:
    kinds = [operation(document).operation for document in SHOWN]

    assert kinds.count(OperationType.SUBSCRIPTION) == 3
    assert kinds.count(OperationType.QUERY) >= 5


async def test_the_error_that_is_shown_is_what_is_answered(address: str) -> None:
    (shown,) = (json.loads(block.text) for block in blocks(GUIDE, "json"))
    (page,) = (document for document in SHOWN if name(document) == "Page")
    body = {"query": page, "variables": {"after": "nothing"}}
    async with aiohttp.ClientSession() as session, session.post(f"http://{address}/graphql", json=body) as answer:
        told = await answer.json()

    for each in (shown, told):
        assert each["errors"][0]["extensions"].pop("requestId")
        each["errors"][0].pop("locations", None)
    assert told == shown

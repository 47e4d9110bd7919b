"""Text that is searched for, as far as it goes to the catalogue."""

from typing import Any

import pytest

from schema.model.page import MAX_SEARCH
from tests.schema.api.asking import ask, refused
from tests.schema.api.world import MEALS, World, a_campaign

CAMPAIGNS = "query ($search: String) { found: campaigns(filter: { search: $search }) { totalCount } }"
CHARITIES = "query ($search: String) { found: charities(search: $search) { totalCount } }"


@pytest.fixture
def world() -> World:
    world = World()
    world.add(a_campaign(charity=MEALS))
    return world


@pytest.mark.parametrize("document", [CAMPAIGNS, CHARITIES])
@pytest.mark.parametrize("variables", [{}, {"search": None}, {"search": ""}])
async def test_no_text_is_no_condition(world: World, document: str, variables: dict[str, Any]) -> None:
    assert await ask(world, document, variables) == {"found": {"totalCount": 1}}


@pytest.mark.parametrize("document", [CAMPAIGNS, CHARITIES])
async def test_a_text_has_at_most_a_hundred_characters_of_any_kind(world: World, document: str) -> None:
    assert await ask(world, document, {"search": "\U00020bb7" * MAX_SEARCH}) == {"found": {"totalCount": 0}}
    world.asked.clear()
    error = await refused(world, document, {"search": "x" * (MAX_SEARCH + 1)})
    told = {"argument": "search", "limit": "search_characters"}
    assert error["extensions"] == {"code": "BAD_USER_INPUT", **told, "requestId": "r1"}
    assert world.asked == []


def test_the_bound_is_the_one_that_the_schema_tells() -> None:
    assert MAX_SEARCH == 100

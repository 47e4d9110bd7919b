"""The documents of the front-end teams, as they stand in ``examples/queries``."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, build_schema, parse, validate

from schema.api.ids import campaign_id, charity_id
from schema.api.ports import TotalUpdate
from schema.api.printed import printed
from tests.schema.api.world import LUNCH, MEALS, World, a_campaign, a_donation, a_total, ask, cny, follow

FOLDER = Path(__file__).parents[3] / "examples" / "queries"
VARIABLES: dict[str, dict[str, Any]] = {
    "CounterWidget": {"id": campaign_id(LUNCH), "locale": "zh-CN"},
    "CounterWidgetByExternalId": {"platform": "wechat_pay", "externalId": "school-lunch"},
    "CounterWidgetLive": {"id": campaign_id(LUNCH), "after": "p41"},
    "DonationsPagePaginationQuery": {"id": campaign_id(LUNCH)},
    "CampaignTotalRefetchQuery": {"id": campaign_id(LUNCH)},
    "CampaignSearch": {"filter": {"platforms": ["wechat_pay"], "statuses": ["ACTIVE"]}},
    "CharityPage": {"id": charity_id("meals")},
    "Watchlist": {"ids": [campaign_id(LUNCH)]},
}


def operations() -> Iterator[tuple[str, str, OperationType]]:
    for file in sorted(FOLDER.glob("*.graphql")):
        text = file.read_text("utf-8")
        for node in parse(text).definitions:
            if isinstance(node, OperationDefinitionNode):
                assert node.name is not None
                yield text, node.name.value, node.operation


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.graphql")), ids=lambda file: file.stem)
def test_every_document_is_valid(file: Path) -> None:
    assert validate(build_schema(printed()), parse(file.read_text("utf-8"))) == []


@pytest.mark.parametrize(("text", "name", "kind"), [pytest.param(*found, id=found[1]) for found in operations()])
async def test_every_operation_is_answered_whole(text: str, name: str, kind: OperationType) -> None:
    world = World(messages={LUNCH: [TotalUpdate(LUNCH, "p42", recovered=True)]})
    world.add(a_campaign(charity=MEALS, goal=cny("1000")), a_total())
    world.gifts[LUNCH] = [a_donation("1", donor_name="Li")]

    if kind is OperationType.SUBSCRIPTION:
        (data,) = await follow(world, text, VARIABLES[name], count=1, name=name)
    else:
        data = await ask(world, text, VARIABLES[name], name)

    assert all(data.values())
    assert any(amount in str(data) for amount in ("885.50", "5.00"))

"""The documents of the front-end teams, as they stand in ``examples/queries``."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, build_schema, parse, validate

from schema.api.ids import campaign_id, charity_id, phase_id
from schema.api.printed import printed
from schema.api.readings import DonationsUpdate, SeasonDonationsUpdate, SeasonTotalUpdate, TotalUpdate
from tests.schema.api.asking import ask, follow
from tests.schema.api.autumn import AUTUMN, SPOKEN, an_autumn
from tests.schema.api.world import LUNCH, MEALS, a_donation

FOLDER = Path(__file__).parents[3] / "examples" / "queries"
MONTH = {"since": "2026-09-01T00:00:00+08:00", "until": "2026-10-01T00:00:00+08:00"}
STREAM = {"streamStart": "2026-09-24T18:30:00+08:00"}
VARIABLES: dict[str, dict[str, Any]] = {
    "CampaignPage": {"id": campaign_id(LUNCH)},
    "CampaignPageDonations": {"id": campaign_id(LUNCH), "donationsAfter": a_donation("1").entity.hex()},
    "CampaignPageEndorsements": {"id": campaign_id(LUNCH), "endorsementsAfter": "star"},
    "CampaignPageChart": {"id": campaign_id(LUNCH), "interval": "HOUR", **MONTH},
    "CampaignPageLive": {"id": campaign_id(LUNCH), "after": "p41"},
    "CounterWidget": {"id": campaign_id(LUNCH), "locale": "zh-CN"},
    "CounterWidgetByExternalId": {"platform": "wechat_pay", "externalId": "school-lunch"},
    "CounterWidgetLive": {"id": campaign_id(LUNCH), "after": "p41"},
    "Overlay": {"id": campaign_id(LUNCH), **STREAM},
    "OverlayTotal": {"id": campaign_id(LUNCH), **STREAM, "after": "p41"},
    "OverlayDonations": {"id": campaign_id(LUNCH), **STREAM, "after": "p41"},
    "DonationsPagePaginationQuery": {"id": campaign_id(LUNCH)},
    "PhasePagePaginationQuery": {"id": phase_id("autumn", "giving")},
    "CampaignTotalRefetchQuery": {"id": campaign_id(LUNCH)},
    "CampaignSearch": {"filter": {"platforms": ["wechat_pay"], "statuses": ["ACTIVE"]}},
    "Directory": {},
    "CharityPage": {"id": charity_id("meals")},
    "Watchlist": {"ids": [campaign_id(LUNCH)]},
    "SeasonCounterWidget": {"slug": "autumn", "currency": "CNY", "locale": "zh-CN"},
    "SeasonCounterWidgetLive": {"slug": "autumn"},
    "SeasonBoard": {"slug": "autumn", "currency": "CNY"},
    "SeasonBoardMore": {"slug": "autumn", "after": "RAISED_DESC|twitch:123e"},
    "SeasonBoardTotal": {"slug": "autumn"},
    "SeasonBoardRows": {"ids": [campaign_id(LUNCH)]},
    "SeasonBoardTicker": {"slug": "autumn"},
    "MonthlyReport": {"slug": "autumn", "currency": "CNY", **MONTH},
    "MonthlyReportCampaigns": {"slug": "autumn", **MONTH},
    "MonthlyReportDonations": {"id": campaign_id(LUNCH), **MONTH},
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
    world = an_autumn()
    world.gifts[LUNCH].append(a_donation("2"))  # for the pages after the first
    world.spoken.append(replace(SPOKEN, endorser="voice"))
    told: Any = TotalUpdate(LUNCH, "p42", recovered=True)
    if name == "OverlayDonations":
        told = DonationsUpdate(LUNCH, (a_donation("1"),), (), missed=0, position="p42", recovered=True)
    season: Any = SeasonTotalUpdate(AUTUMN, recovered=False)
    if name == "SeasonBoardTicker":
        season = SeasonDonationsUpdate((a_donation("1"),), (), missed=0, recovered=True)
    world.messages = {LUNCH: [told], AUTUMN.slug: [season]}

    if kind is OperationType.SUBSCRIPTION:
        (data,) = await follow(world, text, VARIABLES[name], count=1, name=name)
    else:
        data = await ask(world, text, VARIABLES[name], name)

    assert all(value for field, value in data.items() if field != "rateLimit")
    told_of = (MEALS.name,) if name == "Directory" else ("956.50", "885.50", "200.00", "5.00")
    assert any(word in str(data) for word in told_of)

"""The documents for front-end teams, as they stand in ``examples/queries``, with variables for each of their operations."""

from collections.abc import Iterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, TypeAlias

from gql import Client, GraphQLRequest
from gql.transport.websockets import WebsocketsTransport
from graphql import OperationDefinitionNode, OperationType, parse

from schema.api.ids import campaign_id, charity_id, phase_id
from schema.model.ids import CampaignId
from tests.end_to_end.gateway_process import ROOT

FILES: Final = sorted((ROOT / "examples" / "queries").glob("*.graphql"))
LUNCH: Final = campaign_id(CampaignId("wechat_pay", "school-lunch"))
NOW: Final = datetime.now(UTC).replace(second=0, microsecond=0)
MONTH: Final = {"since": (NOW - timedelta(days=20)).isoformat(), "until": (NOW + timedelta(days=10)).isoformat()}

Answers: TypeAlias = dict[str, dict[str, Any]]


def operations() -> Iterator[tuple[Path, OperationDefinitionNode, str]]:
    """All of them: the file, what it is, and its name."""
    for file in FILES:
        for node in parse(file.read_text("utf-8")).definitions:
            if isinstance(node, OperationDefinitionNode) and node.name:
                yield file, node, node.name.value


NAMES: Final = [name for _, _, name in operations()]


def variables(name: str, told: Answers, season: tuple[str, str]) -> dict[str, Any]:
    """Those of an operation, in a season by its slug and that of one of its phases. The next pages go on from the first ones,
    which were told before.
    """
    page = told.get("CampaignPage", {}).get("campaign", {})
    board = told.get("SeasonBoard", {}).get("season", {})
    known: dict[str, dict[str, Any]] = {
        "CampaignPageDonations": {"donationsAfter": _end(page, "donations")},
        "CampaignPageEndorsements": {"endorsementsAfter": _end(page, "endorsements")},
        "CampaignPageChart": {"interval": "HOUR", **MONTH},
        "CounterWidgetByExternalId": {"platform": "wechat_pay", "externalId": "school-lunch"},
        "PhasePagePaginationQuery": {"id": phase_id(*season)},
        "CampaignSearch": {"filter": {"search": "warm lunch"}},
        "Directory": {"search": ""},  # without any argument Graphcache would not find the list again
        "CharityPage": {"id": charity_id("free-lunch")},
        "SeasonBoardMore": {"after": _end(board, "campaigns")},
    }
    given = {
        "id": LUNCH,
        "ids": [LUNCH],
        "slug": season[0],
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


async def answered(url: str, season: tuple[str, str]) -> Answers:
    """What ``gql`` is told, which is given each file as it is, with the operation's name. A subscription's is the first.

    Each file has a connection of its own: all operations on one would be more than may begin there in a second.
    """
    answers: Answers = {}
    for file, asked in groupby(operations(), key=itemgetter(0)):
        async with Client(transport=WebsocketsTransport(url.replace("http", "ws", 1))) as session:
            for _, node, name in asked:
                given = variables(name, answers, season)
                request = GraphQLRequest(file.read_text("utf-8"), variable_values=given, operation_name=name)
                if node.operation is OperationType.QUERY:
                    answers[name] = await session.execute(request)
                else:
                    async with aclosing(session.subscribe(request)) as messages:
                        answers[name] = await anext(messages)
    return answers


def lacking(answer: Mapping[str, Any]) -> list[str]:
    """The root fields of an answer that are null or empty. Without a key there is no ``rateLimit``."""
    return [field for field, value in answer.items() if not value and field != "rateLimit"]

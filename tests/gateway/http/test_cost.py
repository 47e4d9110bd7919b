"""What operations cost: each at its number accepted, and refused by a limit of one less."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse

from gateway.http.cost import Costs
from gateway.http.limits import Limits
from gateway.http.operations import Operation, Operations
from gateway.http.requests import OperationRequest
from schema.api.build import build
from tests.gateway.http.toy import REQUEST_ID, World, decoded

SCHEMA = build()
ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples" / "queries").glob("*.graphql"))

ROWS = "nodes { id title }"
GIFTS = "query($n: Int!) { campaign(id: 1) { donations(first: $n) { nodes { id } } } }"
IDS = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Campaign { total { asOf } } } }"
COSTLY = "{campaigns(first:100){nodes{donations(first:100){nodes{id donorName}}}}}"
EXACTLY_5000 = (
    "a: campaigns(first: 100) {nodes {donations(first: 47) {nodes {id}}}} b: campaigns(first: 49) {nodes {charity {id}}}"
)


def operations(limits: Limits | None = None) -> Operations:
    """The operations of the gateway's own schema. No resolver of it runs here."""
    return Operations(SCHEMA, World, limits or Limits())


def refusal(of: Operations, text: str, variables: dict[str, Any] | None = None, name: str | None = None) -> str | None:
    """The limit that an operation is over, None where it may be executed."""
    prepared = of.prepare(OperationRequest(text, name, variables or {}), REQUEST_ID)
    if isinstance(prepared, Operation):
        return None
    (error,) = decoded(prepared.body)["errors"]
    assert error["extensions"]["code"] == "LIMIT_EXCEEDED"
    return str(error["extensions"]["limit"])


@pytest.mark.parametrize(
    ("cost", "text", "variables"),
    [
        # fields with fields of their own count, and no others
        (1, "{ platforms { id key name } }", {}),
        (3, "{ campaign(id: 1) { id title total { asOf raised { amount currencyCode } } } }", {}),
        (2, "{ a: platforms { id } b: platforms { id } }", {}),
        (1, "{ __typename platforms { __typename } __schema { types { fields { name } } } }", {}),
        # first: as a literal
        (6, f"{{ campaigns(first: 5) {{ {ROWS} }} }}", {}),
        (1, f"{{ campaigns(first: 0) {{ {ROWS} }} }}", {}),
        (101, f"{{ campaigns(first: 100) {{ {ROWS} }} }}", {}),
        (101, f"{{ campaigns(first: 101) {{ {ROWS} }} }}", {}),
        (101, f"{{ campaigns(first: -1) {{ {ROWS} }} }}", {}),
        # absent
        (21, f"{{ campaigns {{ {ROWS} }} }}", {}),
        # a variable, its default, the schema's default
        (9, GIFTS, {"n": 7}),
        (102, GIFTS, {"n": 2**31 - 1}),
        (102, GIFTS, {"n": -7}),
        (8, f"query($n: Int = 7) {{ campaigns(first: $n) {{ {ROWS} }} }}", {}),
        (5, f"query($n: Int = 7) {{ campaigns(first: $n) {{ {ROWS} }} }}", {"n": 4}),
        (101, f"query($n: Int = 7) {{ campaigns(first: $n) {{ {ROWS} }} }}", {"n": None}),
        (21, f"query($n: Int) {{ campaigns(first: $n) {{ {ROWS} }} }}", {}),
        # of a page only its rows are many
        (12, "{ campaigns(first: 5) { totalCount pageInfo { endCursor } nodes { total { asOf } } } }", {}),
        (11, "{ campaigns(first: 5) { edges { cursor node { id } } } }", {}),
        (16, "{ campaigns(first: 5) { edges { cursor node { id } } nodes { id } } }", {}),
        (11, "{ a: campaigns(first: 5) { x: nodes { id } } b: campaigns(first: 4) { y: nodes { id } } }", {}),
        # pages in pages
        (
            1 + 5 * (1 + 1 + 3 * 2),
            "{ campaigns(first: 5) { nodes { donations(first: 3) { nodes { amount { amount } } } } } }",
            {},
        ),
        (
            1 + 5 * (1 + 1 + 3 * 2),
            "query($a: Int!, $b: Int!) {campaigns(first: $a) {nodes {donations(first: $b) {nodes {amount {amount}}}}}}",
            {"a": 5, "b": 3},
        ),
        # ids
        (2, 'query { nodes(ids: ["a", "b"]) { id } }', {}),
        (1, 'query { nodes(ids: "a") { id } }', {}),
        (1, "query { nodes(ids: 12) { id } }", {}),
        (6, IDS, {"ids": ["a", "b", "c"]}),
        (2, IDS, {"ids": "a"}),
        (200, IDS, {"ids": ["a"] * 101}),
        # fragments
        (
            1 + 1 + 5 * 3,
            """{ campaigns(first: 5) { ...Page pageInfo { endCursor } } }
            fragment Page on CampaignConnection { ... { nodes { ...Row } } }
            fragment Row on Campaign { total { raised { amount } } }""",
            {},
        ),
        (
            (1 + 1 + 5) + (1 + 5 * (1 + 5)),
            """query($n: Int!) { campaign(id: 1) { charity { id } ...Gifts } campaigns(first: 5) { nodes { ...Gifts } } }
            fragment Gifts on Campaign { donations(first: $n) { nodes { id } } }""",
            {"n": 4},
        ),
        # what a condition may leave out counts as well
        (2, "{ platforms { id } a: platforms @include(if: false) { id } }", {}),
        # subscriptions, of which each message is one reading
        (
            2 + 1 + 6,
            'subscription($n: Int!) { campaignTotal(id: "a") { position campaign { donations(first: $n) { nodes { id } } } } }',
            {"n": 6},
        ),
    ],
)
def test_an_operation_costs(cost: int, text: str, variables: dict[str, Any]) -> None:
    assert refusal(operations(Limits(cost=cost)), text, variables) is None
    if cost > 1:
        assert refusal(operations(Limits(cost=cost - 1)), text, variables) == "cost"


@pytest.mark.parametrize("text", [f"{{ {EXACTLY_5000} }}", f"query A {{ {EXACTLY_5000} }} query B {COSTLY}"])
def test_an_operation_may_cost_5000_and_no_more(text: str) -> None:
    name = "A" if "query" in text else None
    assert refusal(operations(), text, name=name) is None
    assert refusal(operations(), text.replace("{", "{ platforms { id }", 1), name=name) == "cost"


def test_only_the_chosen_operation_counts() -> None:
    text = f"query Cheap {{ platforms {{ id }} }} query Costly {COSTLY}"
    assert refusal(operations(), text, name="Cheap") is None
    assert refusal(operations(), text, name="Costly") == "cost"


def test_a_document_that_is_known_is_held_against_the_variables_of_each_request() -> None:
    of = operations(Limits(cost=50))
    assert [refusal(of, GIFTS, {"n": n}) for n in (1, 100, 48, 49)] == [None, "cost", None, "cost"]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_documents_of_the_front_ends_are_far_below_the_limit(file: Path) -> None:
    text = file.read_text("utf-8")
    costs = Costs(SCHEMA._schema, parse(text))
    found = [each for each in parse(text).definitions if isinstance(each, OperationDefinitionNode)]
    assert found
    month = {"since": datetime(2026, 9, 1, tzinfo=UTC), "until": datetime(2026, 10, 1, tzinfo=UTC)}
    assert [each.name for each in found if costs.of(each, {"ids": ["a"] * 100, "interval": "DAY", **month}) > 2_500] == []


HISTORIES = """
query($i: HistoryInterval!, $since: DateTime, $until: DateTime) {
  campaigns(first: 10) { nodes { history(interval: $i, since: $since, until: $until) { since raised { amount } } } }
}"""
DAY = {"since": datetime(2026, 9, 1, tzinfo=UTC), "until": datetime(2026, 9, 2, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("given", "rows"),
    [
        ({"i": "MINUTE"}, 1_000),
        ({"i": "HOUR"}, 1_000),
        ({"i": "DAY"}, 400),
        ({"i": "MONTH"}, 60),
        ({"i": "MINUTE", **DAY}, 1_000),
        ({"i": "HOUR", **DAY}, 25),
        ({"i": "DAY", **DAY}, 2),
        ({"i": "HOUR", "since": DAY["until"], "until": DAY["since"]}, 1),
    ],
)
def test_a_history_costs_each_interval_of_its_span(given: dict[str, Any], rows: int) -> None:
    document = parse(HISTORIES)
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    # campaigns, and for each of ten: itself, and each row with its amount
    assert Costs(SCHEMA._schema, document).of(operation, given) == 1 + 10 * (1 + rows * 2)


def test_a_history_in_the_document_itself_costs_the_same() -> None:
    span = 'interval: HOUR, since: "2026-09-01T00:00:00Z", until: "2026-09-02T00:00:00Z"'
    text = f'{{ season(slug: "s") {{ history({span}) {{ donationCount raised {{ isApproximate }} }} }} }}'
    document = parse(text)
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    assert Costs(SCHEMA._schema, document).of(operation, {}) == 1 + 25 * 2


def test_many_long_histories_are_refused() -> None:
    text = "{ campaigns(first: 10) { nodes { history(interval: HOUR) { raised { amount } } } } }"
    assert refusal(operations(), text) == "cost"


def test_the_board_of_the_page_costs_what_it_shows() -> None:
    source = (ROOT / "gateway" / "web" / "documents.js").read_text("utf-8")
    texts = {name: text for name, _, text in re.findall(r"const (\w+) = (`|\")(.*?)\2;", source, re.DOTALL)}
    text = texts["BOARD"]
    while "${" in text:
        text = re.sub(r"\$\{(\w+)\}", lambda found: texts[found[1]], text)
    (board,) = (each for each in parse(text).definitions if isinstance(each, OperationDefinitionNode))
    # platforms, seasons and campaigns; each of 20 seasons has 2 objects, each of 20 campaigns 8, and 5 gifts of 5
    assert Costs(SCHEMA._schema, parse(text)).of(board, {}) == 3 + 20 * 2 + 20 * (8 + 5 * 5)
    assert refusal(operations(), text) is None


def test_rows_of_rows_are_refused() -> None:
    assert refusal(operations(), COSTLY) == "cost"


def doubling(levels: int) -> str:
    """Fragments that each spread the next one twice, below a page of a variable's size at each level."""
    links = [
        f"fragment F{i} on Campaign {{ donations(first: $n) {{ nodes {{ campaign {{ ...F{i + 1} ...F{i + 1} }} }} }} }}"
        for i in range(levels)
    ]
    return " ".join(["query($n: Int!) { campaign(id: 1) { ...F0 } }", *links, f"fragment F{levels} on Campaign {{ id }}"])


@pytest.mark.parametrize(
    "text",
    [
        doubling(45),
        "{ campaign(id: 1) { ...A } } fragment A on Campaign { ...B ...B } fragment B on Campaign { ...A ...A }",
        "{ campaign(id: 1) { " + "...F " * 400 + "} } fragment F on Campaign { charity { id } }",
        "{ platforms { " + "... { " * 90 + "id" + " }" * 90 + " } }",
        " ".join(
            ["{ ...F0 }", *(f"fragment F{i} on Query {{ ...F{i + 1} }}" for i in range(140)), "fragment F140 on Query { x }"]
        ),
    ],
)
def test_fragments_in_circles_and_doubling_are_gone_through_once(text: str) -> None:
    document = parse(text, max_tokens=Limits().document_tokens + 200)
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    began = time.process_time()
    costs = Costs(SCHEMA._schema, document)
    costs.of(operation, {"n": 2})
    assert time.process_time() - began < 0.05


def test_doubling_through_fragments_is_counted_as_if_written_out() -> None:
    document = parse(doubling(2))
    (operation,) = (each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    # a page of two; each row has itself and a campaign with two such pages
    assert Costs(SCHEMA._schema, document).of(operation, {"n": 2}) == 1 + (1 + 2 * (2 + 2 * (1 + 2 * 2)))

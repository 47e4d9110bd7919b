"""What callers learn of errors: whose turn it is, and nothing of the inside."""

from typing import Any

import pytest

from schema.api.errors import INTERNAL, describe
from tests.schema.api.asking import refused, run, shown
from tests.schema.api.world import World, a_campaign, a_total

ONE = """query ($first: Int! = 20, $order: CampaignOrder!, $filter: CampaignFilter) {
    campaigns(first: $first, orderBy: $order, filter: $filter) { totalCount }
}"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{ campaigns { totalCount", "GRAPHQL_PARSE_FAILED"),
        ("{ campagns { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ campaigns(frist: 1) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ campaigns(orderBy: RAISED_DES) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ campaigns(first: null) { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
async def test_a_wrong_document_is_told_from_a_wrong_value(text: str, code: str) -> None:
    error = await refused(World(), text)

    assert error["extensions"] == {"code": code, "requestId": "r1"}


async def test_a_misspelt_field_is_not_told_the_right_one() -> None:
    error = await refused(World(), "{ campagns { totalCount } }")

    assert error["message"] == "Cannot query field 'campagns' on type 'Query'."


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"order": None},
        {"order": "RAISED_DES"},
        {"order": 1},
        {"order": "RAISED_DESC", "first": "x"},
        {"order": "RAISED_DESC", "first": 1.5},
        {"order": "RAISED_DESC", "first": 2**40},
        {"order": "RAISED_DESC", "filter": {"platform": "twitch"}},
        {"order": "RAISED_DESC", "filter": {"statuses": ["RUNNING"]}},
    ],
)
async def test_a_wrong_variable_is_the_callers_mistake_and_not_ours(variables: dict[str, Any]) -> None:
    result = await run(World(), ONE, variables)

    assert shown(result.errors)["extensions"] == {"code": "BAD_USER_INPUT", "requestId": "r1"}
    assert not any(describe(error, "r1")["extensions"]["code"] == INTERNAL for error in result.errors or ())


async def test_a_null_for_an_argument_that_has_a_default_is_the_callers_mistake() -> None:
    result = await run(World(), "query ($first: Int = 20) { campaigns(first: $first) { totalCount } }", {"first": None})

    assert shown(result.errors)["extensions"] == {"code": "BAD_USER_INPUT", "requestId": "r1"}
    assert not any(describe(error, "r1")["extensions"]["code"] == INTERNAL for error in result.errors or ())


async def test_what_nobody_foresaw_is_masked_and_known_as_ours() -> None:
    class Broken(World):
        def total(self, campaign: object) -> None:
            raise RuntimeError("canary")

    world = Broken()
    world.add(a_campaign())
    result = await run(world, "{ campaigns { nodes { title total { asOf } } } }")

    assert result.data == {"campaigns": {"nodes": [{"title": "School lunches", "total": None}]}}
    assert shown(result.errors)["extensions"] == {"code": "INTERNAL", "requestId": "r1"}
    assert "canary" not in str(shown(result.errors))
    assert all(describe(error, "r1")["extensions"]["code"] == INTERNAL for error in result.errors or ())


async def test_a_value_of_ours_that_cannot_be_written_is_our_fault() -> None:
    world = World()
    world.add(a_campaign(), a_total(donation_count=2**40))
    result = await run(world, "{ campaigns { nodes { total { donationCount asOf } } } }")

    assert result.data == {"campaigns": {"nodes": [{"total": {"donationCount": None, "asOf": "2026-09-01T12:00:00Z"}}]}}
    assert shown(result.errors)["extensions"] == {"code": "INTERNAL", "requestId": "r1"}
    assert all(describe(error, "r1")["extensions"]["code"] == INTERNAL for error in result.errors or ())


@pytest.mark.parametrize(
    ("text", "argument"),
    [
        ('{ season(slug: "autumn") { byPlatform(in: "ABC") { donationCount } } }', "in"),
        ('{ season(slug: "autumn") { total(in: ABC) { asOf } } }', "in"),
        ('query ($wanted: CurrencyCode) { season(slug: "autumn") { total(in: $wanted) { asOf } } }', "in"),
        ('{ campaigns(filter: { currency: "ABC" }) { totalCount } }', "currency"),
        ("query ($wanted: CurrencyCode) { campaigns(filter: { currency: $wanted }) { totalCount } }", "currency"),
    ],
)
async def test_a_value_that_is_refused_before_anything_runs_is_told_by_its_argument(text: str, argument: str) -> None:
    world = World()
    result = await run(world, text, {"wanted": "ABC"})

    assert (result.data, world.asked) == (None, [])
    assert shown(result.errors)["extensions"] == {"code": "BAD_USER_INPUT", "argument": argument, "requestId": "r1"}


@pytest.mark.parametrize(
    "text",
    [
        'query ($wanted: CurrencyCode = "ABC") { campaigns(filter: { currency: $wanted }) { totalCount } }',
        'fragment F on Season { total(in: $wanted) { asOf } } query ($wanted: CurrencyCode) { season(slug: "a") { ...F } }',
    ],
)
async def test_where_it_cannot_be_told_there_is_no_argument(text: str) -> None:
    result = await run(World(), text, {"wanted": "ABC"})

    assert shown(result.errors)["extensions"] == {"code": "BAD_USER_INPUT", "requestId": "r1"}


async def test_a_wrong_part_of_a_variable_is_told_by_the_argument_that_takes_the_variable() -> None:
    result = await run(World(), ONE, {"order": "RAISED_DESC", "filter": {"currency": "ABC"}})

    assert shown(result.errors)["extensions"] == {"code": "BAD_USER_INPUT", "argument": "filter", "requestId": "r1"}

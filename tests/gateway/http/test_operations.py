"""Operations: run within their deadline, and described without anything internal."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.http.limits import Limits
from gateway.http.operations import Operations
from gateway.http.requests import OperationRequest
from schema.model.errors import LedgerUnavailable
from tests.gateway.http.toy import CANARY, REQUEST_ID, SCHEMA, Toy, World, codes, decoded
from tests.gateway.live.reading import results_of

SHORT = Limits(operation_seconds=0.05)


async def test_a_query_is_answered() -> None:
    assert await Toy().run("query($n: String!) {hello(name: $n)}", {"n": "you"}) == {"data": {"hello": "Hello you"}}


async def test_one_of_several_operations_is_chosen_by_name() -> None:
    assert await Toy().run("query A {hello} query B {number(value: 3)}", name="B") == {"data": {"number": 3}}


@pytest.mark.parametrize("name", [None, "C"])
async def test_an_unclear_choice_of_operation_is_bad_input(name: str | None) -> None:
    answer = await Toy().run("query A {hello} query B {hello}", name=name)
    assert codes(answer) == ["BAD_USER_INPUT"]
    assert "data" not in answer


@pytest.mark.parametrize(
    ("type_", "field", "value"),
    [
        ("Int!", "number", "1"),
        ("Int!", "number", 2**31),
        ("Int!", "number", 1.5),
        ("Int!", "number", True),
        ("Int!", "number", None),
        ("Int!", "number", {}),
        ("Int!", "number", "x" * 5_000),
        ("Odd!", "odd", 2),
        ("Odd!", "odd", "x"),
    ],
)
async def test_a_variable_of_another_type_is_bad_input_and_nothing_runs(type_: str, field: str, value: object) -> None:
    toy = Toy()
    answer = await toy.run(f"query($v: {type_}) {{hello {field}(value: $v)}}", {"v": value})

    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["argument"] == ("odd" if value == 2 else "v")
    assert len(error["message"]) < 1_000
    assert CANARY not in str(answer)
    assert "data" not in answer
    assert toy.world.ran == []


async def test_a_null_where_an_argument_needs_a_value_is_no_fault_of_ours() -> None:
    with capture_logs() as logs:
        answer = await Toy().run("query($v: Int = 2) {number(value: $v)}", {"v": None})
    assert codes(answer) == ["BAD_USER_INPUT"]
    assert logs == []


async def test_variables_that_nest_too_deeply_are_over_a_limit() -> None:
    value: Any = []
    for _ in range(32):
        value = [value]
    assert codes(await Toy().run("{hello}", {"v": value})) == ["LIMIT_EXCEEDED"]


async def test_a_document_over_a_limit_runs_nothing() -> None:
    toy = Toy()
    answer = await toy.run("{" + " ".join(f"a{i}: hello" for i in range(101)) + "}")
    assert codes(answer) == ["LIMIT_EXCEEDED"]
    assert toy.world.ran == []


async def test_what_a_resolver_raises_unforeseen_is_masked_and_logged() -> None:
    with capture_logs() as logs:
        answer = await Toy().run("{broken hello}")

    assert answer["data"] == {"broken": None, "hello": "Hello world"}
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "INTERNAL", "requestId": REQUEST_ID}
    assert error["path"] == ["broken"]
    assert CANARY not in str(answer)
    (line,) = logs
    assert (line["log_level"], line["request_id"]) == ("error", REQUEST_ID)
    assert isinstance(line["exc_info"], RuntimeError)
    assert line["exc_info"].__traceback__


async def test_what_is_meant_for_callers_is_told_and_not_logged() -> None:
    with capture_logs() as logs:
        answer = await Toy().run("{refused silent}")
    assert sorted(codes(answer)) == ["BAD_USER_INPUT", "UPSTREAM_UNAVAILABLE"]
    assert CANARY not in str(answer)
    assert logs == []


async def test_a_text_that_json_cannot_hold_is_a_fault_of_ours() -> None:
    with capture_logs() as logs:
        answer = await Toy().run("{unsayable}")
    assert (answer["data"], codes(answer)) == (None, ["INTERNAL"])
    assert len(logs) == 1


@pytest.mark.parametrize("query", ["{never}", "subscription {mute}"])
async def test_an_operation_ends_at_its_deadline(query: str) -> None:
    answer = await Toy(SHORT).run(query)
    assert (answer["data"], codes(answer)) == (None, ["TIMEOUT"])


async def test_a_store_that_cannot_be_reached_refuses_the_operation() -> None:
    def context() -> World:
        raise LedgerUnavailable(CANARY)

    prepared = Operations(SCHEMA, context, Limits()).prepare(OperationRequest("{hello}"), REQUEST_ID)
    assert CANARY not in str(prepared)
    assert "UPSTREAM_UNAVAILABLE" in str(prepared)


async def test_a_subscription_gives_its_results_in_order_and_ends() -> None:
    results = await Toy().results("subscription {ticks(to: 3) {number}}")
    assert [each["data"]["ticks"]["number"] for each in results] == [1, 2, 3]


async def test_a_query_that_is_followed_gives_one_result() -> None:
    assert await Toy().results("{hello}") == [{"data": {"hello": "Hello world"}}]


async def test_a_subscription_that_is_executed_gives_its_first_result_and_is_closed() -> None:
    toy = Toy()
    assert await toy.run("subscription {open}") == {"data": {"open": 1}}
    assert toy.world.open == 0


async def test_a_wrong_document_is_the_only_result() -> None:
    (result,) = await Toy().results("subscription {tick}")
    assert codes(result) == ["GRAPHQL_VALIDATION_FAILED"]


async def test_a_source_that_fails_ends_with_one_masked_error() -> None:
    with capture_logs() as logs:
        first, last = await Toy().results("subscription {failing}")
    assert first == {"data": {"failing": 1}}
    assert codes(last) == ["INTERNAL"]
    assert CANARY not in str(last)
    assert logs[0]["request_id"] == REQUEST_ID


async def test_a_feed_that_does_not_exist_is_told() -> None:
    (result,) = await Toy().results("subscription {missing}")
    assert codes(result) == ["NOT_FOUND"]
    assert "data" not in result


async def test_a_subscription_that_is_closed_closes_its_source() -> None:
    toy = Toy()
    operation = toy.operations.prepare(OperationRequest("subscription {open}"), REQUEST_ID)
    async with aclosing(results_of(toy.running, operation)) as results:
        assert decoded((await anext(results)).body) == {"data": {"open": 1}}
    await asyncio.wait_for(toy.world.closed.wait(), 5)
    assert toy.world.open == 0


async def test_a_subscription_whose_reader_is_cancelled_closes_its_source() -> None:
    toy = Toy()
    operation = toy.operations.prepare(OperationRequest("subscription {open}"), REQUEST_ID)
    begun = asyncio.Event()

    async def read() -> None:
        async with aclosing(results_of(toy.running, operation)) as results:
            async for _ in results:
                begun.set()

    reader = asyncio.create_task(read())
    await begun.wait()
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    await asyncio.wait_for(toy.world.closed.wait(), 5)
    assert toy.world.open == 0


async def test_a_subscription_goes_on_after_a_position() -> None:
    query = "subscription($p: String) {ticks(to: 4, after: $p) {number}}"
    assert [each["data"]["ticks"]["number"] for each in await Toy().results(query, after="2", p="1")] == [3, 4]


async def test_a_position_without_a_variable_for_it_is_ignored() -> None:
    assert len(await Toy().results("subscription {ticks(to: 2) {number}}", after="1")) == 2


async def test_a_result_tells_the_position_of_its_single_root_field() -> None:
    toy = Toy()
    for query, positions in (
        ("subscription {ticks(to: 2) {number position}}", ["1", "2"]),
        ("subscription {mine: ticks(to: 1) {position}}", ["1"]),
        ("subscription {ticks(to: 1) {number}}", [None]),
        ("subscription {failing}", [None, None]),
    ):
        operation = toy.operations.prepare(OperationRequest(query), REQUEST_ID)
        assert [each.position async for each in results_of(toy.running, operation)] == positions


async def test_operations_are_prepared_without_running_anything() -> None:
    toy = Toy()
    assert not toy.is_refused("mutation {touch}")
    assert toy.is_refused("mutation {tuch}")
    assert toy.world.ran == []

"""What is executed for the second time is compiled, and nobody sees a difference."""

from typing import Any

import orjson
import pytest
from prometheus_client import CollectorRegistry, generate_latest
from structlog.testing import capture_logs

from gateway.http.limits import Limits
from gateway.http.metrics import RunFigures
from gateway.http.operations import Operations, Runs
from gateway.http.requests import OperationRequest
from gateway.http.results import Result
from schema.api import ids
from schema.api.build import build
from tests.gateway.http.toy import REQUEST_ID, Toy, codes, decoded
from tests.schema.api.world import LUNCH
from tests.schema.execution import project


async def asked(toy: Toy, query: str, times: int = 3, **variables: Any) -> list[bytes]:
    """The answers to an operation that is asked again and again."""
    return [
        (await toy.operations.execute(toy.operations.prepare(OperationRequest(query, None, variables), REQUEST_ID))).body
        for _ in range(times)
    ]


async def test_the_second_time_and_later_an_operation_is_compiled() -> None:
    toy = Toy()
    first, *others = await asked(toy, "query($n: String!) {hello(name: $n) leaf {twin {name}} number(value: 3)}", n="you")
    assert decoded(first)["data"] == {"hello": "Hello you", "leaf": {"twin": {"name": "leaf"}}, "number": 3}
    assert others == [first, first]
    assert toy.operations.runs == Runs(compiled=2, interpreted=1)


@pytest.mark.parametrize("query", ["{broken hello}", "{refused silent}", "{hello unsayable}"])
async def test_an_error_is_told_in_the_same_words(query: str) -> None:
    toy = Toy()
    with capture_logs() as logs:
        first, *others = await asked(toy, query)
    assert others == [first, first]
    assert codes(decoded(first))
    assert len(logs) % 3 == 0  # as often as before


async def test_an_operation_that_met_an_error_is_executed_again_as_a_whole() -> None:
    toy = Toy()
    with capture_logs():
        await asked(toy, "{hello broken}", times=2)
    assert toy.operations.runs == Runs(interpreted=1, repeated=1)
    assert toy.world.ran == ["hello"] * 3


async def test_what_changes_anything_runs_once() -> None:
    toy = Toy()
    await asked(toy, "mutation {touch}", times=3)
    assert toy.world.ran == ["touch"] * 3
    assert toy.operations.runs == Runs(interpreted=3)


async def test_an_operation_that_is_compiled_ends_at_its_deadline() -> None:
    toy = Toy(Limits(operation_seconds=0.05))
    first, *others = await asked(toy, "{hello never}", times=3)
    assert others == [first, first]
    assert codes(decoded(first)) == ["TIMEOUT"]


async def test_messages_are_compiled_from_the_second_on() -> None:
    toy = Toy()
    results = await toy.results("subscription($n: Int!) {ticks(to: $n) {number position t: __typename}}", n=4)
    assert [each["data"]["ticks"]["number"] for each in results] == [1, 2, 3, 4]
    assert toy.operations.runs == Runs(compiled=3, interpreted=1)


async def test_with_a_document_goes_what_was_compiled_of_it() -> None:
    toy = Toy(Limits(cached_characters=20))
    for query in ("{a: hello}", "{b: hello}", "{c: hello}"):
        await asked(toy, query, times=2)
    assert len(toy.operations._documents) == len(toy.operations._documents._programs) == 2


async def test_introspection_is_interpreted() -> None:
    toy = Toy()
    first, second = await asked(toy, "{__schema {queryType {name}}}", times=2)
    assert first == second
    assert toy.operations.runs == Runs(interpreted=2)


async def test_the_ways_of_execution_are_counted() -> None:
    toy = Toy()
    with capture_logs():
        await asked(toy, "{hello}")
        await asked(toy, "{broken}", times=2)
    registry = CollectorRegistry()
    registry.register(RunFigures(toy.operations.runs))
    told = generate_latest(registry).decode()
    for how, count in (("compiled", 2), ("interpreted", 2), ("repeated", 1)):
        assert f'giving_operations_total{{how="{how}"}} {count}.0' in told


async def test_a_query_of_the_project_is_compiled_and_says_the_same() -> None:
    operations = Operations(build(), lambda: project.context(1), Limits())
    total = 'total {raised {amount formatted(locale: "zh-CN")} freshness asOf}'
    text = f"query($id: ID!) {{campaign(id: $id) {{title {total} platform {{name}}}}}}"
    request = OperationRequest(text, None, {"id": ids.campaign_id(LUNCH)})
    results = [await operations.execute(operations.prepare(request, "r")) for _ in range(2)]
    assert results[0] == results[1]
    assert isinstance(results[0], Result)
    assert orjson.loads(results[0].body)["data"]["campaign"]["platform"] == {"name": "Wechat_Pay"}
    assert operations.runs == Runs(compiled=1, interpreted=1)

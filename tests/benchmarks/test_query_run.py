"""Servers are really asked, and one that answers anything else is refused."""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from benchmarks.query.answers import AnswersDiffer, compare, normal
from benchmarks.query.cases import CHANGING, COLD, HOT_CASE, MIXED
from benchmarks.query.documents import HOT
from benchmarks.query.gateway import Gateway, gateway
from benchmarks.query.load import Pace, Requests, load
from benchmarks.query.peer import BARE_ASGI, STRAWBERRY
from benchmarks.query.run import Compared, compared
from benchmarks.query.server import Server, Start

PACE = Pace(0.05, 0.3, 1, connections=4, first=0.1)
TOLD = {"data": {"campaigns": {"totalCount": 1}}}
node = pytest.mark.skipif(not shutil.which("node") and not os.environ.get("CI"), reason="node asks; CI has it")


def core() -> int:
    """One for all: these runs are not for figures."""
    return min(os.sched_getaffinity(0))


@asynccontextmanager
async def fixed(folder: Path, *bodies: str) -> AsyncIterator[list[Server]]:
    """A server for each of these answers."""
    async with AsyncExitStack() as stack:
        servers: list[Server] = []
        for number, body in enumerate(bodies):
            file = folder / f"{number}.json"
            file.write_text(json.dumps({"hot": body}), "utf-8")
            servers.append(await stack.enter_async_context(BARE_ASGI(file, core())))
        yield servers


@asynccontextmanager
async def deaf(file: Path, on: int) -> AsyncIterator[Server]:
    """Strawberry that is never told of a change."""

    async def forget(number: int) -> None:
        del number

    async with STRAWBERRY(file, on) as server:
        server.move = forget  # type: ignore[method-assign]
        yield server


@asynccontextmanager
async def slow(file: Path, on: int) -> AsyncIterator[Server]:
    """Strawberry that takes a change at most ten times a second."""

    async with STRAWBERRY(file, on) as server:
        take = server.move

        async def move(number: int) -> None:
            await asyncio.sleep(0.1)
            await take(number)

        server.move = move  # type: ignore[method-assign]
        yield server


@asynccontextmanager
async def misinformed(file: Path, on: int) -> AsyncIterator[Server]:
    """Strawberry for which one campaign far down in the list is called otherwise."""
    told = json.loads(file.read_text("utf-8"))
    told["rows"][50]["node"]["title"] = "Another one"
    spoiled = file.with_name("spoiled.json")
    spoiled.write_text(json.dumps(told), "utf-8")
    async with STRAWBERRY(spoiled, on) as server:
        yield server


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ours() -> AsyncIterator[Gateway]:
    """A running gateway with a few campaigns."""
    async with gateway(60, core(), core()) as server:
        yield server


def beside(ours: Gateway, folder: Path, **peers: Start) -> AbstractAsyncContextManager[Compared]:
    """The gateway and these."""
    return compared(ours, peers, "fixed", "", folder, core(), core())


def test_answers_are_the_same_however_they_are_written() -> None:
    assert normal(b'{"b": 1, "a": ["x", 2.50]}') == normal(b'{"a":["x",2.5],"b":1.0}')
    assert normal(b'{"a":["\\u5348"]}') == normal('{"a":["午"]}'.encode())


@pytest.mark.parametrize("other", ['{"a":[2,1]}', '{"a":["1",2]}', '{"a":[1,2],"b":null}', '{"a":[1,2.0000001]}'])
def test_answers_that_say_anything_else_are_not_the_same(other: str) -> None:
    assert normal(other.encode()) != normal(b'{"a":[1,2]}')


async def test_a_server_that_answers_otherwise_is_named(tmp_path: Path) -> None:
    async with fixed(tmp_path, json.dumps(TOLD), json.dumps(TOLD, indent=1), json.dumps(TOLD).replace("1", "2")) as servers:
        ours, same, other = (server.place for server in servers)
        await compare({"ours": ours, "same": same}, [HOT])

        with pytest.raises(AnswersDiffer, match=r"other: .*2"):
            await compare({"ours": ours, "same": same, "other": other}, [HOT])


@node
async def test_what_was_answered_is_counted_with_the_cpu_of_the_server(tmp_path: Path) -> None:
    async with fixed(tmp_path, json.dumps(TOLD)) as [server]:
        found = await load(server.place, Requests.written(tmp_path / "hot", [HOT]), PACE, core(), core())

    assert found.requests > 10
    assert found.size > found.requests * len(json.dumps(TOLD))
    assert 0 < found.used.server < 2 * found.seconds
    assert 0 < found.p50_ms <= found.p99_ms


@node
async def test_answers_with_errors_are_not_counted_but_end_the_run(tmp_path: Path) -> None:
    async with fixed(tmp_path, '{"errors":[{"message":"busy"}]}') as [server]:
        with pytest.raises(RuntimeError, match="busy"):
            await load(server.place, Requests.written(tmp_path / "hot", [HOT]), PACE, core(), core())


@node
@pytest.mark.asyncio(loop_scope="module")
async def test_all_who_answer_the_same_are_measured_in_all_cases_that_they_are_in(ours: Gateway, tmp_path: Path) -> None:
    peers: dict[str, Start] = {"Strawberry": STRAWBERRY, "fixed": BARE_ASGI}
    async with beside(ours, tmp_path, **peers) as running:
        found = [each for case in running.cases for each in await running.measure(case, PACE, lambda _: None)]

    assert [(each.case, each.server) for each in found] == [
        (HOT_CASE, "gateway"),
        (HOT_CASE, "Strawberry"),
        (HOT_CASE, "fixed"),
        *((case, server) for case in (CHANGING, COLD, MIXED) for server in ("gateway", "Strawberry")),
    ]
    assert all(each.per_second > 0 for each in found)
    assert {each.case for each in found if each.changes} == {CHANGING}


@pytest.mark.asyncio(loop_scope="module")
async def test_who_was_told_something_else_is_refused_before_anything_is_timed(ours: Gateway, tmp_path: Path) -> None:
    with pytest.raises(AnswersDiffer, match="Another one"):
        async with beside(ours, tmp_path, misinformed=misinformed):
            pass


@node
@pytest.mark.asyncio(loop_scope="module")
async def test_who_does_not_show_what_has_changed_is_refused(ours: Gateway, tmp_path: Path) -> None:
    async with beside(ours, tmp_path, deaf=deaf) as running:
        [changing] = [case for case in running.cases if case.name == CHANGING]

        with pytest.raises(AnswersDiffer, match="deaf shows"):
            await running.measure(changing, PACE, lambda _: None)


@node
@pytest.mark.asyncio(loop_scope="module")
async def test_who_takes_changes_more_slowly_is_known_for_it(ours: Gateway, tmp_path: Path) -> None:
    async with beside(ours, tmp_path, slow=slow) as running:
        [changing] = [case for case in running.cases if case.name == CHANGING]

        [_, found] = await running.measure(changing, PACE, lambda _: None)

    assert 0 < found.changes <= 10

"""What resolvers wait for: all at once, in order, in contexts of their own, and to the end when it is no longer wanted."""

import asyncio
import gc
from collections.abc import AsyncIterator, Generator
from contextvars import ContextVar
from copy import deepcopy
from inspect import iscoroutine
from typing import Any

import pytest

from schema.execution.compiled import Execution
from schema.execution.unanswered import Unanswered
from tests.schema.execution.asking import Resolvers, schema, told
from tests.schema.execution.judged import Question, compiled

SDL = "type Query { a: Int b: Int c: Int! one: Thing two: Thing list: [Thing] ints: [Int] } type Thing { a: Int b: Thing }"
SEEN: ContextVar[str] = ContextVar("SEEN", default="nothing")


async def later(value: Any, turns: int = 3) -> Any:
    """A value some turns of the loop later."""
    for _ in range(turns):
        await asyncio.sleep(0)
    return value


def run(text: str, root: Any, resolvers: Resolvers | None = None) -> Any:
    """What a compiled operation gives: data, or what has to be awaited for it."""
    executor = Question(schema(SDL, resolvers), text, {}, root=root).build()
    return Execution(compiled(executor)).run(executor)


async def test_where_nothing_waits_there_is_no_coroutine() -> None:
    assert run("{a one {a}}", {"a": 1, "one": {"a": 2}}) == {"a": 1, "one": {"a": 2}}


async def test_coroutines_that_end_at_once_cost_no_turn_of_the_loop() -> None:
    async def now(_source: object, _info: object) -> int:
        return 5

    data = run("{a one {a b {a}}}", {"one": {"b": {}}}, {"Query.a": now, "Thing.a": now})
    assert data == {"a": 5, "one": {"a": 5, "b": {"a": 5}}}


async def test_fields_keep_their_order_whenever_they_are_done() -> None:
    root = {
        "a": lambda _: later(1, 9),
        "b": lambda _: later(2, 1),
        "c": 3,
        "one": lambda _: later({"a": lambda _: later(4, 5)}),
    }
    data = await told(SDL, "{a b c one {a}}", root)
    assert [*data.items()] == [("a", 1), ("b", 2), ("c", 3), ("one", {"a": 4})]


async def test_all_is_begun_before_anything_is_waited_for() -> None:
    begun: list[str] = []
    gate = asyncio.Event()

    async def wait(_source: object, info: Any) -> int:
        begun.append(info.field_name)
        if len(begun) == 4:
            gate.set()
        await gate.wait()
        return 1

    fields = {"Query.a": wait, "Query.b": wait, "Thing.a": wait}
    assert await run("{a b list {a}}", {"list": [{}, {}]}, fields) == {"a": 1, "b": 1, "list": [{"a": 1}, {"a": 1}]}


class Odd:
    """An awaitable that is no coroutine, or waits for what nobody can."""

    def __init__(self, *steps: Any) -> None:
        self._steps = steps

    def __await__(self) -> Generator[Any, Any, int]:
        yield from self._steps
        return 7


async def test_whatever_can_be_awaited_is() -> None:
    def future(_: object) -> asyncio.Future[int]:
        done = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(done.set_result, 6)
        return done

    root = {"a": future, "b": lambda _: Odd(None, None), "c": lambda _: asyncio.create_task(later(8))}
    assert await told(SDL, "{a b c}", root) == {"a": 6, "b": 7, "c": 8}
    root = {"ints": lambda _: [later(1), 2, future(None), Odd(), later(None)]}
    assert await told(SDL, "{ints}", root) == {"ints": [1, 2, 6, 7, None]}


async def test_what_nobody_can_wait_for_is_an_error() -> None:
    with pytest.raises(Unanswered):
        run("{a}", {"a": lambda _: Odd("something")})


async def test_an_awaitable_within_an_awaitable_is_left_to_graphql_core() -> None:
    with pytest.raises(Unanswered):
        await run("{a}", {"a": lambda _: later(later(1))})
    gc.collect()


@pytest.mark.parametrize("turns", [0, 1])
async def test_each_awaitable_has_a_context_of_its_own_which_fields_below_it_inherit(turns: int) -> None:
    def told_by(name: str) -> Any:
        async def one(_source: object, _info: object) -> dict[str, Any]:
            before = SEEN.get()
            SEEN.set(name)
            await later(None, turns)
            return {"a": len(before)}

        return one

    async def below(source: dict[str, int], _info: object) -> int:
        return source["a"] * 100 + len(SEEN.get())

    fields = {"Query.one": told_by("four"), "Query.two": told_by("seven42"), "Thing.a": below}
    token = SEEN.set("around")
    data = run("{one {a} two {a}}", {}, fields)
    assert (await data if iscoroutine(data) else data) == {"one": {"a": 604}, "two": {"a": 607}}
    assert SEEN.get() == "around"
    SEEN.reset(token)


class Watched:
    """Coroutines, each of which tells how it ended."""

    def __init__(self) -> None:
        self.ends: list[str] = []

    async def wait(self, name: str) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # what is cleared up takes a moment
            self.ends.append(name)
            raise


@pytest.mark.parametrize("turns", [0, 3])
async def test_where_one_raises_the_others_are_cancelled_and_have_ended(turns: int) -> None:
    watched = Watched()

    async def fails(_: object) -> int:
        await later(None, turns)
        raise ValueError("a fault")

    root = {"a": lambda _: watched.wait("a"), "ints": lambda _: [watched.wait("0"), watched.wait("1")], "b": fails}
    waiting = run("{a ints b}", root)
    assert iscoroutine(waiting)
    with pytest.raises(Unanswered) as raised:
        await waiting
    assert isinstance(raised.value.__cause__, ValueError)
    assert sorted(watched.ends) == ["0", "1", "a"]


async def test_after_an_error_nothing_more_is_asked_for() -> None:
    asked: list[str] = []

    async def stays(_: object) -> dict[str, Any]:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return {"a": lambda _: asked.append("a")}
        return {}

    async def fails(_: object) -> int:
        await asyncio.sleep(0)
        raise ValueError("a fault")

    with pytest.raises(Unanswered):
        await run("{one {a} b}", {"one": stays, "b": fails})
    assert asked == []


async def test_coroutines_that_come_after_an_error_in_a_list_are_closed() -> None:
    async def fails() -> int:
        raise ValueError("a fault")

    for made in (list, iter):
        with pytest.raises(Unanswered):
            run("{ints}", {"ints": lambda _, made=made: made([fails(), later(1), later(2)])})
        gc.collect()


async def test_who_is_cancelled_cancels_all_and_is_cancelled_when_they_have_ended() -> None:
    watched = Watched()
    waiting = asyncio.ensure_future(run("{a b}", {"a": lambda _: watched.wait("a"), "b": lambda _: watched.wait("b")}))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert sorted(watched.ends) == ["a", "b"]


async def test_a_deadline_ends_a_run() -> None:
    watched = Watched()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await run("{a}", {"a": lambda _: watched.wait("a")})
    assert watched.ends == ["a"]


async def test_a_deadline_within_a_resolver_is_an_error_of_it_and_cancels_nobody_outside() -> None:
    watched = Watched()

    async def hurries(_: object) -> None:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()

    with pytest.raises(Unanswered):
        await run("{a b}", {"a": hurries, "b": lambda _: watched.wait("b")})
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    assert watched.ends == ["b"]


async def test_a_deadline_within_a_resolver_that_is_kept_disturbs_nobody() -> None:
    async def hurries(_: object) -> int:
        async with asyncio.timeout(5):
            return int(await later(1))

    assert await told(SDL, "{a b}", {"a": hurries, "b": hurries}) == {"a": 1, "b": 1}


async def test_a_group_of_tasks_within_a_resolver_is_that_resolvers_own() -> None:
    async def many(_: object) -> int:
        async with asyncio.TaskGroup() as group:
            parts = [group.create_task(later(each)) for each in (1, 2)]
        return sum(each.result() for each in parts)

    assert await told(SDL, "{a b}", {"a": many, "b": many}) == {"a": 3, "b": 3}


async def test_a_resolver_that_was_cancelled_from_elsewhere_is_left_to_graphql_core() -> None:
    def cancelled(_: object) -> asyncio.Future[int]:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.cancel)
        return future

    with pytest.raises(Unanswered):
        await run("{a b}", {"a": cancelled, "b": lambda _: later(1)})


async def test_a_stream_as_a_list_is_left_to_graphql_core() -> None:
    async def ints(_: object) -> AsyncIterator[int]:
        yield 1

    with pytest.raises(Unanswered):
        run("{ints}", {"ints": ints})


async def test_results_do_not_mix_where_runs_do() -> None:
    executor = Question(schema(SDL), "{a one {a}}", {}).build()
    execution = Execution(compiled(executor))

    async def one(number: int) -> Any:
        root = {"a": lambda _: later(number, number), "one": lambda _: later({"a": lambda _: later(number)})}
        data = execution.run(executor.build_per_event_executor(root))
        assert data is not None
        assert not isinstance(data, dict)
        return deepcopy(await data)  # as it is when it is told

    results = await asyncio.gather(*(one(number) for number in range(1, 9)))
    assert results == [{"a": number, "one": {"a": number}} for number in range(1, 9)]

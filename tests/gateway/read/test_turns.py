"""Turns: what is asked for is done in that order, and what takes long keeps nobody from anything else."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest

from gateway.read.turns import Turns

PATIENCE = 10.0


class Long:
    """Work that takes until it may end."""

    def __init__(self, end: Callable[[], object] = lambda: None) -> None:
        self.begun, self.may_end, self._end = threading.Event(), threading.Event(), end
        self.thread: threading.Thread | None = None

    def __call__(self) -> object:
        self.thread = threading.current_thread()
        self.begun.set()
        assert self.may_end.wait(PATIENCE)
        return self._end()


@pytest.fixture
async def turns() -> AsyncIterator[Turns]:
    made = Turns()
    yield made
    made.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.001)


async def test_what_is_quick_is_done_at_once_and_here(turns: Turns) -> None:
    done = list[object]()
    turns.write(lambda: done.append(threading.current_thread()))
    assert done == [threading.current_thread()]
    assert await turns.read(threading.current_thread, is_quick=True) is threading.current_thread()


async def test_while_something_long_is_done_the_loop_goes_on_and_all_else_comes_after_it_in_order(turns: Turns) -> None:
    said = list[str]()
    long = Long(lambda: said.append("long"))
    reading = asyncio.create_task(turns.read(long, is_quick=False))
    await until(long.begun.is_set)
    assert long.thread is not threading.current_thread()
    turns.write(partial(said.append, "write"))
    quick = asyncio.create_task(turns.read(lambda: list(said), is_quick=True))
    await asyncio.sleep(0)
    turns.write(partial(said.append, "later"))
    assert said == []
    long.may_end.set()
    await reading
    assert (await quick)[:2] == ["long", "write"]
    await until(lambda: turns._waiting == 0)
    turns.write(partial(said.append, "here"))
    assert said == ["long", "write", "later", "here"]


async def test_of_whoever_has_gone_nothing_is_begun_and_what_was_begun_keeps_its_turn(turns: Turns) -> None:
    said = list[str]()
    long = Long(lambda: said.append("long"))
    first = asyncio.create_task(turns.read(long, is_quick=False))
    second = asyncio.create_task(turns.read(partial(said.append, "second"), is_quick=False))
    await until(long.begun.is_set)
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    await asyncio.sleep(0)
    turns.write(partial(said.append, "write"))
    assert said == []  # nobody waits for the first one, and it still is the one whose turn it is
    long.may_end.set()
    await until(lambda: said == ["long", "write"])
    await until(lambda: turns._waiting == 0)


async def test_what_a_write_raised_that_had_to_wait_is_told_with_the_next_one(turns: Turns) -> None:
    long = Long()
    reading = asyncio.create_task(turns.read(long, is_quick=False))
    await until(long.begun.is_set)
    turns.write(lambda: 1 / 0)
    long.may_end.set()
    await reading
    await until(lambda: turns._waiting == 0)
    with pytest.raises(ZeroDivisionError):
        turns.write(lambda: None)
    turns.write(lambda: None)


async def test_what_a_read_raises_is_told_to_whoever_asked_and_to_nobody_else(turns: Turns) -> None:
    with pytest.raises(ZeroDivisionError):
        await turns.read(lambda: 1 / 0, is_quick=False)
    with pytest.raises(ZeroDivisionError):
        await turns.read(lambda: 1 / 0, is_quick=True)
    turns.write(lambda: None)


async def test_who_asks_at_the_same_moment_goes_on_at_the_same_moment(turns: Turns) -> None:
    rounds, moments = [0], list[int]()

    async def count() -> None:
        while True:
            rounds[0] += 1
            await asyncio.sleep(0)

    async def ask(number: int) -> int:
        found = await turns.read(lambda: threading.Event().wait(0.002) or number, is_quick=False)
        moments.append(rounds[0])
        return found

    counting = asyncio.create_task(count())
    assert await asyncio.gather(*map(ask, range(1, 11))) == list(range(1, 11))
    assert len(set(moments)) == 1
    counting.cancel()


async def test_at_the_end_what_waits_is_left_and_what_is_being_done_is_done(turns: Turns) -> None:
    said = list[str]()
    long = Long(lambda: said.append("long"))
    first = asyncio.create_task(turns.read(long, is_quick=False))
    second = asyncio.create_task(turns.read(partial(said.append, "second"), is_quick=False))
    await until(long.begun.is_set)
    long.may_end.set()
    turns.close()
    assert "long" in said
    await asyncio.gather(first, second, return_exceptions=True)

"""Who joins together shares what they are told, as far as it may be kept, and for a moment only."""

import asyncio
import gc
from collections.abc import AsyncGenerator, Coroutine
from functools import partial
from typing import Any, Final

import pytest

from gateway.http.results import Result
from gateway.live import audience
from gateway.live.audience import KEPT_BYTES, Audience
from gateway.live.crowd import AT_ONCE
from gateway.live.frame import Frame
from schema.api.following import Following
from schema.api.ports import Message

HALF: Final = KEPT_BYTES // 2


class Board:
    """``schema.api.ports.Feed`` of several figures, each of which is told to whoever joins."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = sizes
        self.figures = dict.fromkeys(range(len(sizes)), 0)
        self.joins = 0
        self.hold = asyncio.Event()
        self.hold.set()

    def __enter__(self) -> "Board":
        return self

    def __exit__(self, *_: object) -> None: ...

    @property
    def place(self) -> tuple[int, ...]:
        """What is new is a figure."""
        return tuple(self.figures.values())

    async def seek(self) -> None:
        """It is known."""

    async def reach(self, after: str) -> None:
        """It is here."""

    async def join(self, after: str | None) -> AsyncGenerator[Message[int], None]:
        """All figures."""
        self.joins += 1
        for about in self.figures:
            yield self.message(about, follows=False)
            await self.hold.wait()

    async def live(self) -> AsyncGenerator[Message[int], None]:
        """Is told by the tests."""
        yield self.message(0)

    def message(self, about: int, *, follows: bool = True) -> Message[int]:
        """One of them as it stands."""
        again = partial(self.message, about, follows=follows)
        return Message(about, about, self.figures[about], follows=follows, again=again)


class Stage:
    """An audience before it."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.executed = 0
        self.slow = dict[object, asyncio.Event]()
        """By the figure that it tells, what its execution waits for."""
        self.tasks = set[asyncio.Task[None]]()
        self.audience = Audience(Following(board, lambda told: told), self._execute, self._begin)

    async def tell(self, about: int) -> None:
        """One figure more, told to all."""
        self.board.figures[about] += 1
        await self.audience.tell(self.board.message(about))

    async def _execute(self, message: Message[Any]) -> Frame:
        self.executed += 1
        if message.state in self.slow:
            await self.slow[message.state].wait()
        figure = self.board.figures[message.told]  # which may be newer than the message
        result = Result(b"%d" % figure + b" " * (self.board.sizes[message.told] - 1), executed=True)
        return Frame(result, message.about, message.state, follows=message.follows)

    def _begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


class Recorder:
    """A viewer that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[object, int]] = []

    def take(self, frame: Frame) -> None:
        """One more."""
        self.told.append((frame.about, int(frame.result.body)))

    def end(self, last: Frame | None = None) -> None:
        """No more."""


@pytest.mark.parametrize(("sizes", "executions"), [((HALF, HALF), 2), ((HALF, HALF + 1), 4)])
async def test_so_much_of_what_some_were_told_is_kept_for_others(sizes: tuple[int, int], executions: int) -> None:
    stage = Stage(Board(*sizes))
    viewers = [Recorder(), Recorder()]
    for viewer in viewers:
        await stage.audience.join(viewer, None)
    assert [viewer.told for viewer in viewers] == [[(0, 0), (1, 0)]] * 2
    assert (stage.executed, stage.board.joins) == (executions, executions // 2)
    await stage.tell(1)
    assert [viewer.told[2:] for viewer in viewers] == [[(1, 1)]] * 2


async def test_who_joins_while_too_much_is_told_begins_with_others_and_each_may_leave() -> None:
    stage = Stage(Board(HALF, HALF + 1, 1))
    viewers = [Recorder(), Recorder(), Recorder()]
    joins = [asyncio.create_task(stage.audience.join(viewers[0], None))]
    while len(viewers[0].told) < 1:
        await asyncio.sleep(0)
    stage.board.hold.clear()
    while len(viewers[0].told) < 2:
        stage.board.hold.set()
        await asyncio.sleep(0)
        stage.board.hold.clear()
    joins += [asyncio.create_task(stage.audience.join(each, None)) for each in viewers[1:]]
    while not viewers[2].told:
        await asyncio.sleep(0)
    stage.audience.leave(viewers[0])
    joins[0].cancel()
    stage.board.hold.set()
    await asyncio.gather(*joins[1:])
    await stage.tell(2)
    assert viewers[1].told == [(0, 0), (1, 0), (2, 0), (2, 1)]
    assert viewers[2].told == viewers[1].told
    assert (2, 1) not in viewers[0].told
    assert (stage.board.joins, len(stage.audience)) == (2, 2)


def frames() -> int:
    """How many there are."""
    gc.collect()
    return sum(type(each) is Frame for each in gc.get_objects())


async def test_for_who_left_before_joining_began_nothing_is_kept() -> None:
    before, stage = frames(), Stage(Board(1, 1))
    await stage.audience.join(Recorder(), None)
    left = Recorder()
    joining = asyncio.create_task(stage.audience.join(left, "0"))
    await asyncio.sleep(0)
    stage.audience.leave(left)
    joining.cancel()
    await asyncio.gather(joining, return_exceptions=True)
    await stage.tell(0)
    await stage.tell(1)
    assert (left.told, frames()) == ([], before)


async def test_what_some_were_told_is_let_go_after_a_moment_although_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audience, "FRESH_SECONDS", 0.05)
    before, stage = frames(), Stage(Board(1, 1))
    await stage.audience.join(Recorder(), None)
    assert frames() == before + 2
    async with asyncio.timeout(5):
        while frames() > before:
            await asyncio.sleep(0.01)


async def test_of_what_moves_while_some_join_the_newest_of_each_is_told_them() -> None:
    stage = Stage(Board(1, 1))
    watching, joining = Recorder(), Recorder()
    await stage.audience.join(watching, None)
    stage.board.hold.clear()
    stage.board.figures[1] += 1  # another place, so that they are not told what the first one was
    join = asyncio.create_task(stage.audience.join(joining, None))
    while not joining.told:
        await asyncio.sleep(0)
    for _ in range(5):
        await stage.tell(0)
    stage.board.hold.set()
    await join
    assert joining.told == [(0, 0), (1, 1), (0, 5)]
    assert watching.told[2:] == [(0, number) for number in range(1, 6)]


async def test_what_was_read_before_what_they_were_told_is_not_told_them_after_it() -> None:
    stage, joining = Stage(Board(1, 1)), Recorder()
    stage.board.hold.clear()
    join = asyncio.create_task(stage.audience.join(joining, None))
    while not joining.told:
        await asyncio.sleep(0)
    stage.slow[1] = asyncio.Event()
    telling = asyncio.create_task(stage.tell(1))
    await asyncio.sleep(0)
    stage.board.figures[1] += 1
    stage.board.hold.set()
    while len(joining.told) < 2:
        await asyncio.sleep(0)
    stage.slow[1].set()
    await asyncio.gather(join, telling)
    assert joining.told == [(0, 0), (1, 2)]


async def test_one_that_could_not_take_what_others_were_told_comes_again_and_is_not_among_them() -> None:
    stage = Stage(Board(1, 1, 1))
    await stage.audience.join(Recorder(), None)

    class Full(Recorder):
        def take(self, frame: Frame) -> None:
            """It has room for one."""
            super().take(frame)
            if len(self.told) == 2:
                stage.audience.leave(self)

    full = Full()
    await stage.audience.join(full, None)
    assert (full.told, full in stage.audience) == ([(0, 0), (1, 0)], False)
    await stage.tell(1)
    assert len(full.told) == 2


async def test_what_was_told_while_something_newer_was_executed_for_them_is_not_told_them_after_it() -> None:
    stage, joining = Stage(Board(1)), Recorder()
    stage.board.figures[0] = 1
    stage.slow[1] = asyncio.Event()
    join = asyncio.create_task(stage.audience.join(joining, None))
    while not stage.executed:
        await asyncio.sleep(0)
    await stage.tell(0)
    stage.board.figures[0] = 3  # which is told to all a moment later
    stage.slow[1].set()
    await join
    await stage.audience.tell(stage.board.message(0))
    assert joining.told == [(0, 3)] * len(joining.told)


async def test_thousands_who_join_are_told_in_turns() -> None:
    stage = Stage(Board(1))
    viewers = [Recorder() for _ in range(10 * AT_ONCE)]
    joins = [asyncio.create_task(stage.audience.join(each, None)) for each in viewers]
    seen = set[int]()
    while not all(join.done() for join in joins):
        seen.add(sum(bool(each.told) for each in viewers))
        await asyncio.sleep(0)
    assert len([count for count in seen if 0 < count < len(viewers)]) >= 8
    assert all(each.told == [(0, 0)] for each in viewers)

"""Running operations: one for all viewers who ask for the same, executed once for each message and encoded once.

Equal are operations of the same scope, document, name and variables, but for the one that says where each viewer goes on.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from contextlib import aclosing
from functools import partial
from typing import Any, cast

from graphql import OperationType

from gateway.http.operations import Operation, Operations
from gateway.http.results import Result
from gateway.live.audience import Audience
from gateway.live.frame import Frame, Viewer
from gateway.live.spacing import Spacing
from schema.api.following import Following
from schema.api.ports import Message


class RunningOperations:
    """All of a process. ``executed`` counts the messages that were, for however many viewers, ``told`` those that viewers were
    handed, and ``behind`` how often one took too little and began anew from where it was.
    """

    def __init__(self, operations: Operations) -> None:
        self.operations = operations
        self.spacing = Spacing()
        self.executed = 0
        self.told = 0
        self.behind = 0
        self._running: dict[Hashable, Running] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    @property
    def viewers(self) -> int:
        """How many follow them."""
        return sum(map(len, self._running.values()))

    def follow(self, operation: Operation | Result, viewer: Viewer, after: str | None = None) -> Callable[[], None]:
        """Tells a viewer all results until it leaves, which it does by calling what this gives.

        ``after`` is the last position that it took of this operation, where it did: in place of where the operation goes on.
        """
        if isinstance(operation, Result) or operation.kind is not OperationType.SUBSCRIPTION:
            answering = self.begin(self._answer(operation, viewer))
            return lambda: cast("None", answering.cancel())
        self.behind += after is not None
        running = self._running.get(operation.key)
        if running is None:
            running = self._running[operation.key] = Running(self, operation)
        return running.admit(viewer, operation, after)

    def begin(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """A task that is held until it is done."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def forget(self, running: "Running") -> None:
        """It is over, or nobody watches it."""
        if self._running.get(running.operation.key) is running:
            del self._running[running.operation.key]

    async def _answer(self, operation: Operation | Result, viewer: Viewer) -> None:
        viewer.end(Frame(await self.operations.execute(operation)))


class Executing:
    """Makes the frames of one of them, for its audience.

    It refers to neither of the two: both would stay until Python looks for such circles.
    """

    def __init__(self, all_: RunningOperations, operation: Operation) -> None:
        self._all = all_
        self._operation = operation
        self._size = 0
        """Bytes of its latest message."""

    async def frame(self, message: Message[object]) -> Frame:
        """One message of the source, executed."""
        await self._all.spacing.turn(self._size)
        self._all.executed = number = self._all.executed + 1
        result = await self._all.operations.event(self._operation, message.told)
        self._size = len(result.body)
        again = message.again and partial(self._again, message.again)
        return Frame(result, message.about, message.state, message.position, message.follows, again, number)

    def _again(self, ask: Callable[[], Message[object] | None], take: Callable[[Frame | None], object]) -> None:
        async def execute() -> None:
            newest = ask()
            take(await self.frame(newest) if newest else None)

        self._all.begin(execute())


class Running:
    """One of them, from its first viewer to its last."""

    def __init__(self, all_: RunningOperations, operation: Operation) -> None:
        self.operation = operation
        self._all = all_
        self._opened: asyncio.Future[Audience] = asyncio.get_running_loop().create_future()
        self._entering: dict[Viewer, asyncio.Task[None]] = {}
        self._task: asyncio.Task[None] | None = all_.begin(self._run())

    def admit(self, viewer: Viewer, operation: Operation, after: str | None) -> Callable[[], None]:
        """A viewer who asked with an operation of the same key; gives what lets it leave."""
        self._entering[viewer] = self._all.begin(self._enter(viewer, operation, after))
        return lambda: self._leave(viewer)

    def __len__(self) -> int:
        return len(self._entering) + len(self._audience or ())

    @property
    def _audience(self) -> Audience | None:
        return self._opened.result() if self._opened.done() else None

    async def _run(self) -> None:
        last: Result | None = None
        try:
            source = await self._all.operations.source(self.operation)
            if isinstance(source, Result):
                last = source
            else:
                with source:
                    await self._tell(source)
        except Exception as error:  # a source may raise anything; viewers get it described
            last = self._all.operations.fault(self.operation, error)
        finally:
            self._all.forget(self)
            self._task = None  # whose end refers to this: it would stay until Python looks for such circles
        self._end(last)

    async def _tell(self, source: Following[object]) -> None:
        audience = Audience(source, Executing(self._all, self.operation).frame, self._all.begin)
        self._opened.set_result(audience)
        async with aclosing(source.live()) as messages:
            async for message in messages:
                self._all.told += await audience.tell(message)
        await asyncio.gather(*self._entering.values())

    async def _enter(self, viewer: Viewer, operation: Operation, after: str | None) -> None:
        audience = await asyncio.shield(self._opened)
        try:
            if after is None:
                after = operation.after(audience.source)
            if after is not None:
                await audience.source.reach(after)
            await audience.join(viewer, after)
        except Exception as error:
            audience.leave(viewer)
            viewer.end(Frame(self._all.operations.fault(operation, error)))
        if self._entering.get(viewer) is asyncio.current_task():  # else it has left, and may be entering again
            del self._entering[viewer]
        self._stop_if_empty()

    def _leave(self, viewer: Viewer) -> None:
        entering = self._entering.pop(viewer, None)
        if entering is not None:
            entering.cancel()
        if self._audience is not None:
            self._audience.leave(viewer)
        self._stop_if_empty()

    def _stop_if_empty(self) -> None:
        if not len(self):
            if self._task is not None:
                self._task.cancel()
                self._task = None  # also of one that has not begun
            self._all.forget(self)

    def _end(self, last: Result | None) -> None:
        viewers = [*self._entering, *(self._audience or ())]
        for task in self._entering.values():
            task.cancel()
        self._entering.clear()
        for viewer in viewers:
            viewer.end(Frame(last) if last else None)

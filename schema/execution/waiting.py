"""What of a run has to be waited for: all of it at once, in the task that runs the operation.

An awaitable is begun where it stands, in a context of its own. Most end at once and cost no task. Those that do not are taken
further as what they wait for is done. They see the operation's task as their own; cancelling that cancels them all.
"""

from asyncio import AbstractEventLoop, CancelledError, Future, current_task, get_running_loop
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import Context, copy_context
from types import CoroutineType
from typing import Any, TypeAlias

State: TypeAlias = list[Any]
Container: TypeAlias = Any
"""A list or a dict of the data."""
Complete: TypeAlias = Callable[[State, Container, Any, Any], Any]
"""``complete(state, container, key, value)`` gives what belongs at ``container[key]``, or None and puts it there later."""


class Waiting:
    """The awaitables of one run."""

    __slots__ = ("_failure", "_loop", "_ready", "_suspended", "_waker")

    def __init__(self) -> None:
        self._suspended: set[_Suspended] = set()
        self._ready: deque[_Suspended] = deque()
        self._waker: Future[None] | None = None
        self._loop: AbstractEventLoop | None = None
        self._failure: BaseException | None = None

    def __bool__(self) -> bool:
        return bool(self._suspended)

    def begin(self, awaitable: Awaitable[Any], complete: Complete, state: State, container: Container, key: Any) -> Any:
        """What belongs at ``container[key]`` where it is known at once, else None. What is raised at once is raised here."""
        coroutine = awaitable if type(awaitable) is CoroutineType else _awaited(awaitable)
        context = copy_context()
        try:
            met = context.run(coroutine.send, None)
        except StopIteration as stop:
            value = stop.value
        else:
            each = _Suspended(self, coroutine, context, complete, state, container, key)
            self._suspended.add(each)
            self._suspend(each, met)
            return None
        return context.run(complete, state, container, key, value)

    async def finish(self, failure: Exception | None = None) -> None:
        """Returns when nothing waits any more, and raises what the first one raised.

        Then, or with ``failure``, all others are cancelled, and have ended. It is awaited in the task of ``begin``.
        """
        task = current_task()
        before = task.cancelling() if task else 0
        if failure is not None:
            self._fail(failure)
        while self._suspended:
            try:
                await self._woken()
            except CancelledError as error:
                self._fail(error)
            while self._ready:
                try:
                    self._go_on(self._ready.popleft())
                except (Exception, CancelledError) as error:
                    if self._failure is None:  # else it is what this one says to being cancelled
                        self._fail(error)
        if task is not None and task.cancelling() > before:
            raise CancelledError
        # A deadline within a resolver cancels the task as well, and takes that back: then it is a failure like others.
        if isinstance(self._failure, CancelledError):
            raise TimeoutError("cancelled within a resolver") from self._failure
        if self._failure is not None:
            raise self._failure

    def _suspend(self, each: "_Suspended", met: Any) -> None:
        """Waits for what a coroutine has yielded, by the rules of asyncio's tasks."""
        each.future = None
        if met is None:
            self._loop = self._loop or get_running_loop()
            self._loop.call_soon(each.wake)
        elif getattr(met, "_asyncio_future_blocking", False):
            met._asyncio_future_blocking = False  # noqa: SLF001 (how a task tells a future that it waits)
            each.future = met
            met.add_done_callback(each.wake)
        else:
            self._suspended.discard(each)
            each.coroutine.close()
            raise TypeError(f"an awaitable of another event loop: {met!r}")

    def wake(self, each: "_Suspended") -> None:
        """What it waits for is done."""
        self._ready.append(each)
        if self._waker is not None and not self._waker.done():
            self._waker.set_result(None)

    async def _woken(self) -> None:
        if not self._ready:
            self._loop = self._loop or get_running_loop()
            self._waker = self._loop.create_future()
            await self._waker

    def _go_on(self, each: "_Suspended") -> None:
        try:
            if each.cancelled:
                each.cancelled = False
                met = each.context.run(each.coroutine.throw, CancelledError())
            else:
                met = each.context.run(each.coroutine.send, None)
        except StopIteration as stop:
            self._suspended.discard(each)
            if self._failure is None:
                each.container[each.key] = each.context.run(each.complete, each.state, each.container, each.key, stop.value)
        except BaseException:
            self._suspended.discard(each)
            raise
        else:
            self._suspend(each, met)

    def _fail(self, failure: BaseException) -> None:
        self._failure = self._failure or failure
        for each in self._suspended:
            each.cancel()


class _Suspended:
    """One awaitable that has begun and not ended."""

    __slots__ = ("cancelled", "complete", "container", "context", "coroutine", "future", "key", "state", "waiting")

    def __init__(
        self,
        waiting: Waiting,
        coroutine: Coroutine[Any, Any, Any],
        context: Context,
        complete: Complete,
        state: State,
        container: Container,
        key: Any,
    ) -> None:
        self.waiting = waiting
        self.coroutine = coroutine
        self.context = context
        self.complete = complete
        self.state = state
        self.container = container
        self.key = key
        self.future: Future[Any] | None = None
        self.cancelled = False

    def wake(self, _: object = None) -> None:
        """What it waits for is done."""
        self.waiting.wake(self)

    def cancel(self) -> None:
        """As a task is cancelled: what it waits for is, or else it gets the error when it goes on."""
        if self.future is None or not self.future.cancel():
            self.cancelled = True


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    return await awaitable

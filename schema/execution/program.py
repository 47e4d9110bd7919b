"""Compiled operations, and their runs."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from graphql import Executor

from schema.execution.plan import plan
from schema.execution.shortcuts import Shortcuts
from schema.execution.source import write
from schema.execution.text import info_of
from schema.execution.unanswered import Unanswered
from schema.execution.waiting import State, Waiting

Data: TypeAlias = dict[str, Any]


class Program:
    """An operation with the conditions that the variables of ``executor`` state, compiled. Raises NotCompiled."""

    def __init__(self, executor: Executor[Any], shortcuts: Shortcuts) -> None:
        selection, fields = plan(executor)
        self.fields = max(1, fields)
        source = write(selection, shortcuts)
        self._answer = source.executed()
        self._slots = source.slots

    def bind(self, executor: Executor[Any]) -> "Bound":
        """The program with the variables of ``executor``. Raises Unanswered."""
        state: State = [None] * len(self._slots)
        try:
            for slot, arguments in self._slots.arguments.items():
                state[slot] = arguments.of(executor)
        except Exception as error:
            raise Unanswered from error
        return Bound(self._answer, state, [(slot, *made) for slot, made in self._slots.made.items()])


class Bound:
    """A program with its variables, to be run any number of times, also at once."""

    def __init__(self, answer: Callable[[State, Any], Data], state: State, made: list[tuple[int, Any, Any]]) -> None:
        self._answer = answer
        self._state = state
        self._made = made

    def run(self, executor: Executor[Any]) -> Data | Awaitable[Data]:
        """The data for the root value and the context of ``executor``, whose variables are those that it was bound with.

        It is awaitable where a resolver waits for something, and is then awaited at once, in the same task. Raises
        Unanswered, then or now; nothing of the run goes on after that.
        """
        waiting = Waiting()
        state = self._state.copy()
        state[0] = waiting.begin
        state[1] = executor
        try:
            for slot, answer, make in self._made:
                state[slot] = make(info_of(executor, answer))
            data = self._answer(state, executor.root_value)
        except Exception as error:
            if waiting:
                return _abandoned(waiting, error)
            raise Unanswered from error
        return _finished(waiting, data) if waiting else data


async def _finished(waiting: Waiting, data: Data) -> Data:
    try:
        await waiting.finish()
    except Exception as error:
        raise Unanswered from error
    return data


async def _abandoned(waiting: Waiting, error: Exception) -> Data:
    try:
        await waiting.finish(error)
    except Exception as cause:
        raise Unanswered from cause
    raise Unanswered from error

"""Whatever is asked, the compiled operation answers with the bytes of graphql-core's answer, or leaves it to graphql-core.

``EXECUTION_EXAMPLES=100000`` tries so many operations in each test.
"""

import asyncio
import gc
import warnings
from collections.abc import Callable
from typing import Final, TypeVar

import hypothesis.strategies as st
import pytest
from graphql import validate
from hypothesis import given

from schema.execution.shortcuts import Shortcuts
from tests.schema.execution import project
from tests.schema.execution.documents import SHARES, Asked, drawn, operations
from tests.schema.execution.judged import Question, compare, parsed
from tests.schema.execution.toy import SCHEMA, Short, World

SCALARS: Final = {"Moment": st.sampled_from(["now", "then"])}
T = TypeVar("T")

worlds = st.builds(
    World, seed=st.integers(0, 10_000), faults=st.sampled_from([0, 0, 0, 40]), waits=st.sampled_from([0, 100, 500])
)


@pytest.mark.parametrize("kind", ["query", "subscription"])
@pytest.mark.parametrize("shortcuts", [None, Short()], ids=["plain", "shortcuts"])
def test_the_toy_is_answered_with_the_same_bytes(kind: str, shortcuts: Shortcuts | None, seed: int) -> None:
    def ask(asked: Asked, world: World) -> Question:
        return Question(SCHEMA, asked.text, asked.variables, world)

    _hold(operations(SCHEMA, SCALARS, kind=kind), worlds, ask, shortcuts, seed, least=0.5)


@pytest.mark.parametrize("shortcuts", [None, project.SHORTCUTS], ids=["plain", "shortcuts"])
def test_the_project_s_own_queries_are_answered_with_the_same_bytes(shortcuts: Shortcuts | None, seed: int) -> None:
    def ask(asked: Asked, waits: int) -> Question:
        return project.ask(asked.text, asked.variables, waits)

    _hold(operations(project.SCHEMA, project.VALUES), st.integers(0, 3), ask, shortcuts, seed, least=0.5)


def test_messages_of_the_project_s_own_feeds_are_answered_with_the_same_bytes(seed: int) -> None:
    def ask(asked: Asked, waits: int) -> Question:
        return project.ask(asked.text, asked.variables, waits, project.told(asked.field))

    _hold(
        operations(project.SCHEMA, project.VALUES, kind="subscription"),
        st.integers(0, 3),
        ask,
        project.SHORTCUTS,
        seed,
        least=0.5,
    )


def _hold(
    asked: st.SearchStrategy[Asked],
    conditions: st.SearchStrategy[T],
    ask: Callable[[Asked, T], Question],
    shortcuts: Shortcuts | None,
    number: int,
    *,
    least: float,
) -> None:
    """Compares both answers to many operations, of which at least such a share are answered without graphql-core."""
    answered: list[bool] = []
    gc.freeze()  # so that to look for what was forgotten takes a moment
    with asyncio.Runner() as runner:

        @drawn(number)
        @given(asked, conditions)
        def run(each: Asked, condition: T) -> None:
            gc.collect()  # what ours has forgotten is told now
            question = ask(each, condition)
            assert not validate(question.schema, parsed(each.text)), each.text
            answered.append(runner.run(compare(question, shortcuts)) is not None)
            if not answered[-1] and isinstance(condition, World):
                condition.fail()

        run()
    gc.collect()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        gc.unfreeze()
        gc.collect()  # what graphql-core held until the end
    assert sum(answered) > len(answered) * least * (1 if SHARES else 0.5)

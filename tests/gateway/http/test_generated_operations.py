"""Whatever is asked, the second answer, which is compiled where it can be, is the first one to the byte, with its errors."""

import asyncio
from typing import Any, Final

import hypothesis.strategies as st
from hypothesis import given
from structlog.testing import capture_logs

from gateway.http.limits import Limits
from gateway.http.operations import Operation, Operations
from gateway.http.requests import OperationRequest
from schema.api import ids
from tests.schema.api.world import LUNCH, STREAM
from tests.schema.execution import project
from tests.schema.execution.documents import EXAMPLES, SHARES, Asked, drawn, operations

WIDE: Final = Limits(
    aliases=1_000, directives=1_000, depth=100, root_fields=1_000, cost=10**9, document_tokens=50_000, document_characters=10**6
)
DOWN: Final = [
    *("total", "platform", "parent", "season_total", "donations", "endorsements", "history", "followers"),
    *("campaigns", "charity", "engagement", "milestones", "posts", "raised_between", "seasons_of", "by_platform"),
    "platform_standing",
]
CAMPAIGNS: Final = [ids.campaign_id(LUNCH), ids.campaign_id(STREAM)]
VALUES: Final = {**project.VALUES, "id": st.sampled_from(CAMPAIGNS), "slug": st.just("autumn"), "first": st.just(2)}
"""With ids that there are: below null nothing fails."""


def test_operations_over_a_store_that_fails_in_places(seed: int) -> None:
    world: dict[str, Any] = {}
    compiled: list[bool] = []
    asking = Operations(project.BUILT, lambda: project.context(**world), WIDE)
    with asyncio.Runner() as runner:

        @drawn(seed)
        @given(operations(project.SCHEMA, VALUES), st.integers(0, 3), st.sets(st.sampled_from(DOWN), min_size=6))
        def run(asked: Asked, waits: int, down: set[str]) -> None:
            world.update(waits=waits, down=down)
            before = asking.runs.compiled
            answers = [runner.run(answer(asking, asked)) for _ in range(2)]
            assert answers[0] == answers[1], asked
            if b'"errors"' not in answers[0]:
                compiled.append(asking.runs.compiled > before)

        with capture_logs():
            run()
    assert not SHARES or asking.runs.repeated > EXAMPLES / 20
    assert sum(compiled) > len(compiled) * (0.9 if SHARES else 0.5)  # all but the largest


async def answer(asking: Operations, asked: Asked) -> bytes:
    """What is answered to it."""
    operation = asking.prepare(OperationRequest(asked.text, None, asked.variables), "r")
    assert isinstance(operation, Operation), operation
    return (await asking.execute(operation)).body

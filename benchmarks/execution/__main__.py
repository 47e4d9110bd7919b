"""``python -m benchmarks.execution`` executes three operations both ways, in turns, and prints the table of the README.

Both give the same bytes, or there is no table. Documents are parsed and variables coerced before; JSON is made in both.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from inspect import isawaitable
from pathlib import Path
from typing import Any, Final, cast

import orjson
from graphql import (
    Executor,
    OperationDefinitionNode,
    OperationType,
    execute_root_selection_set,
    execute_subscription_event,
    parse,
)

from benchmarks.execution.reads import IDS, Known
from benchmarks.fanout.document import LIVE
from gateway.http.shortcuts import StrawberryShortcuts
from schema.api import ids
from schema.api.build import build
from schema.api.ports import Context, Live, Reads
from schema.api.readings import TotalUpdate
from schema.api.types.updates import CampaignTotalUpdate
from schema.execution.compiled import CompiledOperation, Execution, Programs
from schema.execution.program import Program

Run = Callable[[], Awaitable[bytes]]

SECONDS: Final = 1.0
"""For each way of each operation, in turns of a tenth."""
TITLES: Final = "query Titles {campaigns(first: 20) {nodes {id title}}}"
LIST: Final = """
query List {
  campaigns(first: 20) {
    nodes {
      id title status url donateUrl goal {amount currencyCode} charity {name}
      total {raised {amount currencyCode} donationCount progress asOf freshness position}
    }
    pageInfo {hasNextPage endCursor}
  }
}
"""
BOARD: Final = (Path(__file__).parents[2] / "examples" / "queries" / "season-board.graphql").read_text("utf-8")
MESSAGE: Final = CampaignTotalUpdate(update=TotalUpdate(IDS[0], position="p0", recovered=True))
OPERATIONS: Final[list[tuple[str, str, dict[str, Any], Any]]] = [
    ("20 campaigns, id and title", TITLES, {}, None),
    ("20 campaigns with goals and totals", LIST, {}, None),
    ("a message of the embedded counter", LIVE, {"id": ids.campaign_id(IDS[0]), "locale": "zh-CN"}, MESSAGE),
    ("the board of a season", BOARD, {"slug": "autumn"}, None),
]


async def main() -> None:
    """Prints it."""
    print("| operation | bytes | graphql-core, us | compiled, us | ratio | to compile, ms |")
    print("| --- | --- | --- | --- | --- | --- |")
    built = build()
    shortcuts = StrawberryShortcuts(built)
    for title, text, variables, root in OPERATIONS:
        document = parse(text)
        (name, *_) = (each.name for each in document.definitions if isinstance(each, OperationDefinitionNode))
        executor = built.execution_context_class.build(
            built._schema,  # noqa: SLF001 (there is no public name)
            document,
            root,
            # no more is read in these documents, and nothing is followed
            Context(reads=cast("Reads", Known()), live=cast("Live", None)),
            variables,
            name.value if name else None,
        )
        if isinstance(executor, list):
            raise executor[0]
        began = time.perf_counter()
        Program(executor, shortcuts)
        took = time.perf_counter() - began
        fragments = [each.definition for each in executor.fragments.values()]
        compiled = Execution(CompiledOperation(executor.operation, fragments, Programs(), shortcuts, patience=0))
        runs: tuple[Run, Run] = partial(interpreted, executor), partial(answered, executor, compiled)
        size = await same(runs)
        ours, theirs = (each * 1e6 for each in reversed(await timed(runs)))
        print(f"| {title} | {size:,} | {theirs:,.0f} | {ours:,.0f} | {theirs / ours:.1f} | {took * 1e3:.1f} |")


async def interpreted(executor: Executor[Any]) -> bytes:
    """By graphql-core."""
    one = executor.build_per_event_executor(executor.root_value)
    is_event = executor.operation.operation is OperationType.SUBSCRIPTION
    result = (execute_subscription_event if is_event else execute_root_selection_set)(one)
    told = await result if isawaitable(result) else result
    if told.errors:
        raise told.errors[0]
    return orjson.dumps(told.data)


async def answered(executor: Executor[Any], compiled: Execution) -> bytes:
    """By the compiled operation."""
    data = compiled.run(executor.build_per_event_executor(executor.root_value))
    return orjson.dumps(await data if isawaitable(data) else data)


async def same(runs: tuple[Run, Run]) -> int:
    """The size of both answers, which are equal."""
    one, other = [await run() for run in runs]
    if one != other or one == b"null":
        raise AssertionError("the answers differ")
    return len(one)


async def timed(runs: tuple[Run, Run]) -> list[float]:
    """Seconds of CPU for one of each, the least of ten turns."""
    least = [float("inf")] * len(runs)
    for _ in range(10):
        for number, run in enumerate(runs):
            began, count = time.process_time(), 0
            while (spent := time.process_time() - began) < SECONDS / 10:
                await run()
                count += 1
            least[number] = min(least[number], spent / count)
    return least


if __name__ == "__main__":
    asyncio.run(main())

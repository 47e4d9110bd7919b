"""Tasks that come and go while the others work on."""

import asyncio
from collections.abc import AsyncIterable, Callable, Coroutine, Hashable, Mapping
from typing import Any, TypeAlias

Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]
Works: TypeAlias = Mapping[Hashable, Work]
"""What is to be done. Works of the same key are the same work."""


async def crew(wanted: AsyncIterable[Works]) -> None:
    """Runs what is wanted, each as a task, until it is cancelled.

    Whenever something else is wanted, tasks of keys that are wanted no more are cancelled, those of new keys begin, and all
    others are left alone. What a task raises ends them all.
    """
    running: dict[Hashable, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as tasks:
        async for works in wanted:
            for key in running.keys() - works.keys():
                running.pop(key).cancel()
            for key, work in works.items():
                if key not in running:
                    running[key] = tasks.create_task(work())

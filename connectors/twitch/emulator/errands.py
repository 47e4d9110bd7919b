"""What goes on in the background, known by name so that it can be waited for and ended."""

import asyncio
from collections.abc import Coroutine


class Errands:
    """Tasks under way. One that fails fails ``settle``."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, errand: Coroutine[None, None, None]) -> None:
        """Starts one."""
        task = asyncio.create_task(errand)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Waits until none is under way any more."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """Ends them all."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

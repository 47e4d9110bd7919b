"""Reads that are asked for at the same moment, by whomever, go out in one piece; equal ones are asked once.

So a list whose rows each look something up costs one round trip and not one a row.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias

from redis.asyncio import Redis

Command: TypeAlias = tuple[bytes | str | int, ...]
BATCH: Final = 500
"""Commands in one piece, where each asks for little."""


class Together:
    """Asks the client that ``redis`` gives. Commands must read only. More than ``most`` go out one piece after the other."""

    def __init__(self, redis: Callable[[], Redis], *, most: int = BATCH) -> None:
        self._redis = redis
        self._most = most
        self._waiting: list[tuple[Sequence[Command], asyncio.Future[list[Any]]]] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def answers(self, commands: Sequence[Command]) -> list[Any]:
        """Those to each of them, shared with whoever else asks: they are not to be changed. Raises the first error."""
        if not commands:
            return []
        answered: asyncio.Future[list[Any]] = asyncio.get_running_loop().create_future()
        if not self._waiting:
            task = asyncio.create_task(self._ask())
            self._tasks.add(task)  # the loop itself holds tasks weakly
            task.add_done_callback(self._tasks.discard)
        self._waiting.append((commands, answered))
        found = await answered
        for answer in found:
            if isinstance(answer, Exception):
                raise answer
        return found

    async def _ask(self) -> None:
        waiting, self._waiting = self._waiting, []
        places = {command: place for place, command in enumerate(dict.fromkeys(each for asked, _ in waiting for each in asked))}
        commands, answers = list(places), list[Any]()
        try:
            for start in range(0, len(commands), self._most):
                async with self._redis().pipeline(transaction=False) as pipe:
                    for command in commands[start : start + self._most]:
                        pipe.execute_command(*command)
                    answers += await pipe.execute(raise_on_error=False)
        except Exception as error:  # whoever asked must hear of it, or waits for ever
            answers = [error] * len(commands)
        for asked, answered in waiting:
            if not answered.done():  # else whoever asked has gone
                answered.set_result([answers[places[command]] for command in asked])

"""A client of the ledger for jobs that move a great many facts: half the work for each command, and patience."""

import asyncio
from typing import Any, Final

from redis.asyncio import Redis

from gateway.store.connection import connect

PATIENCE_SECONDS: Final = 30.0
"""For one answer: nobody waits for a row of a file as a network does for its notification."""
SENDERS: Final = 2
"""While one batch waits for the disk the next one is written."""


def in_bulk(url: str) -> Redis:
    """Such a client. Commands that are waiting at the same moment go out in one piece and share one write to disk.

    Each is answered by itself; a lost connection is told to all of a piece, of which some may then have been done.
    """
    return connect(url, timeout=PATIENCE_SECONDS, kind=_Bulk)


class _Bulk(Redis):
    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._waiting: list[tuple[tuple[Any, ...], dict[str, Any], asyncio.Future[Any]]] = []
        self._sending = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """The answer of one command."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((args, options, answer))
        if self._sending < SENDERS:
            self._sending += 1
            task = asyncio.create_task(self._send())
            self._tasks.add(task)  # the loop itself holds tasks weakly
            task.add_done_callback(self._tasks.discard)
        return await answer

    async def _send(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting, []
                pipe = self.pipeline(transaction=False)
                for args, options, _ in batch:
                    pipe.execute_command(*args, **options)
                try:
                    answers = await pipe.execute(raise_on_error=False)
                except Exception as error:  # whoever asked must hear of it, or waits for ever
                    answers = [error] * len(batch)
                for (_, _, answer), found in zip(batch, answers, strict=True):
                    if answer.done():  # whoever asked has gone
                        continue
                    if isinstance(found, Exception):
                        answer.set_exception(found)
                    else:
                        answer.set_result(found)
        finally:
            self._sending -= 1

"""Clients of the ledger of which commands that wait at the same moment go out in one piece: half the work for each."""

import asyncio
from typing import Any, Final

from redis.asyncio import Redis

from gateway.store.confirmed import READS, Confirmed, confirmation, confirmed
from gateway.store.connection import connect

PATIENCE_SECONDS: Final = 30.0
"""For one answer to a job: nobody waits for a row of a file as a network does for its notification."""
SENDERS: Final = 2
"""While one batch waits for the disk the next one is written."""


def in_pieces(url: str, *, replicas: int = 0) -> Redis:
    """Such a client. What goes out together shares one write to disk, and one confirmation by ``replicas``. In a cluster each
    command goes by itself.

    Each is answered by itself; a lost connection is told to all of a piece, of which some may then have been done. Of whoever
    has gone meanwhile nothing is sent any more.
    """
    return connect(url, replicas=replicas, kind=_Bulk)


def in_bulk(url: str, *, replicas: int = 0) -> Redis:
    """The same with patience, for jobs that move a great many facts."""
    return connect(url, replicas=replicas, timeout=PATIENCE_SECONDS, kind=_Bulk)


class _Bulk(Confirmed):
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
                batch, self._waiting = [each for each in self._waiting if not each[-1].done()], []
                if not batch:
                    break
                pipe = self.pipeline(transaction=False)
                for args, options, _ in batch:
                    pipe.execute_command(*args, **options)
                proving = confirmation(self.replicas) if self.replicas else ()
                for command in proving:
                    pipe.execute_command(*command)
                try:
                    answers = await pipe.execute(raise_on_error=False)
                except Exception as error:  # whoever asked must hear of it, or waits for ever
                    answers = [error] * (len(batch) + len(proving))
                proof = answers[len(batch) :]
                for (args, _, answer), found in zip(batch, answers, strict=False):
                    if answer.done():  # whoever asked has gone
                        continue
                    try:
                        needs = bool(proving) and args[0] not in READS
                        answer.set_result(confirmed(found, proof if needs else (0,), self.replicas if needs else 0))
                    except Exception as error:
                        answer.set_exception(error)
        finally:
            self._sending -= 1

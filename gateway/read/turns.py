"""Who may use the catalogue next: one after the other, in the order asked for.

What is quick is done at once, in the event loop. What may take long is done in a thread, so that the event loop goes on; and
what is quick then waits behind it, in that thread. So whatever is read sees all that was written before it was asked for.
Reads that are asked for at the same moment are answered at the same moment, so that what they lead to is asked for together.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeAlias, TypeVar

Found = TypeVar("Found")
_Asked: TypeAlias = Sequence[tuple[Callable[[], Any], "asyncio.Future[Any]"]]


class Turns:
    """For one event loop."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, "catalogue")
        self._waiting = 0
        """How much was given to the thread and is not done yet, as far as the event loop knows."""
        self._asked: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._fault: BaseException | None = None

    def close(self) -> None:
        """Waits for what is being done, and does no more."""
        self._thread.shutdown(cancel_futures=True)

    def write(self, work: Callable[[], object]) -> None:
        """Does what is quick, now or behind what is being done. Raises what an earlier one raised that had to wait."""
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault
        if self._waiting:
            self._give(work, self._note)
        else:
            work()

    async def read(self, work: Callable[[], Found], *, is_quick: bool) -> Found:
        """What it gives. Of whoever does not wait any more nothing is begun."""
        if is_quick and not self._waiting:
            return work()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()
        if not self._asked:
            loop.call_soon(self._ask)
        self._asked.append((work, answer))
        return await answer

    def _ask(self) -> None:
        asked, self._asked = self._asked, []
        self._give(partial(_found, asked), partial(_tell, asked))

    def _give(self, work: Callable[[], Found], told: Callable[["Future[Found]"], None]) -> None:
        loop = asyncio.get_running_loop()

        def done(given: "Future[Found]") -> None:
            self._waiting -= 1
            told(given)

        self._waiting += 1
        given = self._thread.submit(work)
        given.add_done_callback(lambda given: loop.is_closed() or loop.call_soon_threadsafe(done, given))

    def _note(self, given: "Future[object]") -> None:
        if not given.cancelled():
            self._fault = given.exception() or self._fault


def _found(asked: _Asked) -> list[tuple[Any, BaseException | None]]:
    """What each gives, or raises. It is done in the thread."""
    found: list[tuple[Any, BaseException | None]] = []
    for work, answer in asked:
        try:
            found.append((None if answer.done() else work(), None))
        except Exception as error:  # it is for whoever asked
            found.append((None, error))
    return found


def _tell(asked: _Asked, given: "Future[list[tuple[Any, BaseException | None]]]") -> None:
    if given.cancelled():
        for _, answer in asked:
            answer.cancel()
        return
    for (_, answer), (found, error) in zip(asked, given.result(), strict=True):
        if answer.done():  # whoever asked has gone
            continue
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)

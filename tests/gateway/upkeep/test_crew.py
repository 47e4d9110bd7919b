"""Tasks that come and go: what is wanted no more ends, what is new begins, and nobody else notices."""

import asyncio
from collections.abc import AsyncGenerator, Callable

import pytest

from gateway.upkeep.crew import Work, Works, crew
from tests.gateway.world import PATIENCE


class Foreman:
    """Says what is wanted, and sees who works."""

    def __init__(self) -> None:
        self.orders: asyncio.Queue[Works] = asyncio.Queue()
        self.began: list[str] = []
        self.ended: list[str] = []
        self.changed = asyncio.Event()

    async def wanted(self) -> AsyncGenerator[Works, None]:
        """Each order."""
        while True:
            yield await self.orders.get()

    def want(self, *names: str) -> None:
        """From now on these."""
        self.orders.put_nowait({name: self.work(name) for name in names})

    def work(self, name: str) -> Work:
        """Until it is cancelled."""

        async def worked() -> None:
            self.began.append(name)
            self.changed.set()
            try:
                await asyncio.Event().wait()
            finally:
                self.ended.append(name)
                self.changed.set()

        return worked

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for work to begin or end."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                self.changed.clear()
                await self.changed.wait()


async def test_what_is_new_begins_what_is_gone_ends_and_the_others_work_on() -> None:
    foreman = Foreman()
    task = asyncio.create_task(crew(foreman.wanted()))
    foreman.want("poll", "feed")
    await foreman.until(lambda: foreman.began == ["poll", "feed"])
    foreman.want("feed", "bills")
    await foreman.until(lambda: foreman.began == ["poll", "feed", "bills"] and foreman.ended == ["poll"])
    foreman.want("feed", "bills", "poll")
    await foreman.until(lambda: foreman.began[3:] == ["poll"])
    assert foreman.ended == ["poll"]
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert sorted(foreman.ended) == ["bills", "feed", "poll", "poll"]


async def test_a_fault_of_one_ends_all_and_is_told() -> None:
    async def broken() -> None:
        raise KeyError("a fault")

    foreman = Foreman()
    foreman.orders.put_nowait({"sound": foreman.work("sound"), "broken": broken})
    with pytest.raises(ExceptionGroup, match="unhandled errors"):
        await crew(foreman.wanted())
    assert foreman.ended == ["sound"]

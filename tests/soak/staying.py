"""Viewers who stay for minutes: always as many, while gifts come. What each of them is told must be right."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from tests.end_to_end.hall import Hall
from tests.end_to_end.line import Line
from tests.end_to_end.lines import EventsLine, PartsLine, SocketLine
from tests.end_to_end.viewers import DONATIONS
from tests.soak.asked import asked
from tests.soak.seen import Seen
from tests.soak.visits import ADDRESSES

LINES: Final = (SocketLine, SocketLine, SocketLine, EventsLine, PartsLine)
STAY_SECONDS: Final = 300.0
"""On average; then another one comes."""
AGAIN_SECONDS: Final = 1.0
"""After something went wrong with one, until the next one comes."""
LATE_SECONDS: Final = 10.0
"""From a gift until everybody must have been told of it."""


@dataclass
class Audience:
    """``wrong`` is what anybody was told that was not so, in words; ``comers`` how many have come, ``messages`` what they were
    told. ``log`` are the gifts in order, as somebody was told them who was there all the time.
    """

    hall: Hall
    wrong: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    comers: int = 0
    log: list[str] = field(default_factory=list)
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def keep(self, viewers: int, seconds: float, pause: float, rng: random.Random) -> None:
        """So many of them for so long, and a gift after each pause; then all go, each after it was told of the last gift."""
        begun = len(self.hall.given)
        line = await SocketLine.open(self.hall.url)
        with contextlib.closing(line):
            await line.follow(DONATIONS, id=self.hall.campaign)
            await line.told()
            chronicle = asyncio.create_task(self._write(line))
            async with asyncio.TaskGroup() as tasks:
                for number in range(viewers):
                    tasks.create_task(self._seat(random.Random(f"{rng.random()}:{number}")))
                async with self.hall.giving(pause):
                    await asyncio.sleep(seconds)
                with self._noted("who was there all the time"):
                    async with asyncio.timeout(LATE_SECONDS):
                        while len(self.log) < len(self.hall.given) - begun:
                            await asyncio.sleep(0.1)
                self._over.set()
            chronicle.cancel()
            await asyncio.gather(chronicle, return_exceptions=True)

    @contextlib.contextmanager
    def _noted(self, who: str) -> Iterator[None]:
        """Whatever goes wrong with one viewer is counted, and the others stay."""
        try:
            yield
        except Exception as error:
            self.wrong[f"{who}: {error!r}"] += 1

    async def _write(self, line: Line) -> None:
        with self._noted("who was there all the time"):
            while True:
                self.log += [gift["id"] for gift in (await line.told())["received"]]

    async def _seat(self, rng: random.Random) -> None:
        while not self._over.is_set():
            line, what = rng.choice(LINES), asked(rng, self.hall)
            self.comers += 1
            before = self.wrong.total()
            with self._noted(f"{what.feed} over {line.kind}"):
                viewer = await line.open(self.hall.url, source=rng.choice(ADDRESSES))
                with contextlib.closing(viewer):
                    await viewer.follow(what.document, **what.variables)
                    await self._watch(Seen(what.feed, self.log, self.wrong), viewer, rng.expovariate(1 / STAY_SECONDS))
            if self.wrong.total() > before:
                await asyncio.sleep(AGAIN_SECONDS)

    async def _watch(self, seen: Seen, viewer: Line, seconds: float) -> None:
        seen.begin(await viewer.told())
        reading = asyncio.create_task(self._read(seen, viewer))
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait((reading, over), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if self._over.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LATE_SECONDS):
                    while not (reading.done() or seen.has_all(len(self.hall.given))):
                        await asyncio.sleep(0.1)
            seen.judge_end(len(self.hall.given))
        seen.judge()
        for task in (reading, over):
            task.cancel()
        for ended in await asyncio.gather(reading, over, return_exceptions=True):
            if isinstance(ended, Exception):
                self.wrong[f"{seen.feed}: {ended!r}"] += 1

    async def _read(self, seen: Seen, viewer: Line) -> None:
        while True:
            seen.take(await viewer.told())
            self.messages += 1

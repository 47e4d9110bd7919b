"""Viewers who are told the same, however many, without keeping anything else waiting."""

import asyncio
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from gateway.live.frame import Frame, Viewer

AT_ONCE: Final = 128
"""So many are told before whatever else waits has its turn: each write to a socket takes 10 us, and a webhook must not wait for
thousands of them."""


class Crowd:
    """In the order in which they came."""

    def __init__(self) -> None:
        self._viewers: dict[Viewer, None] = {}
        self._telling: dict[Viewer, None] = {}
        """Who is told the newest frame, in turns; not who has left since, even if it is here again, with a newer state."""

    def __len__(self) -> int:
        return len(self._viewers)

    def __iter__(self) -> Iterator[Viewer]:
        return iter(self._viewers)

    def __contains__(self, viewer: Viewer) -> bool:
        return viewer in self._viewers

    def add(self, viewers: Iterable[Viewer]) -> None:
        """They are told the next frame, and not the one that is being told."""
        self._viewers.update(dict.fromkeys(viewers))

    def drop(self, viewer: Viewer) -> None:
        """It is told nothing more."""
        self._viewers.pop(viewer, None)
        self._telling.pop(viewer, None)

    async def tell(self, frame: Frame, but: Collection[Viewer] = ()) -> int:
        """Tells all who are there now; gives how many that were. One at a time."""
        telling = self._telling = {viewer: None for viewer in self._viewers if viewer not in but}
        for number, viewer in enumerate([*telling], 1):
            if viewer in telling:
                viewer.take(frame)
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
        return len(telling)

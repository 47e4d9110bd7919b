"""What waits in front of a running operation. Totals conflate: the newest state wins. Donations queue, bounded."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator
from typing import Final, Generic, TypeVar

from gateway.read.follower import STEP_SECONDS
from gateway.read.known import News

MAX_RATE: Final = 1 / STEP_SECONDS
"""The server's own limit of messages of a total a second: as many as there are steps."""
FEED_RATE: Final = 10.0
"""The same for donations."""
IN_ONE_MESSAGE: Final = 100
"""Donations of each kind."""
MAX_NEWS: Final = 1_000


def pause_seconds(max_rate: float) -> float:
    """Between two messages of a total. Who may have one for each step needs none: two clocks of 50 ms would add up to 100."""
    return 0.0 if max_rate >= MAX_RATE else 1 / max_rate


class Mailbox:
    """A bell for one feed."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()

    @property
    def is_quiet(self) -> bool:
        """Whether it has not rung since it was last waited for."""
        return not self._bell.is_set()

    def ring(self, *, reset: bool = False) -> None:
        """Something may have changed. ``reset``: everything was read again, which a state does not mind."""
        self._bell.set()

    async def wait(self) -> None:
        """Waits until it rang."""
        await self._bell.wait()
        self._bell.clear()


class NewsBox(Mailbox):
    """A bell with a queue of news. When it is full the oldest go, and are counted."""

    def __init__(self) -> None:
        super().__init__()
        self._news: deque[News] = deque()
        self._reset = False
        self.dropped = 0

    def ring(self, *, reset: bool = False) -> None:
        """See ``Mailbox``."""
        self._reset = self._reset or reset
        super().ring()

    def put(self, news: News) -> None:
        """Queues one entry and rings."""
        if len(self._news) >= MAX_NEWS:
            self._news.popleft()
            self.dropped += 1
        self._news.append(news)
        self.ring()

    def take(self) -> tuple[list[News], int] | None:
        """All that is queued, and how many were dropped before it. None where everything was read again since the last time,
        also if that was a moment ago: then nobody knows what is missing in the queue, and it is empty now.
        """
        taken = None if self._reset else (list(self._news), self.dropped)
        self._news.clear()
        self.dropped, self._reset = 0, False
        return taken


Key = TypeVar("Key", bound=Hashable)
Box = TypeVar("Box", bound=Mailbox)


class Mailboxes(Generic[Key, Box]):
    """The mailboxes of all feeds that are open, by what they are about. None is left behind when the last one is taken down."""

    def __init__(self) -> None:
        self._boxes: defaultdict[Key, set[Box]] = defaultdict(set)

    def __len__(self) -> int:
        return sum(map(len, self._boxes.values()))

    def __iter__(self) -> Iterator[Key]:
        return iter(self._boxes)

    def about(self, key: Key) -> Iterable[Box]:
        """Those about one thing."""
        return self._boxes.get(key, ())

    def put_up(self, box: Box, *keys: Key) -> None:
        """One is waited for from now on."""
        for key in keys:
            self._boxes[key].add(box)

    def take_down(self, box: Box, *keys: Key) -> None:
        """Nobody waits for it any more."""
        for key in keys:
            self._boxes[key].discard(box)
            if not self._boxes[key]:
                del self._boxes[key]

    def ring(self, keys: Iterable[Key], *, reset: bool = False) -> None:
        """Rings those about these things."""
        for key in keys:
            for box in self._boxes.get(key, ()):
                box.ring(reset=reset)

"""What waits in front of a running operation. Totals conflate: the newest state wins. Donations queue, bounded."""

import asyncio
from collections import deque
from typing import Final

from gateway.read.known import News

MAX_RATE: Final = 20.0
"""The server's own limit of messages of a total a second: there is a step every 50 ms."""
FEED_RATE: Final = 10.0
"""The same for donations."""
IN_ONE_MESSAGE: Final = 100
"""Donations of each kind."""
MAX_NEWS: Final = 1_000


class Mailbox:
    """A bell for one reader. ``reset`` says that everything was read again since it was last taken."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()
        self._reset = False

    def ring(self, *, reset: bool = False) -> None:
        """Something may have changed."""
        self._reset = self._reset or reset
        self._bell.set()

    async def wait(self) -> bool:
        """Waits until it rang; whether there was a reset."""
        await self._bell.wait()
        self._bell.clear()
        reset, self._reset = self._reset, False
        return reset


class NewsBox(Mailbox):
    """A bell with a queue of news. When it is full the oldest go, and are counted."""

    def __init__(self) -> None:
        super().__init__()
        self._news: deque[News] = deque()
        self.dropped = 0

    def put(self, news: News) -> None:
        """Queues one entry and rings."""
        if len(self._news) >= MAX_NEWS:
            self._news.popleft()
            self.dropped += 1
        self._news.append(news)
        self.ring()

    def take(self) -> tuple[list[News], int]:
        """All that is queued, and how many were dropped before it."""
        news, dropped = list(self._news), self.dropped
        self._news.clear()
        self.dropped = 0
        return news, dropped

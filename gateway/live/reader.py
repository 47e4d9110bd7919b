"""One reader of one operation: what it has not taken yet, bounded. A reader may be slow; the operation never waits for it."""

from collections import deque
from collections.abc import Callable

from gateway.http.limits import Limits
from gateway.live.frame import Frame


class Reader:
    """``gateway.live.frame.Viewer``. ``wake`` is called when there is something for it; it takes that when it can.

    Newer totals replace those that were not taken. Of other frames so many wait as its limits let; beyond that all of them go,
    and it follows anew from the last one that it took, which tells it what it has missed.
    """

    def __init__(self, limits: Limits, wake: Callable[[], None]) -> None:
        self._limits = limits
        self._wake = wake
        self._waiting: deque[Frame] = deque()
        self._bytes = 0
        self._position: str | None = None
        self._ended = False
        self._is_behind = False
        self._leave: Callable[[], None] | None = None
        self._follow: Callable[[str | None], Callable[[], None]] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing waits and nothing will come."""
        return self._ended and not self._waiting and not self._is_behind

    def follow(self, how: Callable[[str | None], Callable[[], None]]) -> None:
        """Begins. ``how`` is given the last position taken, None before there is one, and gives what leaves again."""
        self._follow = how
        self._leave = how(None)

    def leave(self) -> None:
        """Takes nothing more."""
        self._ended, self._is_behind = True, False
        self._waiting.clear()
        if self._leave is not None:
            self._leave()

    def take(self, frame: Frame) -> None:
        """See ``Viewer``."""
        if self._ended or self._is_behind:
            return
        if frame.about is None:
            if self._waiting and not self._holds(frame):
                self._fall_behind()
                return
        else:
            self._replace(frame)
        self._waiting.append(frame)
        self._bytes += len(frame.result.body)
        self._wake()

    def end(self) -> None:
        """See ``Viewer``."""
        if not self._is_behind:
            self._ended = True
            self._wake()

    def next(self) -> Frame | None:
        """What is next, taken with this; None where nothing waits now."""
        if self._waiting:
            frame = self._waiting.popleft()
            self._bytes -= len(frame.result.body)
            self._position = frame.position or self._position
            return frame
        if self._is_behind and self._follow is not None:
            self._is_behind = False
            self._leave = self._follow(self._position)
        return None

    def _holds(self, frame: Frame) -> bool:
        fits = self._bytes + len(frame.result.body) <= self._limits.outbox_bytes
        return fits and len(self._waiting) < self._limits.outbox_frames

    def _fall_behind(self) -> None:
        self._is_behind = True
        self._waiting.clear()
        self._bytes = 0
        if self._leave is not None:
            self._leave()
        self._wake()

    def _replace(self, frame: Frame) -> None:
        for place in range(len(self._waiting) - 1, -1, -1):
            older = self._waiting[place]
            if older.about == frame.about:
                if older.follows or not frame.follows:
                    del self._waiting[place]
                    self._bytes -= len(older.result.body)
                return

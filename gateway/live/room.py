"""What waits for the readers of one connection, in bytes: one bound for all of them."""

from collections.abc import Callable

from gateway.http.limits import Limits


class Room:
    """``take`` and ``give`` count what comes in and goes out.

    What there was no room for is made anew once nothing waits, for one reader at a time, each in its ``turn``.
    """

    __slots__ = ("_bytes", "_holder", "_queue", "limits")

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._bytes = 0
        self._holder: object = None
        self._queue: dict[object, Callable[[], object]] = {}

    def holds(self, size: int) -> bool:
        """Whether so much more may wait. One thing of any size may, since it could never be sent otherwise."""
        return not self._bytes or self._bytes + size <= self.limits.outbox_bytes

    def take(self, size: int) -> None:
        """So much more waits."""
        self._bytes += size

    def give(self, size: int) -> None:
        """So much waits no more."""
        self._bytes -= size
        self._call()

    def turn(self, reader: object, wake: Callable[[], object]) -> bool:
        """Whether a reader may have something made for it, from now until it is ``done``. Else it is woken when it may."""
        if self._holder is None and not self._bytes and next(iter(self._queue), reader) is reader:
            self._holder = reader
            self._queue.pop(reader, None)
            return True
        self._queue[reader] = wake
        return False

    def has_turn(self, reader: object) -> bool:
        """Whether it is this one's."""
        return self._holder is reader

    def done(self, reader: object) -> None:
        """It has what was made for it, or wants nothing more."""
        if self._holder is reader:
            self._holder = None
        elif self._queue.pop(reader, None) is None:
            return  # as of nearly all who are told something
        self._call()

    def _call(self) -> None:
        if self._holder is None and not self._bytes:
            for wake in self._queue.values():
                wake()
                return

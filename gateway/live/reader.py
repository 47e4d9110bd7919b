"""One reader of one operation: what it has not taken yet, bounded. A reader may be slow; the operation never waits for it."""

from collections.abc import Callable

from gateway.http.limits import Limits
from gateway.live.frame import Frame


class Reader:
    """``gateway.live.frame.Viewer``. ``wake`` is called when there is something for it; it takes that when it can.

    ``direct`` takes a frame at once, or gives False.

    Newer totals replace those that were not taken. Of other frames so many wait as its limits let; beyond that all of them go,
    and it follows anew from the last one that it took, which tells it what it has missed. Where that had no position it follows
    from the position ``""``, which nothing proves.

    So it does where an error has left nothing of a frame, once from each position: what that had to tell is told again, or a
    hole is. Where it comes to nothing again it is told the error.
    """

    __slots__ = (
        *("_again_from", "_bytes", "_direct", "_ended", "_follow", "_is_behind", "_leave", "_limits", "_position", "_waiting"),
        "_wake",
    )

    def __init__(self, limits: Limits, wake: Callable[[], object], direct: Callable[[Frame], bool] = lambda _: False) -> None:
        self._limits = limits
        self._wake = wake
        self._direct = direct
        self._waiting: list[Frame] = []
        self._bytes = 0
        self._position: str | None = None
        self._again_from: object = _nothing
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
        self._let_go()

    def take(self, frame: Frame) -> None:
        """See ``Viewer``."""
        if self._ended or self._is_behind:
            return
        if not frame.result.has_data and self._again_from != self._position:
            self._again_from = self._position
            self._fall_behind()
            return
        if not self._waiting and self._direct(frame):
            self._take(frame)
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
            frame = self._waiting.pop(0)
            self._bytes -= len(frame.result.body)
            self._take(frame)
            return frame
        if self._is_behind and self._follow is not None:
            self._is_behind = False
            self._leave = self._follow(self._position)
        elif self._ended:
            self._let_go()
        return None

    def _let_go(self) -> None:
        """It refers to nobody any more: what refers to itself stays until Python looks for it, after 100,000 viewers or so."""
        self._wake, self._direct, self._leave, self._follow = _nothing, _nothing, None, None

    def _take(self, frame: Frame) -> None:
        if frame.result.has_data:
            self._position = frame.position or self._position or ""

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
        if self._waiting:
            kept = (each for each in self._waiting if each.about != frame.about or (frame.follows and not each.follows))
            self._waiting = list(kept)
            self._bytes = sum(len(each.result.body) for each in self._waiting)


def _nothing(*_: object) -> bool:
    return False

"""One reader of one operation: what it has not taken yet, bounded. A reader may be slow; the operation never waits for it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from gateway.live.frame import Frame
from gateway.live.room import Room

Again: TypeAlias = Callable[[Callable[["Frame | None"], object]], object]


@dataclass(frozen=True, slots=True)
class _Owed:
    """A total that was not kept, of which the newest is asked for when there is room: see ``Frame``."""

    about: Hashable
    again: Again
    state: object
    follows: bool
    number: int


class Reader:
    """``gateway.live.frame.Viewer``. ``wake`` is called when there is something for it; it takes that when it can.

    ``direct`` takes a frame at once, or gives False. ``room`` is for all readers of its connection together.

    A newer total takes the place of one that was not taken. One for which there is no room is owed: the newest state of that is
    executed anew, for this reader alone, when nothing waits any more; all that are owed have turns, so that none waits for good
    while others move. Of other frames so many wait as its limits let; with one more it leaves, and when all of them were taken
    it follows anew from the last one, which tells it what it has missed. Where that had no position it follows from the
    position ``""``, which nothing proves.

    So it does where an error has left nothing of a frame, once from each position: what that had to tell is told again, or a
    hole is. Where it comes to nothing again it is told the error.
    """

    __slots__ = (
        *("_again_from", "_asked", "_direct", "_ended", "_follow", "_is_behind", "_leave", "_owed", "_position", "_room"),
        *("_shown", "_waiting", "_wake"),
    )

    def __init__(self, room: Room, wake: Callable[[], object], direct: Callable[[Frame], bool] = lambda _: False) -> None:
        self._room = room
        self._wake = wake
        self._direct = direct
        self._waiting: list[Frame] = []
        self._owed: dict[Hashable, _Owed] = {}
        self._asked: _Owed | None = None
        """What it has asked for, and waits for."""
        self._shown: dict[Hashable, tuple[int, object]] = {}
        """Number and state of what it was told out of turn: all may be told the same, or what was before, a moment later."""
        self._position: str | None = None
        self._again_from: object = _nothing
        self._ended = False
        self._is_behind = False
        self._leave: Callable[[], None] | None = None
        self._follow: Callable[[str | None], Callable[[], None]] | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing waits and nothing will come."""
        return self._ended and not (self._waiting or self._owed or self._asked is not None or self._is_behind)

    def follow(self, how: Callable[[str | None], Callable[[], None]]) -> None:
        """Begins. ``how`` is given the last position taken, None before there is one, and gives what leaves again."""
        self._follow = how
        self._leave = how(None)

    def leave(self) -> None:
        """Takes nothing more."""
        self._ended, self._is_behind = True, False
        self._forget_totals()
        waited = sum(len(each.result.body) for each in self._waiting)
        self._waiting.clear()
        if self._leave is not None:
            self._leave()
        self._let_go()
        self._room.done(self)
        self._room.give(waited)

    def take(self, frame: Frame) -> None:
        """See ``Viewer``."""
        if self._ended or self._is_behind:
            return
        if not frame.result.has_data and self._notes_loss():
            self._fall_behind()
        elif frame.about is None:
            self._put_news(frame)
        elif not self._shown or not self._knows(frame):
            self._put_total(frame)

    def end(self, last: Frame | None = None) -> None:
        """See ``Viewer``."""
        following = self._leave
        if last is not None:
            self.take(last)
        if not self._is_behind and self._leave is following:  # else it had no room for it, and may be following anew by now
            self._ended = True
            self._wake()

    def next(self) -> Frame | None:
        """What is next, taken with this; None where nothing waits now."""
        if self._waiting:
            frame = self._waiting.pop(0)
            self._take(frame)
            self._room.give(len(frame.result.body))
            return frame
        if self._asked is not None:
            return None
        if self._owed:
            if self._room.turn(self, self._wake):
                self._asked = asked = self._owed.pop(next(iter(self._owed)))
                asked.again(partial(self._take_newest, asked))
        elif self._is_behind and self._follow is not None:
            if self._room.turn(self, self._wake):
                self._is_behind = False
                self._leave = self._follow(self._position)
        elif self._ended:
            self._room.done(self)
            self._let_go()
        elif not self._room.has_turn(self):
            self._room.done(self)  # what it had waited for has come otherwise
        return None

    def _let_go(self) -> None:
        """It refers to nobody any more: what refers to itself stays until Python looks for it, after 100,000 viewers or so."""
        self._wake, self._direct, self._leave, self._follow = _nothing, _nothing, None, None

    def _put_news(self, frame: Frame) -> None:
        self._forget_totals()  # where totals are followed this is the end
        if not self._waiting and self._direct(frame):
            self._take(frame)
            self._room.done(self)
        elif not self._fits(frame) or len(self._waiting) >= self._room.limits.outbox_frames:
            self._fall_behind()
        else:
            self._put(frame)

    def _put_total(self, frame: Frame) -> None:
        if not (self._waiting or self._owed or self._asked) and self._direct(frame):
            self._take(frame)
            self._room.done(self)
        elif frame.about in self._owed or (self._asked is not None and self._asked.about == frame.about):
            self._owe(frame)
        elif self._replace(frame):
            return
        elif self._owed or self._asked or not self._fits(frame):
            self._owe(frame)
        else:
            self._put(frame)

    def _replace(self, frame: Frame) -> bool:
        """In the place of the first that is older, if any. A snapshot goes only for another one."""
        older = [
            place
            for place, each in enumerate(self._waiting)
            if each.about == frame.about and (each.follows or not frame.follows)
        ]
        for place in reversed(older):
            self._room.give(len(self._waiting.pop(place).result.body))
        if not older:
            return False
        if self._fits(frame):
            self._waiting.insert(older[0], frame)
            self._room.take(len(frame.result.body))
        else:
            self._owe(frame)
        return True

    def _owe(self, frame: Frame) -> None:
        """In the place that it has, if any."""
        owed = self._owed.get(frame.about)
        if owed is not None and frame.follows and not owed.follows:
            self._owed[frame.about] = replace(owed, state=frame.state, number=frame.number)
        elif frame.again is not None:
            self._owed[frame.about] = _Owed(frame.about, frame.again, frame.state, frame.follows, frame.number)
        self._wake()

    def _take_newest(self, asked: _Owed, frame: Frame | None) -> None:
        """What was asked for has come, or is not there any more."""
        if self._asked is not asked:
            return
        self._asked = None
        if frame is None:
            self._owed.pop(asked.about, None)
            self._room.done(self)
            self._wake()
            return
        if not frame.result.has_data and self._notes_loss():
            self._fall_behind()
            return
        owed = self._owed.get(asked.about)
        if owed is not None and owed.follows and (owed.state == frame.state or owed.number < frame.number):
            del self._owed[asked.about]
        self._shown[asked.about] = frame.number, frame.state
        if not self._waiting and self._direct(frame):
            self._take(frame)
            self._room.done(self)
            self._wake()
        else:
            self._put(frame)

    def _knows(self, frame: Frame) -> bool:
        """Whether it was told the same or something newer, out of turn."""
        shown = self._shown.get(frame.about)
        if shown is None:
            return False
        number, state = shown
        if frame.number < number:
            return True
        del self._shown[frame.about]
        return frame.follows and frame.state == state

    def _put(self, frame: Frame) -> None:
        self._waiting.append(frame)
        self._room.take(len(frame.result.body))
        self._room.done(self)
        self._wake()

    def _take(self, frame: Frame) -> None:
        if frame.result.has_data:
            self._position = frame.position or self._position or ""

    def _fits(self, frame: Frame) -> bool:
        return self._room.has_turn(self) or self._room.holds(len(frame.result.body))

    def _notes_loss(self) -> bool:
        """A frame has come to nothing: whether that is the first one since the last position."""
        if self._again_from == self._position:
            return False
        self._again_from = self._position
        return True

    def _fall_behind(self) -> None:
        self._is_behind = True
        self._forget_totals()
        self._room.done(self)
        if self._leave is not None:
            self._leave()
        self._wake()

    def _forget_totals(self) -> None:
        self._owed.clear()
        self._shown.clear()
        self._asked = None


def _nothing(*_: object) -> bool:
    return False

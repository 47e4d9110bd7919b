"""One reader of one operation: what waits for it is bounded, and nothing that it must see is left out."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

import pytest

from gateway.http.limits import Limits
from gateway.http.results import Result
from gateway.live.frame import Frame
from gateway.live.reader import Reader
from gateway.live.room import Room

NOTHING: Final = Frame(Result(b"null", executed=True, has_data=False), position="p9")


def total(figure: int, *, about: str = "a", follows: bool = True) -> Frame:
    """The newest state of something."""
    return Frame(Result(b"%d" % figure, executed=True), about, figure, f"p{figure}", follows)


def news(number: int, size: int = 1) -> Frame:
    """One of many, of which each counts."""
    return Frame(Result(b"x" * size, executed=True), position=f"p{number}")


@dataclass
class Followed:
    """A reader, and where it began each time."""

    limits: Limits = field(default_factory=Limits)
    begun: list[str | None] = field(default_factory=list)
    left: int = 0
    woken: int = 0
    direct: Callable[[Frame], bool] = lambda _: False
    room: Room | None = None
    wakes: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        self.reader = Reader(self.room or Room(self.limits), self._wake, self.direct)
        self.reader.follow(self._follow)

    def _wake(self) -> None:
        self.woken += 1
        self.wakes()

    def _follow(self, after: str | None) -> Callable[[], None]:
        self.begun.append(after)
        return self._leave

    def _leave(self) -> None:
        self.left += 1

    def taken(self) -> list[bytes]:
        """All that waits."""
        return [frame.result.body for frame in iter(self.reader.next, None)]


@pytest.mark.parametrize("is_direct", [True, False])
def test_who_falls_behind_where_nothing_has_a_position_does_not_begin_as_if_nothing_was_missed(is_direct: bool) -> None:
    room = [is_direct]
    followed = Followed(Limits(outbox_frames=3), direct=lambda _: room[0])
    without = Frame(Result(b"x", executed=True))
    followed.reader.take(without)
    assert followed.taken() == [b"x"] * (not is_direct)
    room[0] = False
    for _ in range(4):
        followed.reader.take(without)
    assert (followed.taken(), followed.begun) == ([b"x"] * 3, [None, ""])


@pytest.mark.parametrize("lost", [NOTHING, replace(NOTHING, about="a")])
@pytest.mark.parametrize("is_direct", [True, False])
def test_what_an_error_has_left_nothing_of_is_asked_for_again_from_where_it_was(is_direct: bool, lost: Frame) -> None:
    sent: list[bytes] = []

    def direct(frame: Frame) -> bool:
        sent.extend([frame.result.body] * is_direct)
        return is_direct

    followed = Followed(direct=direct)
    followed.reader.take(news(1))
    taken = sent + followed.taken()
    followed.reader.take(lost)
    taken += followed.taken()
    assert (taken, followed.begun, followed.left) == ([b"x"], [None, "p1"], 1)
    followed.reader.take(lost)  # there is no more to be had of it
    assert (sent + followed.taken())[-1:] == [b"null"]
    followed.reader.take(news(2))
    followed.taken()
    followed.reader.take(lost)
    followed.taken()
    assert followed.begun == [None, "p1", "p2"]


def test_a_refusal_is_told_at_once() -> None:
    followed = Followed()
    followed.reader.take(Frame(Result.refused({"message": "no"})))
    assert followed.taken() == [b'{"errors":[{"message":"no"}]}']
    assert followed.begun == [None]


def test_one_for_which_nothing_could_wait_begins_anew_as_at_first() -> None:
    room = Room(Limits(outbox_bytes=1))
    one, other = Followed(room=room), Followed(room=room)
    one.reader.take(news(1))
    other.reader.take(news(1))
    assert (other.taken(), other.begun) == ([], [None])
    assert (len(one.taken()), other.taken(), other.begun) == (1, [], [None, None])


def test_of_totals_the_newest_of_each_waits() -> None:
    followed = Followed()
    for frame in (total(1), total(2, about="b"), total(3), total(4)):
        followed.reader.take(frame)
    assert followed.taken() == [b"4", b"2"]  # each where it stood, so that none waits for good while others move


def test_a_snapshot_is_seen_although_a_newer_figure_follows() -> None:
    followed = Followed()
    for frame in (total(1), total(2, follows=False), total(3), total(4)):
        followed.reader.take(frame)
    assert followed.taken() == [b"2", b"4"]


def test_a_newer_snapshot_replaces_what_was_not_taken() -> None:
    followed = Followed()
    for frame in (total(1, follows=False), total(2), total(3, follows=False)):
        followed.reader.take(frame)
    assert followed.taken() == [b"3"]


@pytest.mark.parametrize(("limits", "size"), [(Limits(outbox_frames=8), 1), (Limits(outbox_bytes=80), 10)])
def test_of_news_so_many_wait_and_with_one_more_it_begins_anew_from_what_it_took(limits: Limits, size: int) -> None:
    followed = Followed(limits)
    followed.reader.take(news(0, size))
    followed.reader.next()
    for number in range(1, 9):
        followed.reader.take(news(number, size))
    assert (followed.begun, followed.left) == ([None], 0)
    followed.reader.take(news(9, size))
    followed.reader.take(news(10, size))
    assert (followed.begun, followed.left) == ([None], 1)
    assert len(followed.taken()) == 8
    assert followed.begun == [None, "p8"]
    followed.reader.take(news(9, size))
    assert len(followed.taken()) == 1


def test_one_frame_of_any_size_waits() -> None:
    followed = Followed(Limits(outbox_bytes=10))
    followed.reader.take(news(1, 100))
    assert len(followed.taken()) == 1


def test_what_is_taken_at_once_counts_as_taken() -> None:
    room, full = [True], Room(Limits(outbox_bytes=1))
    other, followed = Followed(room=full), Followed(room=full, direct=lambda _: bool(room) and room.pop())
    other.reader.take(news(7))
    for number in range(2):
        followed.reader.take(news(number))
    assert (len(other.taken()), followed.taken(), followed.begun) == (1, [], [None, "p0"])


@pytest.mark.parametrize("asks_at_once", [True, False])
def test_an_answer_for_which_there_is_no_room_is_asked_for_again_and_is_the_end_then(asks_at_once: bool) -> None:
    room = Room(Limits(outbox_bytes=1))
    other, followed = Followed(room=room), Followed(room=room)
    if asks_at_once:
        followed.wakes = followed.reader.next
    other.reader.take(news(1))
    followed.reader.end(news(1))
    assert (followed.reader.is_over, followed.taken(), followed.begun) == (False, [], [None])
    assert len(other.taken()) == 1
    assert (followed.taken(), followed.begun) == ([], [None, None])
    followed.wakes = lambda: None
    followed.reader.end(news(1))
    assert (len(followed.taken()), followed.reader.is_over, followed.begun) == (1, True, [None, None])


@pytest.mark.parametrize("asks_at_once", [True, False])
def test_an_answer_that_came_to_nothing_is_asked_for_again_once(asks_at_once: bool) -> None:
    followed = Followed()
    if asks_at_once:
        followed.wakes = followed.reader.next
    followed.reader.end(NOTHING)
    followed.wakes = lambda: None
    assert (followed.taken(), followed.reader.is_over, followed.begun) == ([], False, [None, None])
    followed.reader.end(NOTHING)
    assert (followed.taken(), followed.reader.is_over) == ([b"null"], True)


def test_it_is_over_when_all_was_taken_after_the_end() -> None:
    followed = Followed()
    followed.reader.take(news(1))
    followed.reader.end()
    assert not followed.reader.is_over
    assert (len(followed.taken()), followed.reader.is_over) == (1, True)


def test_one_that_left_takes_nothing() -> None:
    followed = Followed()
    followed.reader.take(news(1))
    followed.reader.leave()
    followed.reader.take(news(2))
    assert (followed.taken(), followed.left, followed.reader.is_over) == ([], 1, True)

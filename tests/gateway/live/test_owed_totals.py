"""Totals for which there is no room are not kept but owed: the newest comes when there is, and nothing comes twice."""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest

from gateway.http.limits import Limits
from gateway.http.results import Result
from gateway.live.frame import Frame
from gateway.live.reader import Reader
from gateway.live.room import Room

SIZE = 10
FAILED = Result(b"x" * SIZE, executed=True, has_data=False)


@dataclass
class Board:
    """Figures that move, and what was asked for of them."""

    figures: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    asked: list[tuple[Callable[[Frame | None], object], Callable[[], Frame]]] = field(default_factory=list)
    failing: bool = False
    made: int = 0

    def frame(self, about: str, *, follows: bool = True) -> Frame:
        """What it tells now. A message about the same has the same size whatever it says."""
        state = self.figures[about]
        body = b"%s%d".ljust(SIZE) % ((b"+" if follows else b"="), state)
        result = FAILED if self.failing else Result(body[:SIZE], executed=True)
        self.made += 1
        again = partial(self._ask, about=about, follows=follows)
        return Frame(result, about, state, f"p{state}", follows, again, self.made)

    def move(self, about: str, *, follows: bool = True) -> Frame:
        """The next figure."""
        self.figures[about] += 1
        return self.frame(about, follows=follows)

    def answer(self) -> None:
        """Answers the oldest."""
        take, frame = self.asked.pop(0)
        take(frame())

    def _ask(self, take: Callable[[Frame | None], object], *, about: str, follows: bool) -> None:
        self.asked.append((take, partial(self.frame, about, follows=follows)))


@dataclass
class Reading:
    """A reader of that board, in a room of so many frames."""

    frames: int = 2
    room: Room | None = None
    takes_at_once: bool = False
    sent: list[str] = field(default_factory=list)
    followed: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.room = self.room or Room(Limits(outbox_bytes=self.frames * SIZE))
        self.reader = Reader(self.room, lambda: None, self._direct)
        self.reader.follow(self._follow)

    def _direct(self, frame: Frame) -> bool:
        if self.takes_at_once:
            self.sent.append(f"{frame.about}{frame.result.body.decode().strip()}")
        return self.takes_at_once

    def _follow(self, after: str | None) -> Callable[[], None]:
        self.followed.append(after)
        return lambda: None

    def read(self) -> list[str]:
        """All that waits, after what was sent at once."""
        frames = iter(self.reader.next, None)
        sent = [*self.sent, *(f"{frame.about}{frame.result.body.decode().strip()}" for frame in frames)]
        self.sent.clear()
        return sent


def test_of_so_many_bytes_all_wait_and_one_more_is_executed_when_they_were_taken() -> None:
    board, reading = Board(), Reading(frames=2)
    for about in "ab":
        reading.reader.take(board.move(about))
    assert (reading.read(), board.asked) == (["a+1", "b+1"], [])
    for about in "abc":
        reading.reader.take(board.move(about))
    assert reading.read() == ["a+2", "b+2"]
    board.figures["c"] = 7  # what has become of it since
    board.answer()
    assert reading.read() == ["c+7"]
    assert not board.asked


def test_the_room_is_shared_by_the_readers_of_a_connection_and_what_they_are_owed_comes_in_turns() -> None:
    board, room = Board(), Room(Limits(outbox_bytes=3 * SIZE))
    one, other = Reading(room=room), Reading(room=room)
    for about in "abcx":
        one.reader.take(board.move(about))
    for about in "de":
        other.reader.take(board.move(about))
    assert (other.read(), board.asked) == ([], [])
    assert one.read() == ["a+1", "b+1", "c+1"]
    told = []
    for _ in range(3):
        told += one.read() + other.read() + one.read()
        assert len(board.asked) == 1, "one at a time"
        board.answer()
    told += one.read() + other.read()
    assert told == ["d+1", "x+1", "e+1"]  # the other one had asked first
    for about in "abc":
        other.reader.take(board.move(about))
    assert (other.read(), board.asked) == (["a+2", "b+2", "c+2"], [])


def test_one_that_moves_all_the_time_does_not_keep_the_others_waiting_nor_they_it() -> None:
    board, reading = Board(), Reading(frames=2)
    told: defaultdict[str, int] = defaultdict(int)
    for about in "abcdef":
        reading.reader.take(board.move(about, follows=False))
    for _ in range(300):
        for about in "aaaaabcdef":
            reading.reader.take(board.move(about))
        if board.asked:
            board.answer()
        if (frame := reading.reader.next()) is not None:
            told[str(frame.about)] += 1
    assert set(told) == set("abcdef")
    assert max(told.values()) <= 2 * min(told.values())


def test_what_was_begun_before_what_it_was_told_out_of_turn_and_comes_late_is_left_out() -> None:
    board, reading = Board(), Reading(frames=1)
    for about in "ab":
        reading.reader.take(board.move(about))
    reading.read()
    late, newest = board.move("b"), board.move("b")
    board.answer()
    assert reading.read() == ["b+3"]
    for frame in (late, newest):
        reading.reader.take(frame)
    assert reading.read() == []
    reading.reader.take(board.move("b"))
    assert reading.read() == ["b+4"]


def test_what_was_begun_before_and_comes_while_it_is_asked_for_is_left_out() -> None:
    board, reading = Board(), Reading(frames=1)
    for about in "ab":
        reading.reader.take(board.move(about))
    late = board.move("b")
    board.move("b")
    assert reading.read() == ["a+1"]
    reading.reader.take(late)
    board.answer()
    assert (reading.read(), board.asked) == (["b+3"], [])


def test_what_is_gone_is_not_told_and_the_others_are() -> None:
    board, reading = Board(), Reading(frames=1)
    for about in "abc":
        reading.reader.take(board.move(about))
    assert reading.read() == ["a+1"]
    take, _ = board.asked.pop(0)
    take(None)
    assert reading.read() == []
    board.answer()
    assert (reading.read(), reading.followed) == (["c+1"], [None])


def test_who_leaves_makes_room() -> None:
    board, room = Board(), Room(Limits(outbox_bytes=2 * SIZE))
    one, other = Reading(room=room), Reading(room=room)
    for about in "ab":
        one.reader.take(board.move(about))
    one.reader.leave()
    for about in "ab":
        other.reader.take(board.move(about))
    assert (other.read(), board.asked) == (["a+2", "b+2"], [])


def test_a_snapshot_that_is_owed_is_seen_as_one() -> None:
    board, reading = Board(), Reading(frames=1)
    reading.reader.take(board.move("a"))
    reading.reader.take(board.move("b", follows=False))
    reading.reader.take(board.move("b"))
    assert reading.read() == ["a+1"]
    board.answer()
    assert reading.read() == ["b=2"]
    assert not board.asked


def test_what_moves_while_it_is_asked_for_is_told_after_it_and_once() -> None:
    board, reading = Board(), Reading(frames=1)
    for about in "ab":
        reading.reader.take(board.move(about))
    assert reading.read() == ["a+1"]
    reading.reader.take(board.move("b"))  # before it is answered, and so a part of the answer
    board.answer()
    assert (reading.read(), board.asked) == (["b+2"], [])
    reading.reader.take(board.move("b"))
    assert reading.read() == ["b+3"]


def test_what_it_was_told_out_of_turn_it_is_not_told_again_with_all_others() -> None:
    board, reading = Board(), Reading(frames=1)
    for about in "ab":
        reading.reader.take(board.move(about))
    reading.read()
    moved = board.move("b")
    board.answer()
    assert reading.read() == ["b+2"]
    reading.reader.take(moved)
    assert reading.read() == []
    reading.reader.take(board.move("b"))
    assert reading.read() == ["b+3"]


def test_one_that_left_is_told_nothing_that_it_had_asked_for() -> None:
    board, reading = Board(), Reading(frames=1)
    for about in "ab":
        reading.reader.take(board.move(about))
    reading.read()
    reading.reader.leave()
    board.answer()
    assert (reading.read(), reading.reader.is_over) == ([], True)


def test_it_is_not_over_before_what_is_owed_was_told() -> None:
    board, reading = Board(), Reading(frames=1)
    for about in "ab":
        reading.reader.take(board.move(about))
    reading.reader.end()
    assert (reading.read(), reading.reader.is_over) == (["a+1"], False)
    board.answer()
    assert (reading.reader.is_over, reading.read(), reading.reader.is_over) == (False, ["b+1"], True)


def test_where_it_ends_with_an_error_nothing_is_owed() -> None:
    board, reading = Board(), Reading(frames=2)
    for about in "abcd":
        reading.reader.take(board.move(about))
    reading.read()
    reading.reader.take(Frame(Result.refused({"message": "no"})))
    reading.reader.end()
    board.answer()
    assert (len(reading.read()), reading.reader.is_over, board.asked) == (1, True, [])


def test_where_it_cannot_be_executed_it_begins_anew() -> None:
    board, reading = Board(), Reading(frames=1)
    for about in "ab":
        reading.reader.take(board.move(about))
    reading.read()
    board.failing = True
    board.answer()
    assert (reading.read(), reading.followed) == ([], [None, "p1"])


def test_what_was_asked_for_before_it_began_anew_counts_for_nothing() -> None:
    board, reading = Board(), Reading(frames=1)
    for about in "ab":
        reading.reader.take(board.move(about))
    reading.read()
    take, older = board.asked[0][0], board.frame("b")
    board.failing = True
    reading.reader.take(board.move("c"))
    board.failing = False
    assert (reading.read(), reading.followed) == ([], [None, "p1"])
    for about in "ab":
        reading.reader.take(board.move(about, follows=False))
    assert reading.read() == ["a=2"]
    take(older)
    assert reading.read() == []
    board.asked.pop(0)
    board.answer()
    assert reading.read() == ["b=2"]


@pytest.mark.parametrize("seed", range(40))
def test_whatever_the_order_the_newest_of_each_is_told_last_and_none_twice(seed: int) -> None:
    rng, board, most = random.Random(seed), Board(), 3
    reading = Reading(frames=most)
    told: defaultdict[str, list[int]] = defaultdict(list)
    breaks: defaultdict[str, int] = defaultdict(int)
    unseen: set[str] = set()

    def see(sent: list[str]) -> None:
        for each in sent:
            about = each[0]
            told[about].append(int(each[2:]))
            if each[1] == "=":
                unseen.discard(about)
                breaks[about] += 1

    for _ in range(400):
        match rng.randrange(6):
            case 0 | 1 | 2:
                about, follows = rng.choice("abcdef"), rng.random() < 0.8
                if not follows:
                    unseen.add(about)
                reading.reader.take(board.move(about, follows=follows))
            case 3:
                reading.takes_at_once = rng.random() < 0.3
            case 4:
                see(reading.read())
            case 5 if board.asked:
                board.answer()
        waiting = sum(len(each.result.body) for each in reading.reader._waiting)
        assert waiting <= (most + 1) * SIZE
    while reading.reader._waiting or reading.reader._owed or board.asked:
        see(reading.read())
        if board.asked:
            board.answer()
    see(reading.read())
    assert {about: figures[-1] for about, figures in told.items()} == dict(board.figures)
    assert not unseen, "a snapshot was never seen as one"
    for about, figures in told.items():
        repeats = len(figures) - len(set(figures))
        assert figures == sorted(figures)
        assert repeats <= breaks[about], "only a snapshot may tell the same again"
    assert reading.room is not None
    reading.room.take(1)
    assert reading.room.holds(most * SIZE - 1), "what was taken counts no more"
    assert not reading.room.holds(most * SIZE)

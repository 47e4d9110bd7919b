"""What was asked for lately is known to the moment, in a table that stays as it is."""

import sys
from datetime import timedelta
from typing import Final

import pytest

from gateway.http.recent import PLACES, Recent
from tests.gateway.acme import NOW

TICK: Final = timedelta.resolution
WITHIN: Final = timedelta(seconds=1)


@pytest.fixture
def recent() -> Recent:
    return Recent()


def size(recent: Recent) -> int:
    """Bytes of all that it holds."""
    return sum(map(sys.getsizeof, vars(recent).values()))


@pytest.mark.parametrize("key", [0, 7, "{a}"])  # 0 is what an empty table is full of
def test_what_was_never_asked_is_not_asked_again(recent: Recent, key: object) -> None:
    assert not recent.again(key, NOW, WITHIN)


@pytest.mark.parametrize("later", [timedelta(), TICK, WITHIN])
def test_what_was_asked_no_longer_ago_than_this_is_asked_again(recent: Recent, later: timedelta) -> None:
    recent.again(7, NOW, WITHIN)
    assert recent.again(7, NOW + later, WITHIN)


def test_what_was_asked_a_moment_longer_ago_is_not(recent: Recent) -> None:
    recent.again(7, NOW, WITHIN)
    assert not recent.again(7, NOW + WITHIN + TICK, WITHIN)


def test_it_counts_from_when_it_was_asked_last(recent: Recent) -> None:
    found = [recent.again(7, NOW + late, WITHIN) for late in (0 * WITHIN, 2 * WITHIN, 3 * WITHIN, 4 * WITHIN)]
    assert found == [False, False, True, True]


def test_an_asking_that_is_noted_counts_from_its_own_moment(recent: Recent) -> None:
    recent.again(7, NOW, WITHIN)
    recent.note(7, NOW + WITHIN)
    assert recent.again(7, NOW + 2 * WITHIN, WITHIN)


def test_each_asking_says_for_itself_how_long_ago_it_may_be(recent: Recent) -> None:
    recent.again(7, NOW, WITHIN)
    assert recent.again(7, NOW + 2 * WITHIN, 2 * WITHIN)


@pytest.mark.parametrize("other", [8, 7 + PLACES, 7 - PLACES])
def test_another_one_is_not_taken_for_it_in_whatever_place(recent: Recent, other: int) -> None:
    recent.again(7, NOW, WITHIN)
    assert not recent.again(other, NOW, WITHIN)


@pytest.mark.parametrize(("other", "known"), [(8, True), (7 + PLACES, False), (7 - PLACES, False)])
def test_one_that_takes_its_place_makes_it_forgotten(recent: Recent, other: int, known: bool) -> None:
    recent.again(7, NOW, WITHIN)
    recent.again(other, NOW, WITHIN)
    assert recent.again(7, NOW, WITHIN) is known


def test_as_many_as_there_are_places_are_known_side_by_side(recent: Recent) -> None:
    for _ in range(2):
        found = {recent.again(key, NOW, WITHIN) for key in range(PLACES)}
    assert found == {True}


def test_its_size_is_the_same_whatever_is_asked(recent: Recent) -> None:
    before = size(recent)
    for key in range(0, 100 * PLACES, 37):
        recent.again(f"{{{key}}}", NOW, WITHIN)
    assert size(recent) == before

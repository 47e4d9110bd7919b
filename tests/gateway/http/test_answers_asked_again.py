"""What is asked for once is not kept; what is asked for again is, and by whoever asks next it is found."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from gateway.http.recent import Recent
from gateway.http.results import Result
from gateway.read.notes import DESCRIBED, LISTED, Notes
from tests.gateway.http.keeping import LUNCH, Kitchen

TICK = timedelta.resolution
LIVES = [(Notes.listed, LISTED), (lambda notes: notes.figures(LUNCH), DESCRIBED), (lambda _: None, DESCRIBED)]


@pytest.fixture
def kitchen() -> Kitchen:
    return Kitchen(Recent())


async def at_once(kitchen: Kitchen, many: int) -> list[Result]:
    """What so many get who wait for the same."""
    kitchen.gate.clear()
    tasks = [asyncio.create_task(kitchen.ask()) for _ in range(many)]
    await asyncio.sleep(0)
    kitchen.gate.set()
    return await asyncio.gather(*tasks)


async def test_what_is_asked_for_once_is_not_kept(kitchen: Kitchen) -> None:
    await kitchen.ask()
    assert (len(kitchen.answers), kitchen.answers.bytes) == (0, 0)
    assert kitchen.find() is None


async def test_what_is_asked_for_twice_is_kept_and_not_made_a_third_time(kitchen: Kitchen) -> None:
    _, second, third = [await kitchen.ask() for _ in range(3)]
    assert third is second
    assert kitchen.made == 2
    assert (kitchen.answers.served.made, kitchen.answers.served.kept) == (2, 1)


async def test_of_many_queries_each_is_asked_again_for_itself(kitchen: Kitchen) -> None:
    for query in ("{a}", "{b}", "{c}", "{b}"):
        await kitchen.ask(query)
    assert [kitchen.find(query) is not None for query in ("{a}", "{b}", "{c}")] == [False, True, False]


@pytest.mark.parametrize(("note", "life"), LIVES, ids=["list", "figures", "words"])
@pytest.mark.parametrize(("more", "kept"), [(timedelta(), 1), (TICK, 0)])
async def test_again_is_no_longer_ago_than_such_an_answer_holds(
    kitchen: Kitchen, note: Callable[[Notes], None], life: timedelta, more: timedelta, kept: int
) -> None:
    await kitchen.ask(note=note)
    kitchen.ground.clock.turn(life + more)
    await kitchen.ask(note=note)
    assert (kitchen.made, len(kitchen.answers)) == (2, kept)


async def test_what_several_wait_for_at_once_is_made_once_and_kept(kitchen: Kitchen) -> None:
    assert len({each.body for each in await at_once(kitchen, 3)}) == 1
    assert kitchen.find() is not None
    assert kitchen.made == 1


async def test_what_one_waits_for_alone_is_not_kept(kitchen: Kitchen) -> None:
    await at_once(kitchen, 1)
    assert kitchen.find() is None


async def test_what_several_have_waited_for_was_asked_for_before(kitchen: Kitchen) -> None:
    await at_once(kitchen, 2)
    kitchen.step(LUNCH)
    await kitchen.ask()
    assert kitchen.find() is not None


async def test_what_a_step_has_dropped_is_kept_when_it_is_asked_for_next(kitchen: Kitchen) -> None:
    for _ in range(2):
        await kitchen.ask()
    kitchen.step(LUNCH)
    assert kitchen.find() is None
    made = await kitchen.ask()
    assert kitchen.find() is made


@pytest.mark.parametrize("moved", [False, True])
async def test_who_was_given_what_is_kept_has_asked_for_it(kitchen: Kitchen, moved: bool) -> None:
    for _ in range(3):
        await kitchen.ask(note=lambda notes: notes.listed(LUNCH))
        kitchen.ground.clock.turn(LISTED * 0.4)
    if moved:
        kitchen.step(LUNCH)
    kitchen.ground.clock.turn(LISTED * 0.6)  # since it was made, more than it holds; since it was asked for last, no more
    made = await kitchen.ask(note=lambda notes: notes.listed(LUNCH))
    assert kitchen.made == 3
    assert kitchen.find() is made


async def test_what_is_asked_for_without_a_pause_is_made_once_in_its_life(kitchen: Kitchen) -> None:
    for _ in range(1_000):
        await kitchen.ask(note=Notes.listed)
        kitchen.ground.clock.turn(LISTED / 95)
    assert kitchen.made == 1 + -(-1_000 // 95)


async def test_what_is_not_kept_does_not_say_that_it_is(kitchen: Kitchen) -> None:
    once, again = await kitchen.ask(), await kitchen.ask()
    assert (once.kept_as, again.kept_as) == (None, kitchen.key())


@pytest.mark.parametrize("turns_in", [None, timedelta(seconds=10.5), timedelta(seconds=0.5)])
@pytest.mark.parametrize("note", [note for note, _ in LIVES], ids=["list", "figures", "words"])
async def test_elsewhere_it_may_be_shown_for_as_long_as_if_it_were_kept(
    kitchen: Kitchen, note: Callable[[Notes], None], turns_in: timedelta | None
) -> None:
    kitchen.ground.turn = kitchen.ground.now() + turns_in if turns_in else None
    once, again = await kitchen.ask(note=note), await kitchen.ask(note=note)
    assert [once.kept_as is None, again.kept_as is None] == [True, False]
    assert once.max_age == again.max_age


async def test_who_cannot_keep_it_is_told_for_how_long_only_where_others_are(kitchen: Kitchen) -> None:
    told = [await kitchen.ask(outside=outside) for outside in (False, True, False)]
    assert [(each.kept_as is None, each.max_age) for each in told] == [(True, 0), (False, 1), (False, 1)]


async def test_who_may_keep_it_is_told_for_how_long_though_it_is_made_for_another(kitchen: Kitchen) -> None:
    kitchen.gate.clear()
    tasks = [asyncio.create_task(kitchen.ask(outside=outside)) for outside in (False, True)]
    await asyncio.sleep(0)
    kitchen.gate.set()
    assert [each.max_age for each in await asyncio.gather(*tasks)] == [1, 1]
    assert kitchen.made == 1

"""Answers are kept while they hold, and go with the step that moves what they are made of."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gateway.http.answers import AGES
from gateway.read.notes import ANY, DESCRIBED, LISTED, POSTS, Notes
from tests.gateway.http.keeping import LUNCH, SHOES, Kitchen

TICK = timedelta.resolution


async def test_what_is_kept_is_not_made_again() -> None:
    kitchen = Kitchen()
    first, second = await kitchen.ask(), await kitchen.ask()
    assert first is second
    assert kitchen.made == 1
    assert (kitchen.answers.served.kept, kitchen.answers.served.made) == (1, 1)


async def test_queries_are_equal_in_scope_text_name_and_variables_and_in_nothing_less() -> None:
    kitchen = Kitchen()
    same = kitchen.key(a=1, b=2)
    assert same == kitchen.key(b=2, a=1)
    others = [kitchen.key("{b}", a=1, b=2), kitchen.key(a=1, b=2, scope="mine"), kitchen.key(a=1), kitchen.key(a=1.0, b=2)]
    assert len({same, *others, kitchen.key(a=True, b=2), kitchen.key(a="1", b=2), kitchen.key(a=None, b=2)}) == 8


async def test_a_step_takes_what_it_moves_and_leaves_all_else() -> None:
    kitchen = Kitchen()
    await kitchen.ask("{lunch}", lambda notes: notes.figures(LUNCH))
    await kitchen.ask("{shoes}", lambda notes: notes.figures(SHOES))
    await kitchen.ask("{both}", lambda notes: notes.figures(LUNCH, SHOES))
    kitchen.step(SHOES)
    assert [kitchen.find(text) is None for text in ("{lunch}", "{shoes}", "{both}")] == [False, True, True]


@pytest.mark.parametrize(
    ("tag", "step", "goes"),
    [
        ("acme", {"networks": frozenset({"acme"})}, True),
        ("acme", {"networks": frozenset({"pond"})}, False),
        (ANY, {}, True),
        (POSTS, {}, False),
        (POSTS, {"posts": True}, True),
        (LUNCH, {"reset": True}, True),
        (LUNCH, {"configured": True}, True),
        (LUNCH, {"posts": True}, False),
    ],
)
async def test_networks_posts_sums_and_all_at_once(tag: Any, step: dict[str, Any], goes: bool) -> None:
    kitchen = Kitchen()
    await kitchen.ask(note=lambda notes: notes.figures(tag))
    kitchen.step(**step)
    assert (kitchen.find() is None) is goes
    assert (len(kitchen.answers), kitchen.answers.bytes > 0) == ((0, False) if goes else (1, True))


@pytest.mark.parametrize(
    ("note", "life", "max_age"),
    [
        (lambda _: None, DESCRIBED, 60),
        (lambda notes: notes.figures(LUNCH), DESCRIBED, 1),
        (lambda notes: notes.listed(), LISTED, 1),
    ],
)
async def test_lists_live_a_second_and_descriptions_a_minute(
    note: Callable[[Notes], None], life: timedelta, max_age: int
) -> None:
    kitchen = Kitchen()
    assert (await kitchen.ask(note=note)).max_age == max_age
    kitchen.ground.clock.turn(life - TICK)
    assert kitchen.find() is not None
    kitchen.ground.clock.turn(TICK)
    assert kitchen.find() is None
    assert kitchen.answers.bytes == 0


async def test_an_answer_ends_when_it_turns_here_and_elsewhere() -> None:
    kitchen = Kitchen()
    kitchen.ground.turn = kitchen.ground.now() + timedelta(seconds=10)
    made = await kitchen.ask(note=lambda _: None)
    assert made.max_age == 10
    kitchen.ground.clock.turn(timedelta(seconds=7.5))
    kept = kitchen.find()
    assert kept is not None
    assert (kept.body, kept.max_age) == (made.body, 2)
    kitchen.ground.clock.turn(timedelta(seconds=2.5))
    assert kitchen.find() is None


@pytest.mark.parametrize("late", [timedelta(), timedelta(seconds=3)])
async def test_what_has_turned_while_it_was_made_is_kept_by_nobody(late: timedelta) -> None:
    kitchen = Kitchen()
    kitchen.ground.turn = kitchen.ground.now() - late
    assert (await kitchen.ask(note=lambda _: None)).max_age == 0
    assert len(kitchen.answers) == 0


async def test_a_clock_that_is_put_back_ends_what_it_has_not_seen_yet() -> None:
    kitchen = Kitchen()
    await kitchen.ask()
    kitchen.ground.clock.turn(-TICK)
    assert kitchen.find() is None


@pytest.mark.parametrize("before", [True, False])
async def test_what_was_kept_before_changes_fell_silent_or_were_heard_again_is_gone(before: bool) -> None:
    kitchen = Kitchen()
    kitchen.ground.connected = before
    await kitchen.ask()
    kitchen.ground.connected = not before
    assert kitchen.find() is None
    await kitchen.ask()
    assert kitchen.find() is not None


async def test_an_answer_with_an_error_is_not_kept() -> None:
    kitchen = Kitchen()
    assert (await kitchen.ask(errors=True)).max_age == 0
    assert len(kitchen.answers) == 0
    await kitchen.ask()
    assert kitchen.made == 2


async def test_ages_are_counted() -> None:
    kitchen = Kitchen()
    await kitchen.ask(note=lambda _: None)
    for seconds in (AGES[0], 1, 6):
        kitchen.ground.clock.turn(timedelta(seconds=seconds))
        assert kitchen.find() is not None
    served = kitchen.answers.served
    assert served.ages == [1, 0, 0, 1, 1, 0, 0]
    assert served.age_seconds == pytest.approx(0.05 + 1.05 + 7.05)

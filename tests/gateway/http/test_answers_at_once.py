"""Many who ask for the same at once: it is made once, nobody hangs on another, nobody gets what is older than a frame."""

import asyncio
from datetime import timedelta

import pytest

from gateway.http.answers import Asked
from gateway.http.results import Result
from gateway.read.notes import LISTED
from tests.gateway.http.keeping import LUNCH, SHOES, Kitchen


async def asking(kitchen: Kitchen, many: int, *, errors: bool = False) -> list[asyncio.Task[Result]]:
    """So many who wait by now."""
    found = [asyncio.create_task(kitchen.ask(errors=errors)) for _ in range(many)]
    await asyncio.sleep(0)
    return found


def closed() -> Kitchen:
    """One where answers wait until the gate is opened."""
    kitchen = Kitchen()
    kitchen.gate.clear()
    return kitchen


async def test_a_thousand_who_ask_at_once_are_answered_by_one_execution() -> None:
    kitchen = closed()
    tasks = await asking(kitchen, 1_000)
    kitchen.gate.set()
    assert {(await task).body for task in tasks} == {(await tasks[0]).body}
    assert kitchen.made == 1
    assert (kitchen.answers.served.made, kitchen.answers.served.shared) == (1, 999)


async def test_who_leaves_while_it_makes_the_answer_does_not_take_it_from_others() -> None:
    kitchen = closed()
    leader, *others = await asking(kitchen, 3)
    leader.cancel()
    await asyncio.sleep(0)
    kitchen.gate.set()
    assert len({(await task).body for task in others}) == 1
    assert kitchen.made == 2  # by the first one who is left
    assert leader.cancelled()
    assert kitchen.find() is not None


async def test_who_leaves_while_it_waits_disturbs_nobody() -> None:
    kitchen = closed()
    leader, leaving, staying = await asking(kitchen, 3)
    leaving.cancel()
    await asyncio.sleep(0)
    kitchen.gate.set()
    assert (await staying).body == (await leader).body
    assert kitchen.made == 1


async def test_an_answer_that_a_step_has_overtaken_is_not_kept_here_or_elsewhere() -> None:
    kitchen = closed()
    [task] = await asking(kitchen, 1)
    kitchen.step(LUNCH)
    kitchen.gate.set()
    assert (await task).max_age == 0
    assert kitchen.find() is None


async def test_who_asks_after_a_step_is_not_given_what_was_begun_before() -> None:
    kitchen = closed()
    [early] = await asking(kitchen, 1)
    kitchen.step(LUNCH)
    [late] = await asking(kitchen, 1)
    kitchen.gate.set()
    assert [b'"number":1001' in (await early).body, b'"number":1002' in (await late).body] == [True, True]
    kept = kitchen.find()
    assert kept is not None
    assert kept.body == (await late).body


async def test_a_step_that_moves_something_else_disturbs_nothing() -> None:
    kitchen = closed()
    [task] = await asking(kitchen, 1)
    kitchen.step(SHOES)
    kitchen.gate.set()
    assert (await task).max_age == 1
    assert kitchen.find() is not None


@pytest.mark.parametrize("more", [{"reset": True}, {"configured": True}])
async def test_what_is_being_made_while_all_changes_is_not_kept(more: dict[str, bool]) -> None:
    kitchen = closed()
    [task] = await asking(kitchen, 1)
    kitchen.step(**more)
    kitchen.gate.set()
    assert (await task).max_age == 0
    assert kitchen.find() is None


async def test_what_is_being_made_while_changes_fall_silent_is_not_kept() -> None:
    kitchen = closed()
    [task] = await asking(kitchen, 1)
    kitchen.ground.connected = False
    kitchen.gate.set()
    await task
    assert kitchen.find() is None


async def test_nobody_waits_for_what_was_begun_long_ago() -> None:
    kitchen = closed()
    await asking(kitchen, 1)
    kitchen.ground.clock.turn(LISTED)
    await asking(kitchen, 1)
    assert kitchen.made == 2
    kitchen.gate.set()


async def test_of_an_answer_with_an_error_everybody_makes_his_own() -> None:
    kitchen = closed()
    tasks = await asking(kitchen, 3, errors=True)
    kitchen.gate.set()
    assert len({(await task).body for task in tasks}) == 3
    assert (kitchen.answers.served.made, kitchen.answers.served.shared) == (3, 0)
    assert len(kitchen.answers) == 0


async def test_who_waits_for_another_waits_no_longer_than_an_operation_may_take() -> None:
    kitchen = Kitchen(operation_seconds=0.05)
    kitchen.gate.clear()
    _, waiting = await asking(kitchen, 2)
    with pytest.raises(TimeoutError):
        await waiting
    kitchen.gate.set()


async def test_an_answer_that_cannot_be_made_keeps_nobody_waiting() -> None:
    kitchen = Kitchen()

    async def broken() -> Result:
        await asyncio.sleep(0)
        raise RuntimeError

    asked = Asked(kitchen.key(), kitchen.answers.notes())
    found = await asyncio.gather(*(kitchen.answers.answer(asked, broken) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in found] == [RuntimeError] * 3
    kitchen.ground.clock.turn(timedelta(seconds=1))
    assert (await kitchen.ask()).errors == ()

"""Calls that have to be apart wait for their turn, whichever account of the process asks."""

import asyncio
from datetime import timedelta

import pytest
from yarl import URL

from connectors.http import HttpRequest
from connectors.testing.fakes import FakeClock
from gateway.outbound.limits import Limits
from gateway.outbound.slots import Slots
from schema.model.errors import UpstreamUnavailable
from tests.gateway.outbound.upstream import answer, upstream
from tests.gateway.outbound.world import FakeTime, outbound, reach, world

APART = timedelta(seconds=15)
HERE, THERE = URL("https://give.example/api/a"), URL("https://other.example/api/a")


def slots_of(time: FakeTime, hosts: int = 1_000) -> Slots:
    """Those of a process."""
    return Slots(Limits(hosts=hosts), time.monotonic, time.sleep)


async def test_calls_wait_for_their_turn_one_after_the_other() -> None:
    time = FakeTime()
    slots = slots_of(time)
    for _ in range(3):
        await slots.turn(HERE, "default", APART)
    assert time.slept == [15, 15]


async def test_a_call_that_comes_late_enough_does_not_wait() -> None:
    time = FakeTime()
    slots = slots_of(time)
    await slots.turn(HERE, "default", APART)
    time.seconds += 15
    await slots.turn(HERE, "default", APART)
    assert time.slept == []


@pytest.mark.parametrize("same", ["https://GIVE.example/b?c=d", "http://give.example/", "https://give.example:443"])
async def test_a_host_is_one_however_it_is_written(same: str) -> None:
    time = FakeTime()
    slots = slots_of(time)
    await slots.turn(HERE, "default", APART)
    await slots.turn(URL(same, encoded=True), "default", APART)
    assert time.slept == [15]


async def test_other_hosts_other_budgets_and_calls_without_spacing_do_not_wait() -> None:
    time = FakeTime()
    slots = slots_of(time)
    await slots.turn(HERE, "default", APART)
    await slots.turn(THERE, "default", APART)
    await slots.turn(HERE, "milestones", APART)
    await slots.turn(HERE, "default", timedelta())
    assert time.slept == []


async def test_two_accounts_on_one_host_and_one_that_is_built_anew_ask_no_more_often_than_one() -> None:
    time = FakeTime()
    slots = slots_of(time)
    async with upstream(answer(200)) as network, reach() as where:
        for _ in range(3):  # nothing else do they share
            http = outbound(where, time, FakeClock(), slots=slots, spacing={"default": APART})
            await http.send(HttpRequest("GET", f"{network.url}/team"))
    assert time.slept == [15, 15]


async def test_callers_that_leave_while_they_wait_keep_nobody_waiting() -> None:
    time, waits = FakeTime(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        await waits.wait()
        await time.sleep(seconds)

    slots = Slots(Limits(), time.monotonic, sleep)
    await slots.turn(HERE, "default", APART)
    callers = [asyncio.create_task(slots.turn(HERE, "default", APART)) for _ in range(20)]
    await asyncio.sleep(0)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    waits.set()
    await slots.turn(HERE, "default", APART)
    assert time.slept == [15]


async def test_a_host_on_which_somebody_waits_is_not_forgotten() -> None:
    time, asleep, waits = FakeTime(), asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        asleep.set()
        await waits.wait()
        await time.sleep(seconds)

    slots = Slots(Limits(), time.monotonic, sleep)
    await slots.turn(HERE, "default", APART)
    waiting = asyncio.create_task(slots.turn(HERE, "default", APART))
    await asleep.wait()
    time.seconds += 60
    await slots.turn(THERE, "default", APART)  # which makes it look for what may be forgotten
    second = asyncio.create_task(slots.turn(HERE, "default", APART))
    await asyncio.sleep(0)
    assert not second.done()
    waits.set()
    await asyncio.gather(waiting, second)


async def test_as_many_hosts_as_fit_have_a_place_of_their_own_and_one_more_shares() -> None:
    time = FakeTime()
    slots = slots_of(time, hosts=2)
    for name in ("a", "b", "c"):
        await slots.turn(URL(f"https://{name}.example"), "default", APART)
    assert time.slept == []
    await slots.turn(URL("https://d.example"), "default", APART)  # with c
    assert time.slept == [15]


async def test_a_host_that_need_not_wait_any_more_makes_room_and_what_was_shared_still_counts() -> None:
    time = FakeTime()
    slots = slots_of(time, hosts=1)
    await slots.turn(HERE, "default", APART)
    time.seconds += 10
    await slots.turn(THERE, "default", APART)  # there is no room: in the place that is shared
    time.seconds += 10
    await slots.turn(THERE, "default", APART)  # there is now
    assert time.slept == [5]


async def test_a_spaced_call_waits_before_its_deadline_begins_and_is_not_tried_again() -> None:
    async with upstream(answer(500)) as network, world(spacing={"default": APART}) as given:
        for _ in range(2):
            with pytest.raises(UpstreamUnavailable):
                await given.http.send(HttpRequest("GET", f"{network.url}/team"))
    assert len(network.asked) == 2
    assert given.time.slept == [15]

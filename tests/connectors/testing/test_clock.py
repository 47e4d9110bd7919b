"""The clock of emulators, and who sleeps on it."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from connectors.testing.emulation import ScaledClock

HOUR = timedelta(hours=1)


async def test_who_sleeps_wakes_up_when_the_clock_is_turned_past_the_end() -> None:
    clock = ScaledClock()
    sleeping = asyncio.create_task(clock.sleep(HOUR))
    await asyncio.sleep(0)
    clock.turn(HOUR)

    await asyncio.wait_for(sleeping, 5)


@pytest.mark.parametrize("speed", [0.0, 1.0])
async def test_who_sleeps_sleeps_on_when_the_clock_is_turned_not_far_enough_or_back(speed: float) -> None:
    clock = ScaledClock(datetime(2026, 9, 1, tzinfo=UTC), speed=speed)
    sleeping = asyncio.create_task(clock.sleep(HOUR))
    for by in (HOUR / 2, -HOUR, HOUR):
        await asyncio.sleep(0)
        clock.turn(by)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not sleeping.done()

    clock.turn(HOUR / 2)
    await asyncio.wait_for(sleeping, 5)


async def test_a_clock_that_runs_fast_wakes_sleepers_by_itself() -> None:
    clock = ScaledClock(speed=1_000_000)
    before = clock.now()

    await asyncio.wait_for(clock.sleep(HOUR), 5)

    assert clock.now() - before >= HOUR

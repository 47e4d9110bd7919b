"""The wall's clock: what is dated and what is waited for keep step."""

import asyncio
from datetime import UTC, datetime, timedelta

from gateway.clock import SystemClock, rest


async def test_the_present_is_aware_and_in_utc() -> None:
    before = datetime.now(UTC)
    moment = SystemClock().now()
    assert before <= moment <= datetime.now(UTC)
    assert moment.tzinfo is UTC


async def test_a_sleep_is_as_long_as_it_says() -> None:
    loop = asyncio.get_running_loop()
    for sleep in (SystemClock().sleep, rest):
        began = loop.time()
        await sleep(timedelta(milliseconds=50))
        assert loop.time() - began >= 0.049


async def test_a_sleep_of_nothing_lets_others_go_first() -> None:
    order: list[str] = []
    other = asyncio.create_task(_note(order))
    await SystemClock().sleep(timedelta(0))
    order.append("one")
    await other
    assert order == ["other", "one"]


async def _note(order: list[str]) -> None:
    order.append("other")

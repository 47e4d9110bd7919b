"""Large messages are spaced, small ones never wait."""

import asyncio

from gateway.live.spacing import BYTES_PER_SECOND, LARGE, Spacing


async def waits(spacing: Spacing, *sizes: int) -> list[float]:
    """After how long each of them had its turn, all of which asked at once."""
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def one(size: int) -> float:
        await spacing.turn(size)
        return loop.time() - began

    return await asyncio.gather(*map(one, sizes))


async def test_large_ones_have_their_turns_in_order_and_each_takes_as_long_as_it_is() -> None:
    size = BYTES_PER_SECOND // 20
    first, second, third = await waits(Spacing(), size, size // 2, size)
    assert first < 0.05 <= second < 0.075 <= third


async def test_small_ones_wait_for_nobody() -> None:
    spacing = Spacing()
    large, *small = await waits(spacing, BYTES_PER_SECOND, *[LARGE - 1] * 20)
    assert max(large, *small) < 0.5
    assert (await waits(spacing, LARGE))[0] > 0.5


async def test_who_leaves_before_its_turn_takes_nobodys_time() -> None:
    spacing = Spacing()
    await spacing.turn(BYTES_PER_SECOND // 20)
    leaving = [asyncio.create_task(spacing.turn(BYTES_PER_SECOND)) for _ in range(100)]
    await asyncio.sleep(0)
    for each in leaving:
        each.cancel()
    async with asyncio.timeout(1):
        await spacing.turn(LARGE)

"""Waiting for what must come, bounded."""

import asyncio
from collections.abc import Callable
from typing import Final

PATIENCE: Final = 20.0


async def until(holds: Callable[[], bool]) -> None:
    """Returns when it holds; fails after 20 s."""
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await asyncio.sleep(0.01)

"""Large messages, apart from each other in time: what takes long to be made must not take the time of everybody else."""

import asyncio
from typing import Final

LARGE: Final = 64 * 1024
"""Bytes. Smaller ones are made in a fraction of a millisecond."""
BYTES_PER_SECOND: Final = 50_000_000
"""Of large messages, in a process: a fifth of its time, or less."""


class Spacing:
    """For all operations of a process."""

    def __init__(self) -> None:
        self._waiting = asyncio.Lock()
        self._free_at = 0.0

    async def turn(self, size: int) -> None:
        """Waits until a message may be made that is about as large as that. Who leaves before takes nobody's time."""
        if size < LARGE:
            return
        loop = asyncio.get_running_loop()
        async with self._waiting:  # in the order in which they came
            await asyncio.sleep(self._free_at - loop.time())
            self._free_at = loop.time() + size / BYTES_PER_SECOND

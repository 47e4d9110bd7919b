"""What a program tells of itself: a JSON array in each line, a word and what belongs to it."""

import asyncio
import json
from asyncio.subprocess import Process
from typing import Any, Final

PATIENCE_SECONDS: Final = 60
"""For viewers to be connected, for one change to reach them, and for answers to be counted."""


async def heard(process: Process, expected: str) -> list[Any]:
    """What belongs to the next word. Raises RuntimeError where that is not the expected one, or the program has ended, and
    TimeoutError where nothing is told for too long."""
    if process.stdout is None:
        raise RuntimeError("a program without an output")
    async with asyncio.timeout(PATIENCE_SECONDS):
        line = await process.stdout.readline()
    told: list[Any] = json.loads(line or '["gone"]')
    word, *rest = told
    if word != expected:
        raise RuntimeError(f"a client: {word} {rest}")
    return rest

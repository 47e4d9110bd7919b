"""Commands as they are typed, away from any terminal, and how they end."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.end_to_end.gateway_process import ROOT, environment

BAD_SETTINGS: Final = 2
SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


async def python(*arguments: str, cwd: Path, typed: str = "", seconds: float = SECONDS, **variables: str) -> Ended:
    """Runs Python with these arguments in a folder, for so long at most. ``typed`` comes to it by standard input."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=cwd,
        env=environment(**variables),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate(typed.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def command(
    *arguments: str, options: Sequence[str] = (), typed: str = "", seconds: float = SECONDS, **variables: str
) -> Ended:
    """Runs ``giving-gateway`` with these arguments; ``options`` are Python's own, ``typed`` is its standard input."""
    return await python(*options, "-m", "gateway", *arguments, cwd=ROOT, typed=typed, seconds=seconds, **variables)

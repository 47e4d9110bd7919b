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


async def python(*arguments: str, cwd: Path, **variables: str) -> Ended:
    """Runs Python with these arguments in a folder."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=cwd,
        env=environment(**variables),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


async def command(*arguments: str, options: Sequence[str] = (), **variables: str) -> Ended:
    """Runs ``giving-gateway`` with these arguments; ``options`` are Python's own."""
    return await python(*options, "-m", "gateway", *arguments, cwd=ROOT, **variables)

"""Servers beside the gateway: programs that tell their port on their output, and read lines of what changes on their input."""

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from benchmarks.world import pinned

ROOT: Final = Path(__file__).parent.parent
START_SECONDS: Final = 30
ENVIRONMENT: Final = {**os.environ, "NODE_ENV": "production"}
"""graphql-js looks closer at its values otherwise."""


class Program:
    """A running one."""

    def __init__(self, process: Process, port: int) -> None:
        self.pid = process.pid
        self.port = port
        self._process = process

    async def tell(self, number: int) -> None:
        """Returns when it has been told."""
        if self._process.stdin is None:
            raise RuntimeError("a peer without an input")
        self._process.stdin.write(b"%d\n" % number)
        await self._process.stdin.drain()


@asynccontextmanager
async def started(command: Sequence[str], core: int) -> AsyncIterator[Program]:
    """Runs it on a core, in the folder of the project. Raises RuntimeError where it ends before it serves."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=PIPE, stdout=PIPE, cwd=ROOT, env=ENVIRONMENT, preexec_fn=pinned(core)
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline() if process.stdout else b""
        if not line:
            raise RuntimeError(f"{' '.join(command)} did not start")
        yield Program(process, int(line))
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def node(program: str) -> list[str]:
    """How a program for node is started, by its path in the project."""
    return [shutil.which("node") or "node", program]


def python(module: str) -> list[str]:
    """How a module is started with the Python that this runs with."""
    return [sys.executable, "-m", module]

"""Servers beside the gateway. Each is a program in ``peers/`` that moves its totals at a line of its input."""

import asyncio
import os
import shutil
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks.fanout.document import peer_argument
from benchmarks.fanout.server import Place, Start
from benchmarks.world import pinned
from schema.api.ids import campaign_id
from schema.model.ids import CampaignId

FOLDER: Final = Path(__file__).parent / "peers"
START_SECONDS: Final = 30
ENVIRONMENT: Final = {**os.environ, "NODE_ENV": "production"}
"""graphql-js looks closer at its values otherwise."""


class Peer:
    """A running one."""

    def __init__(self, process: Process, port: int, path: str, ids: Sequence[str]) -> None:
        self.place = Place(port, path, tuple(ids), process.pid)
        self._process = process

    async def move(self, amount: int) -> None:
        """Returns when it has been told."""
        if self._process.stdin is None:
            raise RuntimeError("a peer without an input")
        self._process.stdin.write(b"%d\n" % amount)
        await self._process.stdin.drain()


@asynccontextmanager
async def _started(command: Sequence[str], path: str, totals: int, core: int, _: int) -> AsyncIterator[Peer]:
    ids = [campaign_id(CampaignId("wechat_pay", f"lunch-{number:02}")) for number in range(totals)]
    process = await asyncio.create_subprocess_exec(
        *(*command, peer_argument(ids)), stdin=PIPE, stdout=PIPE, cwd=FOLDER, env=ENVIRONMENT, preexec_fn=pinned(core)
    )
    try:
        async with asyncio.timeout(START_SECONDS):
            line = await process.stdout.readline() if process.stdout else b""
        if not line:
            raise RuntimeError(f"{' '.join(command)} did not start")
        yield Peer(process, int(line), path, ids)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def node(program: str) -> Start:
    """One of the programs for node."""
    return partial(_started, [shutil.which("node") or "node", program], "/graphql")


def python(program: str) -> Start:
    """One for the Python that this runs with."""
    return partial(_started, [sys.executable, program], "/")

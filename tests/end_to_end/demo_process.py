"""The demo as a newcomer runs it: a process of its own."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.end_to_end.gateway_process import ROOT, environment

ENDING: Final = 110.0
"""Within how many seconds the last deliveries have come."""


@dataclass(frozen=True, slots=True)
class Demo:
    """One that is ready. Its output is read by whoever ends it."""

    process: Process
    url: str
    """Of its gateway."""
    door: str
    """Where networks are killed and started."""

    @property
    def graphql(self) -> str:
        """Its endpoint."""
        return f"{self.url}/graphql"

    async def ended(self, seconds: float) -> str:
        """What it printed up to its end, which is a good one and comes when it was to run for so long yet."""
        async with asyncio.timeout(seconds + ENDING):
            out, err = await self.process.communicate()
        assert (self.process.returncode, err) == (0, b""), (out.decode(), err.decode())
        return out.decode()


@asynccontextmanager
async def demo(folder: Path, *options: str) -> AsyncIterator[Demo]:
    """A demo that is ready. It is killed if nobody has ended it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "gateway", "demo", *options),
        cwd=ROOT,
        env=environment(PORT="0", GIVING_DATA_DIR=str(folder), COLUMNS="100", PYTHONUNBUFFERED="1"),
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(90):
            said = (await process.stdout.readuntil(b"  log ")).decode()
        assert said.startswith("ready\n")
        found = re.search(r"GraphQL +(http://[\d.:]+)/graphql\s+GraphiQL +\1/graphiql/\s+networks +(http://[\d.:]+)/\n", said)
        assert found is not None, said
        yield Demo(process, found[1], found[2])
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()

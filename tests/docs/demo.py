"""The demo as a test runs it."""

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def demo(folder: Path, **environment: str) -> AsyncIterator[str]:
    """The demo on a free port; gives host and port."""
    variables = {**os.environ, "PORT": "0", "GIVING_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1", **environment}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "gateway", "demo", stdout=asyncio.subprocess.PIPE, env=variables
    )
    try:
        assert process.stdout is not None
        said = await asyncio.wait_for(process.stdout.readuntil(b"GraphQL"), 30)
        found = re.search(rb"http://([\d.:]+)/", said)
        assert found is not None
        reading = asyncio.create_task(process.stdout.read())  # else its output would fill the pipe
        yield found[1].decode()
    finally:
        if process.returncode is None:
            process.kill()  # told to leave, it would wait for its last deliveries
        await process.wait()
    await reading

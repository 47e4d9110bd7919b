"""Viewers in a process of their own, which can be stopped: ``python -m tests.end_to_end.onlookers URL DOCUMENT ID [ID ...]``.

Over a socket it follows the first campaign, over each stream one of the others. It reads all, and says so in a line once all
has begun.
"""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NoReturn

from tests.end_to_end.gateway_process import ROOT
from tests.end_to_end.line import Line
from tests.end_to_end.lines import LINES, following


@asynccontextmanager
async def onlookers(url: str, document: str, *campaigns: str) -> AsyncIterator[Process]:
    """They watch."""
    asked = ("-m", "tests.end_to_end.onlookers", url, document, *campaigns)
    process = await asyncio.create_subprocess_exec(sys.executable, *asked, cwd=ROOT, stdout=PIPE)
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"watching\n"
        yield process
    finally:
        process.kill()
        await process.wait()


async def main(url: str, document: str, *campaigns: str) -> None:
    """Until it is killed."""
    async with AsyncExitStack() as stack:
        lines = [
            await stack.enter_async_context(following(line, url, document, id=campaign))
            for line, campaign in zip(LINES, campaigns, strict=True)
        ]
        for line in lines:
            await line.message()
        print("watching", flush=True)  # noqa: T201 (whoever began it waits for this)
        await asyncio.gather(*map(read, lines))


async def read(line: Line) -> NoReturn:
    """Everything."""
    while True:
        await line.message()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""Third-party clients, each in a process of its own behind a line of its own, and all that they tell."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from tests.end_to_end.gateway_process import ROOT, environment
from tests.faults.link import Link
from tests.npm import demand, missing

HERE: Final = Path(__file__).parent
DOCUMENTS: Final = MappingProxyType({name: HERE / f"{name}.graphql" for name in ("donations", "total")})
"""What every client follows, by the names of the feeds."""
PATIENCE: Final = 30.0
"""Seconds for a client to come back, a browser among them."""

LONGEST: Final = 1 << 20
"""Bytes of a line."""

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """A client and the way it is used. ``program`` is a file here, with the mode that it is told."""

    program: str
    mode: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        """The programs that must be there."""
        return ("node", "npm") if self.program.endswith(".mjs") else ("chromium",) if self.program == "event_source.py" else ()

    @property
    def lacks(self) -> list[str]:
        """Those of them that are not."""
        return missing(*self.needs)

    def demand(self) -> None:
        """Skips the test where it cannot run; in CI it fails."""
        demand(*self.needs)

    @property
    def command(self) -> Sequence[str]:
        """How it is run."""
        path = HERE / self.program
        return ("node", str(path)) if path.suffix == ".mjs" else (sys.executable, "-m", f"tests.clients.{path.stem}")

    def __str__(self) -> str:
        return f"{Path(self.program).stem} {self.mode}".rstrip()


SINGLE: Final = Reader("graphql_sse.mjs", "single")
"""The only one of which all requests must come to the same process."""
READERS: Final = (
    Reader("graphql_ws.mjs"),
    Reader("graphql_sse.mjs", "distinct"),
    SINGLE,
    Reader("apollo.mjs", "websocket"),
    Reader("apollo.mjs", "multipart"),
    Reader("urql.mjs", "websocket"),
    Reader("urql.mjs", "fetch"),
    Reader("python_gql.py"),
    Reader("event_source.py"),
)


@dataclass(repr=False)
class Following:
    """A reader that follows. ``messages`` are by feed; the cuts are those that took a connection away."""

    reader: Reader
    link: Link
    process: Process
    errors: Path
    messages: Mapping[str, list[Message]] = field(default_factory=lambda: {name: [] for name in DOCUMENTS})
    cut_on_the_line: int = 0
    cut_by_itself: int = 0
    _heard: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: bool = False

    async def listen(self) -> None:
        """Takes what it tells, until it leaves."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            told = json.loads(line)
            self.messages[told["feed"]].append(told["message"])
            self._heard.set()
        self._ended = True
        self._heard.set()

    async def cut(self) -> None:
        """Cuts it, in turn on the line and by its own doing. Returns when it has been told more of everything."""
        before = {name: len(told) for name, told in self.messages.items()}
        if self.cut_on_the_line <= self.cut_by_itself:
            self.cut_on_the_line += self.link.cut() > 0
        else:
            assert self.process.stdin is not None
            self.process.stdin.write(b"cut\n")
            self.cut_by_itself += 1
        await self.until(lambda: all(len(told) > before[name] for name, told in self.messages.items()))

    async def begun(self) -> None:
        """Waits until it has been told something of everything."""
        await self.until(lambda: all(self.messages.values()))

    async def read_to(self, end: str) -> None:
        """Waits until it has been told everything up to a position, and lets it leave."""
        await self.until(lambda: all(told[-1]["position"] == end for told in self.messages.values()))
        await self.leave()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for messages that make it true; fails when they do not come, or when the client has ended."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not holds():
                    self._heard.clear()
                    assert not self._ended, self._said()
                    await self._heard.wait()
        except TimeoutError:
            raise AssertionError(self._said()) from None

    async def leave(self) -> None:
        """Lets it go. It must not have complained."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            assert await self.process.wait() == 0, self._said()

    def _said(self) -> str:
        counted = {name: len(told) for name, told in self.messages.items()}
        return f"{self.reader} told {counted} and said: {self.errors.read_text('utf-8')}"


@asynccontextmanager
async def following(
    reader: Reader, gateway: str, campaign: str, after: str, folder: Path, rng: Random
) -> AsyncIterator[Following]:
    """A reader that follows a campaign from a position on. What it complains of goes to ``folder``."""
    errors = folder / f"{reader}.log"
    port = urlsplit(gateway).port
    assert port is not None
    async with Link(port, rng).open() as link:
        told = (f"{link.url}/graphql", reader.mode, campaign, after, *map(str, DOCUMENTS.values()))
        with errors.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *reader.command, *told, cwd=ROOT, env=environment(), stdin=PIPE, stdout=PIPE, stderr=log, limit=LONGEST
            )
        followed = Following(reader, link, process, errors)
        listening = asyncio.create_task(followed.listen())
        try:
            yield followed
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()
            await listening

"""What a bench notes while a connector runs: every use of a port, every question over HTTP, and everything that is said."""

import asyncio
import io
import logging
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractContextManager,
    ExitStack,
    asynccontextmanager,
    contextmanager,
    redirect_stderr,
    redirect_stdout,
)
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

import structlog.testing

from connectors.http import HttpRequest, HttpResponse
from connectors.testing.ports import PlainHttp
from schema.model.errors import UpstreamUnavailable

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
OTHERS: Final = frozenset({"uvicorn", "websockets", "asyncio", "aiohttp"})
"""Loggers of what the emulator runs on, in the same process."""


class Watched:
    """A port that notes every use of itself."""

    def __init__(self, name: str, port: object, touched: list[str]) -> None:
        self._name = name
        self._port = port
        self._touched = touched

    def __getattr__(self, name: str) -> Any:
        self._touched.append(f"{self._name}.{name}")
        return getattr(self._port, name)


@dataclass
class WatchedHttp:
    """The port Http. ``asked`` keeps the questions as they came; none of them leaves this machine.

    Above ``most`` questions are not answered, where it is given. While it ``hangs`` none is, and ``hung`` is set by the first.
    """

    http: PlainHttp
    touched: list[str]
    asked: list[HttpRequest] = field(default_factory=list)
    most: int | None = None
    hangs: bool = False
    hung: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, request: HttpRequest) -> HttpResponse:
        """See ``Http.send``."""
        await self._meet(request)
        return await self.http.send(request)

    @asynccontextmanager
    async def download(self, request: HttpRequest) -> AsyncIterator[BinaryIO]:
        """See ``Http.download``."""
        await self._meet(request)
        async with self.http.download(request) as file:
            yield file

    def scratch(self) -> AbstractContextManager[BinaryIO]:
        """See ``Http.scratch``."""
        self.touched.append("http.scratch")
        return self.http.scratch()

    async def _meet(self, request: HttpRequest) -> None:
        self.touched.append("http")
        self.asked.append(request)
        if self.hangs:
            self.hung.set()
            await asyncio.Event().wait()
        if _host(request.url) not in LOOPBACK:
            raise UpstreamUnavailable("the suite asks nothing outside of this machine")
        if self.most is not None and len(self.asked) > self.most:
            raise UpstreamUnavailable("these were more questions than any list has pages")


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


class Said(logging.Handler):
    """Keeps whatever is logged, as text."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a line, unless it is the emulator's."""
        if record.name.partition(".")[0] not in OTHERS:
            self.texts.append(self.format(record))


@contextmanager
def overheard() -> Iterator[Said]:
    """Everything that this process says meanwhile: logs of every level, structlog, warnings, and what is printed."""
    said, printed = Said(), io.StringIO()
    root = logging.getLogger()
    level = root.level
    root.addHandler(said)
    root.setLevel(logging.DEBUG)
    try:
        with ExitStack() as stack:
            stack.enter_context(redirect_stdout(printed))
            stack.enter_context(redirect_stderr(printed))
            structured = stack.enter_context(structlog.testing.capture_logs())
            warned = stack.enter_context(warnings.catch_warnings(record=True))
            warnings.simplefilter("always")
            yield said
        said.texts += [printed.getvalue(), *map(repr, structured), *(str(each.message) for each in warned)]
    finally:
        root.setLevel(level)
        root.removeHandler(said)

"""The port through which connectors ask over HTTP: patience, budgets and bounds in one place.

Nothing here logs, and errors quote neither addresses nor headers nor bodies: queries and headers carry tokens.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Final, TypeVar

import aiohttp
from yarl import URL

from connectors.http import Headers, Http, HttpRequest, HttpResponse
from connectors.ports import Clock
from gateway.outbound.breaker import Breaker
from gateway.outbound.budgets import Budgets
from gateway.outbound.calls import Calls, TooLarge, Way
from gateway.outbound.metrics import CallMetrics
from gateway.outbound.patience import AttemptFailed, Patience
from gateway.outbound.reach import Reach
from gateway.outbound.retries import RetryBudget
from gateway.outbound.slots import Slots
from gateway.outbound.validators import Validators
from schema.model.errors import UpstreamGarbled

Answer = TypeVar("Answer")

CHUNK: Final = 64 * 1024


class OutboundHttp:
    """Asks one network for one account, on sessions and ``slots`` that all share. Temporary files lie in ``folder``."""

    def __init__(
        self,
        platform: str,
        reach: Reach,
        *,
        clock: Clock,
        budgets: Budgets,
        slots: Slots,
        metrics: CallMetrics,
        breaker: Breaker | None = None,
        patience: Patience | None = None,
        folder: Path | None = None,
    ) -> None:
        self._platform = platform
        self._reach = reach
        self._budgets = budgets
        self._slots = slots
        self._metrics = metrics
        self._patience = patience or Patience()
        self._limits = self._patience.limits
        self._retries = RetryBudget(self._limits, self._patience.monotonic)
        self._calls = Calls(
            platform,
            clock=clock,
            patience=self._patience,
            metrics=metrics,
            breaker=breaker or Breaker(self._limits, self._patience.monotonic),
        )
        self._folder = folder
        self._validators = Validators()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer, within one total deadline, after at most three attempts. See ``Http.send``.

        What came with an ETag is asked for conditionally the next time. The deadline begins when a spaced call's turn comes.
        """

        async def once(way: Way, left: float) -> HttpResponse:
            question = self._validators.question(request)

            async def read(answer: aiohttp.ClientResponse) -> HttpResponse:
                body = bytearray()
                await _read(answer, self._limits.body, body.extend)
                response = question.answer(HttpResponse(answer.status, _headers(answer), bytes(body)))
                try:
                    if request.check is not None:
                        request.check(response)
                except Exception:
                    self._validators.drop(request)  # else what is not believed would be confirmed for ever
                    raise
                self._validators.keep(request, response)
                return response

            return await self._calls.attempt(way, question.request, read, left)

        return await self._ask(request, once, self._limits.deadline)

    @asynccontextmanager
    async def download(self, request: HttpRequest) -> AsyncIterator[BinaryIO]:
        """The body of a 200 answer as a temporary file. See ``Http.download``.

        A broken download begins anew, within its own deadline. ``check`` is not called: there is no body to show it.
        """
        with self.scratch() as file:

            async def read(answer: aiohttp.ClientResponse) -> HttpResponse:
                file.seek(0)
                file.truncate()
                if answer.status == 200:
                    await _read(answer, self._limits.download, file.write)  # a chunk goes to the page cache, not to the disk
                return HttpResponse(answer.status, _headers(answer), b"")

            async def once(way: Way, left: float) -> HttpResponse:
                return await self._calls.attempt(way, request, read, left)

            answer = await self._ask(request, once, self._limits.download_deadline, self._limits.download_silence)
            answer.expect(200)
            file.seek(0)
            yield file

    def scratch(self) -> AbstractContextManager[BinaryIO]:
        """An empty temporary file. See ``Http.scratch``."""
        return TemporaryFile(dir=self._folder)

    async def _ask(
        self,
        request: HttpRequest,
        once: Callable[[Way, float], Awaitable[Answer]],
        deadline: timedelta,
        silence: timedelta | None = None,
    ) -> Answer:
        url = _address(request.url)
        budget = self._budgets[request.budget]
        way = Way(self._reach.session(url), url, budget, silence)
        await self._slots.turn(url, request.budget, budget.spacing)

        async def attempt(left: float) -> Answer:
            try:
                return await once(way, left)
            except AttemptFailed as failure:
                failure.again &= not budget.spacing  # another attempt would have to wait for its turn as well
                raise

        self._retries.call()
        return await self._patience.run(attempt, deadline, self._more)

    def _more(self) -> bool:
        made = self._retries.take()
        self._metrics.retry(self._platform, made=made)
        return made


def _address(url: str) -> URL:
    """The address as it stands. Raises UpstreamGarbled: some come from a network's answer."""
    try:
        address = URL(url, encoded=True)
        usable = address.scheme in ("http", "https") and address.host and url.isascii() and url.isprintable() and " " not in url
    except ValueError:
        usable = False
    if not usable or address.user is not None or address.password is not None:
        raise UpstreamGarbled("an address is no encoded http(s) one, or carries credentials")
    return address


def _headers(answer: aiohttp.ClientResponse) -> Headers:
    return Headers(list(answer.headers.items()))


async def _read(answer: aiohttp.ClientResponse, limit: int, take: Callable[[bytes], object]) -> None:
    """Hands on the decoded body bit by bit; a small one that unpacks to a large one is dropped where it passes the limit."""
    size = answer.content_length or 0
    if size <= limit:
        size = 0
        async for chunk in answer.content.iter_chunked(CHUNK):
            size += len(chunk)
            if size > limit:
                break
            take(chunk)
    if size > limit:
        answer.close()
        raise TooLarge(f"the body is over {limit} bytes")


_: type[Http] = OutboundHttp

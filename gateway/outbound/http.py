"""The port through which connectors ask over HTTP: patience, budgets and bounds in one place.

Nothing here logs, and errors quote neither addresses nor headers nor bodies: queries and headers carry tokens. For that
reason the HTTP library's own errors, which quote addresses, end here.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Final, TypeVar

import aiohttp
from yarl import URL

from connectors.http import Headers, Http, HttpRequest, HttpResponse
from connectors.ports import Clock
from gateway.outbound.budgets import Budget, Budgets
from gateway.outbound.metrics import CallMetrics, Outcome
from gateway.outbound.patience import AttemptFailed, Patience, asked_wait
from gateway.outbound.validators import Validators
from schema.model.errors import UpstreamGarbled, UpstreamUnavailable

Answer = TypeVar("Answer")

CHUNK: Final = 64 * 1024


class OutboundHttp:
    """Asks one network for one account, on a session that all share. Temporary files lie in ``folder``."""

    def __init__(
        self,
        platform: str,
        session: aiohttp.ClientSession,
        *,
        clock: Clock,
        budgets: Budgets,
        metrics: CallMetrics,
        patience: Patience | None = None,
        folder: Path | None = None,
    ) -> None:
        self._platform = platform
        self._session = session
        self._clock = clock
        self._budgets = budgets
        self._metrics = metrics
        self._patience = patience or Patience()
        self._limits = self._patience.limits
        self._folder = folder
        self._validators = Validators()

    async def send(self, request: HttpRequest) -> HttpResponse:
        """The answer, within one total deadline, after at most three attempts. See ``Http.send``.

        What came with an ETag is asked for conditionally the next time. The deadline begins when a spaced call's turn comes.
        """

        async def read(answer: aiohttp.ClientResponse) -> HttpResponse:
            body = bytearray()
            await _read(answer, self._limits.body, body.extend)
            response = self._validators.answer(request, HttpResponse(answer.status, _headers(answer), bytes(body)))
            if request.check is not None:
                request.check(response)
            self._validators.keep(request, response)
            return response

        return await self._ask(request, read, self._limits.deadline, conditional=True)

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

            answer = await self._ask(request, read, self._limits.download_deadline, self._limits.download_silence)
            answer.expect(200)
            file.seek(0)
            yield file

    def scratch(self) -> AbstractContextManager[BinaryIO]:
        """An empty temporary file. See ``Http.scratch``."""
        return TemporaryFile(dir=self._folder)

    async def _ask(
        self,
        request: HttpRequest,
        read: Callable[[aiohttp.ClientResponse], Awaitable[Answer]],
        deadline: timedelta,
        silence: timedelta | None = None,
        *,
        conditional: bool = False,
    ) -> Answer:
        url = _address(request.url)
        budget = self._budgets[request.budget]
        await budget.slot()
        if conditional and (known := self._validators.headers(request)):
            request = replace(request, headers={**request.headers, **known})

        async def attempt(left: float) -> Answer:
            began, outcome = self._patience.monotonic(), Outcome.ABANDONED
            try:
                answer = await self._attempt(request, url, budget, read, left, silence)
                outcome = Outcome.ANSWERED
            except AttemptFailed as failure:
                outcome = Outcome(failure.outcome)
                failure.again &= not budget.spaced  # another attempt would have to wait for its turn as well
                raise
            finally:
                self._metrics.count(self._platform, outcome, self._patience.monotonic() - began)
            return answer

        return await self._patience.run(attempt, deadline)

    async def _attempt(
        self,
        request: HttpRequest,
        url: URL,
        budget: Budget,
        read: Callable[[aiohttp.ClientResponse], Awaitable[Answer]],
        left: float,
        silence: timedelta | None,
    ) -> Answer:
        if quiet := budget.quiet():
            raise _failed(Outcome.HELD, "the network asked for patience", again=True, wait=quiet)
        stage = Outcome.HELD
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=self._limits.connect.total_seconds(),
            sock_read=silence.total_seconds() if silence else None,
        )
        try:
            async with asyncio.timeout(left):
                if spent := await budget.turn():
                    raise _failed(Outcome.HELD, "the day's budget is spent", again=False, wait=spent)
                stage = Outcome.SLOW
                headers = {**request.headers, **(request.sign(request) if request.sign else {})}
                async with self._session.request(
                    request.method, url, headers=headers, data=request.body or None, allow_redirects=False, timeout=timeout
                ) as answer:
                    self._refuse(answer, budget, again=request.idempotent)
                    return await read(answer)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise _failed(Outcome.UNREACHABLE, f"no connection ({type(error).__name__})", again=True) from None
        except aiohttp.ServerTimeoutError:
            raise _failed(Outcome.SLOW, "the network fell silent", again=request.idempotent) from None
        except aiohttp.ClientError as error:
            raise _failed(Outcome.BROKEN, f"the answer broke off ({type(error).__name__})", again=request.idempotent) from None
        except TimeoutError:  # the total deadline: there is no time left for another
            raise _failed(stage, "no answer within the deadline", again=False) from None
        except UpstreamGarbled as error:
            raise AttemptFailed(Outcome.GARBLED, error, again=request.idempotent and not isinstance(error, _TooLarge)) from None

    def _refuse(self, answer: aiohttp.ClientResponse, budget: Budget, *, again: bool) -> None:
        if answer.status != 429 and answer.status < 500:
            return
        wait = asked_wait(_headers(answer), self._clock.now(), self._limits.longest_wait)
        if wait:
            budget.hush(wait)
        outcome = Outcome.THROTTLED if answer.status == 429 else Outcome.FAILED
        raise _failed(outcome, f"the network answered {answer.status}", again=again, wait=wait)


class _TooLarge(UpstreamGarbled):
    """A body over its bound: as large the next time."""


def _failed(outcome: Outcome, message: str, *, again: bool, wait: timedelta | None = None) -> AttemptFailed:
    return AttemptFailed(outcome, UpstreamUnavailable(message, retry_after=wait), again=again)


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
        raise _TooLarge(f"the body is over {limit} bytes")


_: type[Http] = OutboundHttp

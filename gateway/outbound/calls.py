"""The attempts of one account at its network: each is held back where it must be, timed and counted.

Nothing here logs, and errors quote neither addresses nor headers nor bodies: queries and headers carry tokens. For that
reason the HTTP library's own errors, which quote addresses, end here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

import aiohttp
from yarl import URL

from connectors.http import Headers, HttpRequest
from connectors.ports import Clock
from gateway.outbound.breaker import Breaker
from gateway.outbound.budgets import Budget
from gateway.outbound.metrics import CallMetrics, Outcome
from gateway.outbound.patience import AttemptFailed, Patience, asked_wait
from gateway.outbound.reach import NotPublic
from schema.model.errors import UpstreamGarbled, UpstreamUnavailable

Answer = TypeVar("Answer")

UNWELL: Final = frozenset({Outcome.FAILED, Outcome.UNREACHABLE, Outcome.BROKEN, Outcome.SLOW, Outcome.GARBLED})
"""What tells the breaker that a network is not well. An answer tells that it is, anything else nothing."""


class TooLarge(UpstreamGarbled):
    """A body over its bound: as large the next time."""


@dataclass(frozen=True, slots=True)
class Way:
    """Whereby all attempts of a call go. ``silence`` is the longest that a body may bring nothing."""

    session: aiohttp.ClientSession
    url: URL
    budget: Budget
    silence: timedelta | None


class Calls:
    """At most ``Limits.places`` at once, so that a network that is slow for one account keeps no other waiting."""

    def __init__(self, platform: str, *, clock: Clock, patience: Patience, metrics: CallMetrics, breaker: Breaker) -> None:
        self._platform = platform
        self._clock = clock
        self._limits = patience.limits
        self._monotonic = patience.monotonic
        self._metrics = metrics
        self._breaker = breaker
        self._places = asyncio.Semaphore(self._limits.places)

    async def attempt(
        self, way: Way, request: HttpRequest, read: Callable[[aiohttp.ClientResponse], Awaitable[Answer]], left: float
    ) -> Answer:
        """What ``read`` makes of the answer, within ``left`` seconds. Raises AttemptFailed, and what the connector raises."""
        began, outcome = self._monotonic(), Outcome.ABANDONED
        ends = asyncio.get_running_loop().time() + left
        try:
            self._hold(way.budget)
            await _within(ends, way.budget.turn(), Outcome.HELD, "the minute's budget is spent")
            await _within(ends, self._places.acquire(), Outcome.CROWDED, "as much is being asked at once as may be")
            try:
                answer = await self._send(way, request, read, ends)
            finally:
                self._places.release()
            outcome = Outcome.ANSWERED
        except AttemptFailed as failure:
            outcome = Outcome(failure.outcome)
            raise
        finally:
            self._metrics.count(self._platform, outcome, self._monotonic() - began)
        return answer

    async def _send(
        self, way: Way, request: HttpRequest, read: Callable[[aiohttp.ClientResponse], Awaitable[Answer]], ends: float
    ) -> Answer:
        self._hold(way.budget)  # again: there may be news since it began to wait
        if spent := await _within(ends, way.budget.take(), Outcome.HELD, "the day's budget is not told in time"):
            raise _unsent(Outcome.HELD, "the day's budget is spent", spent)
        era, healthy = self._breaker.enter(), None
        # who waited long for a place may have had no time to be answered in: that is no fault of the network's
        fair = ends - asyncio.get_running_loop().time() >= self._limits.connect.total_seconds()
        try:
            answer = await self._exchange(way, request, read, ends)
            healthy = True
        except AttemptFailed as failure:
            if failure.outcome in UNWELL and (fair or failure.outcome != Outcome.SLOW):
                healthy = False
            raise
        finally:
            self._breaker.leave(era, healthy=healthy)
        return answer

    def _hold(self, budget: Budget) -> None:
        if quiet := budget.quiet():
            raise _unsent(Outcome.HELD, "the network asked for patience", quiet, again=True)
        if wait := self._breaker.wait():
            raise _unsent(Outcome.OPEN, "the network fails too often, and is left alone", wait)

    async def _exchange(
        self, way: Way, request: HttpRequest, read: Callable[[aiohttp.ClientResponse], Awaitable[Answer]], ends: float
    ) -> Answer:
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=self._limits.connect.total_seconds(),
            sock_read=way.silence.total_seconds() if way.silence else None,
        )
        again = request.idempotent
        try:
            async with asyncio.timeout_at(ends):
                headers = {**request.headers, **(request.sign(request) if request.sign else {})}
                async with way.session.request(
                    request.method, way.url, headers=headers, data=request.body or None, allow_redirects=False, timeout=timeout
                ) as answer:
                    self._refuse(answer, way.budget, again=again)
                    return await read(answer)
        except aiohttp.InvalidURL:
            raise _refused("an address is none that could be asked") from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, NotPublic):
                raise _refused("an address that is none of the account's own leads to no public place") from None
            raise _failed(Outcome.UNREACHABLE, f"no connection ({type(error).__name__})", again=True) from None
        except aiohttp.ServerTimeoutError:
            raise _failed(Outcome.SLOW, "the network fell silent", again=again) from None
        except aiohttp.ClientError as error:
            raise _failed(Outcome.BROKEN, f"the answer broke off ({type(error).__name__})", again=again) from None
        except TimeoutError:  # the total deadline: there is no time left for another
            raise _failed(Outcome.SLOW, "no answer within the deadline", again=False) from None
        except UpstreamGarbled as error:
            raise AttemptFailed(Outcome.GARBLED, error, again=again and not isinstance(error, TooLarge)) from None

    def _refuse(self, answer: aiohttp.ClientResponse, budget: Budget, *, again: bool) -> None:
        if answer.status != 429 and answer.status < 500:
            return
        wait = asked_wait(Headers(list(answer.headers.items())), self._clock.now(), self._limits.longest_wait)
        if wait:
            budget.hush(wait)
        outcome = Outcome.THROTTLED if answer.status == 429 else Outcome.FAILED
        raise _failed(outcome, f"the network answered {answer.status}", again=again, wait=wait)


async def _within(ends: float, wait: Awaitable[Answer], why: Outcome, message: str) -> Answer:
    try:
        async with asyncio.timeout_at(ends):
            return await wait
    except TimeoutError:
        raise _unsent(why, message) from None


def _failed(outcome: Outcome, message: str, *, again: bool, wait: timedelta | None = None) -> AttemptFailed:
    return AttemptFailed(outcome, UpstreamUnavailable(message, retry_after=wait), again=again)


def _refused(message: str) -> AttemptFailed:
    return AttemptFailed(Outcome.REFUSED, UpstreamGarbled(message), again=False, sent=False)


def _unsent(outcome: Outcome, message: str, wait: timedelta | None = None, *, again: bool = False) -> AttemptFailed:
    return AttemptFailed(outcome, UpstreamUnavailable(message, retry_after=wait), again=again, sent=False)

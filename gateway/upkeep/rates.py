"""Fetches the reference rates of the European Central Bank and keeps them for every process."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

import structlog

from connectors.http import Http, HttpRequest
from connectors.ports import Clock
from gateway.clock import rest
from gateway.observe import Metrics
from gateway.store.cache import Cache
from gateway.store.rates import RateShelf
from gateway.upkeep import ecb
from gateway.upkeep.lease import owning
from gateway.upkeep.repeat import repeat
from schema.model.rates import ECB

EVERY: Final = timedelta(hours=6)
"""The file changes once a day at most."""
AFTER_FAILURE: Final = timedelta(minutes=15)
"""A public service that answers nobody in particular is not pressed."""
LEASE: Final = "rates"
log = structlog.get_logger()


class ReferenceRates:
    """One owner among the equal processes. ``url`` is the address of the daily file."""

    def __init__(
        self,
        http: Http,
        url: str,
        shelf: RateShelf,
        cache: Cache,
        clock: Clock,
        metrics: Metrics,
        *,
        every: timedelta = EVERY,
        after_failure: timedelta = AFTER_FAILURE,
        sleep: Callable[[timedelta], Awaitable[None]] = rest,
    ) -> None:
        self._http = http
        self._url = url
        self._shelf = shelf
        self._cache = cache
        self._clock = clock
        self._metrics = metrics
        self._every = every
        self._after_failure = after_failure
        self._sleep = sleep

    async def run(self) -> None:
        """Until it is cancelled."""
        work = partial(
            repeat, ECB, "rates", self.once, self._every, self._metrics, after_failure=self._after_failure, sleep=self._sleep
        )
        await owning(self._cache, LEASE, work)

    async def once(self) -> None:
        """Reads the file and keeps it whole. Raises UpstreamUnavailable, UpstreamGarbled and what else asking raises, and
        LedgerUnavailable; then what was known stays, and stays in use.
        """
        known = await self._shelf.read()
        if known:
            self._tell(max(rate.as_of for rate in known).date())
        answer = await self._http.send(HttpRequest("GET", self._url))
        found = ecb.read(answer.expect(200).body)
        ecb.check(found, known, self._clock.now().date())
        if await self._shelf.keep(found.day, found.rates):
            log.info("rates.kept", day=found.day.isoformat(), currencies=len(found.rates))
        self._tell(found.day)

    def _tell(self, day: date) -> None:
        self._metrics.rates_day.labels(ECB).set(datetime.combine(day, time(), UTC).timestamp())

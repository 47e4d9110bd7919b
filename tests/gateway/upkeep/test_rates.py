"""The job that keeps the reference rates: the real port asks the ECB's understudy, on a real Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from connectors.testing.fakes import FakeClock
from gateway.demo.ecb import EcbEmulator, Fault
from gateway.observe import Metrics
from gateway.store.cache import Cache
from gateway.store.rates import RateShelf
from gateway.upkeep.rates import LEASE, ReferenceRates
from schema.model.errors import GivingError, UpstreamGarbled, UpstreamUnavailable
from schema.model.money import Basket, Money
from schema.model.rates import Rates
from tests.gateway.outbound.world import world
from tests.gateway.upkeep.test_lease import Watched
from tests.gateway.world import PATIENCE

FRIDAY = date(2026, 8, 28)
EVENING = datetime(2026, 8, 28, 18, tzinfo=UTC)
NO_DELAY = timedelta(milliseconds=5)


@dataclass
class Bench:
    """The job, the bank, and what is kept."""

    job: ReferenceRates
    bank: EcbEmulator
    clock: FakeClock
    shelf: RateShelf
    metrics: Metrics

    async def usd(self) -> tuple[date, Decimal]:
        """The day and the rate of the dollar as kept."""
        [rate] = [rate for rate in await self.shelf.read() if rate.quote == "USD"]
        return rate.as_of.date(), rate.value

    def day(self) -> float | None:
        """What the metric tells."""
        return self.metrics.registry.get_sample_value("giving_rates_day_timestamp_seconds", {"source": "ECB"})

    def ended(self, outcome: str) -> float:
        """How often the job ended so."""
        labels = {"account": "ECB", "job": "rates", "outcome": outcome}
        return self.metrics.registry.get_sample_value("giving_jobs_total", labels) or 0.0


@asynccontextmanager
async def bench(client: Redis) -> AsyncIterator[Bench]:
    """On Friday evening."""
    clock, shelf, metrics = FakeClock(EVENING), RateShelf(client), Metrics()
    bank = EcbEmulator(clock=clock)
    async with bank.serve() as url, world() as outward:
        job = ReferenceRates(outward.http, url, shelf, Cache(client), clock, metrics, every=NO_DELAY, after_failure=NO_DELAY)
        yield Bench(job, bank, clock, shelf, metrics)


async def test_the_days_rates_are_kept_and_their_day_is_measured(client: Redis) -> None:
    async with bench(client) as at:
        assert at.day() is None
        await at.job.once()

        assert {rate.quote: rate.value for rate in await at.shelf.read()} == at.bank.rates(FRIDAY)
        assert at.day() == datetime(2026, 8, 28, tzinfo=UTC).timestamp()


async def test_over_the_weekend_fridays_rates_stay_and_on_monday_there_are_others(client: Redis) -> None:
    async with bench(client) as at:
        for _ in range(3):
            await at.job.once()
            assert await at.usd() == (FRIDAY, at.bank.rates(FRIDAY)["USD"])
            at.clock.turn(timedelta(days=1))
        await at.job.once()
        monday = FRIDAY + timedelta(days=3)
        assert await at.usd() == (monday, at.bank.rates(monday)["USD"])


async def test_a_currency_that_the_ecb_suspends_is_missing_after_ten_days(client: Redis) -> None:
    async with bench(client) as at:
        lira = Basket.of([Money.of_decimal("100", "TRY")])
        await at.job.once()
        at.bank.missing = {"TRY"}
        at.clock.turn(timedelta(days=7))
        await at.job.once()
        assert Rates(await at.shelf.read()).convert(lira, "CNY").missing == ()
        at.clock.turn(timedelta(days=7))
        await at.job.once()
        assert Rates(await at.shelf.read()).convert(lira, "CNY").missing == ("TRY",)
        at.bank.missing = set()
        await at.job.once()
        assert Rates(await at.shelf.read()).convert(lira, "CNY").missing == ()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.ABSURD, UpstreamGarbled),
        (Fault.HTML, UpstreamGarbled),
        (Fault.BOMB, UpstreamGarbled),
        (Fault.DOWN, UpstreamUnavailable),
    ],
)
async def test_a_file_that_cannot_be_believed_is_refused_whole_and_the_old_rates_stay(
    client: Redis, fault: Fault, error: type[GivingError]
) -> None:
    async with bench(client) as at:
        await at.job.once()
        before = await at.shelf.read()
        at.clock.turn(timedelta(days=3))
        at.bank.fault = fault
        with pytest.raises(error):
            await at.job.once()
        assert await at.shelf.read() == before
        assert at.day() == datetime(2026, 8, 28, tzinfo=UTC).timestamp()
        at.bank.fault = None
        await at.job.once()
        assert await at.usd() == (FRIDAY + timedelta(days=3), at.bank.rates(FRIDAY + timedelta(days=3))["USD"])


async def test_a_process_that_gets_no_file_still_tells_the_day_of_what_is_known(client: Redis) -> None:
    async with bench(client) as first:
        await first.job.once()
    async with bench(client) as at:
        at.bank.fault = Fault.DOWN
        with pytest.raises(UpstreamUnavailable):
            await at.job.once()
        assert at.day() == datetime(2026, 8, 28, tzinfo=UTC).timestamp()


async def test_a_file_of_a_day_to_come_and_one_of_the_past_are_refused(client: Redis) -> None:
    async with bench(client) as at:
        await at.job.once()
        for clock in (FakeClock(EVENING + timedelta(days=7)), FakeClock(EVENING - timedelta(days=7))):
            at.bank.clock = clock
            with pytest.raises(UpstreamGarbled):
                await at.job.once()
        assert await at.usd() == (FRIDAY, at.bank.rates(FRIDAY)["USD"])


async def test_a_bank_that_has_moved_away_is_not_followed(client: Redis) -> None:
    async with bench(client) as at:
        moved = ReferenceRates(at.job._http, at.bank.url + "x", at.shelf, Cache(client), at.clock, at.metrics)
        with pytest.raises(GivingError):
            await moved.once()
        assert await at.shelf.read() == ()


async def test_the_job_goes_on_after_failures_and_says_why(client: Redis) -> None:
    async with bench(client) as at:
        at.bank.fault = Fault.BOMB
        with capture_logs() as logs:
            running = asyncio.create_task(at.job.run())
            async with asyncio.timeout(PATIENCE):
                while at.ended("upstream_garbled") < 2:
                    await asyncio.sleep(0.005)
                at.bank.fault = None
                while at.ended("done") < 2:
                    await asyncio.sleep(0.005)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        assert await at.usd() == (FRIDAY, at.bank.rates(FRIDAY)["USD"])
        told = [line for line in logs if line["event"] == "job.failed"]
        assert told[0]["code"] == "UPSTREAM_GARBLED"
        assert "document type" in told[0]["reason"]
        assert [line["currencies"] for line in logs if line["event"] == "rates.kept"] == [29]


async def test_one_process_of_several_asks(client: Redis) -> None:
    async with bench(client) as at:
        cache = Watched(client)
        second = ReferenceRates(at.job._http, at.bank.url, at.shelf, cache, at.clock, at.metrics)
        assert await cache.lease(LEASE, "first", timedelta(minutes=1))
        running = asyncio.create_task(second.run())
        async with asyncio.timeout(PATIENCE):
            while len(cache.asked) < 2:
                await asyncio.sleep(0.005)
        assert (cache.asked, at.bank.asked) == ([True, False], 0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

"""What accounts share of the world outside, and what each has for itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from connectors.http import HttpRequest
from connectors.ports import Ports, Token
from connectors.spec import Pace, Setting
from connectors.testing.fakes import FakeClock
from gateway.outbound.limits import Limits
from gateway.outbound.metrics import CallMetrics
from gateway.outbound.slots import Slots
from gateway.outside import Outside, opened
from gateway.registry import Prepared
from gateway.store.cache import Cache
from gateway.store.seal import Sealer, new_data_key
from schema.model.errors import UpstreamGarbled, UpstreamUnavailable
from tests.gateway.acme import spec
from tests.gateway.outbound.upstream import answer, upstream
from tests.gateway.outbound.world import FakeTime

SPACED = replace(
    spec(),
    settings=(Setting("base_url", "where the API is", "url"), Setting("page", "a text that looks like one", required=False)),
    pace=Pace(budgets={"default": 60, "free": 60}, spacing=MappingProxyType({"default": timedelta(seconds=15)})),
)


@pytest.fixture
async def outside(redis: Redis, tmp_path: Path) -> AsyncIterator[Outside]:
    """The world outside of one process."""
    async with standing(redis, tmp_path) as found:
        yield found


@asynccontextmanager
async def standing(redis: Redis, folder: Path) -> AsyncIterator[Outside]:
    """The same, for as long as a test says."""
    calls, sealer = CallMetrics(CollectorRegistry()), Sealer(new_data_key())
    async with opened(folder / "downloads", Cache(redis), sealer, FakeClock(), calls) as found:
        yield found


def ports(outside: Outside, name: str, base_url: str, page: str | None = None) -> Ports:
    """Those of an account that was just built."""
    return outside.outfit(Prepared(name, SPACED, {"base_url": base_url, "page": page})).ports


async def test_accounts_on_one_host_and_one_that_is_built_anew_share_its_slots(outside: Outside) -> None:
    time = FakeTime()
    outside = replace(outside, slots=Slots(Limits(), time.monotonic, time.sleep))
    async with upstream(answer(200)) as network:
        for name in ("extra", "other", "extra"):
            await ports(outside, name, network.url).http.send(HttpRequest("GET", network.url + "/api"))
        assert time.slept == [15, 15]
        await ports(outside, "extra", network.url).http.send(HttpRequest("GET", network.url + "/api", budget="free"))
    assert time.slept == [15, 15]


async def test_an_account_reaches_the_places_of_its_settings_and_of_others_only_public_ones(outside: Outside) -> None:
    def free(url: str) -> HttpRequest:
        return HttpRequest("GET", url, budget="free")

    async with upstream(answer(200)) as own, upstream(answer(200)) as other:
        account = ports(outside, "extra", own.url + "/v3", other.url)
        assert (await account.http.send(free(own.url + "/bill"))).status == 200
        with pytest.raises(UpstreamGarbled):
            await account.http.send(free(other.url + "/bill"))
        with pytest.raises(UpstreamUnavailable):
            async with account.sockets.connect(other.url.replace("http", "ws")):
                pytest.fail("it is open")
        rates = outside.http("ecb", other.url + "/rates.xml", per_minute=10)
        assert (await rates.send(HttpRequest("GET", other.url + "/rates.xml"))).status == 200
    assert other.connections == 1


async def test_an_account_that_fails_opens_its_own_breaker_and_no_other(outside: Outside) -> None:
    async with upstream(answer(500)) as network:
        failing, well = (
            outside.outfit(Prepared(name, SPACED, {"base_url": network.url, "page": None})) for name in ("failing", "well")
        )
        for _ in range(20):
            with pytest.raises(UpstreamUnavailable):
                await failing.ports.http.send(HttpRequest("GET", network.url, budget="free", idempotent=False))
    assert (failing.breaker.is_open, well.breaker.is_open) == (True, False)


async def test_a_renewal_of_an_account_of_which_nothing_is_left_is_kept_before_the_process_ends(
    redis: Redis, tmp_path: Path
) -> None:
    asked, may_end = asyncio.Event(), asyncio.Event()

    async def renew(_: Token | None) -> Token:
        asked.set()
        await may_end.wait()
        return Token("fresh", FakeClock().now() + timedelta(hours=1))

    async with standing(redis, tmp_path) as outside:
        tokens = ports(outside, "extra", "https://give.example").tokens
        caller = asyncio.create_task(tokens.token("app", renew))
        await asked.wait()
        caller.cancel()
        await asyncio.gather(caller, return_exceptions=True)
        del tokens, caller
        asyncio.get_running_loop().call_soon(may_end.set)
    assert await redis.keys("*token*")

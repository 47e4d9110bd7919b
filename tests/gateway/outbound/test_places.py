"""So many attempts of one account at once and no more: a slow network keeps its own callers waiting, and no others."""

import asyncio
from datetime import timedelta

import pytest

from connectors.http import HttpRequest
from connectors.testing.fakes import FakeClock
from gateway.outbound.limits import Limits
from schema.model.errors import UpstreamUnavailable
from tests.gateway.outbound.upstream import Upstream, answer, hang, upstream
from tests.gateway.outbound.world import PATIENT, FakeTime, outbound, reach, world

PLACES = Limits().places


async def asked(network: Upstream, times: int) -> None:
    """Returns when the network was asked so often."""
    while len(network.asked) < times:
        network.was_asked.clear()
        await network.was_asked.wait()


async def test_ten_calls_are_made_at_once_and_the_eleventh_when_one_is_over() -> None:
    may_go = asyncio.Event()

    async def hold(writer: asyncio.StreamWriter) -> None:
        await may_go.wait()
        writer.write(answer(200, Connection="close"))
        await writer.drain()

    async with upstream(hold) as network, world() as its, asyncio.timeout(10):
        calls = [asyncio.create_task(its.http.send(HttpRequest("GET", network.url + "/"))) for _ in range(PLACES + 1)]
        await asked(network, PLACES)
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(network.asked) == PLACES
        may_go.set()
        assert [(await call).status for call in calls] == [200] * (PLACES + 1)
    assert len(network.asked) == PLACES + 1


async def test_who_gets_no_place_within_the_deadline_is_told_and_nothing_was_sent() -> None:
    limits = Limits(deadline=timedelta(milliseconds=300), places=1, download_deadline=PATIENT.download_deadline)

    async def fill(its_download: asyncio.Event) -> None:
        async with its.http.download(HttpRequest("GET", network.url + "/bill")):
            its_download.set()

    async with upstream(hang) as network, world(limits) as its, asyncio.timeout(10):
        holder = asyncio.create_task(fill(asyncio.Event()))
        await asked(network, 1)
        with pytest.raises(UpstreamUnavailable):
            await its.http.send(HttpRequest("GET", network.url + "/"))
        holder.cancel()
        await asyncio.gather(holder, return_exceptions=True)
    assert len(network.asked) == 1
    assert its.counted("crowded") == 1


async def test_callers_that_leave_take_no_place_along() -> None:
    async with upstream(hang) as network, world() as its, asyncio.timeout(10):
        for _ in range(2):
            calls = [asyncio.create_task(its.http.send(HttpRequest("GET", network.url + "/"))) for _ in range(PLACES + 5)]
            await asked(network, PLACES)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            network.asked.clear()
        network.script[:] = [answer(200)]
        assert (await its.http.send(HttpRequest("GET", network.url + "/"))).status == 200


async def test_a_network_that_hangs_keeps_no_other_account_waiting() -> None:
    async with upstream(hang) as stuck, upstream(answer(200)) as well, reach() as where, asyncio.timeout(10):
        accounts = [outbound(where, FakeTime(), FakeClock()) for _ in range(15)]
        calls = [
            asyncio.create_task(account.send(HttpRequest("GET", stuck.url + "/")))
            for account in accounts
            for _ in range(PLACES)
        ]
        await asked(stuck, len(calls))  # more than any session would carry by default
        assert (await outbound(where, FakeTime(), FakeClock()).send(HttpRequest("GET", well.url + "/"))).status == 200
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)


async def test_what_is_learnt_while_a_call_waits_for_its_place_holds_it_back() -> None:
    may_go = asyncio.Event()

    async def throttle(writer: asyncio.StreamWriter) -> None:
        await may_go.wait()
        writer.write(answer(429, Retry_After="120", Connection="close"))
        await writer.drain()

    async with upstream(throttle) as network, world(Limits(places=1)) as its, asyncio.timeout(10):
        calls = [asyncio.create_task(its.http.send(HttpRequest("GET", network.url + "/"))) for _ in range(5)]
        await asked(network, 1)
        may_go.set()
        results = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(result) for result in results] == [UpstreamUnavailable] * 5
    assert len(network.asked) == 1
    assert its.counted("held") == 4

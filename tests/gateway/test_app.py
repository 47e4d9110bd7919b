"""The whole, put together: what answers where."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from connectors.testing.emulation import serve
from connectors.wechat_pay.emulator import WeChatPayEmulator
from gateway.app import running
from gateway.http.graphql import STREAM_HEADER
from gateway.outbound.limits import Limits
from gateway.settings import Settings

PAGE = "https://charity.example"
ASK = '{"query":"{ __typename }"}'
READY = {
    "staying": True,
    "campaigns_listed": True,
    "ledger_answers": True,
    "ledger_suitable": True,
    "ledger_problems": [],
    "networks_left_alone": [],
}


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    account = {"connector": "wechat_pay", **WeChatPayEmulator().account(), "base_url": "http://127.0.0.1:9"}
    settings = Settings.of(
        {"data_dir": tmp_path, "ecb_rates": False, "accounts": {"lunch": account}, "allowed_origins": [PAGE]}
    )
    async with running(settings) as gateway, serve(gateway.asgi) as url:
        await gateway.follower.ready.wait()
        yield url


async def test_it_is_ready_once_campaigns_are_listed_and_not_while_it_leaves(tmp_path: Path) -> None:
    async with running(Settings.of({"data_dir": tmp_path, "ecb_rates": False})) as gateway, serve(gateway.asgi) as url:
        await gateway.follower.ready.wait()
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{url}/readyz") as answer:
                assert (answer.status, await answer.json()) == (200, READY)
            gateway.drain()
            async with session.get(f"{url}/readyz") as answer:
                assert answer.status == 503
            async with session.get(f"{url}/livez") as answer:
                assert answer.status == 200


async def test_a_network_that_is_left_alone_is_told_and_the_process_stays_ready(tmp_path: Path) -> None:
    account = {"connector": "wechat_pay", **WeChatPayEmulator().account(), "base_url": "http://127.0.0.1:9"}
    settings = Settings.of({"data_dir": tmp_path, "ecb_rates": False, "accounts": {"lunch": account}})
    async with running(settings) as gateway, serve(gateway.asgi) as url, aiohttp.ClientSession() as session:
        breaker = gateway.base.accounts["lunch"].breaker
        for _ in range(Limits().breaker_calls):
            breaker.leave(breaker.enter(), healthy=False)
        async with session.get(f"{url}/readyz") as answer:
            assert (answer.status, (await answer.json())["networks_left_alone"]) == (200, ["lunch"])
        async with session.get(f"{url}/metrics") as answer:
            assert 'giving_upstream_open{account="lunch"} 1.0' in await answer.text()


async def test_a_server_that_became_unfit_makes_the_process_unready_and_says_why(tmp_path: Path) -> None:
    async with running(Settings.of({"data_dir": tmp_path, "ecb_rates": False})) as gateway, serve(gateway.asgi) as url:
        await gateway.base.redis.config_set("appendonly", "no")
        async with aiohttp.ClientSession() as session, asyncio.timeout(20):
            while True:
                async with session.get(f"{url}/readyz") as answer:
                    told = await answer.json()
                if answer.status == 503:
                    break
                await asyncio.sleep(0.1)
        assert (told["ledger_answers"], told["ledger_suitable"]) == (True, False)
        assert told["ledger_problems"] == ["the server forgets on a restart. Set appendonly yes."]


async def test_a_delivery_has_the_size_and_the_time_that_are_set_and_one_over_them_is_counted(tmp_path: Path) -> None:
    account = {"connector": "wechat_pay", **WeChatPayEmulator().account(), "base_url": "http://127.0.0.1:9"}
    given = {"data_dir": tmp_path, "ecb_rates": False, "accounts": {"lunch": account}}
    settings = Settings.of({**given, "limits": {"webhook_bytes": 100, "webhook_seconds": 0.2}})

    async def slowly() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(5)

    async with running(settings) as gateway, serve(gateway.asgi) as url, aiohttp.ClientSession() as session:
        for body, status in ((b"x" * 100, 401), (b"x" * 101, 413), (slowly(), 503)):
            async with session.post(f"{url}/webhooks/wechat_pay", data=body) as answer:
                assert answer.status == status
        assert gateway.refused == {"webhook_bytes": 1, "webhook_seconds": 1}
        async with session.get(f"{url}/metrics") as answer:
            assert 'giving_limit_refused_total{limit="webhook_seconds"} 1.0' in await answer.text()


async def test_pages_of_allowed_origins_may_ask_and_others_may_not(address: str) -> None:
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    async with aiohttp.ClientSession() as session:
        async with session.options(f"{address}/graphql", headers={"Origin": PAGE, **preflight}) as answer:
            assert answer.status == 200
            assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        async with session.options(f"{address}/graphql", headers={"Origin": "https://other.example", **preflight}) as answer:
            assert answer.status == 400
            assert "Access-Control-Allow-Origin" not in answer.headers
        for method in ("PUT", "DELETE"):  # with which a stream of many operations is steered
            steering = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": STREAM_HEADER}
            async with session.options(f"{address}/graphql", headers={"Origin": PAGE, **steering}) as answer:
                assert answer.status == 200
        headers = {"Origin": PAGE, "Content-Type": "application/json"}
        async with session.post(f"{address}/graphql", data=ASK, headers=headers) as answer:
            assert answer.headers["Access-Control-Allow-Origin"] == PAGE
            assert "Access-Control-Allow-Credentials" not in answer.headers
            assert await answer.json() == {"data": {"__typename": "Query"}}


async def test_figures_for_operators_hold_no_secret_and_no_person(address: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{address}/metrics") as answer:
        text = await answer.text()
    assert "giving_deliveries" in text
    assert "DemoApiV3Key" not in text

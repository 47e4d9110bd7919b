"""The whole, put together: what answers where."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from connectors.testing.emulation import serve
from connectors.wechat_pay.emulator import WeChatPayEmulator
from gateway.app import running
from gateway.settings import Settings

PAGE = "https://charity.example"
ASK = '{"query":"{ __typename }"}'


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
                assert (answer.status, await answer.json()) == (
                    200,
                    {"staying": True, "campaigns_listed": True, "ledger_answers": True},
                )
            gateway.drain()
            async with session.get(f"{url}/readyz") as answer:
                assert answer.status == 503
            async with session.get(f"{url}/livez") as answer:
                assert answer.status == 200


async def test_pages_of_allowed_origins_may_ask_and_others_may_not(address: str) -> None:
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    async with aiohttp.ClientSession() as session:
        async with session.options(f"{address}/graphql", headers={"Origin": PAGE, **preflight}) as answer:
            assert answer.status == 200
            assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        async with session.options(f"{address}/graphql", headers={"Origin": "https://other.example", **preflight}) as answer:
            assert answer.status == 400
            assert "Access-Control-Allow-Origin" not in answer.headers
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

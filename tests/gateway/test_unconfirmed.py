"""Weibo's query is down when a payment is notified: it is held, acknowledged, and counted by itself once the query answers."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from connectors.testing.emulation import ScaledClock, serve
from connectors.weibo.emulator import Fault, WeiboEmulator
from gateway.app import running
from gateway.settings import Settings
from tests.gateway.world import PATIENCE

FAST = 600
"""A minute is a tenth of a second: the pause before quarantine tries again."""
TOTAL = '{ campaignByExternalId(platform: "weibo", externalId: "school-lunch") { total { raised { amount } donationCount } } }'


def settings(folder: Path, weibo: WeiboEmulator) -> Settings:
    """One account with one campaign."""
    rule = {"account": "lunch", "attach": "campaign=school-lunch*"}
    campaign = {"platform": "weibo", "id": "school-lunch", "title": "Lunch", "currency": "CNY", "match": [rule]}
    accounts = {"lunch": {"connector": "weibo", **weibo.account()}}
    return Settings.of({"data_dir": folder, "ecb_rates": False, "accounts": accounts, "campaigns": [campaign]})


async def shown(url: str) -> Any:
    """The campaign's total."""
    async with aiohttp.ClientSession() as session, session.post(f"{url}/graphql", json={"query": TOTAL}) as answer:
        return (await answer.json(content_type=None))["data"]["campaignByExternalId"]["total"]


@pytest.mark.parametrize("status", [500, 200, 414, 418])
async def test_a_payment_that_could_not_be_confirmed_is_acknowledged_held_and_counted_as_the_query_tells_it(
    tmp_path: Path, status: int
) -> None:
    clock = ScaledClock(speed=FAST)
    weibo = WeiboEmulator(clock=clock)
    async with weibo.serve(), running(settings(tmp_path, weibo), clock=clock) as gateway, serve(gateway.asgi) as url:
        weibo.callback = f"{url}/webhooks/weibo/lunch"
        weibo.pay_outage.fail_next, weibo.pay_outage.fail_status = 10_000, status
        weibo.faults.once(Fault.WRONG_AMOUNT)
        await weibo.pay(400, attach="campaign=school-lunch", book="school-lunch")
        await weibo.sender.settle()

        assert [(attempt.status, attempt.body) for attempt in weibo.sender.attempts] == [(200, b"success")]
        assert await shown(url) is None

        weibo.pay_outage.fail_next = 0
        async with asyncio.timeout(PATIENCE):
            while await shown(url) != {"raised": {"amount": "4.00"}, "donationCount": 1}:
                await asyncio.sleep(0.02)
        assert len(weibo.sender.attempts) == 1

"""Row 24: what is changed by hand in Redis is told by the gateway within one pass, and by the command, with its campaign."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from redis.asyncio import Redis

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import WeChatPayEmulator
from gateway.store import keys
from schema.model.ids import CampaignId
from tests.end_to_end.commands import BAD_SETTINGS, command
from tests.end_to_end.merchants import Shop, shop
from tests.end_to_end.waiting import until

LUNCH, RIVER = CampaignId("wechat_pay", "school-lunch"), CampaignId("wechat_pay", "clean-river")
RULES = {each.native: f'attach = "campaign={each.native}*"' for each in (LUNCH, RIVER)}
RULES[LUNCH.native] += ', endorser = "star"'


@pytest.fixture
async def wechat(tmp_path: Path, seed: int) -> AsyncIterator[Shop[WeChatPayEmulator]]:
    """A shop to which much was given."""
    network = WeChatPayEmulator(clock=ScaledClock(), seed=seed % 10**6)
    async with shop(tmp_path, seed, network, RULES, endorser="star") as made:
        for number in range(12):
            payment = await network.pay(100 + number, book=(LUNCH if number % 2 else RIVER).native)
            if number % 3 == 0:
                await network.refund(payment, 40)
        await network.sender.settle()
        await made.agree()
        yield made


@asynccontextmanager
async def ledger(shop: Shop[Any]) -> AsyncIterator[Redis]:
    """The private Redis of the gateway, past it."""
    handle = os.open(shop.file.parent / "data" / "redis", os.O_RDONLY)  # a socket's path may have 107 bytes, tmp_path more
    try:
        async with Redis.from_url(f"unix:///proc/{os.getpid()}/fd/{handle}/redis.sock") as redis:
            yield redis
    finally:
        os.close(handle)


async def books(shop: Shop[Any], *arguments: str) -> tuple[int, dict[str, Any]]:
    ended = await command("books", *arguments, "--config", str(shop.file), "--json")
    assert ended.err == "", ended
    return ended.code, json.loads(ended.out)


async def test_books_that_are_even_are_so_while_gifts_flow(wechat: Shop[WeChatPayEmulator]) -> None:
    done = asyncio.Event()

    async def flow() -> None:
        while not done.is_set():
            await wechat.network.refund(await wechat.network.pay(300, book=LUNCH.native), 40)
            await wechat.network.sender.settle()

    flowing = asyncio.create_task(flow())
    try:
        code, told = await books(wechat)
    finally:
        done.set()
        await flowing
    assert (code, told["balances"], told["campaigns"], told["drifts"]) == (0, True, 2, [])
    await wechat.network.sender.settle()
    ended = await command("books", "--config", str(wechat.file))
    assert (ended.code, ended.out) == (0, "Campaigns that were added up: 2. The books balance.\n")


async def test_a_total_a_bucket_and_an_endorsers_sum_that_were_changed_by_hand_are_told_with_their_campaign(
    wechat: Shop[WeChatPayEmulator],
) -> None:
    async with ledger(wechat) as redis:
        await cast("Any", redis.hincrby(keys.total(LUNCH), "raised", 1))
        [day] = (await cast("Any", redis.hkeys(keys.buckets(RIVER)[2])))[:1]
        net, rest = (await cast("Any", redis.hget(keys.buckets(RIVER)[2], day))).decode().split(" ", 1)
        await cast("Any", redis.hset(keys.buckets(RIVER)[2], day, f"{int(net) + 1} {rest}"))
        await cast("Any", redis.hset(keys.endorsers(LUNCH), "star", "1 0 1"))

    code, told = await books(wechat)
    assert (code, told["balances"]) == (1, False)
    found = {(each["campaign"], each["what"]) for each in told["drifts"]}
    assert found == {(str(LUNCH), "total"), (str(LUNCH), "endorser star"), (str(RIVER), "days")}
    code, told = await books(wechat, "--campaign", RIVER.native)
    assert (code, told["campaigns"], [each["what"] for each in told["drifts"]]) == (1, 1, ["days"])
    people = await command("books", "--config", str(wechat.file))
    assert people.code == 1
    assert f"{LUNCH}: total: " in people.out
    assert people.out.endswith("Campaigns that were added up: 2. 2 do not balance.\n")

    wechat.gateway.terminate()  # its next pass begins when it does, else in five minutes
    assert await wechat.gateway.ended(20) == 0
    await wechat.gateway.start()
    await until(lambda: len(drifts(wechat)) == 3)
    assert drifts(wechat) == found


async def test_a_campaign_that_there_is_not_is_told_in_a_sentence(wechat: Shop[WeChatPayEmulator]) -> None:
    ended = await command("books", "--campaign", "nowhere", "--config", str(wechat.file))
    assert (ended.code, len(ended.err.splitlines())) == (BAD_SETTINGS, 1)


def drifts(shop: Shop[Any]) -> set[tuple[str, str]]:
    """What the gateway's log tells."""
    return {(line["campaign"], line["what"]) for line in shop.gateway.events() if line["event"] == "books.drift"}

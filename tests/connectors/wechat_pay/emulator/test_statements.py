"""Bills over the API: when they are ready, where they lie, how long; and the fund-flow bill."""

import gzip
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Answer, Merchant

BILL = "/v3/bill/tradebill?bill_date=2026-09-01"
NOON = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
"""In Beijing, on the day of the bill."""
NEXT_TEN = NOON + timedelta(hours=22)


@pytest.fixture
async def emulator() -> AsyncIterator[WeChatPayEmulator]:
    """On the first of September 2026; its signatures are of today."""
    emulator = WeChatPayEmulator(clock=ScaledClock(NOON), wire_clock=ScaledClock())
    async with emulator.serve():
        yield emulator


@pytest.fixture
async def merchant(emulator: WeChatPayEmulator) -> AsyncIterator[Merchant]:
    async with aiohttp.ClientSession() as http:
        yield Merchant(emulator.account(), http)


async def file_of(merchant: Merchant, offer: Answer) -> bytes:
    """The file at the address that was offered."""
    answer = await merchant.get(offer.told["download_url"].removeprefix(merchant.account["base_url"]))
    assert answer.status == 200, answer.body
    assert not [name for name in answer.headers if name.lower().startswith("wechatpay-")]
    return answer.body


async def test_a_bill_is_ready_at_ten_of_the_next_day(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await emulator.pay(400)
    same_day = await merchant.get(BILL)
    emulator.clock.turn(timedelta(hours=21, minutes=55))
    too_early = await merchant.get(BILL)
    emulator.clock.turn(timedelta(minutes=5))
    ready = await merchant.get(BILL)

    assert same_day.refusal == too_early.refusal == (400, "STATEMENT_CREATING")
    assert ready.status == 200
    assert merchant.verifies(ready.headers, ready.body)


async def test_an_empty_day_has_no_bill(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await emulator.pay(400)
    emulator.clock.turn(timedelta(days=2))

    answer = await merchant.get("/v3/bill/tradebill?bill_date=2026-09-02")

    assert answer.refusal == (400, "NO_STATEMENT_EXIST")


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("bill_date=2026-13-01", (400, "PARAM_ERROR")),
        ("bill_type=ALL", (400, "PARAM_ERROR")),
        ("bill_date=2026-09-02", (400, "INVALID_REQUEST")),
        ("bill_date=2026-05-01", (400, "INVALID_REQUEST")),
        ("bill_date=2026-08-31&bill_type=SOME", (400, "PARAM_ERROR")),
        ("bill_date=2026-08-31&sub_mchid=1999999999", (403, "NO_AUTH")),
    ],
    ids=["no such date", "no date", "tomorrow", "four months ago", "bad type", "somebody else's"],
)
async def test_what_has_no_bill_is_refused(merchant: Merchant, query: str, refusal: tuple[int, str]) -> None:
    assert (await merchant.get(f"/v3/bill/tradebill?{query}")).refusal == refusal


async def test_the_hash_is_of_the_plain_bytes_in_both_packings(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await emulator.pay(400)
    emulator.clock.turn(timedelta(days=1))
    plain, packed = await merchant.get(BILL), await merchant.get(f"{BILL}&tar_type=GZIP")
    content = await file_of(merchant, plain)

    assert plain.told["hash_type"] == "SHA1"
    assert packed.told["download_url"].endswith("&tartype=gzip")
    assert gzip.decompress(await file_of(merchant, packed)) == content
    assert hashlib.sha1(content, usedforsecurity=False).hexdigest() == plain.told["hash_value"] == packed.told["hash_value"]


async def test_a_wrong_hash_does_not_fit_the_file(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await emulator.pay(400)
    emulator.clock.turn(timedelta(days=1))
    emulator.bills.wrong_hash = True
    offer = await merchant.get(BILL)

    content = await file_of(merchant, offer)

    assert hashlib.sha1(content, usedforsecurity=False).hexdigest() != offer.told["hash_value"]


async def test_an_address_expires_and_is_for_the_merchant_alone(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await emulator.pay(400)
    emulator.clock.turn(timedelta(days=1))
    good = await merchant.get(BILL)
    emulator.bills.token_life = timedelta(0)
    expired = (await merchant.get(BILL)).told["download_url"].removeprefix(merchant.account["base_url"])

    assert (await merchant.get(expired)).refusal == (400, "INVALID_REQUEST")
    async with merchant.http.get(good.told["download_url"]) as unsigned:
        assert unsigned.status == 401


async def test_a_bill_of_one_sub_merchant_has_its_rows_only(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await emulator.pay(400)
    sold = await emulator.pay(500, sub_mchid="1900000109")
    emulator.clock.turn(timedelta(days=1))

    lines = (await file_of(merchant, await merchant.get(f"{BILL}&sub_mchid=1900000109"))).decode().splitlines()
    everything = (await file_of(merchant, await merchant.get(BILL))).decode().splitlines()

    assert len(lines) == 4
    assert sold.transaction_id in lines[1]
    assert ",`1900000109,`" in lines[1]
    assert len(everything) == 5


async def test_the_fund_flow_bill_has_every_movement_with_the_balance(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    payment = await emulator.pay(10_000)
    await emulator.refund(payment, 1_000)
    emulator.clock.turn(timedelta(days=1))
    flow = "/v3/bill/fundflowbill?bill_date=2026-09-01&account_type="

    lines = (await file_of(merchant, await merchant.get(f"{flow}BASIC"))).decode().splitlines()
    rows = [line[1:].split(",`") for line in lines[1:-2]]

    assert lines[0].startswith("记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元)")
    assert [(row[5], row[6], row[7]) for row in rows] == [
        ("收入", "100.00", "100.00"),
        ("支出", "0.60", "99.40"),
        ("支出", "9.94", "89.46"),
    ]
    assert lines[-1] == "`3,`1,`100.00,`2,`10.54"
    assert (await merchant.get(f"{flow}FEES")).refusal == (400, "NO_STATEMENT_EXIST")
    assert (await merchant.get(f"{flow}OTHER")).refusal == (400, "PARAM_ERROR")

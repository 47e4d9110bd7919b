"""When a bill can be had, and for how long."""

from datetime import timedelta

import pytest

from connectors.alipay.emulator import AlipayEmulator
from connectors.testing.emulation import ScaledClock
from tests.connectors.alipay.emulator.client import Bill, Client
from tests.connectors.alipay.emulator.conftest import MORNING

TO_TEN_TOMORROW = timedelta(hours=23, minutes=39, seconds=30)
TO_THE_FOURTH_OF_OCTOBER = timedelta(days=33)


async def test_the_bill_of_a_day_is_there_from_ten_on_the_next(emulator: AlipayEmulator, client: Client) -> None:
    await emulator.pay(500, attach="", book="b")
    emulator.clock.turn(TO_TEN_TOMORROW - timedelta(minutes=1))
    assert (await client.bill_address("2026-09-01")).refusal == ("40004", "isp.bill_not_exist")

    emulator.clock.turn(timedelta(minutes=1))

    assert len((await client.bill("2026-09-01")).rows) == 1


@pytest.mark.parametrize(
    "day",
    [
        "2026-09-01",
        "2026-09",
        "2026-09-02",
        "2026-10",
        "9999-12-31",
        "2024-02-29",
        "2024-02",
        "2026-02-30",
        "20260831",
        "",
        "x",
    ],
)
async def test_today_this_month_what_is_to_come_and_what_is_too_old_are_bad_arguments(client: Client, day: str) -> None:
    assert (await client.bill_address(day)).refusal == ("40002", "isv.invalid-parameter")


@pytest.mark.parametrize("code", ["NO_BILL_DATA", "isp.bill_not_exist"])
async def test_a_day_without_trades_has_no_bill(emulator: AlipayEmulator, client: Client, code: str) -> None:
    emulator.bills.no_data = code

    assert (await client.bill_address("2026-08-31")).refusal == ("40004", code)
    assert (await client.bill_address("2024-03")).refusal == ("40004", code)


async def test_bills_are_of_trades_alone(emulator: AlipayEmulator, client: Client) -> None:
    await emulator.pay(500, attach="", book="b")
    emulator.clock.turn(timedelta(days=1))

    assert (await client.bill_address("2026-09-01", "signcustomer")).refusal == ("40004", "NO_BILL_DATA")
    assert (await client.bill_address("2026-09-01", "all")).refusal == ("40002", "isv.invalid-parameter")


async def test_the_bill_of_a_month_has_all_its_days_and_is_there_from_the_fourth(
    emulator: AlipayEmulator, client: Client
) -> None:
    for days in (0, 10, 29, 30):
        await emulator.pay(500, attach="", book="b", at=MORNING + timedelta(days=days))
    emulator.clock.turn(TO_THE_FOURTH_OF_OCTOBER - timedelta(hours=1))
    assert (await client.bill_address("2026-09")).refusal == ("40004", "isp.bill_not_exist")

    emulator.clock.turn(timedelta(hours=1))
    bill = await client.bill("2026-09")

    assert [row["完成时间"][:10] for row in bill.rows] == ["2026-09-01", "2026-09-11", "2026-09-30"]
    assert all("_202609_" in name for name in bill.files)


async def test_an_address_lives_for_thirty_seconds_and_then_gives_a_text_page(emulator: AlipayEmulator, client: Client) -> None:
    await emulator.pay(500, attach="", book="b")
    emulator.clock.turn(timedelta(days=1))
    url = (await client.bill_address("2026-09-01")).told["bill_download_url"]
    emulator.clock.turn(timedelta(seconds=15))
    in_time = await client.fetch(url)
    emulator.clock.turn(timedelta(seconds=15))
    late = await client.fetch(url)

    assert in_time[0] == "application/zip"
    assert Bill(in_time[1]).rows
    assert late[0] == "text/plain"
    assert "超时" in late[1].decode()


async def test_an_address_is_new_each_time_and_nobody_guesses_one(emulator: AlipayEmulator, client: Client) -> None:
    await emulator.pay(500, attach="", book="b")
    emulator.clock.turn(timedelta(days=1))
    first, second = [(await client.bill_address("2026-09-01")).told["bill_download_url"] for _ in range(2)]

    assert "bizType=trade" in first
    assert "timestamp=" in first
    assert first.partition("&token=")[2] != second.partition("&token=")[2]
    assert (await client.fetch(first.partition("&token=")[0] + "&token=0"))[0] == "text/plain"


async def test_addresses_live_by_the_wire_clock_where_there_is_one(client: Client) -> None:
    wire = ScaledClock(MORNING)
    emulator = AlipayEmulator(clock=ScaledClock(MORNING), wire_clock=wire)
    async with emulator.serve():
        other = Client(emulator.account(), client.http, wire.now)
        await emulator.pay(500, attach="", book="b")
        emulator.clock.turn(timedelta(days=1))
        url = (await other.bill_address("2026-09-01")).told["bill_download_url"]
        emulator.clock.turn(timedelta(days=1))

        assert (await other.fetch(url))[0] == "application/zip"

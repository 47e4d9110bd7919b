"""The control door, as a test in another process uses it."""

from datetime import timedelta
from typing import Any, Final

import pytest

from connectors.alipay.emulator import AlipayEmulator
from tests.connectors.alipay.emulator.receiver import Receiver
from tests.connectors.door import Door

GIFT: Final[dict[str, Any]] = {"amount_fen": 500, "attach": "campaign=school-lunch;star=a", "book": "school-lunch", "star": "a"}


async def test_what_is_paid_and_refunded_through_the_door_is_in_the_books(door: Door) -> None:
    paid = await door.do("pay", **GIFT)
    refund = await door.do("refund", payment=paid["trade_no"], amount_fen=150)

    assert await door.shown("books") == {
        "school-lunch": {"currency": "CNY", "raised": 350, "refunded": 150, "count": 1, "endorsers": {"a": 350}}
    }
    assert (refund["payment"]["trade_no"], refund["running_fen"]) == (paid["trade_no"], 150)
    assert (refund["payment"]["attach"], refund["payment"]["refunded_fen"]) == ("campaign=school-lunch;star=a", 150)


async def test_a_payment_of_another_day_by_somebody_in_particular(door: Door) -> None:
    buyer = {"id": "2088999900000001", "logon_id": "can***@example.org", "open_id": "017Canary"}

    paid = await door.do("pay", **GIFT, at="2026-08-01T10:00:00+08:00", order="LUNCH-1", buyer=buyer)

    assert paid["trade_no"].startswith("20260801")
    assert (paid["out_trade_no"], paid["buyer"]) == ("LUNCH-1", buyer)


async def test_orders_are_abandoned_and_trades_finished(door: Door) -> None:
    left = await door.do("abandon", amount_fen=500, attach="", book="b")
    paid = await door.do("pay", **GIFT)
    over = await door.do("finish", payment=paid["trade_no"])

    assert (left["status"], left["paid_at"]) == ("TRADE_CLOSED", None)
    assert over["status"] == "TRADE_FINISHED"


async def test_every_switch_is_set_through_the_door(emulator: AlipayEmulator, door: Door) -> None:
    await door.do("outage", fail_next=1, slow=0.001)
    await door.do("api", refuse_next=1, refuse_code="20001")
    await door.do("bills", address_life=0)
    await door.do("habits", zero_refund=1)

    assert (emulator.outage.fail_next, emulator.outage.slow) == (1, timedelta(milliseconds=1))
    assert (emulator.api.refuse_code, emulator.bills.address_life) == ("20001", timedelta())
    assert emulator.habits.zero_refund == 1.0


async def test_notifications_are_spoiled_and_mended_through_the_door(
    emulator: AlipayEmulator, door: Door, receiver: Receiver
) -> None:
    emulator.callback = None
    await door.do("callback", url=receiver.url)
    await door.do("spoil", faults=["tampered"], always=True)
    await door.do("pay", **GIFT)
    await door.do("mend")
    await door.do("pay", **GIFT)
    await emulator.sender.settle()

    assert sorted(form["total_amount"] for form in receiver.forms) == ["5.00", "95.00"]


async def test_the_account_is_told_whole(emulator: AlipayEmulator, door: Door) -> None:
    assert await door.shown("account") == emulator.account()


@pytest.mark.parametrize(
    ("deed", "arguments"),
    [
        ("pay", {**GIFT, "amount_fen": 0}),
        ("pay", {**GIFT, "amount_fen": 4.5}),
        ("pay", {"amount_fen": 400}),
        ("pay", {**GIFT, "buyer": {"name": "x"}}),
        ("refund", {"payment": "2026", "amount_fen": 1}),
        ("refund", {}),
        ("finish", {"payment": "2026"}),
        ("spoil", {"faults": ["tamperd"]}),
        ("api", {"refuse_code": "20002"}),
        ("bills", {"gbk": True}),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(door: Door, deed: str, arguments: dict[str, Any]) -> None:
    status, told = await door.ask(deed, **arguments)

    assert status == 400
    assert told["problem"]
    assert await door.shown("books") == {}

"""The control door, as a test in another process uses it."""

from datetime import timedelta
from typing import Any

import pytest

from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.connectors.door import Door
from tests.connectors.wechat_pay.emulator.receiver import Receiver


async def test_what_is_paid_and_refunded_through_the_door_is_in_the_books(door: Door) -> None:
    paid = await door.do("pay", amount_fen=400, attach="campaign=school-lunch;star=a", book="school-lunch")
    refund = await door.do("refund", payment=paid["transaction_id"], amount_fen=150)

    assert await door.shown("books") == {
        "school-lunch": {"currency": "CNY", "raised": 250, "refunded": 150, "count": 1, "endorsers": {}}
    }
    assert (refund["status"], refund["payment"]["transaction_id"]) == ("SUCCESS", paid["transaction_id"])
    assert (refund["payment"]["attach"], refund["payment"]["refunded_fen"]) == ("campaign=school-lunch;star=a", 150)


async def test_a_refund_that_was_left_open_ends_through_the_door(emulator: WeChatPayEmulator, door: Door) -> None:
    paid = await door.do("pay", amount_fen=400)
    refund = await door.do("refund", payment=paid["transaction_id"], amount_fen=150, status="PROCESSING")
    await door.do("finish_refund", refund=refund["out_refund_no"], status="CLOSED")

    assert [each.status for each in emulator.refunds] == ["CLOSED"]


async def test_a_combined_payment_of_another_day(door: Door) -> None:
    parts = [{"amount_fen": 100}, {"amount_fen": 200, "book": "books"}]
    payments = await door.do("pay_combined", parts=parts, paid_at="2026-08-01T10:00:00+08:00")

    assert [payment["paid_at"] for payment in payments] == ["2026-08-01T10:00:00+08:00"] * 2
    assert set(await door.shown("books")) == {"school-lunch", "books"}


async def test_every_switch_is_set_through_the_door(emulator: WeChatPayEmulator, door: Door) -> None:
    await door.do("outage", fail_next=1, fail_status=503)
    await door.do("api", probes=1, rate=2)
    await door.do("bills", token_life=0)
    await door.do("sign_with", signing="mixed")

    assert (emulator.outage.fail_status, emulator.api.probes, emulator.api.rate) == (503, 1, 2)
    assert (emulator.bills.token_life, emulator.signing) == (timedelta(), "mixed")


async def test_deliveries_are_spoiled_and_mended_through_the_door(
    emulator: WeChatPayEmulator, door: Door, receiver: Receiver
) -> None:
    emulator.callback = None
    await door.do("callback", url=receiver.url)
    await door.do("spoil", faults=["probe"], always=True)
    await door.do("pay", amount_fen=400)
    await door.do("mend")
    await door.do("pay", amount_fen=400)
    await emulator.sender.settle()

    assert len(receiver.heard) == 3


async def test_keys_are_rotated_and_retired_through_the_door(emulator: WeChatPayEmulator, door: Door) -> None:
    serial = await door.do("rotate_certificate")
    assert [key.serial for key in emulator.keys.certificates][1:] == [serial]
    await door.do("retire_certificate")
    assert [key.serial for key in emulator.keys.certificates] == [serial]
    assert await door.do("rotate_public_key") == emulator.keys.public.serial


async def test_the_account_is_told_whole(emulator: WeChatPayEmulator, door: Door) -> None:
    assert await door.shown("account") == emulator.account()


@pytest.mark.parametrize(
    ("deed", "arguments"),
    [
        ("pay", {"amount_fen": 0}),
        ("pay", {"amount": 400}),
        ("pay", {"amount_fen": 4.5}),
        ("pay_combined", {"parts": [{"amount_fen": 100}, {"amount_fen": 0}]}),
        ("refund", {"payment": "4200", "amount_fen": 1}),
        ("refund", {}),
        ("finish_refund", {"refund": "RF1"}),
        ("spoil", {"faults": ["proob"]}),
        ("api", {"prob": 1}),
        ("bills", {"bom": True}),
        ("sign_with", {"signing": "none"}),
        ("confirm_budget", {"out_budget_no": "B0"}),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(door: Door, deed: str, arguments: dict[str, Any]) -> None:
    status, told = await door.ask(deed, **arguments)

    assert status == 400
    assert told["problem"]
    assert await door.shown("books") == {}


async def test_a_refund_of_an_unheard_of_status_is_not_even_opened(emulator: WeChatPayEmulator, door: Door) -> None:
    paid = await door.do("pay", amount_fen=400)

    assert (await door.ask("refund", payment=paid["transaction_id"], amount_fen=1, status="LOST"))[0] == 400
    assert emulator.refunds == []

"""What is sent, when it is sent again, and when no more."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors.testing.emulation import Attempt, Outgoing, ScaledClock, Sender
from connectors.wechat_pay.emulator import Part, WeChatPayEmulator
from connectors.wechat_pay.emulator.notifications import RETRIES, TIMEOUT, accepts
from tests.connectors.wechat_pay.emulator.merchant import Merchant
from tests.connectors.wechat_pay.emulator.receiver import Heard, Receiver


def clear(merchant: Merchant, heard: Heard) -> Any:
    return json.loads(merchant.open(heard.envelope["resource"]))


async def test_a_payment_is_told_signed_and_sealed(emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant) -> None:
    payment = await emulator.pay(400, attach="campaign=school-lunch;star=demo-star")
    await emulator.sender.settle()

    (heard,) = receiver.heard
    told = clear(merchant, heard)
    assert merchant.verifies(heard.headers, heard.body)
    assert heard.headers["content-type"] == "application/json"
    assert (heard.envelope["event_type"], heard.envelope["resource_type"]) == ("TRANSACTION.SUCCESS", "encrypt-resource")
    assert heard.envelope["resource"]["original_type"] == heard.envelope["resource"]["associated_data"] == "transaction"
    assert (told["mchid"], told["appid"]) == (emulator.merchant.mchid, emulator.merchant.appid)
    assert told["transaction_id"] == payment.transaction_id
    assert told["amount"] == {"total": 400, "currency": "CNY", "payer_total": 400, "payer_currency": "CNY"}
    assert told["attach"] == "campaign=school-lunch;star=demo-star"
    assert told["trade_state"] == "SUCCESS"
    assert told["payer"] == {"openid": payment.openid}
    assert told["success_time"].endswith("+08:00")


async def test_a_payment_without_attach_leaves_the_field_out(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    await emulator.pay(400, attach="")
    await emulator.sender.settle()

    assert "attach" not in clear(merchant, receiver.heard[0])


async def test_a_coupon_lowers_what_the_payer_paid_and_not_the_amount(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    await emulator.pay(400, coupon_fen=150)
    await emulator.sender.settle()

    told = clear(merchant, receiver.heard[0])
    assert (told["amount"]["total"], told["amount"]["payer_total"]) == (400, 250)
    assert told["promotion_detail"][0]["amount"] == 150


async def test_a_payment_to_a_sub_merchant_names_provider_and_sub_merchant(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    payment = await emulator.pay(400, sub_mchid="1900000109")
    await emulator.sender.settle()

    told = clear(merchant, receiver.heard[0])
    assert (told["sp_mchid"], told["sp_appid"]) == (emulator.merchant.mchid, emulator.merchant.appid)
    assert told["sub_mchid"] == "1900000109"
    assert told["payer"] == {"sp_openid": payment.openid}
    assert not {"mchid", "appid"} & set(told)


async def test_a_combined_payment_is_one_notification_of_several_orders(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    paid = await emulator.pay_combined([Part(100), Part(250, attach="second", book="books", sub_mchid="1900000110")])
    await emulator.sender.settle()

    (heard,) = receiver.heard
    told = clear(merchant, heard)
    assert told["combine_mchid"] == emulator.merchant.mchid
    assert told["combine_out_trade_no"].startswith("COMBINED")
    assert told["combine_payer_info"]["openid"] == paid[0].openid == paid[1].openid
    assert [order["transaction_id"] for order in told["sub_orders"]] == [payment.transaction_id for payment in paid]
    assert [order["amount"]["total_amount"] for order in told["sub_orders"]] == [100, 250]
    assert [order["attach"] for order in told["sub_orders"]] == ["campaign=school-lunch", "second"]


@pytest.mark.parametrize(
    ("status", "event_type"),
    [("SUCCESS", "REFUND.SUCCESS"), ("ABNORMAL", "REFUND.ABNORMAL"), ("CLOSED", "REFUND.CLOSED")],
)
async def test_a_refund_is_told_by_how_it_ended(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant, status: str, event_type: str
) -> None:
    payment = await emulator.pay(400, notify=False)
    refund = await emulator.refund(payment, 100, status=status)
    await emulator.sender.settle()

    (heard,) = receiver.heard
    told = clear(merchant, heard)
    assert heard.envelope["event_type"] == event_type
    assert heard.envelope["resource"]["original_type"] == "refund"
    assert (told["refund_status"], told["refund_id"]) == (status, refund.refund_id)
    assert told["amount"] == {"total": 400, "refund": 100, "payer_total": 400, "payer_refund": 100}
    assert ("success_time" in told) == (status == "SUCCESS")


async def test_a_refund_of_a_sub_merchants_payment_names_both_merchants(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    await emulator.refund(await emulator.pay(400, sub_mchid="1900000109", notify=False), 400)
    await emulator.sender.settle()

    told = clear(merchant, receiver.heard[0])
    assert (told["sp_mchid"], told["sub_mchid"]) == (emulator.merchant.mchid, "1900000109")
    assert "mchid" not in told


async def test_nothing_is_sent_without_a_callback_or_when_it_is_not_wanted(
    emulator: WeChatPayEmulator, receiver: Receiver
) -> None:
    await emulator.pay(400, notify=False)
    emulator.callback = None
    await emulator.pay(400)
    await emulator.sender.settle()

    assert receiver.heard == []


async def test_a_refused_delivery_comes_again_under_its_id_signed_anew(receiver: Receiver) -> None:
    emulator = WeChatPayEmulator(clock=ScaledClock(speed=1_000_000), wire_clock=ScaledClock())
    emulator.callback = receiver.url
    receiver.answer = lambda number: 503 if number < 2 else 200
    async with emulator.serve():
        await emulator.pay(400)
        await emulator.sender.settle()

    assert len(receiver.heard) == 3
    assert len({heard.envelope["id"] for heard in receiver.heard}) == 1
    assert len({heard.headers["wechatpay-nonce"] for heard in receiver.heard}) == 3
    assert len({heard.headers["wechatpay-signature"] for heard in receiver.heard}) == 3
    assert len({heard.headers["request-id"] for heard in receiver.heard}) == 3


async def test_after_fifteen_retries_there_is_silence(receiver: Receiver) -> None:
    emulator = WeChatPayEmulator(clock=ScaledClock(speed=10_000_000), wire_clock=ScaledClock())
    emulator.callback = receiver.url
    receiver.answer = lambda _: 500
    async with emulator.serve():
        await emulator.pay(400)
        await emulator.sender.settle()

    assert len(receiver.heard) == 16
    assert emulator.sender.abandoned == 1


def test_the_retries_take_a_day_and_four_minutes() -> None:
    assert len(RETRIES) == 15
    assert sum(RETRIES, timedelta()) == timedelta(hours=24, minutes=4)


@pytest.mark.parametrize(
    ("status", "taken"), [(200, True), (204, True), (201, False), (202, False), (302, False), (401, False)]
)
def test_only_200_and_204_are_a_yes(status: int, taken: bool) -> None:
    assert accepts(Attempt(status, b"")) is taken


async def test_a_receiver_that_says_nothing_is_given_up_on(receiver: Receiver) -> None:
    emulator = WeChatPayEmulator()
    receiver.silent = True
    impatient = Sender(emulator.clock, (), timedelta(milliseconds=50), accepts, emulator.rng)

    answer = await impatient.attempt(receiver.url, Outgoing({}, b"{}"))
    await impatient.close()

    assert answer.status == 0
    assert emulator.sender.timeout == TIMEOUT == timedelta(seconds=5)


async def test_duplicates_come_at_the_same_time(emulator: WeChatPayEmulator, receiver: Receiver) -> None:
    emulator.sender.mischief.duplicate = 1.0
    await emulator.pay(400)
    await emulator.sender.settle()

    assert [heard.envelope["id"] for heard in receiver.heard] == [receiver.heard[0].envelope["id"]] * 2


async def test_a_reordered_delivery_comes_after_a_later_one(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    emulator.sender.mischief.reorder, emulator.sender.mischief.delay = 1.0, 1.0
    late = await emulator.pay(400)
    emulator.sender.mischief.reorder = 0.0
    early = await emulator.pay(500)
    await emulator.sender.settle()

    assert [clear(merchant, heard)["transaction_id"] for heard in receiver.heard] == [
        early.transaction_id,
        late.transaction_id,
    ]


async def test_a_lost_delivery_arrives_with_its_last_attempt(receiver: Receiver) -> None:
    emulator = WeChatPayEmulator(clock=ScaledClock(speed=10_000_000), wire_clock=ScaledClock())
    emulator.callback = receiver.url
    emulator.sender.mischief.lose = 1.0
    async with emulator.serve():
        await emulator.pay(400)
        await emulator.sender.settle()

    assert len(receiver.heard) == 1


async def test_signatures_bear_the_time_of_the_wire_clock(receiver: Receiver) -> None:
    wire = ScaledClock(datetime(2030, 1, 1, tzinfo=UTC))
    emulator = WeChatPayEmulator(clock=ScaledClock(datetime(2026, 9, 1, tzinfo=UTC)), wire_clock=wire)

    payment = await emulator.pay(400)
    stamp = int(emulator.outgoing(payment).headers["Wechatpay-Timestamp"])

    assert abs(datetime.fromtimestamp(stamp, UTC) - datetime(2030, 1, 1, tzinfo=UTC)) < timedelta(minutes=1)
    assert payment.paid_at is not None
    assert payment.paid_at.year == 2026

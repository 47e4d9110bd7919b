"""Refunds over the API, and what they do to an order."""

from typing import Any

import pytest

from connectors.wechat_pay.emulator import Payment, WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Merchant
from tests.connectors.wechat_pay.emulator.receiver import Receiver

REFUNDS = "/v3/refund/domestic/refunds"


def wanted(payment: Payment, fen: int, **changed: Any) -> dict[str, Any]:
    """The body of a refund."""
    amount = {"refund": fen, "total": payment.amount_fen, "currency": "CNY"}
    return {"transaction_id": payment.transaction_id, "out_refund_no": "RF1", "amount": amount} | changed


async def test_a_refund_is_accepted_first_and_reaches_the_payer_then(
    emulator: WeChatPayEmulator, merchant: Merchant, receiver: Receiver
) -> None:
    payment = await emulator.pay(400, notify=False)
    accepted = (await merchant.post(REFUNDS, wanted(payment, 100))).told
    await emulator.sender.settle()
    told = (await merchant.get(f"{REFUNDS}/RF1")).told

    assert (accepted["status"], told["status"]) == ("PROCESSING", "SUCCESS")
    assert "success_time" not in accepted
    assert told["refund_id"] == accepted["refund_id"]
    assert told["amount"]["refund"] == 100
    assert told["amount"]["currency"] == "CNY"
    assert told["success_time"].endswith("+08:00")
    assert [heard.envelope["event_type"] for heard in receiver.heard] == ["REFUND.SUCCESS"]
    assert (emulator.books["school-lunch"].raised, emulator.books["school-lunch"].refunded) == (300, 100)


async def test_the_same_refund_asked_for_again_is_the_same_refund(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    payment = await emulator.pay(400, notify=False)
    first = (await merchant.post(REFUNDS, wanted(payment, 100))).told
    again = (await merchant.post(REFUNDS, wanted(payment, 100))).told

    assert again["refund_id"] == first["refund_id"]
    assert len(emulator.refunds) == 1
    assert (await merchant.post(REFUNDS, wanted(payment, 200))).refusal == (400, "INVALID_REQUEST")


async def test_more_than_was_paid_does_not_come_back(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    payment = await emulator.pay(400, notify=False)
    await emulator.refund(payment, 300, status="PROCESSING")

    assert (await merchant.post(REFUNDS, wanted(payment, 101))).refusal == (400, "INVALID_REQUEST")
    assert (await merchant.post(REFUNDS, wanted(payment, 100))).status == 200


async def test_a_partial_refund_turns_the_order_and_leaves_its_amount(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    payment = await emulator.pay(400, notify=False)
    await emulator.refund(payment, 1)
    told = (await merchant.get(f"/v3/pay/transactions/id/{payment.transaction_id}?mchid=1900000001")).told

    assert (told["trade_state"], told["amount"]["total"]) == ("REFUND", 400)


async def test_only_the_refund_number_finds_a_refund(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    payment = await emulator.pay(400, notify=False)
    refund = await emulator.refund(payment, 100)

    for number in (payment.out_trade_no, payment.transaction_id, refund.refund_id):
        assert (await merchant.get(f"{REFUNDS}/{number}")).refusal == (404, "RESOURCE_NOT_EXISTS")
    assert (await merchant.get(f"{REFUNDS}/{refund.out_refund_no}")).status == 200


async def test_a_sub_merchants_refund_is_asked_for_with_its_number(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    payment = await emulator.pay(400, sub_mchid="1900000109", notify=False)
    assert (await merchant.post(REFUNDS, wanted(payment, 100))).refusal == (404, "RESOURCE_NOT_EXISTS")
    assert (await merchant.post(REFUNDS, wanted(payment, 100, sub_mchid="1900000109"))).status == 200

    assert (await merchant.get(f"{REFUNDS}/RF1?sub_mchid=1900000109")).told["out_trade_no"] == payment.out_trade_no
    assert (await merchant.get(f"{REFUNDS}/RF1")).refusal == (404, "RESOURCE_NOT_EXISTS")


async def test_a_payment_has_at_most_fifty_refunds(emulator: WeChatPayEmulator) -> None:
    payment = await emulator.pay(400, notify=False)
    for _ in range(50):
        await emulator.refund(payment, 1, notify=False)

    with pytest.raises(ValueError, match="50"):
        await emulator.refund(payment, 1)

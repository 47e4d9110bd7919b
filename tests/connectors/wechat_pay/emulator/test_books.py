"""The books say what is true: net of refunds, and counting payments with something left."""

import re
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from connectors.wechat_pay.emulator import Part, WeChatPayEmulator


@pytest.fixture
def emulator() -> WeChatPayEmulator:
    """With no socket and nobody to tell."""
    return WeChatPayEmulator()


async def test_payments_and_refunds_move_their_own_book(emulator: WeChatPayEmulator) -> None:
    first = await emulator.pay(400)
    second = await emulator.pay(600)
    await emulator.pay_combined([Part(100), Part(250, book="books")])
    await emulator.refund(first, 100)
    await emulator.refund(second, 600)

    assert asdict(emulator.books["school-lunch"]) == {
        "currency": "CNY",
        "raised": 400,
        "refunded": 700,
        "count": 2,
        "endorsers": {},
    }
    assert asdict(emulator.books["books"]) == {"currency": "CNY", "raised": 250, "refunded": 0, "count": 1, "endorsers": {}}


async def test_a_payment_counts_until_its_last_fen_is_back(emulator: WeChatPayEmulator) -> None:
    payment = await emulator.pay(400)
    await emulator.refund(payment, 399)
    assert emulator.books["school-lunch"].count == 1

    await emulator.refund(payment, 1)
    assert asdict(emulator.books["school-lunch"]) == {
        "currency": "CNY",
        "raised": 0,
        "refunded": 400,
        "count": 0,
        "endorsers": {},
    }


@pytest.mark.parametrize("status", ["PROCESSING", "ABNORMAL", "CLOSED"])
async def test_a_refund_that_has_not_arrived_moves_nothing(emulator: WeChatPayEmulator, status: str) -> None:
    await emulator.refund(await emulator.pay(400), 100, status=status)

    assert (emulator.books["school-lunch"].raised, emulator.books["school-lunch"].refunded) == (400, 0)


async def test_an_abnormal_refund_may_arrive_after_all_and_a_closed_one_not(emulator: WeChatPayEmulator) -> None:
    payment = await emulator.pay(400)
    abnormal, closed = [await emulator.refund(payment, 100, status=status) for status in ("ABNORMAL", "CLOSED")]

    await emulator.finish_refund(abnormal)
    assert emulator.books["school-lunch"].raised == 300
    with pytest.raises(ValueError, match="CLOSED"):
        await emulator.finish_refund(closed)


async def test_the_books_are_the_sum_of_what_is_kept(emulator: WeChatPayEmulator) -> None:
    for fen in (100, 250, 333):
        await emulator.refund(await emulator.pay(fen, attach=f"campaign=school-lunch;star={fen}"), fen // 3)

    paid = sum(payment.amount_fen for payment in emulator.payments)
    back = sum(refund.amount_fen for refund in emulator.refunds)
    assert emulator.books["school-lunch"].raised == paid - back
    assert [payment.attach[-3:] for payment in emulator.payments] == ["100", "250", "333"]


async def test_a_payment_can_be_of_another_day(emulator: WeChatPayEmulator) -> None:
    payment = await emulator.pay(400, paid_at=datetime(2026, 8, 31, 16, 30, tzinfo=UTC))

    # in Beijing that moment is in September; before it come the seed, and behind it a counter
    assert re.fullmatch(r"420000000120260901\d{10}", payment.transaction_id)


async def test_personal_data_can_be_recognised(emulator: WeChatPayEmulator) -> None:
    payment = await emulator.pay(400)
    refund = await emulator.refund(payment, 100)

    assert payment.openid.startswith("oDEMO")
    assert len(payment.openid) == 27
    assert refund.received_account.startswith("DEMO银行借记卡")
    assert (await emulator.pay(400, openid="oDEMOcanary")).openid == "oDEMOcanary"


@pytest.mark.parametrize("fen", [0, -1])
async def test_nothing_is_no_payment(emulator: WeChatPayEmulator, fen: int) -> None:
    with pytest.raises(ValueError, match="one fen"):
        await emulator.pay(fen)

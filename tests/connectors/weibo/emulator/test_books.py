"""The books say what is true: net of refunds, of campaigns and of endorsers, and so do the queries and the export."""

import csv
import io
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from connectors.weibo.emulator import WeiboEmulator
from tests.connectors.weibo.emulator.client import Client


async def test_payments_and_refunds_move_their_book_and_their_endorser(emulator: WeiboEmulator) -> None:
    first = await emulator.pay(400, attach="campaign=school-lunch;star=a", book="school-lunch", star="a")
    second = await emulator.pay(600, attach="", book="school-lunch", star="b")
    await emulator.pay(250, attach="campaign=books", book="books")
    await emulator.refund(first, 100)
    await emulator.refund(second, 600)

    assert asdict(emulator.books["school-lunch"]) == {
        "currency": "CNY",
        "raised": 300,
        "refunded": 700,
        "count": 1,
        "endorsers": {"a": 300, "b": 0},
    }
    assert emulator.books["books"].endorsers == {}
    assert sum(refund.amount_fen for refund in emulator.refunds) == 700


async def test_a_refund_that_has_not_arrived_moves_nothing(emulator: WeiboEmulator) -> None:
    payment = await emulator.pay(400, attach="", book="school-lunch")
    refund = await emulator.refund(payment, 100, arrives=False)
    assert emulator.books["school-lunch"].raised == 400

    await emulator.finish_refund(refund)
    assert emulator.books["school-lunch"].raised == 300
    with pytest.raises(ValueError, match="before"):
        await emulator.finish_refund(refund)


async def test_what_is_not_paid_is_told_and_exported_and_is_in_no_book(emulator: WeiboEmulator, client: Client) -> None:
    orders = [
        await emulator.order(500, attach="", book="school-lunch"),
        await emulator.order(600, attach="", book="school-lunch", fate="closed"),
        await emulator.order(700, attach="", book="school-lunch", fate="failed"),
    ]

    rows = list(csv.DictReader(io.StringIO(emulator.export_csv().decode())))
    assert [(row["external_id"], row["status"]) for row in rows] == [(order.pay_id, order.fate) for order in orders]
    told = [(await client.paid("pay/query", pay_id=order.pay_id))["status"] for order in orders]
    assert told == ["PAY_STATUS_WAIT", "PAY_STATUS_CLOSED", "PAY_STATUS_FAIL"]
    assert emulator.books == {}
    with pytest.raises(ValueError, match="failed"):
        await emulator.pay_at_desk(orders[1].out_pay_id, book="school-lunch")

    await emulator.pay_at_desk(orders[0].out_pay_id, book="school-lunch")
    assert emulator.books["school-lunch"].raised == 500


async def test_the_queries_add_up_to_the_books(emulator: WeiboEmulator, client: Client) -> None:
    for fen in (100, 250, 333):
        await emulator.refund(await emulator.pay(fen, attach="", book="school-lunch"), fen // 3)

    net = 0
    for payment in emulator.payments:
        told = await client.paid("pay/query", pay_id=payment.pay_id)
        net += told["total_amount"] - sum(refund["refund_amount"] for refund in told["refunds"])
    assert net == emulator.books["school-lunch"].raised


async def test_the_export_adds_up_to_the_books(emulator: WeiboEmulator) -> None:
    moment = datetime(2026, 8, 31, 16, 30, tzinfo=UTC)
    payment = await emulator.pay(400, attach="ignored", book="school-lunch", at=moment)
    await emulator.refund(payment, 150, at=moment)
    await emulator.refund(payment, 50, arrives=False)
    await emulator.pay(999, attach="", book="books", at=moment)

    rows = list(csv.DictReader(io.StringIO(emulator.export_csv().decode())))
    for name, book in emulator.books.items():
        mine = [row for row in rows if row["project_id"] == name]
        assert sum(int(row["amount_fen"]) - int(row["refunded_fen"]) for row in mine) == book.raised
    names = ["external_id", "project_id", "amount_fen", "currency", "occurred_at", "channel", "status", "refunded_fen"]
    assert list(rows[0]) == names
    assert rows[0]["external_id"] == payment.pay_id
    assert (rows[0]["currency"], rows[0]["occurred_at"]) == ("CNY", "2026-09-01T00:30:00+08:00")


async def test_a_payment_can_be_of_another_day(emulator: WeiboEmulator, client: Client) -> None:
    payment = await emulator.pay(400, attach="", book="school-lunch", at=datetime(2026, 8, 31, 16, 30, tzinfo=UTC))

    assert payment.pay_id.startswith("P20260901")  # in Beijing that moment is in September
    assert (await client.paid("pay/query", pay_id=payment.pay_id))["pay_time"] == "2026-09-01 00:30:00"


@pytest.mark.parametrize("fen", [0, -1])
async def test_nothing_is_no_payment(emulator: WeiboEmulator, fen: int) -> None:
    with pytest.raises(ValueError, match="one fen"):
        await emulator.pay(fen, attach="", book="school-lunch")


async def test_no_more_goes_back_than_came(emulator: WeiboEmulator) -> None:
    payment = await emulator.pay(400, attach="", book="school-lunch")
    await emulator.refund(payment, 300, arrives=False)
    with pytest.raises(ValueError, match="not that much"):
        await emulator.refund(payment, 101)

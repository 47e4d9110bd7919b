"""The books say what is true: net of refunds, by endorser too, and counting payments with something left."""

from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from connectors.alipay.emulator import AlipayEmulator


@pytest.fixture
def emulator() -> AlipayEmulator:
    """With no socket and nobody to tell."""
    return AlipayEmulator(seed=7)


async def test_payments_and_refunds_move_their_own_book_and_endorser(emulator: AlipayEmulator) -> None:
    first = await emulator.pay(400, attach="campaign=lunch;star=a", book="lunch", star="a")
    second = await emulator.pay(600, attach="campaign=lunch;star=b", book="lunch", star="b")
    await emulator.pay(50, attach="campaign=lunch", book="lunch")
    await emulator.pay(250, attach="", book="books", star="a")
    await emulator.refund(first, 100)
    await emulator.refund(second, 600)

    assert asdict(emulator.books["lunch"]) == {
        "currency": "CNY",
        "raised": 350,
        "refunded": 700,
        "count": 2,
        "endorsers": {"a": 300, "b": 0},
    }
    assert asdict(emulator.books["books"]) == {
        "currency": "CNY",
        "raised": 250,
        "refunded": 0,
        "count": 1,
        "endorsers": {"a": 250},
    }


async def test_a_payment_counts_until_its_last_fen_is_back(emulator: AlipayEmulator) -> None:
    paid = await emulator.pay(400, attach="", book="b")
    await emulator.refund(paid, 399)
    assert emulator.books["b"].count == 1

    await emulator.refund(paid, 1)
    assert (emulator.books["b"].raised, emulator.books["b"].count) == (0, 0)


async def test_what_was_not_paid_is_in_no_book(emulator: AlipayEmulator) -> None:
    await emulator.abandon(400, attach="", book="b")

    assert emulator.books == {}
    assert emulator.payments == []


async def test_what_waits_for_its_buyer_is_in_the_book_once_it_is_paid(emulator: AlipayEmulator) -> None:
    waiting = await emulator.order(400, attach="", book="b")
    assert emulator.books == {}

    await emulator.pay_order(waiting.trade_no)
    assert (emulator.books["b"].raised, emulator.books["b"].count) == (400, 1)
    for over in (waiting, await emulator.abandon(400, attach="", book="b")):
        with pytest.raises(ValueError, match=over.status):
            await emulator.pay_order(over)


async def test_what_cannot_be_given_back_is_refused_and_moves_nothing(emulator: AlipayEmulator) -> None:
    paid, over = [await emulator.pay(400, attach="", book="b") for _ in range(2)]
    await emulator.finish(over)

    for payment, fen in ((paid, 401), (paid, 0), (paid, -1), (over, 1)):
        with pytest.raises(ValueError, match="left"):
            await emulator.refund(payment, fen)
    with pytest.raises(ValueError, match="TRADE_FINISHED"):
        await emulator.finish(over)
    assert (emulator.books["b"].raised, emulator.books["b"].refunded) == (800, 0)


async def test_numbers_are_as_in_the_sheet_and_of_beijings_day(emulator: AlipayEmulator) -> None:
    night = datetime(2026, 8, 31, 16, 30, tzinfo=UTC)
    first = await emulator.pay(400, attach="", book="b", at=night)
    second = await emulator.pay(400, attach="", book="b", at=night, order="SPRING-2026-B-7")

    assert (first.trade_no, second.trade_no) == ("2026090122001400000700000001", "2026090122001400000700000002")
    assert (first.out_trade_no, second.out_trade_no) == ("LUNCH20260901A0001", "SPRING-2026-B-7")
    assert first.buyer.id == "2088000700000001"
    assert first.paid_at == night


@pytest.mark.parametrize(
    ("fen", "changed"),
    [(0, {}), (-1, {}), (1_000_000_000, {}), (5, {"attach": "周" * 57}), (5, {"order": ""}), (5, {"order": "A" * 65})],
)
async def test_an_order_that_alipay_would_refuse_is_none(emulator: AlipayEmulator, fen: int, changed: dict[str, str]) -> None:
    attach, order = changed.get("attach", ""), changed.get("order")

    with pytest.raises(ValueError, match=r"fen|passback|order number"):
        await emulator.pay(fen, attach=attach, book="b", order=order)
    assert emulator.books == {}


async def test_an_order_number_is_used_once(emulator: AlipayEmulator) -> None:
    await emulator.pay(5, attach="", book="b", order="A1")

    with pytest.raises(ValueError, match="new"):
        await emulator.pay(5, attach="", book="b", order="A1")

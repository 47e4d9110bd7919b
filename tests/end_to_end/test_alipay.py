"""Alipay and a gateway in a process of its own: what it tells counts once and exactly, and poison is put aside."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

import pytest

from connectors.testing.emulation import Mischief
from tests.end_to_end.alipay_shop import ATTACH, DELIVERIES, PATH, SCHOOL, AlipayShop
from tests.end_to_end.visitor import shown

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_reply_is_the_seven_letters_and_nothing_else(shop: AlipayShop) -> None:
    payment = await shop.alipay.pay(1_005, attach=ATTACH, book=SCHOOL, notify=False)

    reply = await shop.post(PATH, shop.alipay.outgoing(payment).headers, shop.alipay.outgoing(payment).body)

    assert (reply.status, reply.body) == (200, b"success")
    await shop.agree()


async def test_a_refund_in_part_and_then_of_the_rest_takes_off_exactly_that(shop: AlipayShop) -> None:
    await shop.alipay.pay(2_000, attach=ATTACH, book=SCHOOL)
    payment = await shop.alipay.pay(10_001, attach=f"{ATTACH};from=the blog & more", book=SCHOOL)
    await shop.agree()
    before = shown((await shop.campaigns())[SCHOOL])
    assert before is not None

    for fen in (1, 3_000, 7_000):
        await shop.alipay.refund(payment, fen)
        await shop.agree()

    left = shown((await shop.campaigns())[SCHOOL])
    assert left is not None
    assert (payment.status, before[2] - left[2]) == ("TRADE_CLOSED", 1)


async def test_refunds_that_overtake_each_other_and_their_payment_end_the_same(shop: AlipayShop) -> None:
    payment = await shop.alipay.pay(900, attach=ATTACH, book=SCHOOL, notify=False)
    told = [shop.alipay.outgoing(payment)]
    for fen in (100, 200, 300):
        told.append(shop.alipay.outgoing(await shop.alipay.refund(payment, fen, notify=False)))

    for outgoing in reversed(told):
        assert (await shop.post(PATH, outgoing.headers, outgoing.body)).body == b"success"

    await shop.agree()


async def test_one_that_is_sent_eight_times_counts_once(shop: AlipayShop) -> None:
    sender = shop.alipay.sender
    good, before = sender.accepts, len(sender.attempts)
    sender.accepts = lambda attempt: good(attempt) and len(sender.attempts) - before >= DELIVERIES  # as if no answer arrived
    try:
        await shop.alipay.pay(777, attach=ATTACH, book=SCHOOL)
        await shop.settle()
    finally:
        sender.accepts = good

    attempts = sender.attempts[before:]
    assert [(each.status, each.body) for each in attempts] == [(200, b"success")] * DELIVERIES
    assert sender.abandoned == 0
    await shop.agree()


async def test_many_with_duplicates_losses_and_no_order_come_to_the_books(shop: AlipayShop) -> None:
    shop.alipay.sender.mischief = Mischief(duplicate=0.4, reorder=0.4, lose=0.2)
    try:
        for number in range(60):
            payment = await shop.alipay.pay(1_000 + number, attach=ATTACH, book=SCHOOL)
            if number % 3 == 0:
                await shop.alipay.refund(payment, 100)
                await shop.alipay.refund(payment, 900 + number if number % 2 else 1)
        await shop.agree()
    finally:
        shop.alipay.sender.mischief = Mischief()


async def test_an_order_that_is_never_paid_is_no_donation(shop: AlipayShop) -> None:
    await shop.alipay.abandon(5_000, attach=ATTACH, book=SCHOOL)

    await shop.agree()


# ---------------------------------------------------------------------------------------------------------------- poison

AMOUNTS: Final = ("-1.00", "1.005", "1e2", "NaN", "Infinity", "１.00", "1,000.00", " 1.00", "0x10", "9" * 500, "10000000000.01")
POISON: Final[Mapping[str, Mapping[str, str]]] = {
    **{f"an amount of {amount[:20]}": {"total_amount": amount} for amount in AMOUNTS},
    "no amount": {"total_amount": ""},
    "a state that nobody knows": {"trade_status": "TRADE_PENDING_REVIEW"},
    "a trade without a number": {"trade_no": ""},
    "a number that is none": {"trade_no": "../../etc"},
    "a time that is none": {"gmt_payment": "yesterday"},
    "a day that is none": {"gmt_payment": "2026-02-30 10:00:00"},
    "a refund below nothing": {"refund_fee": "-0.01"},
    "a campaign that there is not": {"passback_params": quote("campaign=moon")},
    "no campaign": {"passback_params": ""},
}


@pytest.mark.parametrize("what", POISON)
async def test_what_cannot_be_applied_is_held_and_answered_as_taken(shop: AlipayShop, what: str) -> None:
    held = await shop.count("giving_held_total", account="giving")
    outgoing = shop.notice(await shop.untold(), POISON[what])

    replies = [await shop.post(PATH, outgoing.headers, outgoing.body) for _ in range(2)]

    assert {(reply.status, reply.body) for reply in replies} == {(200, b"success")}
    assert await shop.count("giving_held_total", account="giving") == held + 2
    assert not await shop.differences()


async def test_a_refund_of_more_than_was_given_takes_no_more_than_that(shop: AlipayShop) -> None:
    outgoing = shop.notice(await shop.untold(1_000), {"refund_fee": "10.01", "gmt_refund": "2026-09-01 10:00:00"})

    reply = await shop.post(PATH, outgoing.headers, outgoing.body)

    assert (reply.status, reply.body) == (200, b"success")
    shop.alipay.books[SCHOOL].refunded += 1_000
    await shop.agree()


async def test_another_kind_of_notice_is_taken_and_changes_nothing(shop: AlipayShop) -> None:
    outgoing = shop.notice(await shop.untold(), {"notify_type": "dut_user_sign"})

    reply = await shop.post(PATH, outgoing.headers, outgoing.body)

    assert (reply.status, reply.body) == (200, b"success")
    assert not await shop.differences()


async def test_behind_poison_everything_goes_on_as_before(shop: AlipayShop) -> None:
    await asyncio.gather(*(shop.alipay.pay(100 + number, attach=ATTACH, book=SCHOOL) for number in range(10)))

    await shop.agree()

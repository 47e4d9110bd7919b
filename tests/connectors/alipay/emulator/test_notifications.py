"""What is sent, when it is sent again, and when no more."""

from datetime import timedelta
from urllib.parse import unquote

import pytest

from connectors.alipay.emulator import AlipayEmulator, Buyer
from connectors.alipay.emulator.notifications import RETRIES, accepts
from connectors.testing.emulation import Attempt, ScaledClock
from tests.connectors.alipay.emulator.conftest import MORNING
from tests.connectors.alipay.emulator.receiver import Receiver


async def test_a_payment_is_told_as_in_the_sheet(emulator: AlipayEmulator, receiver: Receiver) -> None:
    buyer = Buyer("2088000000000001", "don***@example.org")
    paid = await emulator.pay(500, attach="campaign=school-lunch", book="school-lunch", buyer=buyer, at=MORNING)
    await emulator.sender.settle()

    (heard,) = receiver.heard
    form = heard.form
    assert heard.headers["content-type"].startswith("application/x-www-form-urlencoded")
    assert heard.signed_by(emulator.account()["alipay_public_key"])
    assert len(form.pop("sign")) == 344
    assert form.pop("notify_id").startswith("20260901")
    assert form.pop("notify_time").startswith("2026-09-01 10:2")
    assert form == {
        "notify_type": "trade_status_sync",
        "app_id": "2021000000000001",
        "auth_app_id": "2021000000000001",
        "charset": "utf-8",
        "version": "1.0",
        "sign_type": "RSA2",
        "trade_no": paid.trade_no,
        "out_trade_no": "LUNCH20260901A0001",
        "buyer_id": "2088000000000001",
        "buyer_logon_id": "don***@example.org",
        "seller_id": "2088000000000002",
        "seller_email": "charity@example.org",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "5.00",
        "receipt_amount": "5.00",
        "buyer_pay_amount": "5.00",
        "invoice_amount": "5.00",
        "point_amount": "0.00",
        "subject": "免费午餐",
        "gmt_create": "2026-09-01 10:20:20",
        "gmt_payment": "2026-09-01 10:20:30",
        "fund_bill_list": '[{"amount":"5.00","fundChannel":"ALIPAYACCOUNT"}]',
        "passback_params": "campaign%3Dschool-lunch",
    }


@pytest.mark.parametrize("attach", ["campaign=school-lunch;star=周深", "a=b&c=d+e f%", '{"campaign":"x"}'])
async def test_what_was_attached_is_encoded_once_more_than_the_form(
    emulator: AlipayEmulator, receiver: Receiver, attach: str
) -> None:
    await emulator.pay(500, attach=attach, book="b")
    await emulator.sender.settle()

    (form,) = receiver.forms
    assert form["passback_params"].isascii()
    assert form["passback_params"] != attach
    assert unquote(form["passback_params"]) == attach


async def test_nothing_attached_leaves_the_field_out(emulator: AlipayEmulator, receiver: Receiver) -> None:
    await emulator.pay(500, attach="", book="b")
    await emulator.sender.settle()

    assert "passback_params" not in receiver.forms[0]


async def test_newer_apps_are_told_an_open_id(emulator: AlipayEmulator, receiver: Receiver) -> None:
    await emulator.pay(500, attach="", book="b", buyer=Buyer("", "", "017CanaryOpenId"))
    await emulator.sender.settle()

    (form,) = receiver.forms
    assert form["buyer_open_id"] == "017CanaryOpenId"
    assert not {"buyer_id", "buyer_logon_id"} & set(form)


async def test_refunds_are_told_with_their_sum_and_the_last_one_closes_the_trade(
    emulator: AlipayEmulator, receiver: Receiver
) -> None:
    paid = await emulator.pay(500, attach="campaign=x", book="b", at=MORNING)
    refunds = [await emulator.refund(paid, fen, at=MORNING + timedelta(seconds=1.25)) for fen in (120, 80, 300)]
    await emulator.sender.settle()

    forms = sorted(receiver.forms[1:], key=lambda form: form["refund_fee"])
    names = ("trade_status", "refund_fee", "out_biz_no", "total_amount", "gmt_refund")
    at = "2026-09-01 10:20:31.250"
    assert [tuple(form[name] for name in names) for form in forms] == [
        ("TRADE_SUCCESS", "1.20", refunds[0].out_biz_no, "5.00", at),
        ("TRADE_SUCCESS", "2.00", refunds[1].out_biz_no, "5.00", at),
        ("TRADE_CLOSED", "5.00", refunds[2].out_biz_no, "5.00", at),
    ]
    assert ["gmt_close" in form for form in forms] == [False, False, True]
    assert all(form["gmt_payment"] == "2026-09-01 10:20:30" for form in forms)
    assert len({form["notify_id"] for form in receiver.forms}) == 4
    assert all(heard.signed_by(emulator.account()["alipay_public_key"]) for heard in receiver.heard)


@pytest.mark.parametrize(("share", "odd"), [(0.0, False), (1.0, True)])
async def test_a_plain_success_may_carry_a_refund_of_nothing(
    emulator: AlipayEmulator, receiver: Receiver, share: float, odd: bool
) -> None:
    emulator.habits.zero_refund = share
    await emulator.pay(500, attach="", book="b")
    await emulator.sender.settle()

    (form,) = receiver.forms
    assert form["trade_status"] == "TRADE_SUCCESS"
    assert (form.get("refund_fee"), "gmt_close" in form) == (("0.00", True) if odd else (None, False))
    assert not {"gmt_refund", "out_biz_no"} & set(form)


async def test_some_plain_successes_carry_one_without_being_asked(receiver: Receiver) -> None:
    emulator = AlipayEmulator(clock=ScaledClock(MORNING))
    paid = [await emulator.pay(500, attach="", book="b") for _ in range(40)]

    told = [b"refund_fee=0.00" in emulator.outgoing(payment).body for payment in paid]

    assert {True, False} == set(told)


async def test_an_order_that_nobody_pays_is_told_as_waiting_and_as_closed(emulator: AlipayEmulator, receiver: Receiver) -> None:
    await emulator.abandon(500, attach="", book="b")
    await emulator.sender.settle()

    told = {form["trade_status"]: form for form in receiver.forms}
    assert set(told) == {"WAIT_BUYER_PAY", "TRADE_CLOSED"}
    assert not {"refund_fee", "gmt_payment", "receipt_amount"} & set(told["TRADE_CLOSED"])
    assert "gmt_close" in told["TRADE_CLOSED"]


async def test_an_order_that_is_paid_later_is_told_as_waiting_and_as_paid(emulator: AlipayEmulator, receiver: Receiver) -> None:
    waiting = await emulator.order(500, attach="", book="b")
    await emulator.sender.settle()
    await emulator.pay_order(waiting)
    await emulator.sender.settle()

    first, second = receiver.forms
    assert (first["trade_status"], second["trade_status"]) == ("WAIT_BUYER_PAY", "TRADE_SUCCESS")
    assert (first["trade_no"], "gmt_payment" in first, "gmt_payment" in second) == (second["trade_no"], False, True)


async def test_a_trade_that_can_no_longer_be_refunded_is_told_as_finished(emulator: AlipayEmulator, receiver: Receiver) -> None:
    paid = await emulator.pay(500, attach="", book="b", notify=False)
    await emulator.finish(paid)
    await emulator.sender.settle()

    assert [form["trade_status"] for form in receiver.forms] == ["TRADE_FINISHED"]
    assert receiver.forms[0]["trade_no"] == paid.trade_no


async def test_nothing_is_sent_without_a_callback_or_when_it_is_not_wanted(
    emulator: AlipayEmulator, receiver: Receiver
) -> None:
    paid = await emulator.pay(500, attach="", book="b", notify=False)
    await emulator.refund(paid, 100, notify=False)
    emulator.callback = None
    await emulator.pay(500, attach="", book="b")
    await emulator.sender.settle()

    assert receiver.heard == []


async def test_a_resend_has_the_events_id_and_its_own_time_and_signature(receiver: Receiver) -> None:
    emulator = AlipayEmulator(clock=ScaledClock(MORNING, speed=100_000))
    emulator.callback = receiver.url
    receiver.answer = lambda number: (200, "success" if number == 2 else "fail")
    async with emulator.serve():
        await emulator.pay(500, attach="", book="b")
        await emulator.sender.settle()

    first, second, third = receiver.forms
    assert first["notify_id"] == second["notify_id"] == third["notify_id"]
    assert first["gmt_payment"] == second["gmt_payment"] == third["gmt_payment"]
    assert first["notify_time"] < second["notify_time"] < third["notify_time"]
    assert all(heard.signed_by(emulator.account()["alipay_public_key"]) for heard in receiver.heard)


async def test_after_eight_deliveries_there_is_silence(receiver: Receiver) -> None:
    emulator = AlipayEmulator(clock=ScaledClock(MORNING, speed=10_000_000))
    emulator.callback = receiver.url
    receiver.answer = lambda _: (500, "success")
    async with emulator.serve():
        await emulator.pay(500, attach="", book="b")
        await emulator.sender.settle()

    assert len(receiver.heard) == 8
    assert emulator.sender.abandoned == 1


def test_the_deliveries_take_about_25_hours() -> None:
    assert [gap / timedelta(minutes=1) for gap in RETRIES] == [4, 10, 10, 60, 120, 360, 900]


@pytest.mark.parametrize(
    ("status", "body", "taken"),
    [
        (200, b"success", True),
        (200, b"SUCCESS", False),
        (200, b"success\n", False),
        (200, b'"success"', False),
        (200, b"<html>success</html>", False),
        (200, b"", False),
        (201, b"success", False),
        (302, b"success", False),
        (500, b"success", False),
    ],
)
def test_only_the_seven_characters_are_a_yes(status: int, body: bytes, taken: bool) -> None:
    assert accepts(Attempt(status, body)) is taken


async def test_anything_can_be_told_genuinely(emulator: AlipayEmulator, receiver: Receiver) -> None:
    await emulator.tell({"notify_type": "unheard_of", "total_amount": "1e400"})
    await emulator.sender.settle()

    (heard,) = receiver.heard
    assert (heard.form["notify_type"], heard.form["total_amount"]) == ("unheard_of", "1e400")
    assert heard.form["seller_id"] == "2088000000000002"
    assert heard.signed_by(emulator.account()["alipay_public_key"])


async def test_duplicates_are_of_one_event(emulator: AlipayEmulator, receiver: Receiver) -> None:
    emulator.sender.mischief.duplicate = 1.0
    await emulator.pay(500, attach="", book="b")
    await emulator.sender.settle()

    first, second = receiver.forms
    assert first["notify_id"] == second["notify_id"]


async def test_deliveries_are_dated_by_the_wire_clock(emulator: AlipayEmulator) -> None:
    other = AlipayEmulator(clock=ScaledClock(MORNING), wire_clock=ScaledClock(MORNING + timedelta(days=365)))
    paid = await other.pay(500, attach="", book="b")

    body = other.outgoing(paid).body.decode()

    assert "notify_time=2027-09-01" in body
    assert "gmt_payment=2026-09-01" in body

"""What Weibo Pay tells, how it is signed, and how often it is told."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.testing.emulation import Attempt, ScaledClock
from connectors.weibo.emulator import Fault, WeiboEmulator
from connectors.weibo.emulator.notifications import RETRIES, accepts
from tests.connectors.weibo.emulator import judge
from tests.connectors.weibo.emulator.client import Client, plain_text
from tests.connectors.weibo.emulator.receiver import Heard, Receiver


def genuine(emulator: WeiboEmulator, heard: Heard) -> bool:
    """Whether Weibo signed it."""
    return judge.verifies(emulator.account()["weibo_pay_key"], plain_text(heard.fields), heard.fields["sign"])


async def heard_with(emulator: WeiboEmulator, receiver: Receiver, *faults: Fault) -> Heard:
    """What one payment of 400 fen sounds like with these faults."""
    emulator.faults.once(*faults)
    await emulator.pay(400, attach="campaign=school-lunch", book="school-lunch")
    await emulator.sender.settle()
    (heard,) = receiver.heard
    return heard


async def test_a_payment_is_told_in_a_signed_form(emulator: WeiboEmulator, receiver: Receiver) -> None:
    moment = datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC)
    payment = await emulator.pay(500, attach="campaign=school-lunch;star=a&b", book="school-lunch", at=moment)
    await emulator.sender.settle()

    (heard,) = receiver.heard
    told = heard.fields
    assert heard.kind == "application/x-www-form-urlencoded"
    assert genuine(emulator, heard)
    assert set(told) == {
        *("appkey", "seller_id", "buyer_id", "pay_id", "out_pay_id", "total_amount", "subject", "body", "extra", "status"),
        *("pay_time", "notify_time", "notify_id", "notify_type", "sign_type", "sign"),
    }
    assert (told["appkey"], told["seller_id"]) == ("1000000", "2000000001")
    assert (told["pay_id"], told["out_pay_id"]) == (payment.pay_id, payment.out_pay_id)
    assert (told["total_amount"], told["status"]) == ("500", "PAY_STATUS_SUCCESS")
    assert told["extra"] == "campaign=school-lunch;star=a&b"
    assert (told["pay_time"], told["sign_type"]) == ("2026-09-01 10:20:30", "rsa")


async def test_the_signature_is_over_decoded_values_in_byte_order_without_what_is_empty(
    emulator: WeiboEmulator, receiver: Receiver
) -> None:
    emulator.faults.once(Fault.EXTRA_FIELDS)
    await emulator.pay(400, attach="", book="school-lunch")
    await emulator.sender.settle()

    (heard,) = receiver.heard
    text = plain_text(heard.fields).decode()
    assert heard.fields["_empty"] == ""
    assert "extra" not in heard.fields
    assert b"%E5%80%BC" in heard.body
    assert text.startswith("Unheard=+%20&appkey=1000000&body=")
    assert "&unheard_of=值 & more=less" in text
    assert "_empty=" not in text
    assert genuine(emulator, heard)


@pytest.mark.parametrize("bits", [1024, 2048])
async def test_weibos_key_may_be_as_short_as_in_the_field(receiver: Receiver, bits: int) -> None:
    emulator = WeiboEmulator(weibo_bits=1024 if bits == 1024 else 2048)
    emulator.callback = receiver.url
    async with emulator.serve():
        heard = await heard_with(emulator, receiver)

    key, text, made = emulator.account()["weibo_pay_key"], plain_text(heard.fields), heard.fields["sign"]
    assert judge.by_powers(key, text, made)
    assert not judge.by_powers(key, text + b".", made)
    if judge.OPENSSL:
        assert judge.by_openssl(key, text, made)
        assert not judge.by_openssl(key, text + b".", made)


async def test_a_forged_notification_is_signed_by_another_key_and_the_true_one_follows(receiver: Receiver) -> None:
    emulator = WeiboEmulator(clock=ScaledClock(speed=100_000))
    emulator.callback = receiver.url
    receiver.answer = lambda number: (401, "") if number == 0 else (200, "success")
    async with emulator.serve():
        emulator.faults.once(Fault.FORGED)
        await emulator.pay(400, attach="", book="school-lunch")
        await emulator.sender.settle()

    assert [genuine(emulator, heard) for heard in receiver.heard] == [False, True]


async def test_a_tampered_notification_does_not_verify(emulator: WeiboEmulator, receiver: Receiver) -> None:
    heard = await heard_with(emulator, receiver, Fault.TAMPERED)

    assert heard.fields["total_amount"] == "500"
    assert not genuine(emulator, heard)


@pytest.mark.parametrize(
    ("fault", "field", "value"),
    [
        (Fault.OTHER_SELLER, "seller_id", "92000000001"),
        (Fault.OTHER_APP, "appkey", "91000000"),
        (Fault.WRONG_AMOUNT, "total_amount", "500"),
    ],
)
async def test_what_is_wrong_may_be_signed_well(
    emulator: WeiboEmulator, receiver: Receiver, fault: Fault, field: str, value: str
) -> None:
    heard = await heard_with(emulator, receiver, fault)

    assert heard.fields[field] == value
    assert genuine(emulator, heard)


async def test_the_query_knows_the_true_amount_of_a_wrong_notification(
    emulator: WeiboEmulator, receiver: Receiver, client: Client
) -> None:
    heard = await heard_with(emulator, receiver, Fault.WRONG_AMOUNT)

    assert (await client.paid("pay/query", pay_id=heard.fields["pay_id"]))["total_amount"] == 400
    assert emulator.books["school-lunch"].raised == 400


async def test_the_parameters_may_be_behind_the_address(emulator: WeiboEmulator, receiver: Receiver) -> None:
    emulator.faults.once(Fault.QUERY_STRING)
    await emulator.pay(400, attach="star=a+b&c 值", book="school-lunch")
    await emulator.sender.settle()

    (heard,) = receiver.heard
    assert heard.body == b""
    assert heard.fields["extra"] == "star=a+b&c 值"
    assert genuine(emulator, heard)


async def test_it_is_told_again_until_success(receiver: Receiver) -> None:
    emulator = WeiboEmulator(clock=ScaledClock(speed=100_000))
    emulator.callback = receiver.url
    answers = [(200, "SUCCESS"), (200, "success\n"), (500, "success"), (200, "success")]
    receiver.answer = lambda number: answers[number]
    async with emulator.serve():
        await emulator.pay(400, attach="", book="school-lunch")
        await emulator.sender.settle()

    assert len(receiver.heard) == 4
    assert len({heard.fields["notify_id"] for heard in receiver.heard}) == 1
    assert len({heard.fields["notify_time"] for heard in receiver.heard}) == 4
    assert all(genuine(emulator, heard) for heard in receiver.heard)


async def test_after_eight_times_there_is_silence(receiver: Receiver) -> None:
    emulator = WeiboEmulator(clock=ScaledClock(speed=10_000_000))
    emulator.callback = receiver.url
    receiver.answer = lambda _: (200, "fail")
    async with emulator.serve():
        await emulator.pay(400, attach="", book="school-lunch")
        await emulator.sender.settle()

    assert len(receiver.heard) == 8
    assert sum(RETRIES, timedelta()) == timedelta(hours=24, minutes=24)


@pytest.mark.parametrize(("status", "body", "taken"), [(200, b"success", True), (200, b"ok", False), (201, b"success", False)])
def test_only_the_seven_characters_are_a_yes(status: int, body: bytes, taken: bool) -> None:
    assert accepts(Attempt(status, body)) is taken


async def test_duplicates_come_with_one_id(emulator: WeiboEmulator, receiver: Receiver) -> None:
    emulator.sender.mischief.duplicate = 1.0
    await emulator.pay(400, attach="", book="school-lunch")
    await emulator.sender.settle()

    assert len(receiver.heard) == 2
    assert len({heard.fields["notify_id"] for heard in receiver.heard}) == 1


async def test_a_refund_is_told_under_the_payments_id(emulator: WeiboEmulator, receiver: Receiver) -> None:
    payment = await emulator.pay(400, attach="", book="school-lunch", notify=False)
    refund = await emulator.refund(payment, 150)
    await emulator.sender.settle()

    (heard,) = receiver.heard
    assert genuine(emulator, heard)
    assert (heard.fields["pay_id"], heard.fields["out_refund_id"]) == (payment.pay_id, refund.out_refund_id)
    assert (heard.fields["refund_amount"], heard.fields["status"]) == ("150", "REFUND_STATUS_SUCCESS")


async def test_nothing_is_sent_when_it_is_not_wanted_or_to_nobody(emulator: WeiboEmulator, receiver: Receiver) -> None:
    payment = await emulator.pay(400, attach="", book="school-lunch", notify=False)
    await emulator.refund(payment, 100, notify=False)
    emulator.callback = None
    await emulator.pay(400, attach="", book="school-lunch")
    await emulator.sender.settle()

    assert receiver.heard == []


async def test_any_fields_can_be_told_signed(emulator: WeiboEmulator, receiver: Receiver) -> None:
    emulator.tell({"seller_id": "2000000001", "pay_id": "", "total_amount": "1e400"})
    await emulator.sender.settle()

    assert genuine(emulator, receiver.heard[0])


async def test_a_notification_can_be_had_without_being_sent(emulator: WeiboEmulator) -> None:
    payment = await emulator.pay(400, attach="", book="school-lunch")
    made = emulator.outgoing(payment)

    assert genuine(emulator, Heard("", made.headers["Content-Type"], made.body))

"""Every switch does what it says. The seal and the signature are judged by the tests' own merchant."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from connectors.testing.emulation import ScaledClock
from connectors.testing.fakes import FakeClock
from connectors.wechat_pay.emulator import Fault, Part, WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Merchant
from tests.connectors.wechat_pay.emulator.receiver import Heard, Receiver


async def heard_with(emulator: WeChatPayEmulator, receiver: Receiver, *faults: Fault) -> Sequence[Heard]:
    """What one payment sounds like with these faults."""
    emulator.faults.once(*faults)
    await emulator.pay(400)
    await emulator.sender.settle()
    return receiver.heard


def clear(merchant: Merchant, heard: Heard) -> Any:
    return json.loads(merchant.open(heard.envelope["resource"]))


def age(heard: Heard) -> timedelta:
    return datetime.now(UTC) - datetime.fromtimestamp(int(heard.headers["wechatpay-timestamp"]), UTC)


async def test_a_probe_comes_first_and_does_not_verify(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    receiver.answer = lambda number: 401 if number == 0 else 200
    probe, true = await heard_with(emulator, receiver, Fault.PROBE)

    assert probe.headers["wechatpay-signature"].startswith("WECHATPAY/SIGNTEST/")
    assert not merchant.verifies(probe.headers, probe.body)
    assert merchant.verifies(true.headers, true.body)
    assert probe.envelope["id"] == true.envelope["id"]
    assert emulator.notifications.probes_accepted == 0


async def test_who_takes_a_probe_for_good_is_counted_and_gets_the_true_one_all_the_same(
    emulator: WeChatPayEmulator, receiver: Receiver
) -> None:
    assert len(await heard_with(emulator, receiver, Fault.PROBE)) == 2
    assert emulator.notifications.probes_accepted == 1


async def test_a_wrong_serial_belongs_to_no_key(emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant) -> None:
    (heard,) = await heard_with(emulator, receiver, Fault.WRONG_SERIAL)

    assert heard.headers["wechatpay-serial"] not in merchant.account["verification_keys"]


async def test_a_retired_key_signs_well_and_is_not_valid_any_more(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    emulator.rotate_certificate()
    emulator.retire_certificate()
    (heard,) = await heard_with(emulator, receiver, Fault.RETIRED_KEY)

    assert merchant.verifies(heard.headers, heard.body)  # by the settings of before
    assert heard.headers["wechatpay-serial"] not in emulator.account()["verification_keys"]


@pytest.mark.parametrize(("fault", "seconds"), [(Fault.STALE, -301), (Fault.FUTURE, 301)])
async def test_a_signature_is_five_minutes_and_a_second_off(
    receiver: Receiver, merchant: Merchant, fault: Fault, seconds: int
) -> None:
    wire = FakeClock()
    emulator = WeChatPayEmulator(wire_clock=wire)
    emulator.callback = receiver.url
    async with emulator.serve():
        (heard,) = await heard_with(emulator, receiver, fault)

    assert int(heard.headers["wechatpay-timestamp"]) - int(wire.moment.timestamp()) == seconds
    assert Merchant(emulator.account(), merchant.http).verifies(heard.headers, heard.body)


async def test_a_reserialised_body_says_the_same_and_does_not_verify(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    (heard,) = await heard_with(emulator, receiver, Fault.RESERIALISED)

    assert not merchant.verifies(heard.headers, heard.body)
    assert clear(merchant, heard)["amount"]["total"] == 400


async def test_a_tampered_ciphertext_neither_verifies_nor_opens(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    (heard,) = await heard_with(emulator, receiver, Fault.TAMPERED)

    assert not merchant.verifies(heard.headers, heard.body)
    with pytest.raises(InvalidTag):
        clear(merchant, heard)


async def test_what_cannot_be_opened_may_yet_be_signed(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    (heard,) = await heard_with(emulator, receiver, Fault.UNDECRYPTABLE)

    assert merchant.verifies(heard.headers, heard.body)
    with pytest.raises(InvalidTag):
        clear(merchant, heard)


async def test_a_profit_share_names_the_payment_under_its_event_type_and_is_none(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    heard = await heard_with(emulator, receiver, Fault.PROFIT_SHARING)

    told = {each.envelope["resource"]["original_type"]: each for each in heard}
    share, payment = clear(merchant, told["profitsharing"]), clear(merchant, told["transaction"])
    assert {each.envelope["event_type"] for each in heard} == {"TRANSACTION.SUCCESS"}
    assert share["transaction_id"] == payment["transaction_id"]
    assert "trade_state" not in share
    assert all(merchant.verifies(each.headers, each.body) for each in heard)


async def test_a_refund_is_told_before_its_payment(emulator: WeChatPayEmulator, receiver: Receiver) -> None:
    emulator.faults.once(Fault.REFUND_FIRST)
    payment = await emulator.pay(400)
    await emulator.sender.settle()
    assert receiver.heard == []

    await emulator.refund(payment, 100)
    await emulator.sender.settle()

    assert [heard.envelope["event_type"] for heard in receiver.heard] == ["REFUND.SUCCESS", "TRANSACTION.SUCCESS"]


async def test_a_combined_payment_is_held_back_until_any_of_its_orders_is_refunded(
    emulator: WeChatPayEmulator, receiver: Receiver
) -> None:
    emulator.faults.once(Fault.REFUND_FIRST)
    _, second = await emulator.pay_combined([Part(100), Part(250)])
    await emulator.refund(second, 250)
    await emulator.sender.settle()

    assert [heard.envelope["event_type"] for heard in receiver.heard] == ["REFUND.SUCCESS", "TRANSACTION.SUCCESS"]


async def test_an_old_refund_callback_is_xml_without_a_signature(emulator: WeChatPayEmulator, receiver: Receiver) -> None:
    emulator.faults.once(Fault.XML_REFUND)
    payment = await emulator.pay(400)
    await emulator.sender.settle()
    await emulator.refund(payment, 100)
    await emulator.sender.settle()

    paid, refunded = receiver.heard
    assert paid.envelope["event_type"] == "TRANSACTION.SUCCESS"
    assert refunded.headers["content-type"] == "text/xml"
    assert refunded.body.startswith(b"<xml>")
    assert not [name for name in refunded.headers if name.startswith("wechatpay-")]


async def test_a_refused_xml_callback_stays_xml_in_every_retry(receiver: Receiver) -> None:
    emulator = WeChatPayEmulator(clock=ScaledClock(speed=10_000_000), wire_clock=ScaledClock())
    emulator.callback = receiver.url
    receiver.answer = lambda _: 415
    async with emulator.serve():
        emulator.faults.once(Fault.XML_REFUND)
        await emulator.refund(await emulator.pay(400, notify=False), 100)
        await emulator.sender.settle()

    assert {heard.body[:5] for heard in receiver.heard} == {b"<xml>"}


async def test_the_signature_type_may_be_missing(emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant) -> None:
    (heard,) = await heard_with(emulator, receiver, Fault.NO_SIGNATURE_TYPE)

    assert "wechatpay-signature-type" not in heard.headers
    assert merchant.verifies(heard.headers, heard.body)


@pytest.mark.parametrize(
    ("fault", "given"), [(Fault.EMPTY_ASSOCIATED_DATA, ""), (Fault.NO_ASSOCIATED_DATA, None)], ids=["empty", "absent"]
)
async def test_associated_data_may_be_empty_or_absent(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant, fault: Fault, given: str | None
) -> None:
    (heard,) = await heard_with(emulator, receiver, fault)

    assert heard.envelope["resource"].get("associated_data") == given
    assert clear(merchant, heard)["amount"]["total"] == 400


async def test_unknown_fields_are_in_all_three_places(
    emulator: WeChatPayEmulator, receiver: Receiver, merchant: Merchant
) -> None:
    (heard,) = await heard_with(emulator, receiver, Fault.EXTRA_FIELDS)

    assert "unheard_of" in heard.envelope
    assert "unheard_of" in heard.envelope["resource"]
    assert "unheard_of" in clear(merchant, heard)


async def test_a_fault_asked_for_once_is_gone_with_the_retry(receiver: Receiver) -> None:
    emulator = WeChatPayEmulator(clock=ScaledClock(speed=1_000_000), wire_clock=ScaledClock())
    emulator.callback = receiver.url
    receiver.answer = lambda number: 401 if number == 0 else 200
    async with emulator.serve():
        await heard_with(emulator, receiver, Fault.STALE)
        await emulator.pay(500)
        await emulator.sender.settle()

    assert [age(heard) > timedelta(seconds=200) for heard in receiver.heard] == [True, False, False]


async def test_a_fault_waits_for_a_delivery_that_is_sent(emulator: WeChatPayEmulator, receiver: Receiver) -> None:
    emulator.faults.once(Fault.NO_SIGNATURE_TYPE)
    emulator.callback = None
    await emulator.refund(await emulator.pay(400), 100)
    emulator.callback = receiver.url
    (heard,) = await heard_with(emulator, receiver)

    assert "wechatpay-signature-type" not in heard.headers


async def test_a_fault_for_always_is_in_every_delivery_until_it_is_cleared(
    emulator: WeChatPayEmulator, receiver: Receiver
) -> None:
    emulator.faults.always(Fault.NO_SIGNATURE_TYPE)
    await emulator.pay(400)
    await emulator.pay(500)
    await emulator.sender.settle()
    emulator.faults.clear()
    await emulator.pay(600)
    await emulator.sender.settle()

    assert ["wechatpay-signature-type" in heard.headers for heard in receiver.heard] == [False, False, True]

"""Every switch does what it says."""

import asyncio
from datetime import timedelta
from typing import Literal

import aiohttp
import pytest

from connectors.alipay.emulator import AlipayEmulator, Fault
from connectors.testing.emulation import ScaledClock
from connectors.testing.emulation.rsa_keys import public_pem
from tests.connectors.alipay.emulator.client import Client
from tests.connectors.alipay.emulator.conftest import MORNING
from tests.connectors.alipay.emulator.receiver import Heard, Receiver

QUERY = "alipay.trade.query"


async def heard_with(emulator: AlipayEmulator, receiver: Receiver, *faults: Fault) -> Heard:
    """What one payment sounds like with these faults."""
    emulator.faults.once(*faults)
    await emulator.pay(500, attach="campaign=x", book="b")
    await emulator.sender.settle()
    (heard,) = receiver.heard
    return heard


async def test_a_tampered_parameter_has_a_signature_that_does_not_fit(emulator: AlipayEmulator, receiver: Receiver) -> None:
    heard = await heard_with(emulator, receiver, Fault.TAMPERED)

    assert heard.form["total_amount"] == "95.00"
    assert not heard.signed_by(emulator.account()["alipay_public_key"])


async def test_a_notification_may_be_signed_by_who_stole_the_apps_key(emulator: AlipayEmulator, receiver: Receiver) -> None:
    heard = await heard_with(emulator, receiver, Fault.APP_KEY)

    assert not heard.signed_by(emulator.account()["alipay_public_key"])
    assert heard.signed_by(public_pem(emulator.keys.app))


async def test_a_downgrade_is_a_true_signature_of_the_old_kind(emulator: AlipayEmulator, receiver: Receiver) -> None:
    heard = await heard_with(emulator, receiver, Fault.WEAK_HASH)

    assert heard.form["sign_type"] == "RSA"
    assert heard.signed_by(emulator.account()["alipay_public_key"], "sha1")
    assert not heard.signed_by(emulator.account()["alipay_public_key"])


@pytest.mark.parametrize(
    ("fault", "name"), [(Fault.WRONG_SELLER, "seller_id"), (Fault.WRONG_APP, "app_id"), (Fault.WRONG_APP, "auth_app_id")]
)
async def test_a_notification_for_somebody_else_is_well_signed(
    emulator: AlipayEmulator, receiver: Receiver, fault: Fault, name: str
) -> None:
    heard = await heard_with(emulator, receiver, fault)

    assert heard.form[name] not in emulator.account().values()
    assert heard.signed_by(emulator.account()["alipay_public_key"])


async def test_empty_values_are_sent_and_not_signed(emulator: AlipayEmulator, receiver: Receiver) -> None:
    heard = await heard_with(emulator, receiver, Fault.EMPTY_VALUES)

    assert [name for name, value in heard.form.items() if not value] == ["body", "voucher_detail_list"]
    assert heard.signed_by(emulator.account()["alipay_public_key"])


async def test_unknown_fields_are_signed_with_the_rest(emulator: AlipayEmulator, receiver: Receiver) -> None:
    heard = await heard_with(emulator, receiver, Fault.EXTRA_FIELDS)

    assert heard.form["a_first_one"] == "a=b&c+d%20e"
    assert "unheard_of" in heard.form
    assert heard.signed_by(emulator.account()["alipay_public_key"])


@pytest.mark.parametrize("fault", list(Fault))
async def test_a_fault_asked_for_once_is_gone_with_the_resend(receiver: Receiver, fault: Fault) -> None:
    emulator = AlipayEmulator(clock=ScaledClock(MORNING, speed=1_000_000))
    emulator.callback = receiver.url
    receiver.answer = lambda number: (200, "success" if number else "fail")
    async with emulator.serve():
        emulator.faults.once(fault)
        await emulator.pay(500, attach="campaign=x", book="b")
        await emulator.sender.settle()
        plain = emulator.account()

    _, again = receiver.heard
    assert again.signed_by(plain["alipay_public_key"])
    assert (again.form["total_amount"], again.form["sign_type"]) == ("5.00", "RSA2")
    assert (again.form["seller_id"], again.form["app_id"]) == (plain["seller_id"], plain["app_id"])
    assert not {"body", "unheard_of"} & set(again.form)


async def test_a_fault_for_always_is_in_every_delivery_until_it_is_cleared(
    emulator: AlipayEmulator, receiver: Receiver
) -> None:
    emulator.faults.always(Fault.WRONG_SELLER)
    for _ in range(2):
        await emulator.pay(500, attach="", book="b")
        await emulator.sender.settle()
    emulator.faults.clear()
    await emulator.pay(500, attach="", book="b")
    await emulator.sender.settle()

    assert [form["seller_id"] == emulator.account()["seller_id"] for form in receiver.forms] == [False, False, True]


async def test_a_fault_waits_for_a_notification_that_is_sent(emulator: AlipayEmulator, receiver: Receiver) -> None:
    emulator.faults.once(Fault.WRONG_SELLER)
    emulator.callback = None
    await emulator.pay(500, attach="", book="b")
    emulator.callback = receiver.url

    assert (await heard_with(emulator, receiver)).form["seller_id"] != emulator.account()["seller_id"]


async def test_the_next_calls_may_fail_and_downloads_with_them(emulator: AlipayEmulator, client: Client) -> None:
    emulator.outage.fail_next, emulator.outage.fail_status = 2, 502
    statuses = []
    for ask in (
        client.http.post(client.account["base_url"], data=client.form(QUERY, {})),
        client.http.get(f"{emulator.url}/downloadBillFile.resource"),
        client.http.post(client.account["base_url"], data=client.form(QUERY, {})),
    ):
        async with ask as answer:
            statuses.append(answer.status)

    assert statuses == [502, 502, 200]


async def test_the_next_call_may_be_answered_with_a_page_for_people(emulator: AlipayEmulator, client: Client) -> None:
    emulator.outage.fail_next, emulator.outage.fail_status = 1, 200
    bodies = []
    for _ in range(2):
        async with client.http.post(client.account["base_url"], data=client.form(QUERY, {})) as answer:
            bodies.append(await answer.text())

    assert bodies[0].startswith("<!doctype html>")
    assert bodies[1].startswith("{")


@pytest.mark.parametrize(("code", "sub_code"), [("20000", "isp.unknow-error"), ("20001", "aop.invalid-auth-token")])
async def test_the_next_call_may_be_refused_with_a_signed_code(
    emulator: AlipayEmulator, client: Client, code: Literal["20000", "20001"], sub_code: str
) -> None:
    emulator.api.refuse_next, emulator.api.refuse_code = 1, code
    refused, answered = [await client.call(QUERY, {"trade_no": "1"}) for _ in range(2)]

    assert refused.refusal == (code, sub_code)
    assert refused.signed
    assert answered.told["code"] == "40004"


async def test_the_next_reply_may_be_tampered_with(emulator: AlipayEmulator, client: Client) -> None:
    paid = await emulator.pay(500, attach="", book="b")
    emulator.api.tamper_next = 1
    spoiled, good = [await client.call(QUERY, {"trade_no": paid.trade_no}) for _ in range(2)]

    assert spoiled.told == good.told | {"added": "later"}
    assert (spoiled.signed, good.signed) == (False, True)


async def test_answers_may_be_slower_than_a_client_waits(emulator: AlipayEmulator, client: Client) -> None:
    emulator.outage.slow = timedelta(seconds=0.5)
    impatient = aiohttp.ClientTimeout(total=0.05)

    with pytest.raises(asyncio.TimeoutError):
        await client.http.post(client.account["base_url"], data=client.form(QUERY, {}), timeout=impatient)

"""A client that others wrote, wechatpayv3, agrees with the emulator: what it sends, and what it accepts."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from wechatpayv3 import WeChatPay, WeChatPayType

from connectors.testing.emulation import Outgoing, ScaledClock
from connectors.wechat_pay.emulator import Fault, WeChatPayEmulator
from connectors.wechat_pay.emulator.state import BEIJING
from tests.connectors.wechat_pay.emulator.receiver import Receiver


def common(account: Mapping[str, Any]) -> dict[str, Any]:
    """What the client always wants."""
    return {
        "wechatpay_type": WeChatPayType.NATIVE,
        "mchid": account["mchid"],
        "private_key": account["merchant_key"],
        "cert_serial_no": account["merchant_serial"],
        "appid": account["appid"],
        "apiv3_key": account["apiv3_key"],
        "notify_url": "https://giving.example.org/hook",
    }


def by_public_key(account: Mapping[str, Any], **more: Any) -> Any:
    """The client in public-key mode, calling the emulator."""
    key_id, pem = next((serial, pem) for serial, pem in account["verification_keys"].items() if serial.startswith("PUB"))
    client = WeChatPay(**common(account), public_key=pem, public_key_id=key_id, **more)
    client._core._gate_way = account["base_url"]
    return client


def by_certificate(account: Mapping[str, Any], folder: Path) -> Any:
    """The client in certificate mode, with the certificates in a folder; a fresh one, as it forgets them when it fails."""
    for serial, pem in account["verification_keys"].items():
        if not serial.startswith("PUB"):
            (folder / f"{serial}.pem").write_text(pem)
    client = WeChatPay(**common(account), cert_dir=str(folder))
    client._core._gate_way = account["base_url"]
    return client


def callback(client: Any, outgoing: Outgoing) -> Any:
    """What the client makes of a notification."""
    return client.callback(dict(outgoing.headers), outgoing.body)


@pytest.fixture
async def emulator() -> AsyncIterator[WeChatPayEmulator]:
    """Two days ago by its own clock, with signatures of now."""
    emulator = WeChatPayEmulator(clock=ScaledClock(ScaledClock().now() - timedelta(days=2)), wire_clock=ScaledClock())
    async with emulator.serve():
        yield emulator


async def test_it_opens_a_payment_in_public_key_mode(emulator: WeChatPayEmulator) -> None:
    payment = await emulator.pay(400, notify=False)

    told = callback(by_public_key(emulator.account()), emulator.outgoing(payment))

    assert told["event_type"] == "TRANSACTION.SUCCESS"
    assert told["resource"]["transaction_id"] == payment.transaction_id
    assert told["resource"]["amount"]["total"] == 400


async def test_it_opens_a_refund_in_certificate_mode(emulator: WeChatPayEmulator, tmp_path: Path) -> None:
    emulator.signing = "certificate"
    refund = await emulator.refund(await emulator.pay(400, notify=False), 150, notify=False)

    told = callback(by_certificate(emulator.account(), tmp_path), emulator.outgoing(refund))

    assert told["event_type"] == "REFUND.SUCCESS"
    assert told["resource"]["refund_id"] == refund.refund_id
    assert told["resource"]["amount"]["refund"] == 150


async def test_it_opens_what_really_arrived(emulator: WeChatPayEmulator, receiver: Receiver) -> None:
    payment = await emulator.pay(400)
    await emulator.sender.settle()

    (heard,) = receiver.heard
    told = by_public_key(emulator.account()).callback(dict(heard.headers), heard.body)

    assert told["resource"]["out_trade_no"] == payment.out_trade_no


@pytest.mark.parametrize("fault", [Fault.TAMPERED, Fault.RESERIALISED, Fault.UNDECRYPTABLE, Fault.PROBE])
async def test_it_refuses_what_was_spoiled_in_both_modes(
    emulator: WeChatPayEmulator, receiver: Receiver, tmp_path: Path, fault: Fault
) -> None:
    for signing in ("public_key", "certificate"):
        emulator.signing = signing
        emulator.faults.once(fault)
        receiver.heard.clear()
        await emulator.pay(400)
        await emulator.sender.settle()
        spoiled = receiver.heard[0]
        account = emulator.account()
        client = by_public_key(account) if signing == "public_key" else by_certificate(account, tmp_path)
        assert client.callback(dict(spoiled.headers), spoiled.body) is None


@pytest.mark.parametrize("fault", [Fault.EMPTY_ASSOCIATED_DATA, Fault.NO_ASSOCIATED_DATA, Fault.EXTRA_FIELDS])
async def test_it_opens_what_is_odd_but_true(emulator: WeChatPayEmulator, receiver: Receiver, fault: Fault) -> None:
    emulator.faults.once(fault)
    payment = await emulator.pay(400)
    await emulator.sender.settle()

    (heard,) = receiver.heard
    told = by_public_key(emulator.account()).callback(dict(heard.headers), heard.body)

    assert told["resource"]["transaction_id"] == payment.transaction_id


async def test_it_creates_queries_closes_and_refunds(emulator: WeChatPayEmulator) -> None:
    client = by_public_key(emulator.account())

    def create(number: str) -> tuple[int, str]:
        made: tuple[int, str] = client.pay(description="免费午餐", out_trade_no=number, amount={"total": 400}, attach="a=b")
        return made

    assert (await asyncio.to_thread(create, "LUNCH1"))[0] == 200
    assert (await asyncio.to_thread(create, "LUNCH2"))[0] == 200
    payment = await emulator.pay(400, out_trade_no="LUNCH1")
    status, body = await asyncio.to_thread(client.query, out_trade_no="LUNCH1")
    assert (status, json.loads(body)["transaction_id"]) == (200, payment.transaction_id)
    status, body = await asyncio.to_thread(client.query, transaction_id=payment.transaction_id)
    assert (status, json.loads(body)["attach"]) == (200, "a=b")
    assert (await asyncio.to_thread(client.close, "LUNCH2"))[0] == 204

    amount = {"refund": 150, "total": 400, "currency": "CNY"}
    status, _ = await asyncio.to_thread(client.refund, "RF1", amount, transaction_id=payment.transaction_id)
    assert status == 200
    status, body = await asyncio.to_thread(client.query_refund, "RF1")
    assert (status, json.loads(body)["amount"]["refund"]) == (200, 150)


async def test_it_queries_as_a_service_provider(emulator: WeChatPayEmulator) -> None:
    client = by_public_key(emulator.account(), partner_mode=True)
    payment = await emulator.pay(400, sub_mchid="1900000109", notify=False)
    status, body = await asyncio.to_thread(client.query, transaction_id=payment.transaction_id, sub_mchid="1900000109")

    assert (status, json.loads(body)["sub_mchid"]) == (200, "1900000109")


async def test_it_fetches_certificates_and_verifies_with_them(emulator: WeChatPayEmulator, tmp_path: Path) -> None:
    emulator.rotate_certificate()
    client = by_certificate(emulator.account(), tmp_path)
    client._core._certificates.clear()
    payment = await emulator.pay(400, notify=False)

    status, _ = await asyncio.to_thread(client.query, transaction_id=payment.transaction_id)

    assert status == 200
    assert len(client._core._certificates) == 2


async def test_it_does_not_believe_an_answer_with_a_probe(emulator: WeChatPayEmulator) -> None:
    client = by_public_key(emulator.account())
    payment = await emulator.pay(400, notify=False)
    emulator.api.probes = 1

    with pytest.raises(Exception, match="failed to verify"):
        await asyncio.to_thread(client.query, transaction_id=payment.transaction_id)


@pytest.mark.parametrize("packed", ["GZIP", None])
async def test_it_downloads_a_bill(emulator: WeChatPayEmulator, packed: str | None) -> None:
    client = by_public_key(emulator.account())
    payment = await emulator.pay(400, notify=False)
    assert payment.paid_at
    day: date = payment.paid_at.astimezone(BEIJING).date()
    emulator.clock.turn(timedelta(days=2))
    query = f"/v3/bill/tradebill?bill_date={day}" + (f"&tar_type={packed}" if packed else "")

    status, body = await asyncio.to_thread(client._core.request, query)
    assert status == 200
    status, content = await asyncio.to_thread(client.download_bill, json.loads(body)["download_url"])

    assert status == 200
    text = (gzip.decompress(content) if packed else content).decode()
    assert f"`{payment.transaction_id}," in text

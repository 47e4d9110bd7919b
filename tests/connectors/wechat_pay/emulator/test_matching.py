"""A sponsor's budget: locked, paid from, given back."""

import json
from typing import Any

import aiohttp
import pytest

from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Merchant
from tests.connectors.wechat_pay.emulator.receiver import Receiver

BASE = "/v3/fund-app/mch-transfer/partner"
BUDGET = {
    "out_budget_no": "B1",
    "sponsor_mchid": "1900000200",
    "sponsor_subject_name": "Example Ltd",
    "activity_name": "school lunch",
    "activity_remark": "one for one",
    "amount": 500_000,
    "notify_url": "https://giving.example.org/hook",
}
STATE = f"{BASE}/charity-budget/B1?sponsor_mchid=1900000200"


def match(number: str, fen: int, **more: Any) -> dict[str, Any]:
    """The body of a matched gift."""
    told = {"out_budget_no": "B1", "out_transfer_no": number, "sponsor_mchid": "1900000200", "receive_mchid": "1900000109"}
    return {**told, "amount": fen, "transfer_remark": "matched"} | more


async def test_a_budget_is_locked_when_its_sponsor_agrees(
    emulator: WeChatPayEmulator, merchant: Merchant, receiver: Receiver
) -> None:
    created = (await merchant.post(f"{BASE}/charity-budget", BUDGET)).told
    await emulator.confirm_budget("B1")
    await emulator.sender.settle()
    told = (await merchant.get(STATE)).told

    (heard,) = receiver.heard
    assert (created["state"], told["state"]) == ("PENDING", "LOCKED")
    assert told["remain_amount"] == 500_000
    assert heard.envelope["event_type"] == "BUDGET.LOCKED"
    assert heard.envelope["resource"]["original_type"] == heard.envelope["resource"]["associated_data"] == ""
    assert json.loads(merchant.open(heard.envelope["resource"]))["budget_id"] == created["budget_id"]


async def test_matched_gifts_are_paid_once_each(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await merchant.post(f"{BASE}/charity-budget", BUDGET)
    await emulator.confirm_budget("B1")
    first = (await merchant.post(f"{BASE}/charity-transfer-bills", match("T1", 1_000))).told
    again = (await merchant.post(f"{BASE}/charity-transfer-bills", match("T1", 1_000))).told
    query = f"{BASE}/charity-transfer-bills/out-transfer-no/T1?sponsor_mchid=1900000200&out_budget_no=B1"

    assert first["transfer_id"] == again["transfer_id"]
    assert (first["state"], (await merchant.get(query)).told["state"]) == ("ACCEPTED", "SUCCESS")
    assert (await merchant.get(STATE)).told["remain_amount"] == 499_000
    assert emulator.books == {}


async def test_a_large_match_names_a_payment_of_a_tenth_or_more(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await merchant.post(f"{BASE}/charity-budget", BUDGET)
    await emulator.confirm_budget("B1")
    payment = await emulator.pay(20_000, notify=False)
    proof = {"transaction_info": {"transaction_type": "WXPAY", "transaction_id": payment.transaction_id}}
    transfers = f"{BASE}/charity-transfer-bills"

    assert (await merchant.post(transfers, match("T1", 150_000))).refusal == (400, "INVALID_REQUEST")
    assert (await merchant.post(transfers, match("T2", 200_001, **proof))).refusal == (400, "INVALID_REQUEST")
    assert (await merchant.post(transfers, match("T3", 200_000, **proof))).status == 200


async def test_the_rest_is_given_back(emulator: WeChatPayEmulator, merchant: Merchant, receiver: Receiver) -> None:
    await merchant.post(f"{BASE}/charity-budget", BUDGET)
    await emulator.confirm_budget("B1")
    unlocked = await merchant.post(f"{BASE}/charity-budget/B1/unlock", {"sponsor_mchid": "1900000200"})
    await emulator.sender.settle()

    assert unlocked.told["state"] == "FINISHED"
    assert {heard.envelope["event_type"] for heard in receiver.heard} == {"BUDGET.LOCKED", "BUDGET.FINISHED"}
    assert (await merchant.post(f"{BASE}/charity-transfer-bills", match("T1", 1))).refusal == (400, "INVALID_REQUEST")
    with pytest.raises(ValueError, match="waits"):
        await emulator.confirm_budget("B1")


async def test_a_budget_nobody_confirmed_is_closed(merchant: Merchant) -> None:
    await merchant.post(f"{BASE}/charity-budget", BUDGET)
    closed = await merchant.post(f"{BASE}/charity-budget/B1/unlock", {"sponsor_mchid": "1900000200"})

    assert closed.told["state"] == "CLOSED"
    assert (await merchant.post(f"{BASE}/charity-budget", BUDGET | {"amount": 1})).refusal == (400, "INVALID_REQUEST")


async def test_a_stranger_sees_no_budget(merchant: Merchant) -> None:
    await merchant.post(f"{BASE}/charity-budget", BUDGET)
    other = f"{BASE}/charity-budget/B1?sponsor_mchid=1900000201"

    assert (await merchant.get(other)).refusal == (404, "RESOURCE_NOT_EXISTS")


async def test_only_service_providers_match() -> None:
    emulator = WeChatPayEmulator(sub_mchids=())
    async with emulator.serve(), aiohttp.ClientSession() as http:
        answer = await Merchant(emulator.account(), http).post(f"{BASE}/charity-budget", BUDGET)

    assert answer.refusal == (403, "NO_AUTH")


async def test_the_echo_comes_back_in_the_answer_and_as_a_notification(
    emulator: WeChatPayEmulator, merchant: Merchant, receiver: Receiver
) -> None:
    told = {"echo_message": "hello", "encrypted_echo_message": "c2VhbGVk", "notify_url": "https://giving.example.org/hook"}
    answer = await merchant.post("/v3/security/echo", told)
    await emulator.sender.settle()

    (heard,) = receiver.heard
    assert answer.told["echo_message"] == "hello"
    assert heard.envelope["event_type"] == "SECURITY_ECHO.SUCCESS"
    assert heard.envelope["resource"]["original_type"] == "security"
    assert json.loads(merchant.open(heard.envelope["resource"])) == {
        "echo_message": "hello",
        "encrypt_echo_message": "c2VhbGVk",
    }

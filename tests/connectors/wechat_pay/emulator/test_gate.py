"""Who may call, and what every answer bears."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Merchant

TARGET = "/v3/certificates"


def ago(seconds: int) -> str:
    return str(int((datetime.now(UTC) - timedelta(seconds=seconds)).timestamp()))


async def test_a_signed_call_is_answered_and_the_answer_is_signed(merchant: Merchant) -> None:
    answer = await merchant.get(TARGET)

    assert answer.status == 200
    assert merchant.verifies(answer.headers, answer.body)
    assert answer.headers["Request-ID"].endswith("-0")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer something",
        'WECHATPAY2-SHA256-RSA2048 mchid="1900000001"',
        'WECHATPAY2-SHA256-RSA2048 mchid="1900000001",nonce_str="n",timestamp="now",serial_no="1",signature="?"',
    ],
)
async def test_a_call_that_is_not_signed_is_refused(merchant: Merchant, authorization: str) -> None:
    answer = await merchant.get(TARGET, {"Authorization": authorization})

    assert answer.refusal == (401, "SIGN_ERROR")
    assert answer.headers["Request-ID"].endswith("-268443699")
    assert merchant.verifies(answer.headers, answer.body)


@pytest.mark.parametrize(
    "changed",
    [
        {"mchid": "1900000002"},
        {"serial_no": "ABC"},
        {"nonce_str": "another"},
        {"signature": "AAAA"},
        {"signature": "not base64"},
        {"timestamp": "9" * 40},
        {"timestamp": "today"},
    ],
    ids=lambda changed: next(iter(changed)),
)
async def test_each_part_of_the_authorization_is_checked(merchant: Merchant, changed: dict[str, str]) -> None:
    answer = await merchant.get(TARGET, {"Authorization": merchant.authorization("GET", TARGET, changed=changed)})

    assert answer.refusal == (401, "SIGN_ERROR")


@pytest.mark.parametrize("seconds", [302, -330])
async def test_a_call_signed_five_minutes_ago_or_ahead_is_refused(merchant: Merchant, seconds: int) -> None:
    signed = merchant.authorization("GET", TARGET, changed={"timestamp": ago(seconds)})

    assert (await merchant.get(TARGET, {"Authorization": signed})).refusal == (401, "SIGN_ERROR")


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [("POST", TARGET, b""), ("GET", f"{TARGET}?a=1", b""), ("GET", TARGET, b"{}")],
    ids=["method", "query", "body"],
)
async def test_method_query_and_body_are_under_the_signature(merchant: Merchant, method: str, target: str, body: bytes) -> None:
    answer = await merchant.get(TARGET, {"Authorization": merchant.authorization(method, target, body)})

    assert answer.refusal == (401, "SIGN_ERROR")


async def test_four_minutes_of_drift_are_forgiven(merchant: Merchant) -> None:
    for seconds in (240, -240):
        signed = merchant.authorization("GET", TARGET, changed={"timestamp": ago(seconds)})
        assert (await merchant.get(TARGET, {"Authorization": signed})).status == 200


async def test_the_query_is_signed_as_it_was_sent(merchant: Merchant) -> None:
    answer = await merchant.get("/v3/pay/transactions/out-trade-no/A%7CB?mchid=1900000001&note=%E5%8D%88")

    assert answer.refusal == (404, "ORDER_NOT_EXIST")


async def test_the_answer_is_signed_with_the_key_that_the_call_names(merchant: Merchant) -> None:
    for serial in merchant.account["verification_keys"]:
        answer = await merchant.get(TARGET, {"Wechatpay-Serial": serial})
        assert answer.headers["Wechatpay-Serial"] == serial
        assert merchant.verifies(answer.headers, answer.body)


async def test_without_a_name_or_with_an_unknown_one_it_is_the_certificate(
    emulator: WeChatPayEmulator, merchant: Merchant
) -> None:
    certificate = emulator.keys.certificates[-1].serial
    for headers in ({}, {"Wechatpay-Serial": "PUB_KEY_ID_0"}):
        assert (await merchant.get(TARGET, headers)).headers["Wechatpay-Serial"] == certificate


async def test_an_unknown_address_is_refused_behind_the_same_door(merchant: Merchant) -> None:
    answer = await merchant.get("/v3/no/such/call")

    assert answer.refusal == (404, "RESOURCE_NOT_EXISTS")
    assert merchant.verifies(answer.headers, answer.body)


async def test_a_call_without_a_user_agent_is_refused(merchant: Merchant) -> None:
    assert (await merchant.get(TARGET, {"User-Agent": ""})).refusal == (400, "PARAM_ERROR")


async def test_a_body_that_is_no_object_is_refused(merchant: Merchant) -> None:
    body = b"[1]"
    signed = merchant.authorization("POST", "/v3/security/echo", body)
    async with merchant.http.post(
        merchant.account["base_url"] + "/v3/security/echo", data=body, headers={"Authorization": signed}
    ) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, "PARAM_ERROR")


async def test_probes_come_in_answers_as_often_as_asked(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    emulator.api.probes = 2
    answers = [await merchant.get(TARGET) for _ in range(3)]

    assert [a.headers["Wechatpay-Signature"].startswith("WECHATPAY/SIGNTEST/") for a in answers] == [True, True, False]
    assert [merchant.verifies(a.headers, a.body) for a in answers] == [False, False, True]


async def test_more_calls_a_second_than_allowed_are_429(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    emulator.api.rate, emulator.api.rate_code = 2, "RATELIMIT_EXCEEDED"
    answers = [await merchant.get(TARGET) for _ in range(3)]
    emulator.clock.turn(timedelta(seconds=2))
    later = await merchant.get(TARGET)

    assert [a.status for a in answers] == [200, 200, 429]
    assert answers[2].refusal == (429, "RATELIMIT_EXCEEDED")
    assert answers[2].headers["Request-ID"].endswith("-268447840")
    assert later.status == 200


async def test_the_next_calls_fail_as_told(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    emulator.outage.fail_next, emulator.outage.fail_status = 2, 502
    answers = [await merchant.get(TARGET) for _ in range(3)]

    assert [a.status for a in answers] == [502, 502, 200]
    assert answers[0].body.startswith(b"<!doctype html>")


async def test_only_the_list_of_certificates_goes_down(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    emulator.api.certificates_down = True

    assert (await merchant.get(TARGET)).refusal == (500, "SYSTEM_ERROR")
    assert (await merchant.get("/v3/pay/transactions/id/1?mchid=1900000001")).refusal == (404, "ORDER_NOT_EXIST")

"""Questions to WeChat Pay: signed, verified, and read."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from connectors.http import Headers, HttpResponse
from schema.model.errors import CredentialsRefused, GivingError, NotFound, UpstreamGarbled
from schema.model.facts import DonationState, Movement, RefundState, Stage
from schema.model.total import AmountSource
from tests.connectors.wechat_pay import given as wechat

ORDER = wechat.sample("transaction.json")
NUMBER = ORDER["transaction_id"]
BODY = (wechat.SAMPLES / "notification.json").read_bytes()


async def asked(lookup: str, *answers: HttpResponse, **changed: Any) -> Sequence[Movement]:
    return await wechat.connector(wechat.in_turn(*answers), **changed).donation(lookup)


async def test_an_order_is_read_as_it_is_notified() -> None:
    connector, http, _ = wechat.with_http(wechat.in_turn(wechat.answered(ORDER)))
    [answered] = await connector.donation(NUMBER)
    [notified] = connector.receive(wechat.delivery(BODY)).facts
    assert answered == notified
    assert answered.source is AmountSource.MERCHANT_NOTIFICATION
    assert http.requests[0][0].url == f"https://wechat.example/v3/pay/transactions/id/{NUMBER}?mchid=1900000001"


async def test_a_sub_merchant_s_order_is_asked_for_as_a_provider() -> None:
    order = wechat.sample("partner.json")
    connector, http, _ = wechat.with_http(wechat.in_turn(wechat.answered(order)))
    [found] = await connector.donation(f"1900000002/{order['transaction_id']}")
    assert isinstance(found, DonationState)
    path = f"/v3/pay/partner/transactions/id/{order['transaction_id']}?sp_mchid=1900000001&sub_mchid=1900000002"
    assert http.requests[0][0].url == f"https://wechat.example{path}"


async def test_the_order_behind_a_refund_that_came_first_is_the_one_that_is_read() -> None:
    connector = wechat.connector(wechat.in_turn(wechat.answered(ORDER)))
    body = wechat.notification(wechat.sample("refund.json"), "REFUND.SUCCESS", "refund")
    [refund] = connector.receive(wechat.delivery(body)).facts
    assert isinstance(refund, RefundState)
    [order] = await connector.donation(refund.lookup)
    assert isinstance(order, DonationState)
    assert order.native_id == refund.donation


async def test_an_unpaid_order_is_pending_at_the_time_of_asking() -> None:
    unpaid = {k: v for k, v in ORDER.items() if k not in ("transaction_id", "success_time", "payer")}
    [found] = await asked(NUMBER, wechat.answered({**unpaid, "trade_state": "NOTPAY"}))
    assert isinstance(found, DonationState)
    assert (found.native_id, found.stage, found.donated_at) == (NUMBER, Stage.PENDING, wechat.NOW)


async def test_a_refund_is_read_with_its_order() -> None:
    refund = wechat.sample("refund_answer.json")
    connector, http, _ = wechat.with_http(wechat.in_turn(wechat.answered(refund), wechat.answered(ORDER)))
    order, found = await connector.donation(f"refund:{refund['out_refund_no']}")
    assert isinstance(order, DonationState)
    assert isinstance(found, RefundState)
    assert (found.native_id, found.donation, found.stage) == (refund["refund_id"], order.native_id, Stage.COMPLETED)
    assert http.requests[0][0].url == f"https://wechat.example/v3/refund/domestic/refunds/{refund['out_refund_no']}"


async def test_a_sub_merchant_s_refund_is_asked_for_under_it_with_its_number_encoded() -> None:
    refund = {**wechat.sample("refund_answer.json"), "out_refund_no": "RF|1*@"}
    order = {**wechat.sample("partner.json"), "transaction_id": refund["transaction_id"]}
    connector, http, _ = wechat.with_http(wechat.in_turn(wechat.answered(refund), wechat.answered(order)))
    assert len(await connector.donation("refund:1900000002/RF|1*@")) == 2
    path = "/v3/refund/domestic/refunds/RF%7C1%2A%40?sub_mchid=1900000002"
    assert next(request.url for request, _ in http.requests) == f"https://wechat.example{path}"
    assert "/partner/" in http.requests[1][0].url


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (wechat.refused(404, "ORDER_NOT_EXIST"), NotFound),
        (wechat.refused(404, "RESOURCE_NOT_EXISTS"), NotFound),
        (wechat.refused(401, "SIGN_ERROR"), CredentialsRefused),
        (wechat.refused(403, "NO_AUTH"), CredentialsRefused),
        (wechat.refused(400, "PARAM_ERROR"), UpstreamGarbled),
    ],
    ids=lambda value: str(getattr(value, "status", "")),
)
async def test_a_refusal_is_an_error_and_never_a_state(answer: HttpResponse, error: type[GivingError]) -> None:
    for lookup in (NUMBER, "refund:RF1"):
        with pytest.raises(error):
            await asked(lookup, answer)


@pytest.mark.parametrize(
    "order",
    [
        {**ORDER, "transaction_id": "4200"},
        {**ORDER, "mchid": "1900000099"},
        {**ORDER, "trade_state": "TOMORROW"},
        {**ORDER, "amount": {"total": "free"}},
        {**ORDER, "success_time": "then"},
        {},
        [],
    ],
    ids=range(7),
)
async def test_an_answer_that_is_no_order_of_ours_is_garbled_and_shows_nobody(order: object) -> None:
    with pytest.raises(UpstreamGarbled) as caught:
        await asked(NUMBER, *[wechat.answered(order)] * 2)
    assert "oDEMO" not in repr(caught.value)


@pytest.mark.parametrize("change", [{"out_refund_no": "OTHER"}, {"status": "TOMORROW"}, {"amount": {}}], ids=range(3))
async def test_an_answer_that_is_no_such_refund_is_garbled(change: dict[str, Any]) -> None:
    refund = wechat.sample("refund_answer.json")
    with pytest.raises(UpstreamGarbled):
        await asked(f"refund:{refund['out_refund_no']}", *[wechat.answered({**refund, **change})] * 2)


async def test_nothing_is_asked_for_a_text_that_is_no_lookup() -> None:
    with pytest.raises(NotFound):
        await wechat.connector().donation("../../v3/certificates")


async def test_a_question_is_signed_with_the_merchant_s_key_over_five_lines() -> None:
    connector, http, _ = wechat.with_http(wechat.in_turn(wechat.answered(ORDER)))
    await connector.donation(NUMBER)
    [(request, headers)] = http.requests
    given = wechat.credentials(headers["Authorization"])
    assert set(given) == {"mchid", "nonce_str", "timestamp", "serial_no", "signature"}
    assert (given["mchid"], given["timestamp"]) == ("1900000001", "1788229231")
    assert given["serial_no"] == "3775B6A45ACD588826D15E583A95F5DD00000001"
    path = request.url.removeprefix("https://wechat.example")
    wechat.check_signed(path, headers["Authorization"])
    assert headers["Accept"] == "application/json"
    assert headers["User-Agent"]


async def test_every_attempt_is_signed_anew() -> None:
    probe = HttpResponse(200, Headers({**wechat.signed(b"{}"), "Wechatpay-Signature": "WECHATPAY/SIGNTEST/x"}), b"{}")
    connector, http, _ = wechat.with_http(wechat.in_turn(probe, wechat.answered(ORDER)))
    assert len(await connector.donation(NUMBER)) == 1
    first, second = (wechat.credentials(headers["Authorization"])["nonce_str"] for _, headers in http.requests)
    assert first != second


@pytest.mark.parametrize("with_certificate", [False, True])
async def test_with_a_public_key_its_id_goes_with_every_question(*, with_certificate: bool) -> None:
    keys = {wechat.PUBLIC_KEY_ID.lower(): wechat.pem_public("wechat")}
    if with_certificate:
        keys = {wechat.SERIAL: wechat.pem_certificate("wechat"), **keys}
    order = wechat.answered(ORDER, serial=wechat.PUBLIC_KEY_ID)
    connector, http, _ = wechat.with_http(wechat.in_turn(order), verification_keys=keys)
    await connector.donation(NUMBER)
    assert http.requests[0][1]["Wechatpay-Serial"] == wechat.PUBLIC_KEY_ID


async def test_with_certificates_only_no_serial_is_asked_for() -> None:
    connector, http, _ = wechat.with_http(wechat.in_turn(wechat.answered(ORDER)))
    await connector.donation(NUMBER)
    assert "Wechatpay-Serial" not in http.requests[0][1]


@pytest.mark.parametrize(
    "answer",
    [
        HttpResponse(200, Headers(), json.dumps(ORDER).encode()),
        wechat.answered(ORDER, name="stranger"),
        wechat.answered(ORDER, at=wechat.NOW - timedelta(seconds=300)),
        HttpResponse(200, wechat.answered(ORDER).headers, b"{}"),
    ],
    ids=["unsigned", "by a stranger", "old", "another body"],
)
async def test_an_answer_that_proves_nothing_is_not_believed(answer: HttpResponse) -> None:
    with pytest.raises(UpstreamGarbled):
        await asked(NUMBER, answer, answer)

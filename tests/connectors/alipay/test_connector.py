"""Questions to Alipay: signed, verified, and read."""

import json
from datetime import timedelta
from typing import Any

import pytest

from connectors.http import Headers, HttpResponse
from connectors.testing.fakes import FakeClock, answer
from schema.model.errors import CredentialsRefused, GivingError, NotFound, UpstreamGarbled, UpstreamUnavailable
from schema.model.facts import DonationState
from tests.connectors.alipay import given as alipay


async def looked_up(*answers: HttpResponse) -> DonationState:
    [found] = await alipay.connector(alipay.in_turn(*answers)).donation(alipay.TRADE)
    assert isinstance(found, DonationState)
    return found


async def test_a_trade_is_asked_for_by_its_number_in_one_signed_form() -> None:
    lunch, http = alipay.with_http(alipay.in_turn(alipay.answered(alipay.trade())))
    await lunch.donation(alipay.TRADE)
    [(request, headers)] = http.requests
    fields = alipay.asked(request)
    assert (request.method, request.url) == ("POST", "https://alipay.example/gateway.do")
    assert headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    assert json.loads(fields.pop("biz_content")) == {"trade_no": alipay.TRADE}
    assert fields.pop("sign")
    assert fields == {
        "app_id": alipay.APP,
        "method": "alipay.trade.query",
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "version": "1.0",
        "timestamp": "2026-09-01 10:20:31",
    }


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Shanghai"])
async def test_a_question_is_stamped_in_beijing_whatever_the_zone_of_the_host(zone: str, monkeypatch: Any) -> None:
    monkeypatch.setenv("TZ", zone)
    lunch, http = alipay.with_http(alipay.in_turn(alipay.answered(alipay.trade())))
    await lunch.donation(alipay.TRADE)
    assert alipay.asked(http.requests[0][0])["timestamp"] == "2026-09-01 10:20:31"


async def test_a_trade_is_read_as_it_is_notified() -> None:
    told, found = alipay.donation(alipay.SAMPLE), await looked_up(alipay.answered(alipay.trade()))
    for name in ("native_id", "amount", "stage", "donated_at"):
        assert getattr(found, name) == getattr(told, name)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(alipay.trade(), indent=2),
        json.dumps(alipay.trade(subject="免费午餐"), ensure_ascii=True),
        json.dumps(alipay.trade(subject="免费午餐"), ensure_ascii=False),
        json.dumps(alipay.trade(store="https:\\/\\/x")).replace("\\\\/", "\\/"),
        json.dumps(alipay.trade(subject='","sign":"x"}, {"alipay_trade_query_response":{')),
        json.dumps(alipay.trade(fund_bill_list=[{"amount": "5.00"}], points=1.50)).replace("1.5", "1.50"),
    ],
    ids=["blanks", "escaped", "as it is", "slashes", "look-alikes", "numbers"],
)
async def test_the_signature_is_over_the_text_that_came_and_not_over_one_written_again(text: str) -> None:
    assert (await looked_up(alipay.answered(text))).native_id == alipay.TRADE


async def test_members_may_come_in_any_order_with_blanks_between_them() -> None:
    text = json.dumps(alipay.trade())
    body = f' {{ "sign" : "{alipay.sign(text.encode())}" ,\n"x":[{{}}], "alipay_trade_query_response" : {text} }} '
    assert (await looked_up(answer(200, body.encode()))).native_id == alipay.TRADE


def unsigned(inner: object) -> HttpResponse:
    return answer(200, json.dumps({"alipay_trade_query_response": inner}).encode())


@pytest.mark.parametrize(
    "bad",
    [
        unsigned(alipay.trade()),
        alipay.answered(alipay.trade(), name="app"),
        alipay.answered(alipay.trade(), "alipay_trade_precreate_response"),
        answer(200, alipay.answered(alipay.trade()).body.replace(b"5.00", b"6.00")),
        answer(200, alipay.answered(alipay.trade()).body.replace(b": ", b":")),
        answer(200, json.dumps({"alipay_trade_query_response": alipay.trade(), "sign": 7}).encode()),
        answer(200, b'{"alipay_trade_query_response":7}'),
        answer(200, b"[]"),
        answer(200, b"{}"),
        answer(200, b""),
        answer(200, b"<html>"),
        answer(200, b"[" * 100_000),
        answer(500 - 98, b""),
    ],
    ids=range(13),
)
async def test_an_answer_that_proves_nothing_is_not_believed(bad: HttpResponse) -> None:
    with pytest.raises(UpstreamGarbled):
        await looked_up(bad, bad)


@pytest.mark.parametrize(
    ("code", "sub_code", "error"),
    [
        ("40004", "ACQ.TRADE_NOT_EXIST", NotFound),
        ("40004", "ACQ.SYSTEM_ERROR", UpstreamUnavailable),
        ("40002", "isv.invalid-app-id", CredentialsRefused),
        ("40002", "isv.invalid-signature", CredentialsRefused),
        ("40002", "isv.app-call-limited", UpstreamUnavailable),
        ("20000", "isp.unknow-error", UpstreamUnavailable),
        ("20001", "aop.invalid-auth-token", CredentialsRefused),
        ("40002", "isv.something-new", UpstreamGarbled),
        ("40004", "ACQ.SOMETHING_NEW", UpstreamGarbled),
        ("99999", "", UpstreamGarbled),
    ],
)
@pytest.mark.parametrize("key", ["alipay_trade_query_response", "error_response"])
async def test_a_refusal_is_an_error_and_never_a_state(code: str, sub_code: str, error: type[GivingError], key: str) -> None:
    with pytest.raises(error):
        await looked_up(alipay.refused(code, sub_code, key))


async def test_a_refusal_that_is_signed_is_verified_as_well() -> None:
    inner = {"code": "40004", "sub_code": "ACQ.TRADE_NOT_EXIST"}
    with pytest.raises(NotFound):
        await looked_up(alipay.answered(inner))
    with pytest.raises(UpstreamGarbled):
        await looked_up(*[alipay.answered(inner, name="stranger")] * 2)


@pytest.mark.parametrize(("status", "error"), [(401, CredentialsRefused), (403, CredentialsRefused), (404, UpstreamGarbled)])
async def test_a_status_that_is_no_answer_is_told(status: int, error: type[GivingError]) -> None:
    with pytest.raises(error):
        await looked_up(HttpResponse(status, Headers(), b"{}"))


@pytest.mark.parametrize(
    "change",
    [
        {"trade_no": "2026090122001400000000000009"},
        {"trade_no": None},
        {"trade_status": "TOMORROW"},
        {"total_amount": "free"},
        {"total_amount": 5},
        {"send_pay_date": "then"},
        {"send_pay_date": []},
    ],
    ids=range(7),
)
async def test_an_answer_that_is_no_such_trade_is_garbled_and_shows_nobody(change: dict[str, Any]) -> None:
    with pytest.raises(UpstreamGarbled) as caught:
        await looked_up(alipay.answered(alipay.trade(**change)))
    assert "2088" not in repr(caught.value)


@pytest.mark.parametrize("lookup", ["", "../x", "2026 09", '"', "2026&method=x", "x" * 65, "２０２６"])
async def test_nothing_is_asked_for_a_text_that_is_no_trade_number(lookup: str) -> None:
    with pytest.raises(NotFound):
        await alipay.connector().donation(lookup)


async def test_an_answer_at_another_time_tells_the_same_trade() -> None:
    clock = FakeClock()
    lunch = alipay.connector(lambda _: alipay.answered(alipay.trade()), clock)
    before = await lunch.donation(alipay.TRADE)
    clock.turn(timedelta(days=40))
    assert await lunch.donation(alipay.TRADE) == before

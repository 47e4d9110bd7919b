"""The bill of a day: asked for, downloaded in time, unpacked."""

import json
import zipfile
from datetime import UTC, date, datetime, timedelta

import pytest

from connectors.http import Headers, HttpResponse
from connectors.testing.fakes import FakeClock
from schema.model.errors import BadUserInput, CredentialsRefused, NotFound, UpstreamGarbled, UpstreamUnavailable
from tests.connectors.alipay import given as alipay
from tests.connectors.alipay.bills import DETAIL, TRADES, packed, zipped

DAY = date(2026, 9, 1)
LATER = datetime(2026, 9, 2, 4, 0, tzinfo=UTC)
"""Noon of the next day in Beijing."""
KEY = "alipay_data_dataservice_bill_downloadurl_query_response"
EXPIRED = HttpResponse(200, Headers({"Content-Type": "text/html"}), "下载超时".encode("gbk"))


def offered(number: str = "1") -> HttpResponse:
    url = f"https://dwbillcenter.example/downloadBillFile.resource?bizType=trade&timestamp=20260902&token={number}%2B"
    return alipay.answered({"code": "10000", "msg": "Success", "bill_download_url": url}, KEY)


def file(body: bytes) -> HttpResponse:
    return HttpResponse(200, Headers({"Content-Type": "application/octet-stream"}), body)


def refused(sub_code: str, code: str = "40004") -> HttpResponse:
    return alipay.refused(code, sub_code, KEY)


async def downloaded(*answers: HttpResponse, at: datetime = LATER, day: date = DAY) -> bytes:
    lunch = alipay.connector(alipay.in_turn(*answers), FakeClock(at))
    async with lunch.statement(day) as source:
        return source.read()


@pytest.mark.parametrize("bill_type", ["trade", "signcustomer"])
async def test_a_statement_is_asked_for_by_type_and_day_then_downloaded_as_offered(bill_type: str) -> None:
    lunch, http = alipay.with_http(alipay.in_turn(offered(), file(packed())), bill_type=bill_type)
    async with lunch.statement(DAY) as source:
        assert source.read() == TRADES.encode("gbk")
    (question, _), (download, _) = http.requests
    assert json.loads(alipay.asked(question)["biz_content"]) == {"bill_type": bill_type, "bill_date": "2026-09-01"}
    assert download.url.endswith("timestamp=20260902&token=1%2B")
    assert (download.method, download.body) == ("GET", b"")


async def test_a_statement_is_read_without_its_zip() -> None:
    lunch = alipay.connector(alipay.in_turn(offered(), file(packed())))
    async with lunch.statement(DAY) as source:
        assert [len(row.movements) for row in lunch.read_export(source)] == [1, 1]


@pytest.mark.parametrize(
    "bad",
    [EXPIRED, file(b""), file(packed()[:-9]), HttpResponse(403, Headers(), b""), HttpResponse(404, Headers(), b"")],
    ids=["expired", "empty", "cut", "403", "404"],
)
async def test_an_address_that_expired_before_the_download_is_asked_for_anew_once(bad: HttpResponse) -> None:
    lunch, http = alipay.with_http(alipay.in_turn(offered("1"), bad, offered("2"), file(packed())))
    async with lunch.statement(DAY) as source:
        assert source.read() == TRADES.encode("gbk")
    assert "token=2" in http.requests[-1][0].url
    with pytest.raises(UpstreamGarbled):
        await downloaded(offered(), bad, offered(), bad)


@pytest.mark.parametrize("sub_code", ["NO_BILL_DATA", "isp.bill_not_exist"])
async def test_an_absent_bill_is_one_in_the_making_until_noon_and_an_empty_day_after(sub_code: str) -> None:
    for code in ("40004", "20000"):
        with pytest.raises(UpstreamUnavailable) as caught:
            await downloaded(refused(sub_code, code), at=LATER - timedelta(seconds=1))
        assert caught.value.retry_after == timedelta(minutes=30)
        with pytest.raises(NotFound):
            await downloaded(refused(sub_code, code), at=LATER)


@pytest.mark.parametrize("day", [date(2026, 9, 2), date(2026, 9, 3), date(2023, 9, 1)])
async def test_a_day_that_has_no_bill_is_the_caller_s_mistake(day: date) -> None:
    with pytest.raises(BadUserInput) as caught:
        await downloaded(refused("isv.invalid_arguments", "40002"), day=day)
    assert caught.value.argument == "day"


async def test_today_is_today_in_beijing() -> None:
    midnight = datetime(2026, 9, 1, 16, 0, tzinfo=UTC)
    bad = refused("isv.invalid_arguments", "40002")
    with pytest.raises(BadUserInput):
        await downloaded(bad, at=midnight - timedelta(seconds=1))
    with pytest.raises(UpstreamGarbled):
        await downloaded(bad, bad, at=midnight)


@pytest.mark.parametrize("sub_code", ["isv.invalid-app-id", "isv.invalid-signature"])
async def test_credentials_that_are_refused_are_told(sub_code: str) -> None:
    with pytest.raises(CredentialsRefused):
        await downloaded(refused(sub_code, "40002"))


@pytest.mark.parametrize("url", [None, "", 7, "file:///etc/passwd", "//x", "https://x@y.example/"], ids=range(6))
async def test_an_address_that_cannot_be_followed_is_garbled(url: object) -> None:
    offer = alipay.answered({"code": "10000", "bill_download_url": url}, KEY)
    with pytest.raises(UpstreamGarbled):
        await downloaded(offer, offer)


async def test_an_offer_that_is_not_signed_is_not_followed() -> None:
    forged = HttpResponse(200, Headers(), offered().body.replace(b"dwbillcenter", b"evil"))
    with pytest.raises(UpstreamGarbled):
        await downloaded(*[forged] * 4)


async def test_the_file_is_gone_with_the_context_and_its_failures_are_not_taken_for_the_download_s() -> None:
    lunch = alipay.connector(alipay.in_turn(offered(), file(packed())))
    with pytest.raises(UpstreamGarbled, match="mine"):
        async with lunch.statement(DAY) as source:
            raise UpstreamGarbled("mine")
    assert source.closed


async def test_of_a_file_that_turned_out_broken_nothing_is_left_in_the_next_one() -> None:
    longer = zipped({DETAIL: TRADES.encode("gbk") * 500}, how=zipfile.ZIP_STORED)
    broken = file(longer[: len(longer) // 2] + b"?" + longer[len(longer) // 2 + 1 :])
    assert await downloaded(offered(), broken, offered(), file(packed())) == TRADES.encode("gbk")

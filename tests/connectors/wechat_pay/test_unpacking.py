"""The bill of a day: asked for, downloaded, unpacked, held against its hash."""

import gzip
import hashlib
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest

from connectors.http import Headers, HttpResponse
from connectors.wechat_pay.unpacking import unpack
from schema.model.errors import BadUserInput, CredentialsRefused, NotFound, UpstreamGarbled, UpstreamUnavailable
from tests.connectors.wechat_pay import given as wechat

BILL = (wechat.SAMPLES / "bill_all.csv").read_bytes()
DAY = date(2026, 9, 1)


def offered(body: bytes = BILL, **changed: Any) -> HttpResponse:
    url = "https://files.example/v3/billdownload/file?token=demo%2Dtoken&tartype=gzip"
    offer = {"hash_type": "SHA1", "hash_value": hashlib.sha1(body, usedforsecurity=False).hexdigest(), "download_url": url}
    return wechat.answered({**offer, **changed})


def file(body: bytes) -> HttpResponse:
    """A file as WeChat Pay sends it: signed by nothing."""
    return HttpResponse(200, Headers({"Content-Type": "application/octet-stream"}), body)


async def downloaded(*answers: HttpResponse) -> bytes:
    async with wechat.connector(wechat.in_turn(*answers)).statement(DAY) as source:
        return source.read()


async def test_a_statement_is_asked_for_then_downloaded_and_read() -> None:
    connector, http, _ = wechat.with_http(wechat.in_turn(offered(), file(gzip.compress(BILL))))
    async with connector.statement(DAY) as source:
        rows = list(connector.read_export(source))
    assert [len(row.movements) for row in rows] == [1, 1]
    (first, _), (second, headers) = http.requests
    assert first.url == "https://wechat.example/v3/bill/tradebill?bill_date=2026-09-01&bill_type=ALL&tar_type=GZIP"
    assert second.url == "https://files.example/v3/billdownload/file?token=demo%2Dtoken&tartype=gzip"
    path = "/v3/billdownload/file?token=demo%2Dtoken&tartype=gzip"
    wechat.check_signed(path, headers["Authorization"])
    assert second.check is None


async def test_the_hash_is_of_the_unpacked_bytes_whether_or_not_they_came_packed() -> None:
    marked = b"\xef\xbb\xbf" + BILL.replace(b"\n", b"\r\n")
    assert await downloaded(offered(marked), file(gzip.compress(marked))) == marked
    assert await downloaded(offered(marked), file(marked)) == marked
    assert (
        await downloaded(offered(hash_value=hashlib.sha1(BILL, usedforsecurity=False).hexdigest().upper()), file(BILL)) == BILL
    )


EXPIRED = wechat.refused(400, "INVALID_REQUEST")


@pytest.mark.parametrize(
    "bad", [EXPIRED, wechat.refused(404, "x"), file(BILL + b"x"), file(gzip.compress(BILL)[:-9]), file(b"")], ids=range(5)
)
async def test_an_expired_address_or_a_broken_file_begins_again_once(bad: HttpResponse) -> None:
    assert await downloaded(offered(), bad, offered(), file(gzip.compress(BILL))) == BILL
    with pytest.raises(UpstreamGarbled):
        await downloaded(offered(), bad, offered(), bad)


async def test_a_day_without_transactions_is_not_found() -> None:
    with pytest.raises(NotFound):
        await downloaded(wechat.refused(400, "NO_STATEMENT_EXIST"))


async def test_a_bill_in_the_making_is_there_in_half_an_hour() -> None:
    with pytest.raises(UpstreamUnavailable) as caught:
        await downloaded(wechat.refused(400, "STATEMENT_CREATING"))
    assert caught.value.retry_after == timedelta(minutes=30)


@pytest.mark.parametrize("code", ["INVALID_REQUEST", "PARAM_ERROR"])
async def test_a_day_that_has_no_bill_any_more_is_the_caller_s_mistake(code: str) -> None:
    with pytest.raises(BadUserInput) as caught:
        await downloaded(wechat.refused(400, code))
    assert caught.value.argument == "day"


@pytest.mark.parametrize("status", [401, 403])
async def test_credentials_that_are_refused_are_told(status: int) -> None:
    with pytest.raises(CredentialsRefused):
        await downloaded(wechat.refused(status, "NO_AUTH"))
    with pytest.raises(CredentialsRefused):
        await downloaded(offered(), wechat.refused(status, "NO_AUTH"))


@pytest.mark.parametrize(
    "bad",
    [
        offered(hash_type="MD5"),
        offered(hash_value=None),
        offered(download_url="file:///etc/passwd"),
        offered(download_url=None),
        wechat.refused(404, "x"),
        wechat.refused(400, "NEW_CODE"),
        HttpResponse(400, Headers(), b"<html>"),
        HttpResponse(200, Headers(), offered().body),
    ],
    ids=range(8),
)
async def test_an_offer_that_cannot_be_followed_is_garbled(bad: HttpResponse) -> None:
    with pytest.raises(UpstreamGarbled):
        await downloaded(bad, bad, bad, bad)


async def test_the_file_is_gone_with_the_context() -> None:
    async with wechat.connector(wechat.in_turn(offered(), file(BILL))).statement(DAY) as source:
        assert source.tell() == 0
    assert source.closed


async def test_what_fails_inside_is_not_taken_for_a_failed_download() -> None:
    with pytest.raises(UpstreamGarbled, match="mine"):
        async with wechat.connector(wechat.in_turn(offered(), file(BILL))).statement(DAY):
            raise UpstreamGarbled("mine")


def test_a_file_that_unpacks_to_too_much_is_given_up() -> None:
    packed = gzip.compress(b"\0" * 10_000_000)
    for most, refused in ((10_000_000, False), (9_999_999, True)):
        kept = BytesIO()
        if refused:
            with pytest.raises(UpstreamGarbled):
                unpack(BytesIO(packed), kept, most)
            assert len(kept.getvalue()) <= most
        else:
            unpack(BytesIO(packed), kept, most)

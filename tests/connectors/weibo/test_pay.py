"""Questions to Weibo Pay: what is asked, how it is signed, and what is made of the answer."""

import subprocess
from base64 import b64decode
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.http import HttpResponse
from schema.model.errors import CredentialsRefused, GivingError, NotFound, UpstreamGarbled
from schema.model.facts import Clues, DonationState, Movement, RefundState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.connectors.weibo import given as weibo


async def told(*answers: HttpResponse) -> Sequence[Movement]:
    return await weibo.connector(*answers)[0].donation(weibo.PAY_ID)


async def paid(**changed: object) -> DonationState:
    [found] = await told(weibo.payment(**changed))
    assert isinstance(found, DonationState)
    return found


async def test_a_payment_in_full() -> None:
    assert await paid() == DonationState(
        native_id="P2026090100000001",
        campaign=Clues(attach="campaign=school-lunch", order="LUNCH20260901W0001", app="1000000", merchant="2000000001"),
        stage=Stage.COMPLETED,
        version=0,
        amount=Money.of_minor(500, "CNY"),
        donated_at=datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC),
        source=AmountSource.MERCHANT_NOTIFICATION,
    )


async def test_what_a_notification_names_is_counted_as_the_query_tells_it_and_never_as_the_notification_did() -> None:
    lunch, http, _ = weibo.connector(weibo.payment(total_amount=500))
    lookups = lunch.receive(weibo.delivery(weibo.notification(total_amount="99999999", extra="campaign=other"))).fetch
    [found] = [movement for lookup in lookups for movement in await lunch.donation(lookup)]
    assert isinstance(found, DonationState)
    assert found.amount == Money.of_minor(500, "CNY")
    assert found.campaign == Clues(
        attach="campaign=school-lunch", order="LUNCH20260901W0001", app="1000000", merchant="2000000001"
    )
    assert len(http.requests) == 1


async def test_a_payment_that_the_query_does_not_call_paid_counts_nothing_whatever_was_notified() -> None:
    for status in ("PAY_STATUS_PENDING", "PAY_STATUS_CLOSED", "PAY_STATUS_SUCCES", "anything"):
        assert (await paid(status=status)).stage is Stage.PENDING


async def test_what_is_not_paid_yet_takes_the_time_of_asking() -> None:
    pending = await paid(status="PAY_STATUS_PENDING", pay_time="")
    assert pending.donated_at == weibo.NOW


async def test_an_amount_is_fen_as_a_number_or_as_text() -> None:
    for amount in (500, "500"):
        assert (await paid(total_amount=amount)).amount == Money.of_minor(500, "CNY")


async def test_ids_may_be_numbers_in_the_answer() -> None:
    assert (await paid(seller_id=2000000001, appkey=1000000)).stage is Stage.COMPLETED


async def test_refunds_are_told_with_their_payment_which_keeps_its_amount() -> None:
    movements = await told(weibo.payment(weibo.refund(), weibo.refund(out_refund_id="RF2", status="REFUND_STATUS_WAIT")))
    payment, one, two = movements
    assert isinstance(payment, DonationState)
    assert payment.amount == Money.of_minor(500, "CNY")
    assert one == RefundState(
        native_id="RF1",
        donation=weibo.PAY_ID,
        lookup=weibo.PAY_ID,
        stage=Stage.COMPLETED,
        version=0,
        amount=Money.of_minor(100, "CNY"),
        refunded_at=datetime(2026, 9, 2, 1, 0, tzinfo=UTC),
        source=AmountSource.MERCHANT_NOTIFICATION,
    )
    assert isinstance(two, RefundState)
    assert (two.native_id, two.stage) == ("RF2", Stage.PENDING)


async def test_a_refund_that_is_under_way_may_have_no_time() -> None:
    _, found = await told(weibo.payment(weibo.refund(status="REFUND_STATUS_WAIT", refund_time=None)))
    assert isinstance(found, RefundState)
    assert found.refunded_at == weibo.NOW


async def test_an_answer_without_a_list_of_refunds_has_none() -> None:
    answer = weibo.sample("payment.json")
    del answer["data"]["refunds"]
    assert len(await told(weibo.answered(answer))) == 1


async def test_a_question_is_a_form_signed_by_the_seller_which_openssl_believes(tmp_path: Path) -> None:
    lunch, http, _ = weibo.connector(weibo.payment())
    await lunch.donation(weibo.PAY_ID)
    [(request, headers)] = http.requests
    assert (request.method, request.url, request.budget) == ("POST", "https://pay.example/m/pay/query", "pay")
    assert request.idempotent
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    form = weibo.form_of(request)
    assert form.pop("sign_type") == "rsa"
    (tmp_path / "signature").write_bytes(b64decode(form.pop("sign")))
    assert form == {"appkey": "1000000", "seller_id": "2000000001", "pay_id": weibo.PAY_ID}
    (tmp_path / "text").write_bytes(b"appkey=1000000&pay_id=P2026090100000001&seller_id=2000000001")
    (tmp_path / "key").write_text(weibo.pem_public("seller"))
    judge = ["openssl", "dgst", "-sha1", "-verify", "key", "-signature", "signature", "text"]
    assert subprocess.run(judge, cwd=tmp_path, capture_output=True, check=False).stdout.strip() == b"Verified OK"


@pytest.mark.parametrize("code", ["100001", "0", 0, "", None, True, "x" * 100, [], "1000000"])
async def test_any_other_code_is_an_error_also_on_http_200(code: object) -> None:
    with pytest.raises(UpstreamGarbled):
        await told(weibo.answered({**weibo.sample("payment.json"), "code": code}))


async def test_the_code_may_be_a_number() -> None:
    assert len(await told(weibo.answered({**weibo.sample("payment.json"), "code": 100000}))) == 1


@pytest.mark.parametrize("data", [None, {}, []], ids=str)
async def test_an_answer_with_nothing_in_it_is_a_payment_that_is_not_known(data: object) -> None:
    with pytest.raises(NotFound):
        await told(weibo.answered({"code": "100000", "msg": "", "data": data}))


@pytest.mark.parametrize(
    "changed",
    [
        {"pay_id": "P2026090100000002"},
        {"seller_id": "2000000002"},
        {"appkey": "1000001"},
        {"pay_id": None},
        {"seller_id": None},
        {"total_amount": "5.00"},
        {"total_amount": -1},
        {"total_amount": None},
        {"total_amount": 10**13},
        {"pay_time": "then"},
        {"pay_time": None},
        {"status": None},
        {"status": []},
        {"extra": 7},
        {"extra": "x" * 2_000},
        {"extra": "\ud800"},
        {"refunds": {"RF1": {}}},
        {"refunds": [7]},
        {"refunds": [{"status": "REFUND_STATUS_SUCCESS"}]},
        {"refunds": "RF1"},
        {"refunds": [{"out_refund_id": "", "refund_amount": 1, "status": "x"}]},
        {"refunds": [{"out_refund_id": "RF1", "refund_amount": "1.5", "status": "x"}]},
        {"refunds": [{"out_refund_id": "RF1", "refund_amount": 1, "status": "REFUND_STATUS_SUCCESS"}]},
    ],
    ids=range(23),
)
async def test_an_answer_for_another_payment_or_seller_or_that_cannot_be_read_is_garbled(changed: dict[str, Any]) -> None:
    with pytest.raises(UpstreamGarbled) as caught:
        await told(weibo.payment(**changed))
    assert "1000000009" not in repr(caught.value)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (weibo.answered(b"<html>", 200), UpstreamGarbled),
        (weibo.answered({"code": "100000", "data": "x"}), UpstreamGarbled),
        (weibo.answered(b"[]"), UpstreamGarbled),
        (weibo.answered({}, 401), CredentialsRefused),
        (weibo.answered({}, 404), NotFound),
        (weibo.answered({}, 302), UpstreamGarbled),
    ],
    ids=range(6),
)
async def test_an_answer_that_is_none_is_the_error_that_fits(answer: HttpResponse, error: type[GivingError]) -> None:
    with pytest.raises(error):
        await told(answer)


@pytest.mark.parametrize("lookup", ["", "P 1", "P1&seller_id=2", "../refund/apply", "P" * 65, "export/G1"])
async def test_nothing_is_asked_for_a_text_that_is_no_number(lookup: str) -> None:
    with pytest.raises(NotFound):
        await weibo.connector()[0].donation(lookup)


async def test_nothing_of_the_buyer_is_in_a_fact() -> None:
    assert "1000000009" not in repr(await paid())


WRONG = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2) | st.just({"a": 1})
)
PAYMENT = ("pay_id", "out_pay_id", "status", "total_amount", "pay_time", "extra", "seller_id", "appkey", "refunds")
REFUND = ("out_refund_id", "refund_amount", "status", "refund_time")


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from(PAYMENT), WRONG, max_size=2), st.dictionaries(st.sampled_from(REFUND), WRONG, max_size=2)
)
async def test_whatever_is_answered_gives_movements_or_says_that_it_is_garbled(
    payment: dict[str, object], refund: dict[str, object]
) -> None:
    whole = {"refunds": [weibo.refund(**refund)], **payment}
    try:
        movements = await told(weibo.payment(**whole))
    except UpstreamGarbled:
        return
    assert isinstance(movements[0], DonationState)

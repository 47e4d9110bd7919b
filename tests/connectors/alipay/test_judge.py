"""What OpenSSL makes of the same signatures: it signs what we believe, and believes what we sign."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest

from connectors.alipay.settings import Account
from schema.model.errors import DeliveryRejected
from tests.connectors.alipay import given as alipay

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")

NOTIFIED = (
    "app_id=2021000000000001&auth_app_id=2021000000000001&buyer_id=2088000000000001&buyer_pay_amount=5.00&charset=utf-8"
    '&fund_bill_list=[{"amount":"5.00","fundChannel":"ALIPAYACCOUNT"}]&gmt_create=2026-09-01 10:20:20'
    "&gmt_payment=2026-09-01 10:20:30&invoice_amount=5.00&notify_id=2026090100222102031000000000000001"
    "&notify_time=2026-09-01 10:20:31&notify_type=trade_status_sync&out_trade_no=LUNCH20260901A0001"
    "&passback_params=campaign%3Dschool-lunch&point_amount=0.00&receipt_amount=5.00&seller_id=2088000000000002&subject=免费午餐"
    "&total_amount=5.00&trade_no=2026090122001400000000000001&trade_status=TRADE_SUCCESS&version=1.0"
)
"""The sample's signed text as the sheet says to make it, written out by hand."""
QUESTION = (
    "app_id=2021000000000001&"
    'biz_content={"trade_no":"2026090122001400000000000001"}&charset=utf-8&format=JSON&method=alipay.trade.query&sign_type=RSA2'
    "&timestamp=2026-09-01 10:20:31&version=1.0"
)


def openssl(folder: Path, *arguments: str, message: str, key: str) -> subprocess.CompletedProcess[bytes]:
    (folder / "message").write_text(message, "utf-8")
    (folder / "key").write_text(key, "utf-8")
    command = ["openssl", "dgst", "-sha256", *arguments, "message"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=30)


def test_a_notification_that_openssl_signed_is_believed(tmp_path: Path) -> None:
    made = openssl(tmp_path, "-sign", "key", message=NOTIFIED, key=alipay.pem_private("alipay"))
    body = alipay.form({**alipay.SAMPLE, "sign": base64.b64encode(made.stdout).decode()})
    assert alipay.connector().receive(alipay.delivery(body)).facts
    with pytest.raises(DeliveryRejected):
        alipay.connector().receive(alipay.delivery(body.replace(b"total_amount=5.00", b"total_amount=6.00")))


async def test_a_question_is_signed_so_that_openssl_believes_it(tmp_path: Path) -> None:
    lunch, http = alipay.with_http(alipay.in_turn(alipay.answered(alipay.trade())))
    await lunch.donation(alipay.TRADE)
    [(request, _)] = http.requests
    (tmp_path / "signature").write_bytes(base64.b64decode(alipay.asked(request)["sign"]))
    how = ("-verify", "key", "-signature", "signature")
    assert openssl(tmp_path, *how, message=QUESTION, key=alipay.pem_public("app")).returncode == 0
    assert openssl(tmp_path, *how, message=QUESTION + " ", key=alipay.pem_public("app")).returncode == 1


def test_the_key_of_the_console_is_the_one_in_pem(tmp_path: Path) -> None:
    made = openssl(tmp_path, "-sign", "key", message="x", key=alipay.pem_private("alipay"))
    sign = base64.b64encode(made.stdout).decode()
    for key in (alipay.console("alipay"), alipay.pem_public("alipay"), f" {alipay.console('alipay')}\n"):
        Account.of(alipay.settings(alipay_public_key=key)).verify(sign, b"x")

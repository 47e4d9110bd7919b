"""What the independent library wechatpayv3 makes of the same notifications, in both key modes."""

import json
from pathlib import Path
from typing import Any

import pytest
from wechatpayv3 import WeChatPay as Judge
from wechatpayv3 import WeChatPayType

from schema.model.errors import DeliveryRejected
from schema.model.facts import DonationState
from tests.connectors.wechat_pay import given as wechat

BODY = (wechat.SAMPLES / "notification.json").read_bytes()


def judge(mode: str, folder: Path) -> Any:
    if mode == "public key":
        how = {"public_key": wechat.pem_public("wechat"), "public_key_id": wechat.PUBLIC_KEY_ID}
    else:
        (folder / f"wechatpay_{wechat.SERIAL}.pem").write_text(wechat.pem_certificate("wechat"), "utf-8")
        how = {"cert_dir": str(folder)}
    return Judge(
        wechatpay_type=WeChatPayType.JSAPI,
        mchid=wechat.MCHID,
        private_key=wechat.pem_private("merchant"),
        cert_serial_no="3775B6A45ACD588826D15E583A95F5DD00000001",
        appid="wx0000000000000001",
        apiv3_key=wechat.APIV3_KEY,
        **how,
    )


@pytest.mark.parametrize("mode", ["public key", "certificate"])
def test_both_believe_the_same_message_and_read_the_same_payment(mode: str, tmp_path: Path) -> None:
    serial = wechat.PUBLIC_KEY_ID if mode == "public key" else wechat.SERIAL
    headers = wechat.signed(BODY, serial=serial)
    theirs = judge(mode, tmp_path).callback(headers, BODY.decode())["resource"]
    theirs = json.loads(theirs) if isinstance(theirs, str) else theirs
    keys = {serial: wechat.pem_public("wechat")}
    [ours] = wechat.connector(verification_keys=keys).receive(wechat.delivery(BODY, headers)).facts
    assert isinstance(ours, DonationState)
    assert ours.amount is not None
    assert (ours.native_id, ours.amount.minor) == (theirs["transaction_id"], theirs["amount"]["total"])


def test_neither_believes_a_changed_message(tmp_path: Path) -> None:
    headers, changed = wechat.signed(BODY, serial=wechat.PUBLIC_KEY_ID), BODY.replace(b"6f0c", b"6f0d")
    assert judge("public key", tmp_path).callback(headers, changed.decode()) is None
    with pytest.raises(DeliveryRejected):
        wechat.connector(verification_keys={wechat.PUBLIC_KEY_ID: wechat.pem_public("wechat")}).receive(
            wechat.delivery(changed, headers)
        )

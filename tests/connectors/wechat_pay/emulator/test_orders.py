"""Orders over the API: created, asked for, paid, closed; direct and of a service provider."""

from typing import Any

import pytest

from connectors.wechat_pay.emulator import Part, WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Merchant

PAY, PARTNER = "/v3/pay/transactions", "/v3/pay/partner/transactions"
ORDER: dict[str, Any] = {
    "appid": "wx0000000000000001",
    "mchid": "1900000001",
    "description": "免费午餐",
    "out_trade_no": "LUNCH20260901000001",
    "notify_url": "https://giving.example.org/hook",
    "attach": "campaign=school-lunch",
    "amount": {"total": 400, "currency": "CNY"},
    "payer": {"openid": "oDEMOpayer"},
}
SOLD = {name: value for name, value in ORDER.items() if name not in ("appid", "mchid", "payer")} | {
    "sp_appid": "wx0000000000000001",
    "sp_mchid": "1900000001",
    "sub_mchid": "1900000109",
    "payer": {"sp_openid": "oDEMOpayer"},
}
DIRECT_QUERY = f"{PAY}/out-trade-no/LUNCH20260901000001?mchid=1900000001"
PARTNER_QUERY = f"{PARTNER}/out-trade-no/LUNCH20260901000001?sp_mchid=1900000001&sub_mchid=1900000109"


async def test_an_order_is_created_asked_for_and_paid(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    assert (await merchant.post(f"{PAY}/jsapi", ORDER)).told["prepay_id"].startswith("wx")
    unpaid = (await merchant.get(DIRECT_QUERY)).told
    payment = await emulator.pay(400, out_trade_no="LUNCH20260901000001")
    paid = (await merchant.get(DIRECT_QUERY)).told

    assert unpaid["trade_state"] == "NOTPAY"
    assert not {"transaction_id", "payer", "success_time", "attach"} & set(unpaid)
    assert (paid["trade_state"], paid["payer"]) == ("SUCCESS", {"openid": "oDEMOpayer"})
    assert paid["attach"] == "campaign=school-lunch"
    assert (await merchant.get(f"{PAY}/id/{payment.transaction_id}?mchid=1900000001")).told == paid


async def test_an_order_that_was_revoked_is_told_without_a_payer(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    order = await emulator.revoke(400)

    told = (await merchant.get(f"{PAY}/id/{order.transaction_id}?mchid=1900000001")).told
    assert told["trade_state"] == "REVOKED"
    assert not {"transaction_id", "payer", "success_time", "attach"} & set(told)
    with pytest.raises(ValueError, match="REVOKED"):
        await emulator.pay(400, out_trade_no=order.out_trade_no)


async def test_a_native_order_gives_an_address_for_a_qr_code(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    answer = await merchant.post(f"{PAY}/native", {name: value for name, value in ORDER.items() if name != "payer"})

    assert answer.told["code_url"].startswith("weixin://wxpay/bizpayurl?pr=")
    assert (await emulator.pay(400, out_trade_no="LUNCH20260901000001")).trade_type == "NATIVE"


async def test_an_order_of_a_sub_merchant_lives_on_the_partner_address_only(
    emulator: WeChatPayEmulator, merchant: Merchant
) -> None:
    assert (await merchant.post(f"{PARTNER}/jsapi", SOLD)).status == 200
    payment = await emulator.pay(400, out_trade_no="LUNCH20260901000001")
    told = (await merchant.get(PARTNER_QUERY)).told

    assert (told["sp_mchid"], told["sub_mchid"], told["sp_appid"]) == ("1900000001", "1900000109", "wx0000000000000001")
    by_id = f"{PARTNER}/id/{payment.transaction_id}?sp_mchid=1900000001&sub_mchid="
    assert (await merchant.get(by_id + "1900000109")).told == told
    assert (await merchant.get(by_id + "1900000110")).refusal == (404, "ORDER_NOT_EXIST")
    assert (await merchant.get(by_id + "1999999999")).refusal == (403, "NO_AUTH")
    assert (await merchant.get(DIRECT_QUERY)).refusal == (404, "ORDER_NOT_EXIST")


async def test_each_order_of_a_combined_payment_can_be_asked_for(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    for payment in await emulator.pay_combined([Part(100), Part(250)]):
        told = (await merchant.get(f"{PAY}/id/{payment.transaction_id}?mchid=1900000001")).told
        assert told["amount"]["total"] == payment.amount_fen


async def test_an_unknown_number_is_refused_with_its_result(merchant: Merchant) -> None:
    answer = await merchant.get(f"{PAY}/id/4200000000000000000000000000?mchid=1900000001")

    assert answer.refusal == (404, "ORDER_NOT_EXIST")
    assert answer.headers["Request-ID"].endswith("-268512771")


async def test_another_merchants_number_is_refused(merchant: Merchant) -> None:
    assert (await merchant.get(f"{PAY}/id/1?mchid=1900000002")).refusal == (400, "PARAM_ERROR")
    assert (await merchant.get(f"{PAY}/id/1")).refusal == (400, "PARAM_ERROR")


@pytest.mark.parametrize("missing", ["appid", "mchid", "description", "out_trade_no", "notify_url", "amount", "payer"])
async def test_an_order_needs_all_of_its_fields(merchant: Merchant, missing: str) -> None:
    answer = await merchant.post(f"{PAY}/jsapi", {name: value for name, value in ORDER.items() if name != missing})

    assert answer.refusal == (400, "PARAM_ERROR")


@pytest.mark.parametrize("attach", ["x" * 129, "饭" * 43, "\N{RICE BALL}\N{SMILING FACE WITH SUNGLASSES}"])
async def test_an_attach_that_is_too_long_or_has_four_byte_characters_is_refused(merchant: Merchant, attach: str) -> None:
    assert (await merchant.post(f"{PAY}/jsapi", ORDER | {"attach": attach})).refusal == (400, "INVALID_REQUEST")


async def test_an_order_number_serves_once(merchant: Merchant) -> None:
    assert (await merchant.post(f"{PAY}/jsapi", ORDER)).status == 200
    assert (await merchant.post(f"{PAY}/jsapi", ORDER)).refusal == (400, "INVALID_REQUEST")


async def test_a_closed_order_is_not_paid(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await merchant.post(f"{PAY}/jsapi", ORDER)
    closed = await merchant.post(f"{PAY}/out-trade-no/LUNCH20260901000001/close", {"mchid": "1900000001"})

    assert (closed.status, closed.body) == (204, b"")
    assert merchant.verifies(closed.headers, b"")
    assert (await merchant.get(DIRECT_QUERY)).told["trade_state"] == "CLOSED"
    with pytest.raises(ValueError, match="CLOSED"):
        await emulator.pay(400, out_trade_no="LUNCH20260901000001")


async def test_a_paid_order_is_not_closed(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await merchant.post(f"{PARTNER}/jsapi", SOLD)
    await emulator.pay(400, out_trade_no="LUNCH20260901000001")
    owner = {"sp_mchid": "1900000001", "sub_mchid": "1900000109"}

    assert (await merchant.post(f"{PARTNER}/out-trade-no/LUNCH20260901000001/close", owner)).refusal == (400, "ORDERPAID")


async def test_an_order_is_paid_in_full_or_not_at_all(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    await merchant.post(f"{PAY}/jsapi", ORDER)

    with pytest.raises(ValueError, match="400 fen"):
        await emulator.pay(399, out_trade_no="LUNCH20260901000001")
    assert emulator.books == {}

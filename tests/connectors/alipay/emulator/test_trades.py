"""Trades and refunds, asked for."""

from connectors.alipay.emulator import AlipayEmulator, Buyer
from tests.connectors.alipay.emulator.client import Client
from tests.connectors.alipay.emulator.conftest import MORNING

QUERY, REFUND_QUERY = "alipay.trade.query", "alipay.trade.fastpay.refund.query"


async def test_a_trade_is_found_by_either_number(emulator: AlipayEmulator, client: Client) -> None:
    paid = await emulator.pay(123_456_789, attach="campaign=school-lunch", book="school-lunch", at=MORNING)

    by_alipay = await client.call(QUERY, {"trade_no": paid.trade_no})
    by_merchant = await client.call(QUERY, {"out_trade_no": paid.out_trade_no})

    assert by_alipay.told == by_merchant.told
    assert by_alipay.told["trade_status"] == "TRADE_SUCCESS"
    assert by_alipay.told["total_amount"] == "1234567.89"
    assert by_alipay.told["send_pay_date"] == "2026-09-01 10:20:30"
    assert by_alipay.told["buyer_user_id"] == paid.buyer.id
    assert by_alipay.told["fund_bill_list"] == [{"amount": "1234567.89", "fund_channel": "ALIPAYACCOUNT"}]
    assert "passback_params" not in by_alipay.told


async def test_newer_apps_get_an_open_id_in_place_of_the_id(emulator: AlipayEmulator, client: Client) -> None:
    paid = await emulator.pay(500, attach="", book="b", buyer=Buyer("", "can***@example.org", "017CanaryOpenId"))

    told = (await client.call(QUERY, {"trade_no": paid.trade_no})).told

    assert "buyer_user_id" not in told
    assert (told["buyer_open_id"], told["buyer_logon_id"]) == ("017CanaryOpenId", "can***@example.org")


async def test_the_status_is_that_of_now(emulator: AlipayEmulator, client: Client) -> None:
    paid, over = [await emulator.pay(500, attach="", book="b") for _ in range(2)]
    left = await emulator.abandon(500, attach="", book="b")
    await emulator.refund(paid, 200)
    await emulator.finish(over)

    async def status(trade_no: str) -> str:
        return str((await client.call(QUERY, {"trade_no": trade_no})).told["trade_status"])

    assert await status(paid.trade_no) == "TRADE_SUCCESS"
    assert await status(over.trade_no) == "TRADE_FINISHED"
    assert await status(left.trade_no) == "TRADE_CLOSED"
    await emulator.refund(paid, 300)
    assert await status(paid.trade_no) == "TRADE_CLOSED"


async def test_a_refund_is_found_by_its_request_number(emulator: AlipayEmulator, client: Client) -> None:
    paid = await emulator.pay(500, attach="", book="b")
    first, second = [await emulator.refund(paid, fen) for fen in (100, 150)]

    told = (await client.call(REFUND_QUERY, {"trade_no": paid.trade_no, "out_request_no": second.out_biz_no})).told

    assert first.out_biz_no != second.out_biz_no == told["out_request_no"]
    assert (told["refund_amount"], told["total_amount"]) == ("1.50", "5.00")
    assert told["refund_status"] == "REFUND_SUCCESS"


async def test_a_refund_that_never_was_is_a_success_that_tells_nothing(emulator: AlipayEmulator, client: Client) -> None:
    paid, other = [await emulator.pay(500, attach="", book="b") for _ in range(2)]
    refund = await emulator.refund(other, 100)

    answer = await client.call(REFUND_QUERY, {"trade_no": paid.trade_no, "out_request_no": refund.out_biz_no})

    assert answer.told == {"code": "10000", "msg": "Success"}


async def test_a_question_without_a_number_is_refused(emulator: AlipayEmulator, client: Client) -> None:
    paid = await emulator.pay(500, attach="", book="b")

    assert (await client.call(QUERY, {})).refusal == ("40004", "ACQ.INVALID_PARAMETER")
    assert (await client.call(REFUND_QUERY, {"trade_no": paid.trade_no})).refusal == ("40004", "ACQ.INVALID_PARAMETER")
    assert (await client.call(QUERY, {"out_trade_no": "NONE"})).refusal == ("40004", "ACQ.TRADE_NOT_EXIST")

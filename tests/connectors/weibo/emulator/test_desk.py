"""Weibo Pay's calls, by a merchant who signs with plain numbers."""

import pytest

from connectors.weibo.emulator import WeiboEmulator
from tests.connectors.weibo.emulator.client import Client
from tests.connectors.weibo.emulator.receiver import Receiver

ORDER = {
    "out_pay_id": "LUNCH20260901W0001",
    "subject": "免费午餐 <b>&",
    "body": "donation",
    "total_amount": "500",
    "notify_url": "https://charity.invalid/notify",
    "return_url": "https://charity.invalid/thanks",
    "expire": "900",
    "extra": "campaign=school-lunch",
}


async def test_a_payment_is_found_by_either_number(emulator: WeiboEmulator, client: Client) -> None:
    payment = await emulator.pay(500, attach="campaign=school-lunch", book="school-lunch", out_pay_id="LUNCH1")

    by_ours, by_theirs = (
        await client.paid("pay/query", out_pay_id="LUNCH1"),
        await client.paid("pay/query", pay_id=payment.pay_id),
    )
    assert by_ours == by_theirs
    assert by_ours | {"pay_time": ""} == {
        "appkey": "1000000",
        "seller_id": "2000000001",
        "pay_id": payment.pay_id,
        "out_pay_id": "LUNCH1",
        "total_amount": 500,
        "subject": "免费午餐",
        "body": "donation",
        "extra": "campaign=school-lunch",
        "status": "PAY_STATUS_SUCCESS",
        "pay_time": "",
        "refunds": [],
    }


async def test_what_went_back_is_told_with_the_payment(emulator: WeiboEmulator, client: Client) -> None:
    payment = await emulator.pay(500, attach="", book="school-lunch")
    gone = await emulator.refund(payment, 100)
    going = await emulator.refund(payment, 50, arrives=False)

    first, second = (await client.paid("pay/query", pay_id=payment.pay_id))["refunds"]
    assert (first["out_refund_id"], first["refund_amount"], first["status"]) == (
        gone.out_refund_id,
        100,
        "REFUND_STATUS_SUCCESS",
    )
    assert first["refund_time"]
    assert (second["out_refund_id"], second["refund_time"]) == (going.out_refund_id, "")
    assert second["status"] != "REFUND_STATUS_SUCCESS"
    by_number = await client.paid("pay/refund/query", out_refund_id=gone.out_refund_id)
    assert by_number == {"pay_id": payment.pay_id, **first}
    assert (await client.paid("pay/refund/query", pay_id=payment.pay_id))["out_refund_id"] == going.out_refund_id


async def test_the_cash_desk_orders_and_shows_a_page_and_the_payer_pays(
    emulator: WeiboEmulator, client: Client, receiver: Receiver
) -> None:
    page = await client.ask("GET", f"{client.account['pay_url']}/pay/cashier", client.signed(ORDER))
    assert (page.status, page.kind) == (200, "text/html")
    assert "5.00 元" in page.body.decode()
    assert "免费午餐 &lt;b&gt;&amp;" in page.body.decode()
    before = await client.paid("pay/query", out_pay_id=ORDER["out_pay_id"])
    assert (before["status"] == "PAY_STATUS_SUCCESS", before["pay_time"]) == (False, "")

    await emulator.pay_at_desk(ORDER["out_pay_id"], book="school-lunch")
    await emulator.sender.settle()
    assert receiver.heard[0].fields["extra"] == "campaign=school-lunch"
    assert (await client.paid("pay/query", out_pay_id=ORDER["out_pay_id"]))["status"] == "PAY_STATUS_SUCCESS"
    with pytest.raises(ValueError, match="was paid"):
        await emulator.pay_at_desk(ORDER["out_pay_id"], book="school-lunch")


async def test_an_order_that_is_too_late_is_not_paid(emulator: WeiboEmulator, client: Client) -> None:
    await client.ask("GET", f"{client.account['pay_url']}/pay/cashier", client.signed(ORDER | {"expire": "0"}))

    with pytest.raises(ValueError, match="too late"):
        await emulator.pay_at_desk(ORDER["out_pay_id"], book="school-lunch")
    with pytest.raises(ValueError, match="no such order"):
        await emulator.pay_at_desk("NONE", book="school-lunch")


async def test_a_merchant_gives_something_back(emulator: WeiboEmulator, client: Client, receiver: Receiver) -> None:
    payment = await emulator.pay(500, attach="", book="school-lunch", notify=False)
    asked = {"pay_id": payment.pay_id, "notify_url": "https://charity.invalid/notify"}
    assert (await client.paid("refund/apply", out_refund_id="R1", detail_data="200", **asked))["is_success"] == "T"
    assert (await client.paid("refund/apply", out_refund_id="R2", **asked))["is_success"] == "T"
    await emulator.sender.settle()

    assert (emulator.books["school-lunch"].raised, emulator.books["school-lunch"].count) == (0, 0)
    assert {heard.fields["out_refund_id"] for heard in receiver.heard} == {"R1", "R2"}
    assert (await client.pay("refund/apply", out_refund_id="R3", **asked)).told["code"] != "100000"


@pytest.mark.parametrize(
    ("path", "fields", "changed"),
    [
        ("pay/query", {}, {}),
        ("pay/query", {"pay_id": "P0"}, {"sign": "AAAA"}),
        ("pay/query", {"pay_id": "P0"}, {"sign": "no base64"}),
        ("pay/query", {"pay_id": "P0"}, {"sign_type": "rsa2"}),
        ("pay/query", {"pay_id": "P0", "seller_id": "2000000002"}, {}),
        ("pay/query", {"pay_id": "P0"}, {"pay_id": "P1"}),
        ("pay/refund/query", {"out_refund_id": "R0"}, {}),
        ("refund/apply", {"pay_id": "P0", "out_refund_id": "R0"}, {}),
    ],
)
async def test_a_bad_call_has_another_code(client: Client, path: str, fields: dict[str, str], changed: dict[str, str]) -> None:
    answer = await client.send(path, client.signed(fields) | changed)

    assert answer.status == 200
    assert answer.told["code"] != "100000"
    assert answer.told["msg"]
    assert answer.told["data"] == {}


async def test_of_a_payment_that_is_not_there_nothing_is_told(client: Client) -> None:
    assert await client.paid("pay/query", pay_id="P0") == {}


@pytest.mark.parametrize("changed", [{"total_amount": "5.00"}, {"total_amount": "0"}, {"subject": ""}, {"notify_url": ""}])
async def test_an_order_that_cannot_be_is_refused(client: Client, changed: dict[str, str]) -> None:
    answer = await client.ask("GET", f"{client.account['pay_url']}/pay/cashier", client.signed(ORDER | changed))

    assert answer.told["code"] != "100000"


async def test_an_order_keeps_its_amount(client: Client) -> None:
    url = f"{client.account['pay_url']}/pay/cashier"
    assert (await client.ask("GET", url, client.signed(ORDER))).status == 200

    assert (await client.ask("GET", url, client.signed(ORDER | {"total_amount": "1"}))).told["code"] != "100000"


async def test_the_query_is_down_and_up_again(emulator: WeiboEmulator, client: Client) -> None:
    payment = await emulator.pay(500, attach="", book="school-lunch")
    emulator.pay_outage.fail_next = 2

    assert [(await client.pay("pay/query", pay_id=payment.pay_id)).status for _ in range(3)] == [500, 500, 200]


@pytest.mark.parametrize("status", [500, 200, 414, 418])
async def test_pages_come_in_place_of_answers(emulator: WeiboEmulator, client: Client, status: int) -> None:
    emulator.pay_outage.fail_next, emulator.pay_outage.fail_status = 1, status
    answer = await client.pay("pay/query", pay_id="P0")

    assert (answer.status, answer.kind) == (status, "text/html")


async def test_amounts_may_be_text(emulator: WeiboEmulator, client: Client) -> None:
    payment = await emulator.pay(500, attach="", book="school-lunch")
    await emulator.refund(payment, 100)
    emulator.api.text_amounts = True

    told = await client.paid("pay/query", pay_id=payment.pay_id)
    assert (told["total_amount"], told["refunds"][0]["refund_amount"]) == ("500", "100")

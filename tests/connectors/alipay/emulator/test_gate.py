"""Who is let in at the gateway, and how what it answers is signed."""

from datetime import datetime, timedelta

import pytest

from connectors.alipay.emulator import AlipayEmulator
from tests.connectors.alipay.emulator.client import Client

QUERY = "alipay.trade.query"


async def test_an_answer_is_signed_over_its_inner_text_as_it_came(emulator: AlipayEmulator, client: Client) -> None:
    paid = await emulator.pay(500, attach="campaign=school-lunch", book="school-lunch")

    answer = await client.call(QUERY, {"trade_no": paid.trade_no})

    assert answer.name == "alipay_trade_query_response"
    assert (answer.told["code"], answer.told["msg"]) == ("10000", "Success")
    assert answer.signed


async def test_an_answer_that_is_written_anew_has_another_text(emulator: AlipayEmulator, client: Client) -> None:
    await emulator.pay(500, attach="", book="school-lunch")
    emulator.clock.turn(timedelta(days=1))
    form = client.form("alipay.data.dataservice.bill.downloadurl.query", {"bill_type": "trade", "bill_date": "2026-09-01"})

    async with client.http.post(client.account["base_url"], data=form) as answer:
        body = await answer.text()

    assert r"\/downloadBillFile.resource?" in body  # JSON writers of today would not escape it


async def test_a_refusal_is_signed_as_well(client: Client) -> None:
    answer = await client.call(QUERY, {"trade_no": "none"})

    assert answer.refusal == ("40004", "ACQ.TRADE_NOT_EXIST")
    assert answer.name == "alipay_trade_query_response"
    assert answer.signed


async def test_an_app_that_is_not_known_is_told_so_without_a_signature(client: Client) -> None:
    answer = await client.call(QUERY, {"trade_no": "1"}, {"app_id": "2021000000000404"})

    assert answer.name == "error_response"
    assert answer.refusal == ("40002", "isv.invalid-app-id")
    assert answer.signed is None


async def test_a_method_that_does_not_exist_is_an_error_response(client: Client) -> None:
    answer = await client.call("alipay.trade.gift", {})

    assert answer.name == "error_response"
    assert answer.refusal == ("40002", "isv.invalid-method")
    assert answer.signed


@pytest.mark.parametrize(
    ("name", "value", "sub_code"),
    [
        ("sign_type", "RSA", "isv.invalid-signature-type"),
        ("charset", "gbk", "isv.invalid-charset"),
        ("version", "2.0", "isv.invalid-version"),
        ("format", "XML", "isv.invalid-format"),
        ("timestamp", "2026-09-01T10:20:30", "isv.invalid-timestamp"),
        ("timestamp", "", "isv.invalid-timestamp"),
        ("biz_content", "[]", "isv.invalid-parameter"),
        ("biz_content", "", "isv.invalid-parameter"),
        ("biz_content", '{"trade_no":7}', "isv.invalid-parameter"),
    ],
)
async def test_a_field_that_is_wrong_is_named(client: Client, name: str, value: str, sub_code: str) -> None:
    answer = await client.call(QUERY, {"trade_no": "1"}, {name: value})

    assert answer.refusal == ("40002", sub_code)


async def test_the_time_of_a_call_is_beijings_and_no_other_zones(emulator: AlipayEmulator, client: Client) -> None:
    def utc_taken_for_beijing() -> datetime:
        return emulator.clock.now() - timedelta(hours=8)

    client.now = utc_taken_for_beijing

    assert (await client.call(QUERY, {"trade_no": "1"})).refusal == ("40002", "isv.invalid-timestamp")


@pytest.mark.parametrize("name", ["biz_content", "timestamp", "notify_url", "sign_type"])
async def test_a_field_that_was_changed_after_signing_is_found(client: Client, name: str) -> None:
    form = client.form(QUERY, {"trade_no": "1"}, {"notify_url": "https://a.example"})
    changed = {"sign_type": "RSA"}.get(name, form[name] + " ")

    assert (await client.send(form | {name: changed})).told["code"] == "40002"


async def test_a_call_without_a_signature_or_with_another_apps_is_refused(client: Client) -> None:
    form = client.form(QUERY, {"trade_no": "1"})
    client.account = {**client.account, "app_private_key": AlipayEmulator(seed=2).keys.app_pem}
    foreign = client.form(QUERY, {"trade_no": "1"})

    assert (await client.send({**form, "sign": ""})).refusal == ("40002", "isv.missing-signature")
    assert (await client.send({**form, "sign": "no base64"})).refusal == ("40002", "isv.invalid-signature")
    assert (await client.send(foreign)).refusal == ("40002", "isv.invalid-signature")


async def test_empty_fields_are_not_in_the_signed_text(emulator: AlipayEmulator, client: Client) -> None:
    paid = await emulator.pay(500, attach="", book="school-lunch")

    answer = await client.call(QUERY, {"trade_no": paid.trade_no}, {"notify_url": "", "app_auth_token": ""})

    assert answer.told["code"] == "10000"


async def test_what_is_no_form_has_no_app(client: Client) -> None:
    async with client.http.post(client.account["base_url"], json={"app_id": client.account["app_id"]}) as answer:
        assert client.read(await answer.text(), answer.content_type).refusal == ("40002", "isv.invalid-app-id")

"""Certificates: fetched, believed, replaced and revoked."""

import json
from typing import Any

import pytest

from connectors.http import Headers, HttpResponse
from connectors.wechat_pay.connector import WeChatPay
from schema.model.errors import CredentialsRefused, DeliveryRejected, KeyUnknown, UpstreamGarbled
from tests.connectors.wechat_pay import given as wechat

ORDER = wechat.sample("transaction.json")
NUMBER = ORDER["transaction_id"]
BODY = (wechat.SAMPLES / "notification.json").read_bytes()
NEW = "6" * 40


def listed(*entries: tuple[str, str], start: str = "2026-01-01", end: str = "2030-12-31", **how: Any) -> HttpResponse:
    """GET /v3/certificates: serials with the names of their keys, signed by the last of them unless told otherwise."""
    data = [
        {
            "serial_no": serial,
            "effective_time": f"{start}T00:00:00+08:00",
            "expire_time": f"{end}T00:00:00+08:00",
            "encrypt_certificate": wechat.sealed(wechat.pem_certificate(name).encode(), associated="certificate"),
        }
        for serial, name in entries
    ]
    return wechat.answered({"data": data}, **{"serial": entries[-1][0], "name": entries[-1][1], **how})


def accepts(connector: WeChatPay, serial: str, name: str = "wechat") -> bool:
    try:
        connector.receive(wechat.delivery(BODY, wechat.signed(BODY, serial=serial, name=name)))
    except DeliveryRejected:
        return False
    return True


async def test_certificates_are_fetched_and_prove_their_own_answer() -> None:
    connector, http, _ = wechat.with_http(wechat.in_turn(listed((NEW, "wechat"))), verification_keys=None)
    assert not accepts(connector, NEW)
    await connector.refresh_keys()
    assert accepts(connector, NEW)
    assert accepts(connector, "6" * 40)
    assert http.requests[0][0].url == "https://wechat.example/v3/certificates"


async def test_two_certificates_are_good_at_once_and_one_no_longer_listed_is_revoked() -> None:
    both, later = listed((wechat.SERIAL, "wechat"), (NEW, "stranger")), listed((NEW, "stranger"))
    connector = wechat.connector(wechat.in_turn(both, later), verification_keys=None)
    await connector.refresh_keys()
    assert accepts(connector, wechat.SERIAL)
    assert accepts(connector, NEW, "stranger")
    await connector.refresh_keys()
    assert not accepts(connector, wechat.SERIAL)
    assert accepts(connector, NEW, "stranger")


async def test_the_keys_of_the_settings_stay() -> None:
    connector = wechat.connector(wechat.in_turn(listed((NEW, "wechat"))))
    await connector.refresh_keys()
    assert accepts(connector, wechat.SERIAL)
    assert accepts(connector, NEW)


@pytest.mark.parametrize(("start", "end"), [("2026-09-02", "2030-12-31"), ("2020-01-01", "2026-09-01")])
async def test_a_certificate_is_good_only_in_its_time(start: str, end: str) -> None:
    answer = listed((NEW, "stranger"), start=start, end=end, serial=wechat.SERIAL, name="wechat")
    connector = wechat.connector(wechat.in_turn(answer))
    await connector.refresh_keys()
    with pytest.raises(KeyUnknown):
        connector.receive(wechat.delivery(BODY, wechat.signed(BODY, serial=NEW, name="stranger")))


def spoilt_certificates() -> dict[str, HttpResponse]:
    good = json.loads(listed((NEW, "wechat")).body)["data"][0]
    sealed = good["encrypt_certificate"]
    other_key = wechat.sealed(wechat.pem_certificate("wechat").encode(), key="x" * 32, associated="certificate")
    no_pem = wechat.sealed(b"\xff", associated="certificate")
    made = {
        "no list": {"data": {}},
        "no entry": {"data": [good, None]},
        "no certificate": {"data": [{**good, "encrypt_certificate": None}]},
        "another APIv3 key": {"data": [{**good, "encrypt_certificate": other_key}]},
        "no PEM": {"data": [{**good, "encrypt_certificate": no_pem}]},
        "other bytes": {"data": [{**good, "encrypt_certificate": {**sealed, "nonce": "Dm0N0nce0002"}}]},
        "no time": {"data": [{**good, "expire_time": "never"}]},
        "no serial": {"data": [{**good, "serial_no": None}]},
    }
    answers = {name: wechat.answered(value, serial=NEW) for name, value in made.items()}
    return {
        **answers,
        "signed by a stranger": listed((NEW, "wechat"), name="stranger"),
        "signed under a serial not listed": listed((NEW, "wechat"), serial="7" * 40),
        "unsigned": HttpResponse(200, Headers(), listed((NEW, "wechat")).body),
        "refused": wechat.refused(403, "NO_AUTH"),
        "none for this merchant": wechat.refused(404, "RESOURCE_NOT_EXISTS"),
    }


@pytest.mark.parametrize("case", [*spoilt_certificates()])
async def test_a_refresh_that_fails_changes_nothing(case: str) -> None:
    spoilt = spoilt_certificates()[case]
    connector = wechat.connector(wechat.in_turn(listed((NEW, "wechat")), spoilt, spoilt), verification_keys=None)
    await connector.refresh_keys()
    with pytest.raises((UpstreamGarbled, CredentialsRefused)):
        await connector.refresh_keys()
    assert accepts(connector, NEW)


async def test_with_public_keys_only_nothing_is_fetched() -> None:
    connector = wechat.connector(verification_keys={wechat.PUBLIC_KEY_ID: wechat.pem_public("wechat")})
    await connector.refresh_keys()


async def test_an_answer_under_a_new_certificate_makes_it_be_fetched() -> None:
    order = wechat.answered(ORDER, serial=NEW, name="stranger")
    found = await wechat.connector(wechat.in_turn(order, order, listed((NEW, "stranger")), order)).donation(NUMBER)
    assert len(found) == 1


async def test_an_answer_under_a_key_that_nobody_has_is_not_believed() -> None:
    order = wechat.answered(ORDER, serial="7" * 40, name="stranger")
    with pytest.raises(UpstreamGarbled):
        await wechat.connector(wechat.in_turn(order, order, listed((NEW, "wechat")), order, order)).donation(NUMBER)

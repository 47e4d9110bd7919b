"""Alipay's side and the merchant's, made by hand for these tests: keys, signatures, forms, answers."""

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote_plus

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from connectors.alipay.connector import Alipay
from connectors.alipay.settings import Account
from connectors.contract import Delivery, Receipt
from connectors.http import Headers, HttpRequest, HttpResponse
from connectors.spec import Secret, Settings
from connectors.testing.fakes import FakeClock, FakeHttp, fake_ports
from schema.model.facts import DonationState

APP = "2021000000000001"
SELLER = "2088000000000002"
TRADE = "2026090122001400000000000001"
NOW = datetime(2026, 9, 1, 2, 20, 31, tzinfo=UTC)
"""The moment of the sample's notify_time, 10:20:31 in Beijing, and of a FakeClock."""
SAMPLES = Path(__file__).parent / "samples"
SAMPLE: dict[str, str] = json.loads((SAMPLES / "notification.json").read_text("utf-8"))
"""The fields of a notification; as a form, ``sign`` comes with it."""
PARTLY = {
    **SAMPLE,
    "notify_id": "2026090100222102031000000000000002",
    "out_biz_no": "RFLUNCH20260901A0001",
    "refund_fee": "2.00",
    "gmt_refund": "2026-09-01 18:00:01.120",
}
CLOSED = {**PARTLY, "trade_status": "TRADE_CLOSED", "refund_fee": "5.00", "gmt_refund": "2026-09-02 09:00:05.900"}


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """The key of ``app``, ``alipay`` or ``stranger``."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_private(name: str) -> str:
    """It, in PEM."""
    key, none = private_key(name), serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none).decode()


def pem_public(name: str) -> str:
    """Its public half, in PEM."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private_key(name).public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def console(name: str) -> str:
    """The same as the console shows it: bare base64 in one line."""
    return "".join(pem_public(name).splitlines()[1:-1])


def sign(message: bytes, name: str = "alipay", *, sha1: bool = False) -> str:
    """A signature in base64."""
    algorithm = hashes.SHA1() if sha1 else hashes.SHA256()  # noqa: S303  # the one that is refused
    return base64.b64encode(private_key(name).sign(message, padding.PKCS1v15(), algorithm)).decode()


def signed(fields: Mapping[str, str], name: str = "alipay", *, but: tuple[str, ...] = ("sign", "sign_type")) -> dict[str, str]:
    """A notification's fields with the signature that makes them genuine."""
    text = "&".join(f"{key}={value}" for key, value in sorted(fields.items()) if value and key not in but)
    return {**fields, "sign": sign(text.encode(), name)}


def form(fields: Mapping[str, str]) -> bytes:
    """Fields as they are on the wire."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items()).encode()


def delivery(body: bytes, *, at: datetime = NOW) -> Delivery:
    """A delivery of this form."""
    headers = Headers({"Content-Type": "application/x-www-form-urlencoded; text/html; charset=utf-8"})
    return Delivery("POST", "", headers, body, at)


def received(fields: Mapping[str, str], **settings: Any) -> Receipt:
    """What comes of a genuine notification."""
    return connector(**settings).receive(delivery(form(signed(fields))))


def donation(fields: Mapping[str, str]) -> DonationState:
    """The donation of a genuine notification."""
    [fact] = received(fields).facts
    assert isinstance(fact, DonationState)
    return fact


def settings(**changed: Any) -> Settings:
    """Settings that fit."""
    return {
        "app_id": APP,
        "app_private_key": Secret(pem_private("app")),
        "alipay_public_key": console("alipay"),
        "seller_id": SELLER,
        "bill_type": "trade",
        "base_url": "https://alipay.example/gateway.do",
        **changed,
    }


@cache
def account() -> Account:
    """What those settings give: reading a private key takes a while."""
    return Account.of(settings())


def unasked(request: HttpRequest) -> HttpResponse:
    """Answers nothing: for what must not ask."""
    raise AssertionError(f"{request.url} was asked")


def connector(
    answer: Callable[[HttpRequest], HttpResponse] = unasked, clock: FakeClock | None = None, **changed: Any
) -> Alipay:
    """A connector with those settings, whose questions ``answer`` answers."""
    ports = fake_ports(answer, clock=clock)
    return Alipay.build(settings(**changed), ports) if changed else Alipay(account(), ports)


def with_http(answer: Callable[[HttpRequest], HttpResponse], **changed: Any) -> tuple[Alipay, FakeHttp]:
    """The same with what it asked."""
    ports = fake_ports(answer)
    assert isinstance(ports.http, FakeHttp)
    return (Alipay.build(settings(**changed), ports) if changed else Alipay(account(), ports)), ports.http


def answered(inner: object, key: str = "alipay_trade_query_response", *, name: str = "alipay") -> HttpResponse:
    """An answer of the gateway, signed over the text of what is in it. A text goes in as it is."""
    text = inner if isinstance(inner, str) else json.dumps(inner, ensure_ascii=False)
    body = f'{{"{key}":{text},"sign":"{sign(text.encode(), name)}"}}'
    return HttpResponse(200, Headers({"Content-Type": "text/html;charset=utf-8"}), body.encode())


def trade(**changed: Any) -> dict[str, Any]:
    """What the gateway tells of the sample's trade."""
    return {
        "code": "10000",
        "msg": "Success",
        "trade_no": TRADE,
        "out_trade_no": "LUNCH20260901A0001",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "5.00",
        "send_pay_date": "2026-09-01 10:20:30",
        "buyer_user_id": "2088000000000001",
        **changed,
    }


def refused(code: str, sub_code: str, key: str = "alipay_trade_query_response") -> HttpResponse:
    """An answer that is no success, which nothing signs."""
    inner = {"code": code, "msg": "Business Failed", "sub_code": sub_code, "sub_msg": "x"}
    return HttpResponse(200, Headers(), json.dumps({key: inner}).encode())


def in_turn(*answers: HttpResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Each answer once, in this order."""
    left = list(answers)
    return lambda _: left.pop(0)


def asked(request: HttpRequest) -> dict[str, str]:
    """The fields of a question."""
    return dict(parse_qsl(request.body.decode(), strict_parsing=True))

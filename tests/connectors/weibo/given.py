"""Weibo's side and the seller's, made by hand for these tests: keys, signed forms, answers, samples."""

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

from connectors.contract import Delivery
from connectors.http import Headers, HttpRequest, HttpResponse
from connectors.spec import Secret, Settings
from connectors.testing.fakes import FakeClock, FakeHttp, fake_ports
from connectors.weibo.connector import Weibo, build

NOW = datetime(2026, 9, 1, 2, 20, 31, tzinfo=UTC)
"""The moment of a FakeClock: 10:20:31 in Beijing."""
SAMPLES = Path(__file__).parent / "samples"
PAY_ID = "P2026090100000001"
POST = "5200000000000001"


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """The key of ``seller``, ``weibo`` or ``stranger``, as short as those in the field."""
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505


def pem_private(name: str) -> str:
    """It, in PEM."""
    key, none = private_key(name), serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none).decode()


def pem_public(name: str) -> str:
    """Its public half, in PEM."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private_key(name).public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def sign(message: bytes, name: str = "weibo") -> str:
    """A signature with SHA-1 in base64."""
    return base64.b64encode(private_key(name).sign(message, padding.PKCS1v15(), hashes.SHA1())).decode()  # noqa: S303


def to_sign(fields: Mapping[str, str]) -> bytes:
    """What is signed of these fields."""
    kept = {name: value for name, value in fields.items() if value and name not in ("sign", "sign_type")}
    return "&".join(f"{name}={kept[name]}" for name in sorted(kept)).encode()


def encoded(fields: Mapping[str, str]) -> bytes:
    """A form."""
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields.items()).encode()


def notification(name: str = "weibo", **changed: str) -> bytes:
    """The sample as a signed form, with these fields changed before it is signed."""
    fields = {**sample("notification.json"), **changed}
    return encoded({**fields, "sign_type": "rsa", "sign": sign(to_sign(fields), name)})


def delivery(body: bytes = b"", *, query: str = "", method: str = "POST") -> Delivery:
    """A delivery of a form."""
    return Delivery(method, query, Headers({"Content-Type": "application/x-www-form-urlencoded"}), body, NOW)


def sample(name: str) -> Any:
    """A sample of JSON."""
    return json.loads((SAMPLES / name).read_text("utf-8"))


def payment(*refunds: Mapping[str, object], **changed: object) -> HttpResponse:
    """The sample answer about a payment, with these fields of its data changed."""
    whole = sample("payment.json")
    return answered({**whole, "data": {**whole["data"], "refunds": list(refunds), **changed}})


def refund(**changed: object) -> dict[str, object]:
    """A refund of it, as the query lists it."""
    refund = {"out_refund_id": "RF1", "refund_amount": 100, "status": "REFUND_STATUS_SUCCESS"}
    return {**refund, "refund_time": "2026-09-02 09:00:00", **changed}


def answered(value: object, status: int = 200) -> HttpResponse:
    """An answer, of JSON or of these bytes."""
    return HttpResponse(status, Headers(), value if isinstance(value, bytes) else json.dumps(value).encode())


def failed(code: object, status: int = 200) -> HttpResponse:
    """An error of the Open API."""
    return answered({"error": "no", "error_code": code, "request": "/2/statuses/show.json"}, status)


def pay_settings(**changed: Any) -> dict[str, Any]:
    """Settings of Weibo Pay that fit."""
    keys = {"seller_key": Secret(pem_private("seller")), "weibo_pay_key": pem_public("weibo")}
    return {**defaults(), "appkey": "1000000", "seller_id": "2000000001", **keys, **changed}


def api_settings(**changed: Any) -> dict[str, Any]:
    """Settings of the Open API that fit."""
    return {**defaults(), "access_token": Secret("DEMOTOKEN"), **changed}


def settings(**changed: Any) -> Settings:
    """Settings of both that fit."""
    return {**pay_settings(), "access_token": Secret("DEMOTOKEN"), **changed}


def defaults() -> dict[str, Any]:
    """Every setting as it is where nothing is given, but for the addresses."""
    urls = {"pay_url": "https://pay.example/m", "api_url": "https://api.example/2", "commercial_url": "https://c.example/2"}
    names = ("appkey", "seller_id", "seller_key", "weibo_pay_key", "access_token")
    return {**dict.fromkeys(names), **urls, "commercial": "no", "calls_per_day": "100"}


def unasked(request: HttpRequest) -> HttpResponse:
    """Answers nothing: for what must not ask."""
    raise AssertionError(f"{request.url} was asked")


def in_turn(*answers: HttpResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Each answer once, in this order."""
    left = list(answers)
    return lambda _: left.pop(0)


def connector(*answers: HttpResponse, **changed: Any) -> tuple[Weibo, FakeHttp, FakeClock]:
    """A connector with both halves, what it asks, and its clock."""
    ports = fake_ports(in_turn(*answers) if answers else unasked)
    built = build(settings(**changed), ports)
    assert isinstance(built, Weibo)
    assert isinstance(ports.http, FakeHttp)
    assert isinstance(ports.clock, FakeClock)
    return built, ports.http, ports.clock


def asked(http: FakeHttp) -> list[str]:
    """The addresses that were asked."""
    return [request.url for request, _ in http.requests]


def form_of(request: HttpRequest) -> dict[str, str]:
    """The fields of a form that was sent."""
    return dict(parse_qsl(request.body.decode(), strict_parsing=True))

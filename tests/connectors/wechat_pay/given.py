"""WeChat Pay's side and the merchant's, made by hand for these tests: keys, signatures, sealed parts, samples."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from connectors.contract import Delivery
from connectors.http import Headers, HttpRequest, HttpResponse
from connectors.ports import Ports
from connectors.spec import Secret, Settings
from connectors.testing.fakes import FakeHttp, fake_ports
from connectors.wechat_pay.connector import WeChatPay

MCHID = "1900000001"
APIV3_KEY = "SchoolLunchDemoKeyForSpec0000032"
SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
PUBLIC_KEY_ID = "PUB_KEY_ID_0119000000012026090100000000"
NOW = datetime(2026, 9, 1, 2, 20, 31, tzinfo=UTC)
"""The moment of the sample's Wechatpay-Timestamp, 1788229231, and of a FakeClock."""
SAMPLES = Path(__file__).parent / "samples"


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """The key of ``merchant``, ``wechat`` or ``stranger``."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_private(name: str) -> str:
    """It, in PEM."""
    key, none = private_key(name), serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none).decode()


def pem_public(name: str) -> str:
    """Its public half, in PEM."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private_key(name).public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@cache
def pem_certificate(name: str) -> str:
    """A certificate of it, in PEM."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(private_key(name).public_key())
    builder = builder.serial_number(int(SERIAL, 16)).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1_825))
    return builder.sign(private_key(name), hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def sign(message: bytes, name: str = "wechat") -> str:
    """A signature in base64."""
    return base64.b64encode(private_key(name).sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def signed(body: bytes, *, at: datetime = NOW, serial: str = SERIAL, name: str = "wechat") -> dict[str, str]:
    """The headers that make these bytes genuine."""
    timestamp, nonce = str(int(at.timestamp())), "DemoHeaderNonce00000000000000001"
    return {
        "Content-Type": "application/json",
        "Request-ID": "08DEMO",
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": sign(b"\n".join([timestamp.encode(), nonce.encode(), body, b""]), name),
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


def delivery(body: bytes, headers: Mapping[str, str] | None = None, *, at: datetime = NOW) -> Delivery:
    """A delivery with these headers, or with those that make it genuine."""
    return Delivery("POST", "", Headers(signed(body) if headers is None else headers), body, at)


def sample(name: str) -> dict[str, Any]:
    """A sample of JSON."""
    found = json.loads((SAMPLES / name).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def sealed(clear: bytes, *, key: str = APIV3_KEY, associated: str | None = "transaction") -> dict[str, Any]:
    """What the APIv3 key encrypts."""
    nonce = b"Dm0N0nce0001"
    made = {"algorithm": "AEAD_AES_256_GCM", "nonce": nonce.decode()}
    made["ciphertext"] = base64.b64encode(AESGCM(key.encode()).encrypt(nonce, clear, (associated or "").encode())).decode()
    return made if associated is None else {**made, "associated_data": associated}


def notification(payload: object, event: str = "TRANSACTION.SUCCESS", original: str = "transaction", **more: Any) -> bytes:
    """The body of a notification that carries this payload."""
    resource = {"original_type": original, **sealed(json.dumps(payload, ensure_ascii=False).encode(), **more)}
    envelope = {"id": "EV-1", "create_time": "2026-09-01T10:20:31+08:00", "event_type": event, "resource": resource}
    return json.dumps({**envelope, "resource_type": "encrypt-resource", "summary": "支付成功"}, ensure_ascii=False).encode()


def settings(**changed: Any) -> Settings:
    """Settings that fit, in certificate mode with one certificate given."""
    return {
        "mchid": MCHID,
        "apiv3_key": Secret(APIV3_KEY),
        "merchant_key": Secret(pem_private("merchant")),
        "merchant_serial": "3775B6A45ACD588826D15E583A95F5DD00000001",
        "verification_keys": {SERIAL: pem_certificate("wechat")},
        "appid": None,
        "sub_mchids": None,
        "base_url": "https://wechat.example",
        **changed,
    }


def unasked(request: HttpRequest) -> HttpResponse:
    """Answers nothing: for what must not ask."""
    raise AssertionError(f"{request.url} was asked")


def connector(answer: Callable[[HttpRequest], HttpResponse] = unasked, **changed: Any) -> WeChatPay:
    """A connector with those settings, whose questions ``answer`` answers."""
    return WeChatPay.build(settings(**changed), fake_ports(answer))


def with_http(answer: Callable[[HttpRequest], HttpResponse], **changed: Any) -> tuple[WeChatPay, FakeHttp, Ports]:
    """The same with what it asked, and its ports."""
    ports = fake_ports(answer)
    assert isinstance(ports.http, FakeHttp)
    return WeChatPay.build(settings(**changed), ports), ports.http, ports


def answered(value: object, status: int = 200, **how: Any) -> HttpResponse:
    """A signed answer."""
    body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    return HttpResponse(status, Headers(signed(body, **how)), body)


def refused(status: int, code: str) -> HttpResponse:
    """An answer that is no success, which nothing signs."""
    return HttpResponse(status, Headers(), json.dumps({"code": code, "message": "x"}).encode())


def in_turn(*answers: HttpResponse) -> Callable[[HttpRequest], HttpResponse]:
    """Each answer once, in this order."""
    left = list(answers)
    return lambda _: left.pop(0)


def credentials(authorization: str) -> dict[str, str]:
    """The parameters of an Authorization header."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "WECHATPAY2-SHA256-RSA2048"
    return dict(re.findall(r'(\w+)="([^"]*)"', rest))


def check_signed(path: str, authorization: str) -> None:
    """Checks the merchant's signature over the five lines of a GET, as WeChat Pay does."""
    given = credentials(authorization)
    message = f"GET\n{path}\n{given['timestamp']}\n{given['nonce_str']}\n\n".encode()
    signature = base64.b64decode(given["signature"])
    private_key("merchant").public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())

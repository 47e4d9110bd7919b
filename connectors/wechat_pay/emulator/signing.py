"""Signing, sealing and checking on the platform's side of the line.

https://pay.weixin.qq.com/docs/merchant/development/interface-rules/signature-verification.html
"""

import base64
import binascii
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
PROBE: Final = "WECHATPAY/SIGNTEST/"
"""How the signature of a probe begins."""
WINDOW: Final = timedelta(minutes=5)
"""How far a client's clock may be off; the platform's own tolerance is *assumed*."""

_PAIR = re.compile(r'(\w+)="([^"]*)"')


def response_text(timestamp: str, nonce: str, body: bytes) -> bytes:
    """What is signed in notifications and answers: three lines, the last empty when there is no body."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def request_text(method: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """What is signed in calls: five lines. ``target`` is the path with its query, as sent."""
    return f"{method}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def sign(key: rsa.RSAPrivateKey, text: bytes) -> str:
    """RSASSA-PKCS1-v1_5 with SHA-256, in base64."""
    return base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def seal(apiv3_key: str, nonce: str, associated_data: str, clear: bytes) -> str:
    """AES-256-GCM with the key's text as it stands: ciphertext and tag, in base64."""
    return base64.b64encode(AESGCM(apiv3_key.encode()).encrypt(nonce.encode(), clear, associated_data.encode())).decode()


def signature_headers(key: rsa.RSAPrivateKey, serial: str, moment: datetime, nonce: str, body: bytes) -> dict[str, str]:
    """The five headers of a signed notification or answer."""
    timestamp = str(int(moment.timestamp()))
    return {
        "Wechatpay-Timestamp": timestamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": sign(key, response_text(timestamp, nonce, body)),
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature-Type": SCHEME,
    }


class BadAuthorization(Exception):
    """A call is not signed by the merchant; the message says why, for the answer."""


def check_authorization(
    header: str, *, method: str, target: str, body: bytes, mchid: str, serial: str, key: rsa.RSAPublicKey, now: datetime
) -> None:
    """Checks a call's Authorization: scheme, five parameters, merchant, serial, time, signature. Raises BadAuthorization."""
    scheme, _, rest = header.partition(" ")
    given: Mapping[str, str] = dict(_PAIR.findall(rest))
    if scheme != SCHEME or set(given) != {"mchid", "nonce_str", "timestamp", "serial_no", "signature"}:
        raise BadAuthorization("Authorization is missing, of another scheme, or incomplete")
    if given["mchid"] != mchid or given["serial_no"] != serial:
        raise BadAuthorization("merchant number or certificate serial is unknown")
    if not re.fullmatch(r"[0-9]{1,12}", given["timestamp"]) or abs(now.timestamp() - int(given["timestamp"])) > WINDOW.seconds:
        raise BadAuthorization("the timestamp is not of these minutes")
    text = request_text(method, target, given["timestamp"], given["nonce_str"], body)
    try:
        key.verify(base64.b64decode(given["signature"], validate=True), text, padding.PKCS1v15(), hashes.SHA256())
    except (binascii.Error, ValueError, InvalidSignature):
        raise BadAuthorization("the signature does not fit") from None

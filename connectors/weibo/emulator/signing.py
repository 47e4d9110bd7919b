"""Weibo Pay's one signature, for both directions: RSA with SHA-1, PKCS#1 v1.5, base64. Observed in public clients only."""

import base64
import binascii
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def signed_text(fields: Mapping[str, str]) -> bytes:
    """What is signed: all but ``sign``, ``sign_type`` and what is empty, by key in byte order, values as they are meant."""
    kept = {name: value for name, value in fields.items() if value and name not in ("sign", "sign_type")}
    return "&".join(f"{name}={kept[name]}" for name in sorted(kept, key=str.encode)).encode()


def sign(key: rsa.RSAPrivateKey, fields: Mapping[str, str]) -> dict[str, str]:
    """The fields with their signature."""
    made = key.sign(signed_text(fields), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the network has no other
    return {**fields, "sign_type": "rsa", "sign": base64.b64encode(made).decode()}


def holds(key: rsa.RSAPublicKey, fields: Mapping[str, str]) -> bool:
    """Whether the signature is of this key."""
    try:
        made = base64.b64decode(fields.get("sign", ""), validate=True)
        key.verify(made, signed_text(fields), padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the network has no other
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True

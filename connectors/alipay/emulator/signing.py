"""RSA2 as Alipay does it: SHA256withRSA, PKCS#1 v1.5, in base64. https://opendocs.alipay.com/common/02kf5q"""

import base64
import binascii
from collections.abc import Collection, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def signed_text(fields: Mapping[str, str], *, without: Collection[str]) -> bytes:
    """What is signed of a form: names in order, ``name=value`` joined by ``&``, nothing encoded, empty values left out."""
    return "&".join(f"{name}={value}" for name, value in sorted(fields.items()) if value and name not in without).encode()


def sign(key: rsa.RSAPrivateKey, text: bytes) -> str:
    """A signature of the kind ``RSA2``."""
    return base64.b64encode(key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()


def sign_weakly(key: rsa.RSAPrivateKey, text: bytes) -> str:
    """A signature of the old kind ``RSA``."""
    old = hashes.SHA1()  # noqa: S303 - the downgrade that a receiver has to refuse
    return base64.b64encode(key.sign(text, padding.PKCS1v15(), old)).decode()


def holds(key: rsa.RSAPublicKey, text: bytes, signature: str) -> bool:
    """Whether it is an ``RSA2`` signature of this text."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, padding.PKCS1v15(), hashes.SHA256())
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True

"""Signatures, verified in constant time, with the algorithm pinned by us and never chosen by the message."""

import base64
import binascii
import hashlib
import hmac
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schema.model.errors import DeliveryRejected, Unreadable

MAX_SIGNATURE: Final = 1_024
"""Characters; RSA-4096 in base64 has 684."""
MIN_RSA_BITS: Final = 2_048
"""What a key must have unless its network has shorter ones."""


def hmac_sha256_hex(secret: bytes, message: bytes) -> str:
    """The HMAC in lower-case hex."""
    return hmac.new(secret, message, hashlib.sha256).hexdigest()


def same(given: str, expected: str) -> bool:
    """Whether two texts are equal, in constant time, whatever characters a stranger sent."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def rsa_sha256_verify(key: rsa.RSAPublicKey, signature: str, message: bytes) -> None:
    """Checks RSASSA-PKCS1-v1_5 with SHA-256, the signature in base64. Raises DeliveryRejected, also for bad base64."""
    _rsa_verify(key, signature, message, hashes.SHA256())


def rsa_sha256_sign(key: rsa.RSAPrivateKey, message: bytes) -> str:
    """The same signature, made, in base64."""
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def rsa_sha1_verify(key: rsa.RSAPublicKey, signature: str, message: bytes) -> None:
    """The same with SHA-1, for networks that have nothing better. **It proves too little by itself.**

    Who can choose part of what is signed can make two messages with one SHA-1 (https://shattered.io). Such a delivery may
    name what is to be asked for, and never states a fact.
    """
    _rsa_verify(key, signature, message, hashes.SHA1())  # noqa: S303  # the network signs with nothing else


def rsa_sha1_sign(key: rsa.RSAPrivateKey, message: bytes) -> str:
    """The same signature, made, in base64."""
    signed = key.sign(message, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303  # the network takes nothing else
    return base64.b64encode(signed).decode()


def _rsa_verify(key: rsa.RSAPublicKey, signature: str, message: bytes, algorithm: hashes.HashAlgorithm) -> None:
    if len(signature) > MAX_SIGNATURE:
        raise DeliveryRejected("signature_too_long")
    try:
        raw = base64.b64decode(signature, validate=True)
        key.verify(raw, message, padding.PKCS1v15(), algorithm)
    except (binascii.Error, ValueError, InvalidSignature):
        raise DeliveryRejected("signature") from None
    if base64.b64encode(raw).decode() != signature:  # the last bits of base64 are free: one signature, one text
        raise DeliveryRejected("signature")


def aes_gcm_open(key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
    """Decrypts ciphertext with its 16-byte tag at the end. Raises Unreadable."""
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, associated)
    except (InvalidTag, ValueError):
        raise Unreadable("decryption") from None


def read_public_key(pem: str, *, bits: int = MIN_RSA_BITS) -> rsa.RSAPublicKey:
    """The RSA key, of at least so many bits, of a PEM public key or certificate.

    Raises ValueError with a reason that quotes nothing.
    """
    data = pem.encode()
    key: object
    try:
        if b"BEGIN CERTIFICATE" in data:
            key = x509.load_pem_x509_certificate(data).public_key()
        else:
            key = serialization.load_pem_public_key(data)
    except ValueError:
        raise ValueError("is no PEM public key or certificate") from None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < bits:
        raise ValueError(f"is no RSA key of at least {bits} bits")
    return key


def read_private_key(pem: str, *, bits: int = MIN_RSA_BITS) -> rsa.RSAPrivateKey:
    """The RSA key, of at least so many bits, of an unencrypted PEM private key.

    Raises ValueError with a reason that quotes nothing.
    """
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        raise ValueError("is no unencrypted PEM private key") from None
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < bits:
        raise ValueError(f"is no RSA key of at least {bits} bits")
    return key

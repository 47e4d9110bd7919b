"""Who judges signatures in these tests: openssl where it is installed, else the arithmetic of RSA by hand."""

import base64
import hashlib
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

OPENSSL: Final = shutil.which("openssl")
_DIGEST_INFO: Final = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
}
"""What PKCS#1 v1.5 writes before the digest: RFC 8017, 9.2."""


def holds(pem: str, text: bytes, signature: str, digest: str = "sha256") -> bool:
    """Whether a signature in base64 is that of a text by the public key."""
    return by_openssl(pem, text, signature, digest) if OPENSSL else by_hand(pem, text, signature, digest)


def by_openssl(pem: str, text: bytes, signature: str, digest: str) -> bool:
    """The judgement of the program."""
    assert OPENSSL
    with tempfile.TemporaryDirectory() as folder:
        key, sealed = Path(folder, "key.pem"), Path(folder, "signature")
        key.write_text(pem)
        sealed.write_bytes(base64.b64decode(signature))
        asked = [OPENSSL, "dgst", f"-{digest}", "-verify", str(key), "-signature", str(sealed)]
        return subprocess.run(asked, input=text, capture_output=True, timeout=10, check=False).returncode == 0


def by_hand(pem: str, text: bytes, signature: str, digest: str) -> bool:
    """The judgement of arithmetic."""
    key = serialization.load_pem_public_key(pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    numbers, size = key.public_numbers(), key.key_size // 8
    opened = pow(int.from_bytes(base64.b64decode(signature)), numbers.e, numbers.n)
    return opened.to_bytes(size) == _padded(text, digest, size)


def sign(pem: str, text: bytes, digest: str = "sha256") -> str:
    """A signature by the private key, by arithmetic."""
    key = _private(pem)
    numbers, size = key.private_numbers(), key.key_size // 8
    sealed = pow(int.from_bytes(_padded(text, digest, size)), numbers.d, numbers.public_numbers.n)
    return base64.b64encode(sealed.to_bytes(size)).decode()


@cache
def _private(pem: str) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem.encode(), None)  # which takes longer than to sign
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _padded(text: bytes, digest: str, size: int) -> bytes:
    info = _DIGEST_INFO[digest] + hashlib.new(digest, text, usedforsecurity=False).digest()
    return b"\x00\x01".ljust(size - len(info) - 1, b"\xff") + b"\x00" + info

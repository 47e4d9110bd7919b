"""RSA with SHA-1 by two means that the emulator does not use: the openssl program where there is one, and powers of numbers."""

import base64
import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

OPENSSL = shutil.which("openssl")
_SHA1 = bytes.fromhex("3021300906052b0e03021a05000414")
"""How a SHA-1 digest begins in PKCS#1 v1.5 (RFC 8017, section 9.2)."""


def sign(private_pem: str, text: bytes) -> str:
    """A signature in base64."""
    key = load_pem_private_key(private_pem.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    numbers, size = key.private_numbers(), key.key_size // 8
    made = pow(int.from_bytes(_padded(text, size)), numbers.d, numbers.public_numbers.n)
    return base64.b64encode(made.to_bytes(size)).decode()


def verifies(public_pem: str, text: bytes, signature: str) -> bool:
    """Whether a signature holds, by openssl if it is there."""
    return by_openssl(public_pem, text, signature) if OPENSSL else by_powers(public_pem, text, signature)


def by_powers(public_pem: str, text: bytes, signature: str) -> bool:
    """Whether a signature holds, in plain numbers."""
    key = load_pem_public_key(public_pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    numbers, size = key.public_numbers(), key.key_size // 8
    raised = pow(int.from_bytes(base64.b64decode(signature)), numbers.e, numbers.n)
    return raised.to_bytes(size) == _padded(text, size)


def by_openssl(public_pem: str, text: bytes, signature: str) -> bool:
    """Whether a signature holds, as the program says."""
    assert OPENSSL
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "key.pem").write_text(public_pem)
        (folder / "text").write_bytes(text)
        (folder / "made").write_bytes(base64.b64decode(signature))
        asked = [OPENSSL, "dgst", "-sha1", "-verify", "key.pem", "-signature", "made", "text"]
        said = subprocess.run(asked, cwd=folder, capture_output=True, text=True, timeout=20, check=False)
    return said.stdout.startswith("Verified OK")


def _padded(text: bytes, size: int) -> bytes:
    digest = _SHA1 + hashlib.sha1(text, usedforsecurity=False).digest()
    return b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest

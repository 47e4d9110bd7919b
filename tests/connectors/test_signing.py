"""RSA with SHA-1, and keys of 1024 bits, which one network still has: judged by openssl and by plain arithmetic."""

import base64
import hashlib
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from connectors import signing
from schema.model.errors import DeliveryRejected

MESSAGE = "body=donation&extra=campaign=school-lunch&subject=免费午餐".encode()
DIGEST_INFO = bytes.fromhex("3021300906052b0e03021a05000414")
"""What stands before a SHA-1 in a signature: https://www.rfc-editor.org/rfc/rfc8017#section-9.2 , note 1."""


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505


def pem(key: rsa.RSAPrivateKey) -> str:
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, none).decode()


def public_pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def openssl(*arguments: object) -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_openssl_believes_a_signature_that_is_made(key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(public_pem(key))
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "signature").write_bytes(base64.b64decode(signing.rsa_sha1_sign(key, MESSAGE)))
    said = openssl("dgst", "-sha1", "-verify", tmp_path / "key", "-signature", tmp_path / "signature", tmp_path / "message")
    assert said.strip() == b"Verified OK"


def test_a_signature_that_openssl_made_is_believed(key: rsa.RSAPrivateKey, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(pem(key))
    (tmp_path / "message").write_bytes(MESSAGE)
    made = openssl("dgst", "-sha1", "-sign", tmp_path / "key", tmp_path / "message")
    signing.rsa_sha1_verify(key.public_key(), base64.b64encode(made).decode(), MESSAGE)


def test_arithmetic_makes_the_same_signature(key: rsa.RSAPrivateKey) -> None:
    hashed = DIGEST_INFO + hashlib.sha1(MESSAGE, usedforsecurity=False).digest()
    padded = b"\x00\x01" + b"\xff" * (128 - 3 - len(hashed)) + b"\x00" + hashed
    numbers = key.private_numbers()
    made = pow(int.from_bytes(padded), numbers.d, numbers.public_numbers.n).to_bytes(128)
    assert signing.rsa_sha1_sign(key, MESSAGE) == base64.b64encode(made).decode()


def test_another_message_key_or_spelling_is_refused(key: rsa.RSAPrivateKey) -> None:
    signature = signing.rsa_sha1_sign(key, MESSAGE)
    other = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505
    assert signature.endswith("=")
    spelled = signature[:-2] + chr(ord(signature[-2]) + 1) + "="
    for public, text, message in (
        (key, signature, MESSAGE + b"."),
        (other, signature, MESSAGE),
        (key, spelled, MESSAGE),
        (key, "", MESSAGE),
        (key, "é", MESSAGE),
        (key, signature + "\n", MESSAGE),
        (key, "A" * 5_000, MESSAGE),
    ):
        with pytest.raises(DeliveryRejected):
            signing.rsa_sha1_verify(public.public_key(), text, message)


def test_a_signature_with_the_stronger_hash_is_no_signature_with_the_weaker(key: rsa.RSAPrivateKey) -> None:
    with pytest.raises(DeliveryRejected):
        signing.rsa_sha1_verify(key.public_key(), signing.rsa_sha256_sign(key, MESSAGE), MESSAGE)
    with pytest.raises(DeliveryRejected):
        signing.rsa_sha256_verify(key.public_key(), signing.rsa_sha1_sign(key, MESSAGE), MESSAGE)


def test_short_keys_are_read_only_where_they_are_asked_for(key: rsa.RSAPrivateKey) -> None:
    assert signing.read_private_key(pem(key), bits=1024).key_size == 1024
    assert signing.read_public_key(public_pem(key), bits=1024).key_size == 1024
    with pytest.raises(ValueError, match="at least 2048 bits"):
        signing.read_private_key(pem(key))
    with pytest.raises(ValueError, match="at least 2048 bits"):
        signing.read_public_key(public_pem(key))
    with pytest.raises(ValueError, match="at least 1024 bits"):
        signing.read_public_key(public_pem(ed25519.Ed25519PrivateKey.generate()), bits=1024)

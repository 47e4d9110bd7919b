"""The judges of these tests agree with each other, so that what they say of the emulator means something."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.connectors.alipay.emulator.judge import OPENSSL, by_hand, by_openssl, sign


@pytest.mark.skipif(OPENSSL is None, reason="openssl is not installed")
@pytest.mark.parametrize("digest", ["sha256", "sha1"])
def test_arithmetic_and_openssl_say_the_same(digest: str) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    good = sign(private, b"a=1&b=2", digest)

    for judge in (by_hand, by_openssl):
        assert judge(public, b"a=1&b=2", good, digest)
        assert not judge(public, b"a=1&b=3", good, digest)
        assert not judge(public, b"a=1&b=2", base64.b64encode(bytes(256)).decode(), digest)
        assert not judge(public, b"a=1&b=2", good, "sha1" if digest == "sha256" else "sha256")

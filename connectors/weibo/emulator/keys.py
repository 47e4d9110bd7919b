"""The keys of the merchant and of Weibo, made at the start and never written anywhere."""

from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

MakeKey = Callable[[int], rsa.RSAPrivateKey]
"""A private key of so many bits."""
MERCHANT_BITS: Final = 2048


def generate_key(bits: int) -> rsa.RSAPrivateKey:
    """A new key. It takes 20 to 130 ms."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


class Keys:
    """All keys. ``stranger`` is nobody's: what it signs is forged. Weibo's are seen with 1024 bits in the field."""

    def __init__(self, make_key: MakeKey, weibo_bits: int) -> None:
        self.merchant = make_key(MERCHANT_BITS)
        self.weibo = make_key(weibo_bits)
        self.stranger = make_key(weibo_bits)

    @property
    def merchant_pem(self) -> str:
        """What the merchant signs with, PKCS 8."""
        return self.merchant.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    @property
    def weibo_pem(self) -> str:
        """What the merchant verifies with."""
        return (
            self.weibo.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

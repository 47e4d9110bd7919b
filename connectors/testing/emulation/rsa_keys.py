"""RSA keys of emulators, which are never written anywhere but into settings."""

from collections.abc import Callable
from functools import lru_cache
from itertools import count
from typing import Final, TypeAlias

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

MakeKey: TypeAlias = Callable[[int], rsa.RSAPrivateKey]
"""A private key of so many bits."""
KEPT: Final = 64


def keys_of(owner: str) -> MakeKey:
    """The keys of somebody, one after the other: made once in this process, as one takes 20 to 130 ms, and others in the
    next process. So two emulators of one network and seed have the same keys, and all others have none in common.
    """
    turns = count()
    return lambda bits: _key(owner, next(turns), bits)


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """A private key as PKCS 8."""
    none = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none).decode()


def public_pem(key: rsa.RSAPrivateKey) -> str:
    """The public half of a key."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@lru_cache(maxsize=KEPT)
def _key(_: str, __: int, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)

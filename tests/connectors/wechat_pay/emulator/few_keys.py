"""A few RSA keys for many emulators: making new ones would take most of the tests' time."""

from functools import cache
from itertools import count

from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.wechat_pay.emulator.keys import generate_key

_turns = count()


@cache
def _key(_: int) -> rsa.RSAPrivateKey:
    return generate_key()


def few_keys() -> rsa.RSAPrivateKey:
    """One of six keys in turn; no emulator of these tests needs more, so within it they differ."""
    return _key(next(_turns) % 6)

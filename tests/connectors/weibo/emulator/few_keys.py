"""A few RSA keys for many emulators: making new ones would take most of the tests' time."""

from functools import cache
from itertools import count

from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.weibo.emulator.keys import generate_key

_turns = count()


@cache
def _key(bits: int, _: int) -> rsa.RSAPrivateKey:
    return generate_key(bits)


def few_keys(bits: int) -> rsa.RSAPrivateKey:
    """One of four keys of this length in turn; no emulator needs more, so within it they differ."""
    return _key(bits, next(_turns) % 4)

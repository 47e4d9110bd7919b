"""The two key pairs of an app: its own, which signs calls, and Alipay's, which signs answers and notifications.

RSA-2048, as RSA2 wants it; never written anywhere. https://opendocs.alipay.com/common/02kdnf
"""

from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass(frozen=True, slots=True)
class Keys:
    """Both pairs. A merchant knows the private half of ``app`` and the public half of ``alipay``."""

    app: rsa.RSAPrivateKey
    alipay: rsa.RSAPrivateKey

    @property
    def app_pem(self) -> str:
        """The app's private key, PKCS 8."""
        none = serialization.NoEncryption()
        return self.app.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none).decode()

    @property
    def alipay_pem(self) -> str:
        """Alipay's public key."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.alipay.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


@lru_cache(maxsize=32)
def keys_of(seed: int) -> Keys:
    """The keys of a seed: made once in this process, as that takes a quarter of a second, and others in the next one."""
    return Keys(_made(), _made())


def _made() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)

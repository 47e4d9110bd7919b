"""The two key pairs of an app: its own, which signs calls, and Alipay's, which signs answers and notifications.

RSA-2048, as RSA2 wants it. https://opendocs.alipay.com/common/02kdnf
"""

from typing import Final

from connectors.testing.emulation.rsa_keys import MakeKey, private_pem, public_pem

BITS: Final = 2048


class Keys:
    """Both pairs. A merchant knows the private half of ``app`` and the public half of ``alipay``."""

    def __init__(self, make_key: MakeKey) -> None:
        self.app = make_key(BITS)
        self.alipay = make_key(BITS)

    @property
    def app_pem(self) -> str:
        """The app's private key, PKCS 8."""
        return private_pem(self.app)

    @property
    def alipay_pem(self) -> str:
        """Alipay's public key."""
        return public_pem(self.alipay)

"""The keys of the merchant and of Weibo."""

from typing import Final

from connectors.testing.emulation.rsa_keys import MakeKey, private_pem, public_pem

MERCHANT_BITS: Final = 2048


class Keys:
    """All keys. ``stranger`` is nobody's: what it signs is forged. Weibo's are seen with 1024 bits in the field."""

    def __init__(self, make_key: MakeKey, weibo_bits: int) -> None:
        self.merchant = make_key(MERCHANT_BITS)
        self.weibo = make_key(weibo_bits)
        self.stranger = make_key(weibo_bits)

    @property
    def merchant_pem(self) -> str:
        """What the merchant signs with, PKCS 8."""
        return private_pem(self.merchant)

    @property
    def weibo_pem(self) -> str:
        """What the merchant verifies with."""
        return public_pem(self.weibo)

"""The settings of an account, declared and read."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from textwrap import fill
from typing import Final, Self, TypeAlias

from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.alipay import sheet
from connectors.settings import SettingsReader
from connectors.signing import read_private_key, read_public_key, rsa_sha256_sign, rsa_sha256_verify
from connectors.spec import Setting, Settings
from schema.model.errors import SettingsInvalid

SETTINGS: Final = (
    Setting("app_id", "the app, such as 2021000000000001"),
    Setting("app_private_key", "PEM of the app's private key, which signs our questions", kind="secret"),
    Setting("alipay_public_key", "Alipay's public key as the console shows it, not the app's; base64 or PEM"),
    Setting("seller_id", "the merchant, 2088 and 12 digits"),
    Setting(
        "bill_type",
        "trade, the trades made through the API; signcustomer, every movement of the balance, where the contract has no other",
        required=False,
        default=sheet.BILL_TYPES[0],
        choices=sheet.BILL_TYPES,
    ),
    Setting("base_url", "where Alipay's gateway is", kind="url", required=False, default=sheet.BASE_URL),
)

_APP: Final = re.compile(r"[0-9A-Za-z_\-]{1,32}", re.ASCII)
_SELLER: Final = re.compile(r"2088[0-9]{12}", re.ASCII)
_BILL_TYPE: Final = re.compile("|".join(sheet.BILL_TYPES))
_BASE64: Final = re.compile(r"[0-9A-Za-z+/\s]+={0,2}\s*", re.ASCII)

Verify: TypeAlias = Callable[[str, bytes], None]
"""Checks a signature in base64 over a message. Raises DeliveryRejected."""


@dataclass(frozen=True, slots=True)
class Account:
    """One app and its seller. ``sign`` makes a signature in base64 with the app's key, ``verify`` checks one of Alipay's."""

    app_id: str
    sign: Callable[[bytes], str] = field(repr=False)
    verify: Verify = field(repr=False)
    seller_id: str
    bill_type: str
    base_url: str

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Raises SettingsInvalid with every problem at once; none of them quotes a secret."""
        reading = SettingsReader(settings)
        app_key = reading.key("app_private_key", read_private_key)
        alipay_key = reading.key("alipay_public_key", _public_key)
        app_id = reading.text("app_id", _APP, "is the number of an app, such as 2021000000000001")
        seller_id = reading.text("seller_id", _SELLER, "is 2088 and 12 digits")
        bill_type = reading.text("bill_type", _BILL_TYPE, f"is one of {', '.join(sheet.BILL_TYPES)}")
        base_url = reading.url("base_url", sheet.BASE_URL)
        if app_key and alipay_key and app_key.public_key() == alipay_key:
            reading.problems.append("alipay_public_key: holds the app's own public key, where Alipay's belongs")
        if reading.problems or not app_key or not alipay_key:
            raise SettingsInvalid(reading.problems)
        sign, verify = partial(rsa_sha256_sign, app_key), partial(rsa_sha256_verify, alipay_key)
        return cls(app_id, sign, verify, seller_id, bill_type, base_url)


def _public_key(text: str) -> rsa.RSAPublicKey:
    """In PEM, or in the bare base64 of the console, with or without line ends. Raises ValueError as ``read_public_key``."""
    if _BASE64.fullmatch(text):
        text = f"-----BEGIN PUBLIC KEY-----\n{fill(''.join(text.split()), 64)}\n-----END PUBLIC KEY-----\n"
    return read_public_key(text)

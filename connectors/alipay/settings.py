"""The settings of an account, declared and read."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from textwrap import fill
from typing import Final, Self, TypeAlias, TypeVar

from cryptography.hazmat.primitives.asymmetric import rsa

from connectors.alipay import sheet
from connectors.contract import Secret, Setting, Settings, SettingValue
from connectors.signing import read_private_key, read_public_key, rsa_sha256_sign, rsa_sha256_verify
from schema.model.errors import SettingsInvalid
from schema.model.text import link

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
_BASE64: Final = re.compile(r"[0-9A-Za-z+/\s]+={0,2}\s*", re.ASCII)

Value = TypeVar("Value")
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
        problems: list[str] = []

        def read(name: str, reader: Callable[[str, SettingValue], Value], otherwise: Value) -> Value:
            try:
                return reader(name, settings.get(name))
            except SettingsInvalid as error:
                problems.extend(error.problems)
                return otherwise

        app_key: rsa.RSAPrivateKey | None = read("app_private_key", _private_key, None)
        alipay_key: rsa.RSAPublicKey | None = read("alipay_public_key", _public_key, None)
        app_id = read("app_id", partial(_matching, _APP, "is the number of an app, such as 2021000000000001"), "")
        seller_id = read("seller_id", partial(_matching, _SELLER, "is 2088 and 12 digits"), "")
        bill_type = read("bill_type", _bill_type, "")
        base_url = read("base_url", _base_url, "")
        if app_key and alipay_key and app_key.public_key() == alipay_key:
            problems.append("alipay_public_key: holds the app's own public key, where Alipay's belongs")
        if problems or not app_key or not alipay_key:
            raise SettingsInvalid(problems)
        sign, verify = partial(rsa_sha256_sign, app_key), partial(rsa_sha256_verify, alipay_key)
        return cls(app_id, sign, verify, seller_id, bill_type, base_url)


def _given(name: str, value: SettingValue) -> str:
    found = value.reveal() if isinstance(value, Secret) else value
    if not isinstance(found, str) or not found:
        raise SettingsInvalid([f"{name}: is missing"])
    return found


def _matching(pattern: re.Pattern[str], what: str, name: str, value: SettingValue) -> str:
    found = _given(name, value)
    if not pattern.fullmatch(found):
        raise SettingsInvalid([f"{name}: {what}"])
    return found


def _private_key(name: str, value: SettingValue) -> rsa.RSAPrivateKey:
    try:
        return read_private_key(_given(name, value))
    except ValueError as error:
        raise SettingsInvalid([f"{name}: {error}"]) from error


def _public_key(name: str, value: SettingValue) -> rsa.RSAPublicKey:
    """In PEM, or in the bare base64 of the console, with or without line ends."""
    found = _given(name, value)
    if _BASE64.fullmatch(found):
        found = f"-----BEGIN PUBLIC KEY-----\n{fill(''.join(found.split()), 64)}\n-----END PUBLIC KEY-----\n"
    try:
        return read_public_key(found)
    except ValueError as error:
        raise SettingsInvalid([f"{name}: {error}"]) from error


def _bill_type(name: str, value: SettingValue) -> str:
    found = _given(name, value)
    if found not in sheet.BILL_TYPES:
        raise SettingsInvalid([f"{name}: is one of {', '.join(sheet.BILL_TYPES)}"])
    return found


def _base_url(name: str, value: SettingValue) -> str:
    found = _given(name, value)
    if link(found) is None or "?" in found or "#" in found:
        raise SettingsInvalid([f"{name}: is an http(s) address without a query, such as {sheet.BASE_URL}"])
    return found

"""The settings of an account, declared and read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Self, TypeVar

from connectors.contract import Secret, Setting, Settings, SettingValue
from connectors.signing import read_private_key, rsa_sha256_sign
from connectors.wechat_pay import sheet
from connectors.wechat_pay.keys import Key
from connectors.wechat_pay.merchant import Merchant
from schema.model.errors import SettingsInvalid
from schema.model.text import link

SETTINGS: Final = (
    Setting("mchid", "the merchant number, such as 1900000001; a service provider gives its own"),
    Setting("apiv3_key", "the APIv3 key as set in the merchant console, 32 characters", kind="secret"),
    Setting("merchant_key", "PEM of the private key of the merchant API certificate (apiclient_key.pem)", kind="secret"),
    Setting("merchant_serial", "the serial number of the merchant API certificate, in hex"),
    Setting(
        "verification_keys",
        "PEM of WeChat Pay's public key (PUB_KEY_ID_...) or platform certificate, by serial; without any, and where a "
        "certificate is among them, certificates are fetched",
        kind="table",
        required=False,
    ),
    Setting("appid", "the app of payments that name none, such as wx0000000000000001", required=False),
    Setting("sub_mchids", "service providers: the only sub-merchants that count; default all", kind="texts", required=False),
    Setting("base_url", "where WeChat Pay's API is", kind="url", required=False, default=sheet.BASE_URL),
)

_MERCHANT: Final = re.compile(r"[0-9A-Za-z]{1,32}", re.ASCII)
_APP: Final = re.compile(r"[0-9A-Za-z_\-]{1,32}", re.ASCII)
_SERIAL: Final = re.compile(r"[0-9A-Za-z_]{1,64}", re.ASCII)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Account:
    """One merchant's settings, checked. ``sign`` makes a signature in base64 with the merchant's private key."""

    mchid: str
    apiv3_key: bytes = field(repr=False)
    sign: Callable[[bytes], str] = field(repr=False)
    merchant_serial: str
    keys: Mapping[str, Key] = field(repr=False)
    appid: str | None
    sub_mchids: frozenset[str]
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

        found = cls(
            mchid=read("mchid", partial(_matching, _MERCHANT, "is a merchant number, such as 1900000001"), ""),
            apiv3_key=read("apiv3_key", _apiv3_key, b""),
            sign=read("merchant_key", _merchant_key, lambda _: ""),
            merchant_serial=read("merchant_serial", partial(_matching, _SERIAL, "is a serial number in hex"), ""),
            keys=read("verification_keys", _verification_keys, {}),
            appid=read("appid", _appid, None),
            sub_mchids=read("sub_mchids", _sub_mchids, frozenset()),
            base_url=read("base_url", _base_url, ""),
        )
        if found.merchant_serial.upper() in found.keys:
            problems.append("verification_keys: holds the merchant's own certificate, where WeChat Pay's belongs")
        if problems:
            raise SettingsInvalid(problems)
        return found

    def owns(self, merchant: Merchant) -> bool:
        """Whether a payment to that merchant belongs to this account."""
        return merchant.number == self.mchid and (
            merchant.sub is None or not self.sub_mchids or merchant.sub in self.sub_mchids
        )


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


def _apiv3_key(name: str, value: SettingValue) -> bytes:
    found = _given(name, value).encode("utf-8", "replace")
    if len(found) != sheet.KEY_BYTES:
        raise SettingsInvalid([f"{name}: is exactly {sheet.KEY_BYTES} bytes as in the console, neither hex nor base64"])
    return found


def _merchant_key(name: str, value: SettingValue) -> Callable[[bytes], str]:
    try:
        return partial(rsa_sha256_sign, read_private_key(_given(name, value)))
    except ValueError as error:
        raise SettingsInvalid([f"{name}: {error}"]) from error


def _verification_keys(name: str, value: SettingValue) -> Mapping[str, Key]:
    keys: dict[str, Key] = {}
    problems: list[str] = []
    for serial, pem in value.items() if isinstance(value, Mapping) else ():
        if not _SERIAL.fullmatch(serial):
            problems.append(f"{name}: {serial[:64]!r} is no serial number")
        elif serial.upper() in keys:
            problems.append(f"{name}.{serial}: is there twice, in other letter case")
        else:
            try:
                keys[serial.upper()] = Key.of(pem)
            except ValueError as error:
                problems.append(f"{name}.{serial}: {error}")
    if problems:
        raise SettingsInvalid(problems)
    return keys


def _appid(name: str, value: SettingValue) -> str | None:
    return None if value is None else _matching(_APP, "is an app id, such as wx0000000000000001", name, value)


def _sub_mchids(name: str, value: SettingValue) -> frozenset[str]:
    found = value if isinstance(value, tuple) else ()
    problems = [f"{name}: number {n} is no merchant number" for n, sub in enumerate(found, 1) if not _MERCHANT.fullmatch(sub)]
    if problems:
        raise SettingsInvalid(problems)
    return frozenset(found)


def _base_url(name: str, value: SettingValue) -> str:
    found = _given(name, value)
    if link(found) is None or "?" in found or "#" in found:
        raise SettingsInvalid([f"{name}: is an http(s) address without a query, such as {sheet.BASE_URL}"])
    return found.rstrip("/")

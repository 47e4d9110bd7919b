"""The settings of an account, declared and read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Self

from connectors.settings import SettingsReader
from connectors.signing import read_private_key, rsa_sha256_sign
from connectors.spec import Setting, Settings, SettingValue
from connectors.wechat_pay import sheet
from connectors.wechat_pay.keys import Key
from connectors.wechat_pay.merchant import Merchant
from schema.model.errors import SettingsInvalid

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
        reading = SettingsReader(settings)
        mchid = reading.text("mchid", _MERCHANT, "is a merchant number, such as 1900000001")
        apiv3_key = reading.key("apiv3_key", _apiv3_key)
        merchant_key = reading.key("merchant_key", read_private_key)
        merchant_serial = reading.text("merchant_serial", _SERIAL, "is a serial number in hex")
        keys = _verification_keys(settings.get("verification_keys"), reading.problems)
        appid = reading.text("appid", _APP, "is an app id, such as wx0000000000000001") if reading.given("appid") else None
        sub_mchids = _sub_mchids(settings.get("sub_mchids"), reading.problems)
        base_url = reading.url("base_url", sheet.BASE_URL).rstrip("/")
        if merchant_serial.upper() in keys:
            reading.problems.append("verification_keys: holds the merchant's own certificate, where WeChat Pay's belongs")
        if reading.problems or not apiv3_key or not merchant_key:
            raise SettingsInvalid(reading.problems)
        return cls(
            mchid=mchid,
            apiv3_key=apiv3_key,
            sign=partial(rsa_sha256_sign, merchant_key),
            merchant_serial=merchant_serial,
            keys=keys,
            appid=appid,
            sub_mchids=sub_mchids,
            base_url=base_url,
        )

    def owns(self, merchant: Merchant) -> bool:
        """Whether a payment to that merchant belongs to this account."""
        return merchant.number == self.mchid and (
            merchant.sub is None or not self.sub_mchids or merchant.sub in self.sub_mchids
        )


def _apiv3_key(text: str) -> bytes:
    found = text.encode("utf-8", "replace")
    if len(found) != sheet.KEY_BYTES:
        raise ValueError(f"is exactly {sheet.KEY_BYTES} bytes as in the console, neither hex nor base64")
    return found


def _verification_keys(value: SettingValue, problems: list[str]) -> Mapping[str, Key]:
    """Keys by serial in upper case, and nothing at all where one of them has a problem."""
    name, keys, wrong = "verification_keys", dict[str, Key](), list[str]()
    for serial, pem in value.items() if isinstance(value, Mapping) else ():
        if not _SERIAL.fullmatch(serial):
            wrong.append(f"{name}: {serial[:64]!r} is no serial number")
        elif serial.upper() in keys:
            wrong.append(f"{name}.{serial}: is there twice, in other letter case")
        else:
            try:
                keys[serial.upper()] = Key.of(pem)
            except ValueError as error:
                wrong.append(f"{name}.{serial}: {error}")
    problems += wrong
    return {} if wrong else keys


def _sub_mchids(value: SettingValue, problems: list[str]) -> frozenset[str]:
    found = value if isinstance(value, tuple) else ()
    problems += [
        f"sub_mchids: number {n} is no merchant number" for n, sub in enumerate(found, 1) if not _MERCHANT.fullmatch(sub)
    ]
    return frozenset(found)

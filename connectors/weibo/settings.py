"""The settings of an account, declared and read: of Weibo Pay, of the Open API, or of both."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

from connectors.settings import SettingsReader
from connectors.signing import read_private_key, read_public_key, rsa_sha1_sign, rsa_sha1_verify
from connectors.spec import Secret, Setting, Settings
from connectors.weibo import sheet
from schema.model.errors import SettingsInvalid

SETTINGS: Final = (
    Setting("appkey", "Weibo Pay: the app key, such as 1000000", required=False),
    Setting("seller_id", "Weibo Pay: the seller's number, such as 2000000001", required=False),
    Setting("seller_key", "Weibo Pay: PEM of the seller's private key", kind="secret", required=False),
    Setting("weibo_pay_key", "Weibo Pay: PEM of Weibo's public key, the same for all sellers", required=False),
    Setting("pay_url", "where Weibo Pay's merchant calls are", kind="url", required=False, default=sheet.PAY_URL),
    Setting("access_token", "Open API: the access token that a person has authorised", kind="secret", required=False),
    Setting("api_url", "where the Open API is", kind="url", required=False, default=sheet.API_URL),
    Setting(
        "commercial",
        "whether the app has the commercial API by contract, for the counters of posts",
        required=False,
        default="no",
        choices=("no", "yes"),
    ),
    Setting("commercial_url", "where the commercial API is", kind="url", required=False, default=sheet.COMMERCIAL_URL),
    Setting(
        "calls_per_day",
        "Open API: how many calls a day Weibo grants to this app and user",
        required=False,
        default=sheet.CALLS_PER_DAY,
    ),
)

_PAY: Final = ("appkey", "seller_id", "seller_key", "weibo_pay_key")
_NUMBER: Final = re.compile(r"[0-9A-Za-z_\-]{1,64}", re.ASCII)
_TOKEN: Final = re.compile(r"[!-~]{1,1024}", re.ASCII)
_CALLS: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PayAccount:
    """A seller of Weibo Pay. ``sign`` makes a signature in base64, ``verify`` raises DeliveryRejected for one not Weibo's."""

    appkey: str
    seller_id: str
    sign: Callable[[bytes], str] = field(repr=False)
    verify: Callable[[str, bytes], None] = field(repr=False)
    pay_url: str


@dataclass(frozen=True, slots=True)
class ApiAccount:
    """An app of the Open API with the token of one user. ``commercial_url`` None where it has no commercial API."""

    access_token: Secret
    api_url: str
    commercial_url: str | None


Halves: TypeAlias = PayAccount | ApiAccount | tuple[PayAccount, ApiAccount]
"""One of the two, or both."""


def read(settings: Settings) -> Halves:
    """The halves that are set up. Raises SettingsInvalid with every problem at once; none of them quotes a secret."""
    reading = SettingsReader(settings)
    pay, api = _pay(reading), _api(reading)
    if not reading.given(*_PAY, "access_token"):
        reading.problems.append("appkey: is missing, and so is access_token: set up Weibo Pay, the Open API, or both")
    found = (pay, api) if pay and api else pay or api
    if found is None or reading.problems:
        raise SettingsInvalid(reading.problems)
    return found


def _pay(reading: SettingsReader) -> PayAccount | None:
    url = _url(reading, "pay_url")
    if not reading.given(*_PAY):
        return None
    appkey = reading.text("appkey", _NUMBER, "is an app key, such as 1000000")
    seller = reading.text("seller_id", _NUMBER, "is a seller's number, such as 2000000001")
    own = reading.key("seller_key", partial(read_private_key, bits=sheet.KEY_BITS))
    weibo = reading.key("weibo_pay_key", partial(read_public_key, bits=sheet.KEY_BITS))
    if own is None or weibo is None:
        return None
    if own.public_key().public_numbers() == weibo.public_numbers():
        reading.problems.append("weibo_pay_key: is the seller's own public key, where Weibo's belongs")
    return PayAccount(appkey, seller, partial(rsa_sha1_sign, own), partial(rsa_sha1_verify, weibo), url)


def _api(reading: SettingsReader) -> ApiAccount | None:
    url, commercial_url = _url(reading, "api_url"), _url(reading, "commercial_url")
    commercial = reading.text("commercial", re.compile("no|yes"), "is no or yes")
    reading.text("calls_per_day", _CALLS, "is a number of calls, such as 100")  # the gateway counts them: Pace.daily
    if not reading.given("access_token"):
        return None
    token = reading.text("access_token", _TOKEN, "is an access token, of printable characters")
    return ApiAccount(Secret(token), url, commercial_url if commercial == "yes" else None)


def _url(reading: SettingsReader, name: str) -> str:
    return reading.url(name, sheet.API_URL).rstrip("/")

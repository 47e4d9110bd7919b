"""WeChat Pay's verification keys by serial, and the check of what it signed: deliveries and answers alike.

https://pay.weixin.qq.com/doc/v3/merchant/4013053420 (certificates), .../4012365342 (signatures)
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Self, TypeAlias

from connectors.http import Headers
from connectors.signing import read_public_key, rsa_sha256_verify
from connectors.wechat_pay import sheet
from connectors.wechat_pay.fields import number, part
from connectors.wechat_pay.sealed import unseal
from schema.model.errors import BadTime, DeliveryRejected, KeyUnknown, Unreadable, UpstreamGarbled
from schema.model.time import read_rfc3339, read_unix

Verify: TypeAlias = Callable[[str, bytes], None]
"""Checks a signature in base64 over a message. Raises DeliveryRejected."""

_SERIAL: Final = re.compile(r"[0-9A-Za-z_]{1,64}", re.ASCII)
_ALWAYS: Final = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Key:
    """One key and the time in which it is valid: from the first moment on, before the second."""

    verify: Verify = field(repr=False)
    effective: datetime = _ALWAYS[0]
    expires: datetime = _ALWAYS[1]

    @classmethod
    def of(cls, pem: str) -> Self:
        """A key that the operator trusts until it is taken out. Raises ValueError with a reason that quotes nothing."""
        return cls(partial(rsa_sha256_verify, read_public_key(pem)))


class KeyRing:
    """The keys given in the settings, for good, and those fetched, which are replaced as a whole. Serials in any case."""

    def __init__(self, given: Mapping[str, Key], fetched: Mapping[str, Key] | None = None) -> None:
        self._given = {serial.upper(): key for serial, key in given.items()}
        self._fetched = dict(fetched or {})

    @property
    def fetches(self) -> bool:
        """Whether certificates are fetched: not where only public keys are given, as such merchants may have none."""
        return not self._given or any(not serial.startswith(sheet.PUBLIC_KEY_PREFIX) for serial in self._given)

    @property
    def public_key_id(self) -> str | None:
        """The public key with which answers are to be signed, where there is one."""
        return next((serial for serial in self._given if serial.startswith(sheet.PUBLIC_KEY_PREFIX)), None)

    def with_fetched(self, fetched: Mapping[str, Key]) -> "KeyRing":
        """Another ring with these in place of the fetched ones."""
        return KeyRing(self._given, fetched)

    def replace(self, fetched: Mapping[str, Key]) -> None:
        """Puts these in place of the fetched ones, in one step: what is no longer among them is revoked."""
        self._fetched = dict(fetched)

    def verify(self, headers: Headers, body: bytes, at: datetime) -> None:
        """Checks a delivery or an answer that came ``at`` that moment, over the bytes as they came.

        Raises DeliveryRejected; KeyUnknown where fetching the keys may help.
        """
        names = (sheet.TIMESTAMP_HEADER, sheet.NONCE_HEADER, sheet.SIGNATURE_HEADER, sheet.SERIAL_HEADER)
        timestamp, nonce, signature, serial = (headers.get(name, "") for name in names)
        if not (timestamp and nonce and signature and serial):
            raise DeliveryRejected("header_missing")
        if headers.get(sheet.TYPE_HEADER, sheet.SIGNATURE_TYPE) != sheet.SIGNATURE_TYPE:
            raise DeliveryRejected("signature_type")
        try:
            age = at - read_unix(timestamp)
        except BadTime:
            raise DeliveryRejected("timestamp") from None
        if abs(age) >= sheet.WINDOW:
            raise DeliveryRejected("time_window")
        if not (nonce.isascii() and nonce.isprintable()):  # a line end in it would move the border between nonce and body
            raise DeliveryRejected("nonce")
        key = self._find(serial, at)
        key.verify(signature, b"%b\n%b\n%b\n" % (timestamp.encode(), nonce.encode(), body))

    def _find(self, serial: str, at: datetime) -> Key:
        if not _SERIAL.fullmatch(serial):  # also a header that came twice
            raise DeliveryRejected("serial")
        key = self._given.get(serial.upper()) or self._fetched.get(serial.upper())
        if key is not None and key.effective <= at < key.expires:
            return key
        if self.fetches:
            raise KeyUnknown
        raise DeliveryRejected("key_unknown")


def read_certificates(apiv3_key: bytes, answer: Mapping[str, Any]) -> dict[str, Key]:
    """The keys by serial in an answer to GET /v3/certificates. Raises UpstreamGarbled when any of them cannot be read."""
    listed = answer.get("data")
    if not isinstance(listed, list):
        raise UpstreamGarbled("the answer lists no certificates")
    try:
        return dict(_certificate(apiv3_key, entry) for entry in listed)
    except Unreadable as error:
        what = "does not open with the APIv3 key" if error.reason == "decryption" else "cannot be read"
        raise UpstreamGarbled(f"a certificate {what}") from error
    except (BadTime, ValueError) as error:
        raise UpstreamGarbled("a certificate cannot be read") from error


def _certificate(apiv3_key: bytes, entry: object) -> tuple[str, Key]:
    if not isinstance(entry, Mapping):
        raise Unreadable("data")
    pem = unseal(apiv3_key, part(entry, "encrypt_certificate")).decode()
    times = read_rfc3339(entry.get("effective_time")), read_rfc3339(entry.get("expire_time"))
    return number(entry, "serial_no").upper(), Key(partial(rsa_sha256_verify, read_public_key(pem)), *times)

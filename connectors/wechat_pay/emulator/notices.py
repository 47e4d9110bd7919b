"""One notification as bytes: the envelope, its seal and its signature, with the faults that were asked for.

https://pay.weixin.qq.com/doc/v3/merchant/4012791861 and 4012791866
"""

import base64
import json
import random
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from connectors.testing.emulation import Outgoing
from connectors.wechat_pay.emulator.faults import Fault
from connectors.wechat_pay.emulator.keys import Keys, PlatformKey, Signing
from connectors.wechat_pay.emulator.payloads import moment_text
from connectors.wechat_pay.emulator.signing import PROBE, seal, signature_headers
from connectors.wechat_pay.emulator.state import Merchant

STALE: Final = timedelta(seconds=301)
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_UNKNOWN: Final = {"unheard_of": {"since": "2026", "list": [1, None, "值"]}}
_FIELDS: Final = ("id", "create_time", "resource_type", "event_type", "summary", "resource")


def draw_text(rng: random.Random, length: int) -> str:
    """Letters and digits."""
    return "".join(rng.choices(LETTERS, k=length))


def probe_signature(rng: random.Random) -> str:
    """A signature that must not hold. What follows the prefix is not always base64."""
    return PROBE + draw_text(rng, rng.choice((341, 342, 343, 344)))


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told, before it is put into an envelope. It is the same in every attempt; only the signature is made anew."""

    id: str
    created_at: datetime
    event_type: str
    original_type: str
    summary: str
    associated_data: str
    nonce: str
    clear: Mapping[str, Any]
    fields: tuple[str, ...]
    """The envelope's fields in the order they are written, which is not fixed."""

    @classmethod
    def of(
        cls, rng: random.Random, moment: datetime, event_type: str, original_type: str, summary: str, clear: Mapping[str, Any]
    ) -> "Notice":
        """A notice of this moment under a new id."""
        return cls(
            id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            created_at=moment,
            event_type=event_type,
            original_type=original_type,
            summary=summary,
            associated_data=original_type,
            nonce=draw_text(rng, 12),
            clear=clear,
            fields=tuple(rng.sample(_FIELDS, len(_FIELDS))),
        )


class Writer:
    """Writes notices. ``now`` is the clock that stands in signatures."""

    def __init__(
        self, keys: Keys, merchant: Merchant, rng: random.Random, now: Callable[[], datetime], signing: Signing
    ) -> None:
        self.signing = signing
        self._keys = keys
        self._merchant = merchant
        self._rng = rng
        self._now = now

    def outgoing(self, notice: Notice, faults: Collection[Fault] = ()) -> Outgoing:
        """One attempt of it."""
        if Fault.XML_REFUND in faults:
            return self._old_format()
        envelope = self._envelope(notice, faults)
        if Fault.UNDECRYPTABLE in faults:
            envelope = _spoiled(envelope)
        body = _compact(envelope)
        key, serial = self._key(faults)
        moment = self._now() + STALE * ((Fault.FUTURE in faults) - (Fault.STALE in faults))
        headers = self._frame() | signature_headers(key.private, serial, moment, draw_text(self._rng, 32), body)
        if Fault.PROBE in faults:
            headers["Wechatpay-Signature"] = probe_signature(self._rng)
        if Fault.NO_SIGNATURE_TYPE in faults:
            del headers["Wechatpay-Signature-Type"]
        if Fault.TAMPERED in faults:
            body = _compact(_spoiled(envelope))
        if Fault.RESERIALISED in faults:
            body = json.dumps(json.loads(body), indent=1).encode()
        return Outgoing(headers, body)

    def _key(self, faults: Collection[Fault]) -> tuple[PlatformKey, str]:
        key = self._keys.signer(self.signing)
        if Fault.RETIRED_KEY in faults and self._keys.retired:
            key = self._keys.retired[-1]
            return key, key.serial
        if Fault.WRONG_SERIAL in faults or Fault.RETIRED_KEY in faults:
            return key, self._keys.unknown_serial()
        return key, key.serial

    def _envelope(self, notice: Notice, faults: Collection[Fault]) -> dict[str, Any]:
        unknown = _UNKNOWN if Fault.EXTRA_FIELDS in faults else {}
        empty = Fault.EMPTY_ASSOCIATED_DATA in faults or Fault.NO_ASSOCIATED_DATA in faults
        associated = "" if empty else notice.associated_data
        resource: dict[str, Any] = {
            "original_type": notice.original_type,
            "algorithm": "AEAD_AES_256_GCM",
            "ciphertext": seal(self._merchant.apiv3_key, notice.nonce, associated, _compact({**notice.clear, **unknown})),
            "associated_data": associated,
            "nonce": notice.nonce,
        }
        if Fault.NO_ASSOCIATED_DATA in faults:
            del resource["associated_data"]
        told = {
            "id": notice.id,
            "create_time": moment_text(notice.created_at),
            "resource_type": "encrypt-resource",
            "event_type": notice.event_type,
            "summary": notice.summary,
            "resource": {**resource, **unknown},
        }
        return {name: told[name] for name in notice.fields} | unknown

    def _frame(self) -> dict[str, str]:
        return {"Content-Type": "application/json", "Request-ID": f"{self._rng.getrandbits(128):032X}-0"}

    def _old_format(self) -> Outgoing:
        """A refund as the merchant console's own ones may be told: XML, no signature headers, the content sealed otherwise."""
        sealed = base64.b64encode(self._rng.randbytes(640)).decode()
        body = (
            "<xml><return_code>SUCCESS</return_code>"
            f"<appid><![CDATA[{self._merchant.appid}]]></appid><mch_id><![CDATA[{self._merchant.mchid}]]></mch_id>"
            f"<nonce_str><![CDATA[{draw_text(self._rng, 32)}]]></nonce_str><req_info><![CDATA[{sealed}]]></req_info></xml>"
        )
        return Outgoing({**self._frame(), "Content-Type": "text/xml"}, body.encode())


def _compact(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _spoiled(envelope: Mapping[str, Any]) -> dict[str, Any]:
    ciphertext = envelope["resource"]["ciphertext"]
    other = "B" if ciphertext[0] == "A" else "A"
    return {**envelope, "resource": {**envelope["resource"], "ciphertext": other + ciphertext[1:]}}

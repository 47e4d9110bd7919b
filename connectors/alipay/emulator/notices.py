"""One notification as bytes: a form with its signature, and with the faults that were asked for.

https://docs.open.alipay.com/270/105902
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from itertools import count
from typing import Final
from urllib.parse import urlencode

from connectors.alipay.emulator.faults import Fault
from connectors.alipay.emulator.keys import Keys
from connectors.alipay.emulator.payloads import beijing
from connectors.alipay.emulator.signing import sign, sign_weakly, signed_text
from connectors.alipay.emulator.state import BEIJING, Merchant
from connectors.testing.emulation import Outgoing

CONTENT_TYPE: Final = "application/x-www-form-urlencoded; charset=utf-8"
_NOT_SIGNED: Final = ("sign", "sign_type")
_OTHER_SELLER: Final = "2088999999999999"
_OTHER_APP: Final = "2021999999999999"
_EMPTY: Final = {"body": "", "voucher_detail_list": ""}
_UNHEARD_OF: Final = {"unheard_of": '{"since":"2026","list":[1,null,"值"]}', "a_first_one": "a=b&c+d%20e"}


class Writer:
    """Writes notices. ``now`` is the clock of ``notify_time``."""

    def __init__(self, keys: Keys, merchant: Merchant, now: Callable[[], datetime]) -> None:
        self._keys = keys
        self._merchant = merchant
        self._now = now
        self._events = count(1)

    def notice(self, told: Mapping[str, str]) -> dict[str, str]:
        """All of an event that stays the same however often it is delivered, under a new ``notify_id``."""
        return {
            "notify_type": "trade_status_sync",
            "notify_id": f"{self._now().astimezone(BEIJING):%Y%m%d00222%H%M%S}{next(self._events):015}",
            "app_id": self._merchant.app_id,
            "auth_app_id": self._merchant.app_id,
            "seller_id": self._merchant.seller_id,
            "seller_email": "charity@example.org",
            "charset": "utf-8",
            "version": "1.0",
            **told,
        }

    def outgoing(self, notice: Mapping[str, str], faults: Collection[Fault] = ()) -> Outgoing:
        """One delivery of it, dated now (that resends bear their own time is *assumed*) and signed."""
        told = {**notice, "notify_time": beijing(self._now())}
        if Fault.WRONG_SELLER in faults:
            told["seller_id"] = _OTHER_SELLER
        if Fault.WRONG_APP in faults:
            told["app_id"] = told["auth_app_id"] = _OTHER_APP
        if Fault.EXTRA_FIELDS in faults:
            told |= _UNHEARD_OF
        if Fault.EMPTY_VALUES in faults:
            told |= _EMPTY
        told |= self._signature(signed_text(told, without=_NOT_SIGNED), faults)
        if Fault.TAMPERED in faults:
            told["total_amount"] = f"9{told['total_amount']}"
        return Outgoing({"Content-Type": CONTENT_TYPE}, urlencode(told).encode())

    def _signature(self, text: bytes, faults: Collection[Fault]) -> dict[str, str]:
        key = self._keys.app if Fault.APP_KEY in faults else self._keys.alipay
        if Fault.WEAK_HASH in faults:
            return {"sign_type": "RSA", "sign": sign_weakly(key, text)}
        return {"sign_type": "RSA2", "sign": sign(key, text)}

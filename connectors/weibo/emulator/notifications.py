"""Telling the merchant. Fields as observed; how often and how long is *assumed* to be as Alipay does it."""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import quote, urlencode

from connectors.testing.emulation import Attempt, DeliveryFaults, Outgoing, Plan, ScaledClock, Sender
from connectors.weibo.emulator.faults import Fault
from connectors.weibo.emulator.keys import Keys
from connectors.weibo.emulator.moments import local_text
from connectors.weibo.emulator.signing import sign
from connectors.weibo.emulator.state import Merchant, Payment, Refund

RETRIES: Final = tuple(timedelta(minutes=minutes) for minutes in (4, 10, 10, 60, 120, 360, 900))
"""8 deliveries over about 25 hours."""
TIMEOUT: Final = timedelta(seconds=5)
FORM: Final = "application/x-www-form-urlencoded"
WRONG_BY: Final = 100
"""Fen that a wrong amount is too high by."""


def accepts(attempt: Attempt) -> bool:
    """Whether Weibo takes this answer for a yes: the seven characters and nothing else."""
    return attempt.status == 200 and attempt.body == b"success"


class Notifications:
    """Sends to ``callback``, and to nobody while that is None; the addresses in orders are never dialled."""

    def __init__(
        self,
        keys: Keys,
        merchant: Merchant,
        faults: DeliveryFaults[Fault],
        clock: ScaledClock,
        rng: random.Random,
    ) -> None:
        self.sender = Sender(clock, RETRIES, TIMEOUT, accepts, rng)
        self._keys = keys
        self._merchant = merchant
        self._faults = faults
        self._clock = clock
        self._drawn = 0

    def payment_fields(self, payment: Payment) -> dict[str, str]:
        """What is told of a payment. *Assumed*: ``notify_type``, the spelling of ``status``, and that what is empty is left
        out.
        """
        told = {
            "appkey": self._merchant.appkey,
            "seller_id": self._merchant.seller_id,
            "buyer_id": payment.buyer_id,
            "pay_id": payment.pay_id,
            "out_pay_id": payment.out_pay_id,
            "total_amount": str(payment.amount_fen),
            "subject": payment.subject,
            "body": payment.body,
            "extra": payment.attach,
            "status": payment.status,
            "pay_time": local_text(payment.paid_at),
            "notify_type": "pay",
        }
        return {name: value for name, value in told.items() if value}

    def refund_fields(self, refund: Refund) -> dict[str, str]:
        """What is told of a refund: its payment's fields and its own. *Assumed*: known is only that ``refund/apply`` takes an
        address for it.
        """
        return self.payment_fields(refund.payment) | {
            "out_refund_id": refund.out_refund_id,
            "refund_amount": str(refund.amount_fen),
            "refund_time": local_text(refund.finished_at),
            "status": refund.status,
            "notify_type": "refund",
        }

    def tell(self, callback: str | None, fields: Mapping[str, str]) -> None:
        """Starts telling: the same event in every attempt, with the time of the attempt, signed anew."""
        if callback is None:
            return
        plan, event = self._faults.take(), {**fields, "notify_id": self._notify_id()}
        if Fault.QUERY_STRING in plan:
            url = f"{callback}?{urlencode(self._signed(event, plan.at(0)), quote_via=quote)}"
            self.sender.send(url, lambda _: Outgoing({}, b""))
        else:
            self.sender.send(callback, lambda attempt: self._form(event, plan, attempt))

    def outgoing(self, fields: Mapping[str, str]) -> Outgoing:
        """A notification, signed and not sent: for throughput runs, which cannot wait for the signing."""
        return self._form({**fields, "notify_id": self._notify_id()}, Plan(), 0)

    def _notify_id(self) -> str:
        self._drawn += 1
        return f"N{self._drawn:010}"

    def _form(self, event: Mapping[str, str], plan: Plan[Fault], attempt: int) -> Outgoing:
        return Outgoing({"Content-Type": FORM}, urlencode(self._signed(event, plan.at(attempt))).encode())

    def _signed(self, event: Mapping[str, str], faults: frozenset[Fault]) -> dict[str, str]:
        fields = {**event, "notify_time": local_text(self._clock.now())}
        if Fault.WRONG_AMOUNT in faults:
            fields["total_amount"] = _higher(fields)
        if Fault.OTHER_SELLER in faults:
            fields["seller_id"] = f"9{fields['seller_id']}"
        if Fault.OTHER_APP in faults:
            fields["appkey"] = f"9{fields['appkey']}"
        if Fault.EXTRA_FIELDS in faults:
            fields |= {"unheard_of": "值 & more=less", "Unheard": "+%20", "_empty": ""}
        signed = sign(self._keys.stranger if Fault.FORGED in faults else self._keys.weibo, fields)
        if Fault.TAMPERED in faults:
            signed["total_amount"] = _higher(signed)
        return signed


def _higher(fields: Mapping[str, str]) -> str:
    return str(int(fields["total_amount"]) + WRONG_BY)

"""Telling the merchant: what of which event, and when again.

Answer and schedule: https://docs.open.alipay.com/270/105902
"""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from connectors.alipay.emulator import payloads
from connectors.alipay.emulator.faults import Fault, Habits
from connectors.alipay.emulator.notices import Writer
from connectors.alipay.emulator.state import Payment, Refund
from connectors.testing.emulation import Attempt, DeliveryFaults, Outgoing, ScaledClock, Sender

RETRIES: Final = tuple(timedelta(minutes=minutes) for minutes in (4, 10, 10, 60, 120, 360, 900))
"""With the first, eight deliveries over a day and 24 minutes; then silence."""
TIMEOUT: Final = timedelta(seconds=10)
"""*Assumed*."""


def accepts(attempt: Attempt) -> bool:
    """Whether the platform takes this answer for a yes: the seven characters, and nothing around them."""
    return attempt.status == 200 and attempt.body == b"success"


class Notifications:
    """Sends to ``callback``, and to nobody while that is None."""

    def __init__(
        self,
        writer: Writer,
        faults: DeliveryFaults[Fault],
        habits: Habits,
        clock: ScaledClock,
        rng: random.Random,
    ) -> None:
        self.sender = Sender(clock, RETRIES, TIMEOUT, accepts, rng)
        self._writer = writer
        self._faults = faults
        self._habits = habits
        self._rng = rng

    def paid(self, payment: Payment) -> dict[str, str]:
        """What is told of a payment; now and then with a refund of nothing."""
        told = payloads.trade(payment, "TRADE_SUCCESS")
        if self._rng.random() < self._habits.zero_refund:
            told |= payloads.no_refund(payment.paid_at or payment.created_at)
        return told

    def reached(self, payment: Payment) -> dict[str, str]:
        """What is told of a trade that reached another status without money moving."""
        return payloads.trade(payment, payment.status)

    def refunded(self, refund: Refund) -> dict[str, str]:
        """What is told of a refund."""
        return payloads.refund(refund)

    def written(self, told: Mapping[str, str]) -> Outgoing:
        """A notification that is not sent."""
        return self._writer.outgoing(self._writer.notice(told))

    def send(self, callback: str | None, told: Mapping[str, str]) -> None:
        """Starts delivering."""
        if callback is None:
            return
        notice, plan = self._writer.notice(told), self._faults.take()
        self.sender.send(callback, lambda delivery: self._writer.outgoing(notice, plan.at(delivery)))

"""Telling the merchant: which notice for which event, when, and in what order.

Retries: https://pay.weixin.qq.com/doc/v3/merchant/4012791866
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from connectors.testing.emulation import Attempt, DeliveryFaults, Plan, ScaledClock, Sender
from connectors.wechat_pay.emulator import payloads
from connectors.wechat_pay.emulator.faults import PAYMENTS_ONLY, REFUNDS_ONLY, Fault
from connectors.wechat_pay.emulator.notices import Notice, Writer
from connectors.wechat_pay.emulator.state import Merchant, Payment, Refund

RETRIES: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600)
)
"""15 retries over 24 hours and 4 minutes, then silence."""
TIMEOUT: Final = timedelta(seconds=5)
ACCEPTED: Final = frozenset({200, 204})

REFUND_EVENTS: Final = {
    "SUCCESS": ("REFUND.SUCCESS", "退款成功"),
    "ABNORMAL": ("REFUND.ABNORMAL", "退款异常"),
    "CLOSED": ("REFUND.CLOSED", "退款关闭"),
}


def accepts(attempt: Attempt) -> bool:
    """Whether the platform takes this answer for a yes."""
    return attempt.status in ACCEPTED


class Notifications:
    """Sends to ``callback``, and to nobody while that is None; the addresses in orders are kept but never dialled."""

    def __init__(
        self,
        writer: Writer,
        merchant: Merchant,
        faults: DeliveryFaults[Fault],
        clock: ScaledClock,
        rng: random.Random,
    ) -> None:
        self.sender = Sender(clock, RETRIES, TIMEOUT, accepts, rng)
        self.probes_accepted = 0
        """How many probes the receiver answered as if they were good: each one is a failure of the receiver."""
        self._writer = writer
        self._merchant = merchant
        self._faults = faults
        self._clock = clock
        self._rng = rng
        self._held: dict[str, list[tuple[str, Notice, Plan[Fault]]]] = {}

    def payment_notice(self, payment: Payment) -> Notice:
        """What is told of a payment."""
        return self._notice("TRANSACTION.SUCCESS", "transaction", "支付成功", payloads.transaction(payment, self._merchant))

    def refund_notice(self, refund: Refund) -> Notice:
        """What is told of a refund that has ended."""
        event_type, summary = REFUND_EVENTS[refund.status]
        return self._notice(event_type, "refund", summary, payloads.refund_notice(refund, self._merchant))

    async def paid(self, callback: str | None, payment: Payment) -> None:
        """Tells of one payment."""
        await self._paid(callback, [payment], self.payment_notice(payment))

    async def paid_together(self, callback: str | None, payments: Sequence[Payment], out_trade_no: str) -> None:
        """Tells of a combined payment, in one notification."""
        clear = payloads.combined(payments, out_trade_no, self._merchant)
        await self._paid(callback, payments, self._notice("TRANSACTION.SUCCESS", "transaction", "支付成功", clear))

    async def refunded(self, callback: str | None, refund: Refund) -> None:
        """Tells of a refund; and of its payment afterwards, where that was held back."""
        if callback is None:
            return
        held = self._held.pop(refund.payment.transaction_id, [])

        def release(_: Attempt) -> None:
            while held:
                self._start(*held.pop(0))

        await self._deliver(callback, self.refund_notice(refund), self._faults.take(without=PAYMENTS_ONLY), release)

    async def tell(
        self, callback: str | None, event_type: str, original_type: str, summary: str, clear: Mapping[str, Any]
    ) -> None:
        """Tells of anything else."""
        if callback is None:
            return
        plan = self._faults.take(without=PAYMENTS_ONLY | REFUNDS_ONLY)
        await self._deliver(callback, self._notice(event_type, original_type, summary, clear), plan)

    def _notice(self, event_type: str, original_type: str, summary: str, clear: Mapping[str, Any]) -> Notice:
        return Notice.of(self._rng, self._clock.now(), event_type, original_type, summary, clear)

    async def _paid(self, callback: str | None, payments: Sequence[Payment], notice: Notice) -> None:
        if callback is None:
            return
        plan = self._faults.take(without=REFUNDS_ONLY)
        if Fault.PROFIT_SHARING in plan:
            share = payloads.profit_share(payments[0], self._merchant)
            await self._deliver(callback, self._notice("TRANSACTION.SUCCESS", "profitsharing", "分账成功", share), Plan())
        if Fault.REFUND_FIRST in plan:
            held = [(callback, notice, plan)]
            self._held.update({payment.transaction_id: held for payment in payments})
        else:
            await self._deliver(callback, notice, plan)

    async def _deliver(
        self, callback: str, notice: Notice, plan: Plan[Fault], heard: Callable[[Attempt], None] | None = None
    ) -> None:
        if Fault.PROBE in plan:
            answer = await self.sender.attempt(callback, self._writer.outgoing(notice, {Fault.PROBE}))
            self.probes_accepted += accepts(answer)
        self._start(callback, notice, plan, heard)

    def _start(self, callback: str, notice: Notice, plan: Plan[Fault], heard: Callable[[Attempt], None] | None = None) -> None:
        self.sender.send(callback, lambda attempt: self._writer.outgoing(notice, plan.at(attempt) - {Fault.PROBE}), heard)

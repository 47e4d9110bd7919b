"""Payments and refunds, as notified or as asked for, in our words. Pure.

Nothing of the payer is read here: no openid, no account, no bank. A payment tells neither a name nor a message.
Times: a payment happened at its ``success_time``. One that is not paid has none; it takes ``otherwise``, the moment of the
notification or of asking, which is harmless, as it counts nothing and the ledger keeps the earlier of two times.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from connectors.reading import text, word
from connectors.wechat_pay import sheet
from connectors.wechat_pay.fields import moment, number, part
from connectors.wechat_pay.merchant import Lookup, Merchant
from schema.model.facts import Clues, DonationState, RefundState
from schema.model.money import Money
from schema.model.total import AmountSource

Payload: TypeAlias = Mapping[str, Any]


def payment(order: Payload, merchant: Merchant, app: str | None, otherwise: datetime) -> DonationState | None:
    """An order, also one of a combined payment; None in a state that we do not know. Raises Unreadable or BadUserInput."""
    stage = sheet.TRADE_STATES.get(word(order, "trade_state"))
    if stage is None:
        return None
    amount = part(order, "amount")
    return DonationState(
        native_id=number(order, "transaction_id"),
        campaign=Clues(text(order, "attach"), text(order, "out_trade_no"), app, merchant.paid),
        stage=stage,
        version=0,
        amount=_money(amount, "total_amount" if "total_amount" in amount else "total"),  # the first in combined payments
        donated_at=moment(order, "success_time", otherwise),
        source=AmountSource.MERCHANT_NOTIFICATION,
    )


def app_of(order: Payload, default: str | None) -> str | None:
    """The app of a payment as its bill names it. *Assumed*: a service provider's bill names the provider's."""
    return text(order, "appid") or text(order, "sp_appid") or text(order, "sub_appid") or default


def refund(payload: Payload, merchant: Merchant, otherwise: datetime) -> RefundState | None:
    """A refund, whose state a notification calls ``refund_status`` and an answer ``status``; else as ``payment``."""
    stage = sheet.REFUND_STATES.get(word(payload, "refund_status" if "refund_status" in payload else "status"))
    if stage is None:
        return None
    donation = number(payload, "transaction_id")
    return RefundState(
        native_id=number(payload, "refund_id"),
        donation=donation,
        lookup=str(Lookup(donation, merchant.sub)),
        stage=stage,
        version=0,
        amount=_money(part(payload, "amount"), "refund"),
        refunded_at=moment(payload, "success_time", moment(payload, "create_time", otherwise)),
        source=AmountSource.MERCHANT_NOTIFICATION,
    )


def _money(amount: Payload, name: str) -> Money:
    return Money.of_minor(amount.get(name), word(amount, "currency", sheet.BILL_CURRENCY))

"""Trades, as notified or as asked for, in our words. Pure.

Nothing of the buyer is read here: no id, no account. A trade tells neither a name nor a message.
Refunds are a running sum, which is also the version: it only grows. One that is not told leaves the version at 0, so that
it never hides a sum that was.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias
from urllib.parse import unquote_plus

from connectors.alipay import sheet
from connectors.alipay.fields import moment, number, yuan
from connectors.alipay.settings import Account
from connectors.reading import text, word
from schema.model.errors import Unreadable
from schema.model.facts import Clues, DonationState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource

Fields: TypeAlias = Mapping[str, Any]

_CLOSED: Final = "TRADE_CLOSED"


def notified(fields: Fields, account: Account, otherwise: datetime) -> DonationState:
    """The trade of a notification. Raises Unreadable or BadUserInput.

    What is not paid happened at its ``gmt_create``. ``otherwise`` is the moment of the telling, for what has no time.
    """
    refunded = _refunded(fields)
    donated_at = moment(fields, "gmt_payment") or moment(fields, "gmt_create") or otherwise
    refunded_at = (moment(fields, "gmt_refund") or otherwise) if refunded else None
    return _trade(fields, account, donated_at, refunded, refunded_at)


def asked(fields: Fields, account: Account, otherwise: datetime) -> DonationState:
    """The trade of an answer, which tells no refunds; else as ``notified``.

    Paid and yet closed it was refunded in full. When is not told: no later than ``otherwise``, the moment of asking.
    """
    paid_at = moment(fields, "send_pay_date")
    closed = word(fields, "trade_status") == _CLOSED and paid_at is not None
    refunded = yuan(fields, "total_amount") if closed else None
    return _trade(fields, account, paid_at or otherwise, refunded, otherwise if closed else None)


def _trade(
    fields: Fields, account: Account, donated_at: datetime, refunded: Money | None, refunded_at: datetime | None
) -> DonationState:
    status = word(fields, "trade_status")
    stage = sheet.TRADE_STATES.get(status)
    if stage is None:  # a trade of ours in a state that we do not know may be money: it waits for somebody to look at it
        raise Unreadable("trade_status")
    return DonationState(
        native_id=number(fields, "trade_no"),
        campaign=Clues(
            attach=_passback(fields), order=text(fields, "out_trade_no"), app=account.app_id, merchant=account.seller_id
        ),
        stage=Stage.COMPLETED if status == _CLOSED and refunded else stage,
        version=refunded.minor if refunded else 0,
        amount=yuan(fields, "total_amount"),
        donated_at=donated_at,
        source=AmountSource.MERCHANT_NOTIFICATION,
        refunded=refunded,
        refunded_at=refunded_at,
    )


def _refunded(fields: Fields) -> Money | None:
    """What was refunded so far, or None: plain successes may carry ``refund_fee=0.00``, and even ``gmt_close``."""
    found = yuan(fields, "refund_fee") if text(fields, "refund_fee") else None
    return found if found and found.minor else None


def _passback(fields: Fields) -> str | None:
    """The merchant's text, which it encoded itself before the form was: so it is decoded once more, and only once.

    A text that is no UTF-8 then still comes out, as the money counts whatever stands beside it.
    """
    found = text(fields, "passback_params")
    return None if found is None else unquote_plus(found) or None

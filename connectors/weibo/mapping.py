"""A payment and its refunds, as ``pay/query`` tells them, in our words. Pure. *Observed*, the names of fields *assumed*.

Nothing of the buyer is read. A payment tells neither a name nor a message.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.reading import text, word
from connectors.weibo import sheet
from connectors.weibo.fields import number
from connectors.weibo.settings import PayAccount
from schema.model.errors import Unreadable
from schema.model.facts import Clues, DonationState, Movement, RefundState, Stage
from schema.model.money import Money
from schema.model.time import read_local
from schema.model.total import AmountSource


def movements(data: Mapping[str, Any], pay_id: str, account: PayAccount, now: datetime) -> Sequence[Movement]:
    """The payment, then its refunds. Raises Unreadable or BadUserInput, also for another payment or another's."""
    if number(data, "pay_id") != pay_id:
        raise Unreadable("pay_id")
    if number(data, "seller_id") != account.seller_id:
        raise Unreadable("seller_id")
    if number(data, "appkey") != account.appkey:
        raise Unreadable("appkey")
    refunds = data.get("refunds") or []
    if not isinstance(refunds, list) or not all(isinstance(each, dict) for each in refunds):
        raise Unreadable("refunds")
    return (_payment(data, pay_id, account, now), *(_refund(each, pay_id, now) for each in refunds))


def _payment(data: Mapping[str, Any], pay_id: str, account: PayAccount, now: datetime) -> DonationState:
    stage = sheet.PAY_STATES.get(word(data, "status"), Stage.PENDING)
    return DonationState(
        native_id=pay_id,
        campaign=Clues(
            attach=text(data, "extra"),
            order=text(data, "out_pay_id"),
            app=account.appkey,
            merchant=account.seller_id,
        ),
        stage=stage,
        version=0,
        amount=Money.of_minor(data.get("total_amount"), sheet.CURRENCY),
        donated_at=_time(data, "pay_time", stage, now),
        source=AmountSource.MERCHANT_NOTIFICATION,
    )


def _refund(data: Mapping[str, Any], pay_id: str, now: datetime) -> RefundState:
    stage = sheet.REFUND_STATES.get(word(data, "status"), Stage.PENDING)
    return RefundState(
        native_id=word(data, "out_refund_id"),
        donation=pay_id,
        lookup=pay_id,
        stage=stage,
        version=0,
        amount=Money.of_minor(data.get("refund_amount"), sheet.CURRENCY),
        refunded_at=_time(data, "refund_time", stage, now),
        source=AmountSource.MERCHANT_NOTIFICATION,
    )


def _time(data: Mapping[str, Any], name: str, stage: Stage, now: datetime) -> datetime:
    """When it happened. What has not happened may have no time and takes that of asking, as it counts nothing."""
    return now if stage is Stage.PENDING and not data.get(name) else read_local(data.get(name), sheet.BEIJING)

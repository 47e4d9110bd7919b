"""The platform's words: the fields of notifications and the answers to queries, from the state.

Fields: https://docs.open.alipay.com/270/105902 (notification), https://docs.open.alipay.com/api_1/alipay.trade.query and
https://docs.open.alipay.com/api_1/alipay.trade.fastpay.refund.query
"""

import json
from datetime import datetime
from typing import Any, Final

from connectors.alipay.emulator.state import BEIJING, Payment, Refund

SUBJECT: Final = "免费午餐"
_CHANNEL: Final = "ALIPAYACCOUNT"
_SHARES: Final = ("receipt_amount", "invoice_amount", "buyer_pay_amount")
"""Each is the whole amount where nothing but the balance paid."""


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals."""
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"


def beijing(moment: datetime) -> str:
    """Beijing time without a zone, as all texts have it."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def trade(payment: Payment, status: str) -> dict[str, str]:
    """What a notification tells of a trade that reached a status. What is not known of an unpaid one is left out."""
    told = {
        "trade_no": payment.trade_no,
        "out_trade_no": payment.out_trade_no,
        "trade_status": status,
        "total_amount": yuan(payment.amount_fen),
        "subject": SUBJECT,
        "gmt_create": beijing(payment.created_at),
        "passback_params": payment.passback_params,
        "buyer_id": payment.buyer.id,
        "buyer_open_id": payment.buyer.open_id,
        "buyer_logon_id": payment.buyer.logon_id,
    }
    if payment.paid_at is not None:
        told |= dict.fromkeys(_SHARES, yuan(payment.amount_fen)) | {"point_amount": "0.00"}
        told["gmt_payment"] = beijing(payment.paid_at)
        bills = [{"amount": yuan(payment.amount_fen), "fundChannel": _CHANNEL}]
        told["fund_bill_list"] = json.dumps(bills, separators=(",", ":"))
    if status == "TRADE_CLOSED" and payment.closed_at is not None:
        told["gmt_close"] = beijing(payment.closed_at)
    return {name: value for name, value in told.items() if value}


def no_refund(moment: datetime) -> dict[str, str]:
    """What some plain successes carry beside the rest."""
    return {"refund_fee": "0.00", "gmt_close": beijing(moment)}


def refund(given: Refund) -> dict[str, str]:
    """What a notification tells of a refund: the trade, and the sum of what was given back so far."""
    at = given.refunded_at.astimezone(BEIJING)
    return trade(given.payment, "TRADE_CLOSED" if given.whole else "TRADE_SUCCESS") | {
        "out_biz_no": given.out_biz_no,
        "refund_fee": yuan(given.running_fen),
        "gmt_refund": f"{beijing(at)}.{at.microsecond // 1000:03}",
    }


def trade_answer(payment: Payment) -> dict[str, Any]:
    """``alipay.trade.query``. It names the buyer under another name, and not what the merchant attached."""
    told: dict[str, Any] = {
        "trade_no": payment.trade_no,
        "out_trade_no": payment.out_trade_no,
        "buyer_logon_id": payment.buyer.logon_id,
        "buyer_user_id": payment.buyer.id,
        "buyer_open_id": payment.buyer.open_id,
        "trade_status": payment.status,
        "total_amount": yuan(payment.amount_fen),
    }
    if payment.paid_at is not None:
        told |= dict.fromkeys(_SHARES, yuan(payment.amount_fen)) | {"point_amount": "0.00"}
        told["send_pay_date"] = beijing(payment.paid_at)
        told["fund_bill_list"] = [{"amount": yuan(payment.amount_fen), "fund_channel": _CHANNEL}]
    return {name: value for name, value in told.items() if value}


def refund_answer(given: Refund) -> dict[str, Any]:
    """``alipay.trade.fastpay.refund.query`` of a refund that happened."""
    return {
        "trade_no": given.payment.trade_no,
        "out_trade_no": given.payment.out_trade_no,
        "out_request_no": given.out_biz_no,
        "total_amount": yuan(given.payment.amount_fen),
        "refund_amount": yuan(given.amount_fen),
        "refund_status": "REFUND_SUCCESS",
        "gmt_refund_pay": beijing(given.refunded_at),
    }

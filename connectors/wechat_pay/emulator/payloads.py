"""The platform's words: clear texts of notifications and bodies of queries, from the state.

Fields: https://pay.weixin.qq.com/doc/v3/merchant/4012791861 (payment) and 4012791865 (refund); partner: 4012925289
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from connectors.wechat_pay.emulator.state import BEIJING, Merchant, Payment, Refund

TRADE_STATES: Final = {
    "SUCCESS": "支付成功",
    "REFUND": "转入退款",
    "NOTPAY": "订单未支付",
    "CLOSED": "订单已关闭",
    "REVOKED": "订单已撤销",
}


def moment_text(moment: datetime) -> str:
    """RFC 3339 in Beijing time, as every field has it."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")


def transaction(payment: Payment, merchant: Merchant) -> dict[str, Any]:
    """An order as notifications and queries tell it. What is not known of an unpaid one is left out."""
    told: dict[str, Any] = {"mchid": merchant.mchid, "appid": merchant.appid}
    payer = "openid"
    if payment.sub_mchid is not None:
        told = {"sp_mchid": merchant.mchid, "sp_appid": merchant.appid, "sub_mchid": payment.sub_mchid}
        payer = "sp_openid"
    told["out_trade_no"] = payment.out_trade_no
    told |= {"trade_state": payment.trade_state, "trade_state_desc": TRADE_STATES[payment.trade_state]}
    told["amount"] = {"total": payment.amount_fen, "currency": "CNY"}
    if payment.paid_at is None:
        return told
    told |= {"transaction_id": payment.transaction_id, "trade_type": payment.trade_type, "bank_type": "OTHERS"}
    told["success_time"] = moment_text(payment.paid_at)
    told["payer"] = {payer: payment.openid}
    told["amount"] |= {"payer_total": payment.amount_fen - payment.coupon_fen, "payer_currency": "CNY"}
    if payment.attach:
        told["attach"] = payment.attach
    if payment.coupon_fen:
        told["promotion_detail"] = [_coupon(payment)]
    return told


def combined(payments: Sequence[Payment], out_trade_no: str, merchant: Merchant) -> dict[str, Any]:
    """Several orders paid at once; each is one donation. All were paid by the same payer."""
    return {
        "combine_appid": merchant.appid,
        "combine_mchid": merchant.mchid,
        "combine_out_trade_no": out_trade_no,
        "combine_payer_info": {"openid": payments[0].openid},
        "sub_orders": [_sub_order(payment, merchant) for payment in payments],
    }


def refund_notice(refund: Refund, merchant: Merchant) -> dict[str, Any]:
    """A refund as a notification tells it: ``refund_status``, and no currency."""
    payment = refund.payment
    told: dict[str, Any] = {"mchid": merchant.mchid}
    if payment.sub_mchid is not None:
        told = {"sp_mchid": merchant.mchid, "sub_mchid": payment.sub_mchid}
    told |= {"out_trade_no": payment.out_trade_no, "transaction_id": payment.transaction_id}
    told |= {"out_refund_no": refund.out_refund_no, "refund_id": refund.refund_id, "refund_status": refund.status}
    if refund.status == "SUCCESS" and refund.finished_at:
        told["success_time"] = moment_text(refund.finished_at)
    told["amount"] = _refund_amount(refund)
    told["user_received_account"] = refund.received_account
    return told


def refund_query(refund: Refund) -> dict[str, Any]:
    """A refund as queries tell it: ``status``, and the currency."""
    payment, amount = refund.payment, _refund_amount(refund)
    told: dict[str, Any] = {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": payment.transaction_id,
        "out_trade_no": payment.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": refund.received_account,
        "create_time": moment_text(refund.accepted_at),
        "status": refund.status,
        "funds_account": "AVAILABLE",
        "amount": amount
        | {"settlement_refund": amount["payer_refund"], "settlement_total": amount["payer_total"]}
        | {"discount_refund": amount["refund"] - amount["payer_refund"], "currency": "CNY"},
    }
    if refund.status == "SUCCESS" and refund.finished_at:
        told["success_time"] = moment_text(refund.finished_at)
    return told


def profit_share(payment: Payment, merchant: Merchant) -> dict[str, Any]:
    """A share of a payment that went on to somebody else: no donation, though it names one. Its fields are *assumed*."""
    return {
        "mchid": merchant.mchid,
        "transaction_id": payment.transaction_id,
        "order_id": f"3008{payment.transaction_id[4:]}",
        "out_order_no": f"PS{payment.out_trade_no}",
        "receiver": {"type": "MERCHANT_ID", "account": merchant.mchid, "amount": 1, "description": "分给商户"},
        "success_time": moment_text(payment.paid_at or payment.created_at),
    }


def _sub_order(payment: Payment, merchant: Merchant) -> dict[str, Any]:
    told: dict[str, Any] = {"mchid": merchant.mchid}
    if payment.sub_mchid is not None:
        told["sub_mchid"] = payment.sub_mchid
    told |= {"out_trade_no": payment.out_trade_no, "transaction_id": payment.transaction_id}
    told |= {"trade_type": payment.trade_type, "trade_state": payment.trade_state, "bank_type": "OTHERS"}
    told["success_time"] = moment_text(payment.paid_at or payment.created_at)
    told["amount"] = {
        "total_amount": payment.amount_fen,
        "payer_amount": payment.amount_fen - payment.coupon_fen,
        "currency": "CNY",
        "payer_currency": "CNY",
    }
    if payment.attach:
        told["attach"] = payment.attach
    return told


def _coupon(payment: Payment) -> dict[str, Any]:
    number = payment.transaction_id[-8:]
    return {
        "coupon_id": f"CP{number}",
        "name": "公益券",
        "scope": "GLOBAL",
        "type": "CASH",
        "amount": payment.coupon_fen,
        "stock_id": f"ST{number}",
        "wechatpay_contribute": payment.coupon_fen,
        "merchant_contribute": 0,
        "other_contribute": 0,
        "currency": "CNY",
    }


def _refund_amount(refund: Refund) -> dict[str, int]:
    total, payer_total = refund.payment.amount_fen, refund.payment.amount_fen - refund.payment.coupon_fen
    return {
        "total": total,
        "refund": refund.amount_fen,
        "payer_total": payer_total,
        "payer_refund": refund.amount_fen * payer_total // total,
    }

"""The text of bills: which columns each layout has, and a day's rows in them.

Layouts: https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html; the very old one and the summary
of seven columns are known from files only.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from connectors.wechat_pay.emulator.faults import BillQuirks
from connectors.wechat_pay.emulator.state import BEIJING, Merchant, Payment, Refund, State

Row = Mapping[str, str]

_ALL: Final = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,"
    "商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
ALL: Final = tuple(_ALL.split(","))
_REFUND_COLUMNS: Final = ("微信退款单号", "商户退款单号", "退款金额", "充值券退款金额", "退款类型", "退款状态")
SUCCESS: Final = tuple(column for column in ALL if column not in {*_REFUND_COLUMNS, "申请退款金额"})
REFUND: Final = (*ALL[:14], "退款申请时间", "退款成功时间", *ALL[14:])
LAYOUTS: Final = {"ALL": ALL, "SUCCESS": SUCCESS, "REFUND": REFUND}

_OLD_NAMES: Final = {
    "特约商户号": "子商户号",
    "应结订单金额": "总金额",
    "代金券金额": "代金券或立减优惠金额",
    "充值券退款金额": "代金券或立减优惠退款金额",
}
VERY_OLD: Final = tuple(_OLD_NAMES.get(column, column) for column in ALL[:24])

SUMMARY: Final = {
    "总交易单数": "",
    "应结订单总金额": "应结订单金额",
    "退款总金额": "退款金额",
    "充值券退款总金额": "充值券退款金额",
    "手续费总金额": "手续费",
    "订单总金额": "订单金额",
    "申请退款总金额": "申请退款金额",
}
"""The column that each column of the summary adds up; the first counts rows."""
SHORT_SUMMARY: Final = ("总交易单数", "应结订单总金额", "手续费总金额", "订单总金额")
_OLD_SUMMARY: Final = {
    "总交易单数": "",
    "总交易额": "订单金额",
    "总退款金额": "退款金额",
    "总代金券或立减优惠退款金额": "充值券退款金额",
    "手续费总金额": "手续费",
}

RATE: Final = 60
"""The fee in hundredths of a percent."""
GENERATED_AT: Final = time(9, tzinfo=BEIJING)
"""When the bill of the day before is made; states are as of then."""
_REFUND_STATES: Final = {"SUCCESS": "SUCCESS", "CLOSED": "FAIL", "ABNORMAL": "PROCESSING"}  # the last two *assumed*


def yuan(fen: int, decimals: int = 2) -> str:
    """Fen as yuan with at least two decimals."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02}{'0' * (decimals - 2)}"


def fee_fen(amount_fen: int) -> int:
    """The fee of an amount, rounded half up to fen."""
    return (amount_fen * RATE + 5_000) // 10_000


def trade_bill(
    state: State, merchant: Merchant, day: date, kind: str, quirks: BillQuirks, *, sub_mchid: str | None = None
) -> str | None:
    """The trade bill of a Beijing day; of one sub-merchant, or of all. None when nothing happened."""
    rows = sorted(_rows(state, merchant, day, kind, sub_mchid), key=lambda row: row["交易时间"])
    if not rows:
        return None
    summary: Mapping[str, str] = SUMMARY
    columns = LAYOUTS[kind]
    if quirks.very_old:
        rows = [row | {old: row[new] for new, old in _OLD_NAMES.items()} | {"总金额": row["订单金额"]} for row in rows]
        columns, summary = VERY_OLD, _OLD_SUMMARY
    elif kind == "SUCCESS" and not quirks.long_summary:
        summary = {name: SUMMARY[name] for name in SHORT_SUMMARY}
    totals = {name: _sum(row[column] for row in rows) if column else str(len(rows)) for name, column in summary.items()}
    if "手续费总金额" in totals:
        totals["手续费总金额"] += "000"
    return written(columns, rows, totals, quirks, counters={"总交易单数"})


def written(
    columns: Sequence[str], rows: Iterable[Row], totals: Row, quirks: BillQuirks, *, counters: Iterable[str] = ()
) -> str:
    """Header, rows, summary header, summary: every value behind a backtick, nothing quoted."""
    loose = _loose if quirks.loose_numbers else str
    if quirks.loose_numbers:
        totals = {**totals, **{name: f"{totals[name]}.0" for name in counters}}
    lines = [",".join(columns)]
    lines += [",".join(f"`{_number(column, row[column], loose)}" for column in columns) for row in rows]
    lines += [",".join(totals), ",".join(f"`{_number(name, value, loose)}" for name, value in totals.items())]
    end = "\r\n" if quirks.crlf else "\n"
    text = end.join(lines) + ("" if quirks.last_line_open else end)
    return "\ufeff" + text if quirks.byte_order_mark else text


def _rows(state: State, merchant: Merchant, day: date, kind: str, sub_mchid: str | None) -> Iterable[dict[str, str]]:
    if kind != "REFUND":
        for payment in state.payments:
            if payment.paid_at and _on(payment.paid_at, day) and sub_mchid in (None, payment.sub_mchid):
                yield _payment_row(payment, merchant, payment.paid_at)
    if kind == "ALL":
        for order in state.revoked:
            if _on(order.created_at, day) and sub_mchid in (None, order.sub_mchid):
                yield _revoked_row(order, merchant)
    if kind != "SUCCESS":
        for refund in state.refunds:
            if _on(refund.accepted_at, day) and sub_mchid in (None, refund.payment.sub_mchid):
                yield _refund_row(refund, merchant, datetime.combine(day + timedelta(days=1), GENERATED_AT))


def _payment_row(payment: Payment, merchant: Merchant, moment: datetime) -> dict[str, str]:
    return {
        "交易时间": local(moment),
        "公众账号ID": merchant.appid,
        "商户号": merchant.mchid,
        "特约商户号": payment.sub_mchid or "0",
        "设备号": "",
        "微信订单号": payment.transaction_id,
        "商户订单号": payment.out_trade_no,
        "用户标识": payment.openid,
        "交易类型": payment.trade_type,
        "交易状态": "SUCCESS",
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "应结订单金额": yuan(payment.amount_fen),
        "代金券金额": yuan(payment.coupon_fen),
        "微信退款单号": "0",
        "商户退款单号": "0",
        "退款金额": "0.00",
        "充值券退款金额": "0.00",
        "退款类型": "",
        "退款状态": "",
        "商品名称": payment.description,
        "商户数据包": payment.attach,
        "手续费": yuan(fee_fen(payment.amount_fen), 5),
        "费率": "0.60%",
        "订单金额": yuan(payment.amount_fen),
        "申请退款金额": "0.00",
        "费率备注": "",
    }


def _revoked_row(order: Payment, merchant: Merchant) -> dict[str, str]:
    """*Assumed*: that what was asked for stands there, and when it was ordered. ``attach`` is told of what is paid only."""
    nothing = {"手续费": yuan(0, 5), "代金券金额": yuan(0), "商户数据包": ""}
    return _payment_row(order, merchant, order.created_at) | {"交易状态": order.trade_state, **nothing}


def _refund_row(refund: Refund, merchant: Merchant, generated_at: datetime) -> dict[str, str]:
    ended = refund.finished_at if refund.finished_at and refund.finished_at <= generated_at else None
    status = _REFUND_STATES[refund.status] if ended else "PROCESSING"
    return _payment_row(refund.payment, merchant, refund.accepted_at) | {
        "交易状态": "REFUND",
        "应结订单金额": "0.00",
        "代金券金额": "0.00",
        "退款申请时间": local(refund.accepted_at),
        "退款成功时间": local(ended) if ended and status == "SUCCESS" else "",
        "微信退款单号": refund.refund_id,
        "商户退款单号": refund.out_refund_no,
        "退款金额": yuan(refund.amount_fen),
        "退款类型": "ORIGINAL",
        "退款状态": status,
        "手续费": yuan(-fee_fen(refund.amount_fen), 5),
        "订单金额": "0.00",
        "申请退款金额": yuan(refund.amount_fen),
    }


def local(moment: datetime) -> str:
    """Beijing time without a zone, as bills have it."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def _on(moment: datetime, day: date) -> bool:
    return moment.astimezone(BEIJING).date() == day


def _sum(amounts: Iterable[str]) -> str:
    return yuan(sum(_fen(amount) for amount in amounts))


def _fen(text: str) -> int:
    whole, _, decimals = text.lstrip("-").partition(".")
    return (-1 if text.startswith("-") else 1) * (int(whole) * 100 + int(decimals[:2]))


def _number(column: str, value: str, loose: Callable[[str], str]) -> str:
    return loose(value) if column.endswith("金额") and value else value


def _loose(amount: str) -> str:
    return amount[:-1] if amount.endswith("0") else amount

"""The fund-flow bill: every movement on the merchant's basic account, fees apart.

https://pay.weixin.qq.com/wiki/doc/apiv3/apis/chapter3_1_6.shtml and the pages beside it
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

from connectors.wechat_pay.emulator.bills import fee_fen, local, written, yuan
from connectors.wechat_pay.emulator.faults import BillQuirks
from connectors.wechat_pay.emulator.state import BEIJING, Merchant, State

_COLUMNS: Final = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,"
    "收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号"
)
COLUMNS: Final = tuple(_COLUMNS.split(","))


class _Movement(NamedTuple):
    moment: datetime
    number: str
    kind: str
    fen: int
    note: str
    voucher: str


def fund_flow_bill(state: State, merchant: Merchant, day: date, quirks: BillQuirks) -> str | None:
    """The movements of a Beijing day, with the balance after each. None when there were none."""
    balance = 0
    rows: list[dict[str, str]] = []
    came: list[int] = []
    went: list[int] = []
    for index, movement in enumerate(sorted(_movements(state), key=lambda movement: movement.moment)):
        balance += movement.fen
        if movement.moment.astimezone(BEIJING).date() != day:
            continue
        (came if movement.fen > 0 else went).append(abs(movement.fen))
        rows.append(
            {
                "记账时间": local(movement.moment),
                "微信支付业务单号": movement.number,
                "资金流水单号": f"{merchant.mchid}{index:012}",
                "业务名称": movement.kind,
                "业务类型": movement.kind,
                "收支类型": "收入" if movement.fen > 0 else "支出",
                "收支金额(元)": yuan(abs(movement.fen)),
                "账户结余(元)": yuan(balance),
                "资金变更提交申请人": "system",
                "备注": movement.note,
                "业务凭证号": movement.voucher,
            }
        )
    totals = {
        "资金流水总笔数": str(len(rows)),
        "收入笔数": str(len(came)),
        "收入金额": yuan(sum(came)),
        "支出笔数": str(len(went)),
        "支出金额": yuan(sum(went)),
    }
    return written(COLUMNS, rows, totals, quirks, counters=("资金流水总笔数", "收入笔数", "支出笔数")) if rows else None


def _movements(state: State) -> Iterator[_Movement]:
    for payment in state.payments:
        moment, fee = payment.paid_at or payment.created_at, fee_fen(payment.amount_fen)
        yield _Movement(moment, payment.transaction_id, "交易", payment.amount_fen, "结算总金额", payment.out_trade_no)
        if fee:
            yield _Movement(moment, payment.transaction_id, "扣除交易手续费", -fee, "手续费", payment.out_trade_no)
    for refund in state.refunds:
        if refund.status == "SUCCESS" and refund.finished_at:
            left = fee_fen(refund.amount_fen) - refund.amount_fen
            yield _Movement(refund.finished_at, refund.refund_id, "退款", left, "退款总金额", refund.out_refund_no)

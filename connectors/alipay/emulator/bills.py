"""A bill as the file that Alipay gives: a ZIP with two tables in GBK.

Layout: https://opendocs.alipay.com/open/204/106262
"""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from connectors.alipay.emulator.payloads import SUBJECT, beijing, yuan
from connectors.alipay.emulator.state import BEIJING, Merchant, Payment, Refund, State

Row = Mapping[str, str]

_DETAIL: Final = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
DETAIL: Final = tuple(_DETAIL.split(","))
SUMMARY: Final = ("交易订单总笔数", "退款订单总笔数", "订单金额（元）", "商家实收（元）", "服务费（元）", "实收净额（元）")
"""Columns of the summary: *assumed*, as only that of the detail is published."""
_ZERO: Final = {column: "0.00" for column in DETAIL if column.endswith("（元）")}
"""Nothing else moves money here; a charity pays no fee."""


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a bill, the last not included, as Beijing cuts them; ``name`` is how file names say it."""

    name: str
    start: date
    end: date

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.start <= moment.astimezone(BEIJING).date() < self.end


@dataclass(frozen=True, slots=True)
class Bill:
    """The bill of a period, made at a moment. ``padding`` stands behind every value."""

    state: State
    merchant: Merchant
    period: Period
    made: datetime
    padding: str = "\t"

    def archive(self) -> bytes | None:
        """The ZIP. None when nothing happened."""
        payments = [payment for payment in self.state.payments if payment.paid_at and self.period.holds(payment.paid_at)]
        refunds = [refund for refund in self.state.refunds if self.period.holds(refund.refunded_at)]
        if not payments and not refunds:
            return None
        gained, given = sum(payment.amount_fen for payment in payments), sum(refund.amount_fen for refund in refunds)
        rows = sorted([*map(_payment_row, payments), *map(_refund_row, refunds)], key=lambda row: row["完成时间"])
        totals = (
            f"#交易合计：{len(payments)}笔，商家实收共{yuan(gained)}元，商家优惠共0.00元",
            f"#退款合计：{len(refunds)}笔，商家实收退款共{yuan(-given)}元，商家优惠退款共0.00元",
        )
        net = yuan(gained - given)
        figures = dict(zip(SUMMARY, (str(len(payments)), str(len(refunds)), net, net, "0.00", net), strict=True))
        stem = f"{self.merchant.seller_id}0156_{self.period.name}_业务明细"
        return _zipped(
            {
                f"{stem}.csv": self._table("业务明细", DETAIL, rows, totals),
                f"{stem}(汇总).csv": self._table("业务汇总", SUMMARY, [figures]),
            }
        )

    def _table(self, title: str, columns: Sequence[str], rows: Iterable[Row], totals: Iterable[str] = ()) -> bytes:
        """Four lines of comment, header, rows, end line and totals. What GBK does not have becomes ``?``: *assumed*."""
        start, end = (datetime.combine(day, time(), BEIJING) for day in (self.period.start, self.period.end))
        lines = [
            f"#支付宝{title}查询",
            f"#账号：[{self.merchant.seller_id}0156]",
            f"#起始日期：[{_said(start)}]   终止日期：[{_said(end)}]",
            f"#{'-' * 41}{title}列表{'-' * 40}",
            ",".join(columns),
            *(",".join(row.get(column, "") + self.padding for column in columns) for row in rows),
            f"#{'-' * 41}{title}列表结束{'-' * 36}",
            *totals,
            f"#导出时间：[{_said(self.made)}]",
        ]
        return "".join(f"{line}\r\n" for line in lines).encode("gbk", "replace")


def _payment_row(payment: Payment) -> dict[str, str]:
    return _ZERO | {
        "支付宝交易号": payment.trade_no,
        "商户订单号": payment.out_trade_no,
        "业务类型": "交易",
        "商品名称": SUBJECT,
        "创建时间": beijing(payment.created_at),
        "完成时间": beijing(payment.paid_at or payment.created_at),
        "对方账户": f"*心({payment.buyer.logon_id})",
        "订单金额（元）": yuan(payment.amount_fen),
        "商家实收（元）": yuan(payment.amount_fen),
    }


def _refund_row(refund: Refund) -> dict[str, str]:
    # that both amounts are the refund's, and both times its own, is *assumed*
    return _payment_row(refund.payment) | {
        "业务类型": "退款",
        "创建时间": beijing(refund.refunded_at),
        "完成时间": beijing(refund.refunded_at),
        "订单金额（元）": yuan(-refund.amount_fen),
        "商家实收（元）": yuan(-refund.amount_fen),
        "退款批次号/请求号": refund.out_biz_no,
    }


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y年%m月%d日 %H:%M:%S}"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP whose names are GBK without a word about it."""
    packed, names = io.BytesIO(), {}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for letter, (name, content) in zip("xyz", files.items(), strict=False):
            # zipfile writes such names in UTF-8 and says so; a stand-in of the same length is replaced afterwards
            stand_in = letter * len(name.encode("gbk"))
            names[stand_in.encode()] = name.encode("gbk")
            file.writestr(zipfile.ZipInfo(stand_in), content, zipfile.ZIP_DEFLATED)
    content = packed.getvalue()
    for stand_in_bytes, gbk in names.items():
        content = content.replace(stand_in_bytes, gbk)
    return content

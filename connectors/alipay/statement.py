"""A bill's rows in our words. Pure.

https://opendocs.alipay.com/open/204/106262
A row and the notification of the same trade give the same entity and amount. The bill tells every refund by itself under its
request number, the notification their running sum: a donation counts its amount less the larger of the two.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO, Final, TypeAlias

from connectors.alipay import sheet
from connectors.alipay.fields import moment, number, yuan
from connectors.alipay.layout import Cells, Layout, Tally
from connectors.alipay.settings import Account
from connectors.alipay.unpacking import lines
from connectors.contract import Row
from connectors.reading import text
from schema.model.errors import BadUserInput, Unreadable
from schema.model.facts import Clues, DonationState, Movement, RefundState, Stage
from schema.model.money import Money
from schema.model.total import AmountSource

_OWNER: Final = re.compile(r"#账号[：:]\s*\[([0-9]{16})[0-9]*\]")
_REQUEST: Final = re.compile(r"[!-~]{1,64}", re.ASCII)
_REQUEST_COLUMNS: Final = ("退款批次号/请求号", "退款批次号")
_DATED: Final = re.compile(r"20[0-9]{14,62}", re.ASCII)


def read_export(source: BinaryIO, account: Account) -> Iterator[Row]:
    """The rows of a bill, in a ZIP or plain, from a file that can seek.

    A row that cannot be read is a Row with a problem; so are totals that contradict the rows, and a missing end. A bill of
    another merchant, or of the type that the account does not take, is one problem and nothing else.
    """
    layout: Layout | None = None
    tally: Tally | None = None
    line, ended = 0, False
    try:
        for line, content in lines(source):
            if content is not None and content.startswith("#"):
                owner = _OWNER.match(content)
                if owner and owner[1] != account.seller_id:
                    yield Row(line, problem="the bill is another merchant's")
                    return
                ended = ended or sheet.END_MARK in content
                yield from (Row(line, problem=problem) for problem in (tally.differences(content) if tally else ()))
            elif layout is not None and tally is not None:
                yield _row(line, content, layout, account, tally)
            else:
                layout = Layout.of(content or "")
                if problem := _misplaced(layout, account):
                    yield Row(line, problem=problem)
                    return
                tally = Tally(layout.kind) if layout else None
    except Unreadable as error:
        yield Row(line + 1, problem=f"the file cannot be read any further ({error.reason})")
        return
    if not ended or layout is None:
        yield Row(max(line, 1), problem="the bill ends without its last line, so rows may be missing")


def _misplaced(layout: Layout | None, account: Account) -> str | None:
    if layout is None:
        return "this is no header of a bill"
    if layout.kind.bill_type != account.bill_type:  # refunds have other numbers there, and would count twice
        return f"this is a bill of the type {layout.kind.bill_type}; the account's is {account.bill_type}"
    return None


def _row(line: int, content: str | None, layout: Layout, account: Account, tally: Tally) -> Row:
    try:
        cells = _cells(content, layout)
        tally.add(cells)
        readers, others = _READERS[layout.kind.bill_type]
        read = readers.get(cells["业务类型"])
        if read is None:
            return Row(line, problem=others)
        return Row(line, (read(cells, account),))
    except Unreadable as error:
        return Row(line, problem=f"{error.reason} cannot be read")
    except BadUserInput as error:
        return Row(line, problem=f"the row cannot be read: {error.code}")


def _cells(content: str | None, layout: Layout) -> Cells:
    if content is None:
        raise Unreadable("text")
    return layout.cells(content)


def _trade(cells: Cells, account: Account) -> DonationState:
    return _donation(cells, account, number(cells, "支付宝交易号"), yuan(cells, "订单金额"), "完成时间", "创建时间")


def _trade_refund(cells: Cells, account: Account) -> RefundState:
    request = next((name for name in _REQUEST_COLUMNS if name in cells), _REQUEST_COLUMNS[0])
    taken = yuan(cells, "订单金额")  # negative
    return _refund(cells, number(cells, "支付宝交易号"), number(cells, request, _REQUEST), taken, "完成时间")


def _income(cells: Cells, account: Account) -> DonationState:
    return _donation(cells, account, number(cells, "业务流水号", _DATED), yuan(cells, "收入金额"), "发生时间")


def _outlay(cells: Cells, account: Account) -> RefundState:
    taken = yuan(cells, "支出金额")
    negative = taken if taken.minor < 0 else Money(-taken.minor, taken.currency)
    return _refund(cells, number(cells, "业务流水号", _DATED), number(cells, "账务流水号"), negative, "发生时间")


def _donation(cells: Cells, account: Account, native_id: str, amount: Money, *times: str) -> DonationState:
    """Tells no app, as the bill does not: a merchant may have several. Nor does it tell ``passback_params``."""
    donated_at = next((found for name in times if (found := moment(cells, name))), None)
    if donated_at is None:
        raise Unreadable(times[0])
    return DonationState(
        native_id=native_id,
        campaign=Clues(order=text(cells, "商户订单号"), merchant=account.seller_id),
        stage=Stage.COMPLETED,
        version=0,
        amount=amount,
        donated_at=donated_at,
        source=AmountSource.MERCHANT_BILL,
    )


def _refund(cells: Cells, donation: str, native_id: str, taken: Money, time: str) -> RefundState:
    refunded_at = moment(cells, time)
    if refunded_at is None:
        raise Unreadable(time)
    return RefundState(
        native_id=native_id,
        donation=donation,
        lookup=donation,
        stage=Stage.COMPLETED,
        version=0,
        amount=Money(-taken.minor, taken.currency),
        refunded_at=refunded_at,
        source=AmountSource.MERCHANT_BILL,
    )


Readers: TypeAlias = Mapping[str, Callable[[Cells, Account], Movement]]

# By type of bill and 业务类型; then what is wrong with any other row, if anything: most movements of a balance are no trade.
# *Assumed*: all of signcustomer.
_READERS: Final[Mapping[str, tuple[Readers, str | None]]] = MappingProxyType(
    {
        "trade": ({"交易": _trade, "退款": _trade_refund}, "业务类型 is none that is known"),
        "signcustomer": ({"在线支付": _income, "交易付款": _income, "交易退款": _outlay, "退款": _outlay}, None),
    }
)

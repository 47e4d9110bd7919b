"""A trade bill's rows in our words, whatever its layout. Pure.

https://pay.weixin.qq.com/docs/merchant/products/bill-download/format-trade.html
A row and the notification of the same payment give the same entity, amount and clues. Of two times the ledger keeps the
earlier. A bill tells the states as of its making, and no later one corrects them.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO, Final

from connectors.contract import Row
from connectors.reading import text, word
from connectors.wechat_pay import sheet
from connectors.wechat_pay.fields import number
from connectors.wechat_pay.layout import Cells, Layout, Tally
from connectors.wechat_pay.merchant import Lookup, Merchant
from connectors.wechat_pay.settings import Account
from connectors.wechat_pay.unpacking import lines
from schema.model.errors import BadUserInput, Unreadable
from schema.model.facts import Clues, DonationState, Movement, RefundState, Stage
from schema.model.money import Money
from schema.model.time import read_local
from schema.model.total import AmountSource

_NONE: Final = "0"
"""What stands where a row has no sub-merchant or no refund."""


def read_export(source: BinaryIO, account: Account) -> Iterator[Row]:
    """The rows of a bill, plain or in gzip, from a file that can seek. Several bills may follow one another.

    A row that cannot be read is a Row with a problem; so are a summary that contradicts the rows, and a missing one.
    A row of a sub-merchant that the account leaves out is a Row with nothing in it.
    """
    layout: Layout | None = None
    tally: Tally | None = None
    line = 0
    try:
        for line, content in lines(source):
            if content is None or content.startswith("`"):
                if layout is None or tally is None:
                    yield Row(line, problem="there is a row before any header of a trade bill")
                    return
                if not layout.summary:
                    yield _row(line, content, layout, account, tally)
                    continue
                yield from _closing(line, content, layout, tally)
                layout = tally = None
            else:
                header = Layout.of(content)
                if tally is None and (header is None or header.summary):
                    yield Row(line, problem="this is no header of a trade bill")
                    return
                if header is None:  # the other half of a row, or worse; what follows is read as before
                    yield Row(line, problem="the line is neither a row nor a header")
                    continue
                layout = header
                if not layout.summary:
                    yield from () if tally is None else _cut_off(line)
                    tally = Tally()
    except Unreadable as error:
        yield Row(line + 1, problem=f"the file cannot be read any further ({error.reason})")
        return
    if tally is not None or line == 0:
        yield from _cut_off(line)


def _cut_off(line: int) -> Iterator[Row]:
    yield Row(max(line, 1), problem="the bill ends without its summary, so rows may be missing")


def _closing(line: int, content: str | None, layout: Layout, tally: Tally) -> Iterator[Row]:
    try:
        yield from (Row(line, problem=problem) for problem in tally.differences(_cells(content, layout)))
    except Unreadable:
        yield Row(line, problem="the summary cannot be read")


def _row(line: int, content: str | None, layout: Layout, account: Account, tally: Tally) -> Row:
    tally.rows += 1
    try:
        cells = _cells(content, layout)
        tally.add(cells)
        merchant = _merchant(cells)
        if merchant.number != account.mchid:
            return Row(line, problem="the row is another merchant's")
        if not account.owns(merchant):
            return Row(line)
        read = _READERS.get(cells["交易状态"])
        if read is None:
            return Row(line, problem="交易状态 is none that is known")
        return Row(line, (read(cells, merchant, account),))
    except Unreadable as error:
        return Row(line, problem=f"{error.reason} cannot be read")
    except BadUserInput as error:
        return Row(line, problem=f"the row cannot be read: {error.code}")


def _cells(content: str | None, layout: Layout) -> Cells:
    if content is None:
        raise Unreadable("text")
    return layout.cells(content)


def _payment(cells: Cells, merchant: Merchant, account: Account) -> DonationState:
    return DonationState(
        native_id=number(cells, "微信订单号"),
        campaign=Clues(
            attach=text(cells, sheet.FREE_TEXT_COLUMN),
            order=text(cells, "商户订单号"),
            app=text(cells, "公众账号ID") or account.appid,
            merchant=merchant.paid,
        ),
        stage=sheet.BILL_STATES[cells["交易状态"]],
        version=0,
        amount=_money(cells, sheet.AMOUNT_COLUMNS),
        donated_at=read_local(cells["交易时间"], sheet.BILL_ZONE),
        source=AmountSource.MERCHANT_BILL,
    )


def _refund(cells: Cells, merchant: Merchant, account: Account) -> RefundState:
    stage = sheet.BILL_REFUND_STATES.get(cells.get("退款状态", ""))
    if stage is None:
        raise Unreadable("退款状态")
    donation, refund = number(cells, "微信订单号"), number(cells, "微信退款单号")
    if refund == _NONE:
        raise Unreadable("微信退款单号")
    lookup = Lookup(donation, merchant.sub)
    if stage is Stage.PENDING:  # the bill will not say how it ended: this lookup asks for the refund as well
        lookup = Lookup(number(cells, "商户退款单号"), merchant.sub, refund=True)
    return RefundState(
        native_id=refund,
        donation=donation,
        lookup=str(lookup),
        stage=stage,
        version=0,
        amount=_money(cells, sheet.REFUND_COLUMNS),
        refunded_at=read_local(_first(cells, sheet.REFUND_TIME_COLUMNS), sheet.BILL_ZONE),
        source=AmountSource.MERCHANT_BILL,
    )


_READERS: Final[Mapping[str, Callable[[Cells, Merchant, Account], Movement]]] = MappingProxyType(
    {**dict.fromkeys(sheet.BILL_STATES, _payment), "REFUND": _refund}
)


def _merchant(cells: Cells) -> Merchant:
    column = next((name for name in sheet.SUB_MERCHANT_COLUMNS if cells.get(name, "") not in ("", _NONE)), None)
    return Merchant(number(cells, "商户号"), number(cells, column) if column else None)


def _money(cells: Cells, columns: tuple[str, ...]) -> Money:
    return Money.of_decimal(_first(cells, columns), word(cells, "货币种类", sheet.BILL_CURRENCY))


def _first(cells: Cells, columns: tuple[str, ...]) -> str:
    """The value in the first of these columns that the layout has and that is not empty."""
    found = next((cells[name] for name in columns if cells.get(name)), None)
    if found is None:
        raise Unreadable(columns[0])
    return found

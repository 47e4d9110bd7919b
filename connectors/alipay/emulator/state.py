"""The one state: trades, refunds, and the books they are held against. All amounts are in fen."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final
from urllib.parse import quote

from connectors.testing.emulation import Book

BEIJING: Final = timezone(timedelta(hours=8), "Beijing")
CHECKOUT: Final = timedelta(seconds=10)
"""From order to payment."""
MOST_FEN: Final = 999_999_999
"""Number(9,2) in yuan."""
MAX_PASSBACK: Final = 512
"""Of ``passback_params`` as it travels, percent signs included: *assumed*."""
MAX_ORDER: Final = 64
WAITING: Final = "WAIT_BUYER_PAY"


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who is paid: an app and its seller."""

    app_id: str
    seller_id: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who pays: personal data. An empty field is not told; newer apps get ``open_id`` in place of ``id``."""

    id: str
    logon_id: str
    """Masked, as Alipay shows it."""
    open_id: str = ""


@dataclass(slots=True)
class Payment:
    """A trade, paid or not. ``book`` and ``star`` are the campaign and the endorser, known to the emulator alone."""

    trade_no: str
    out_trade_no: str
    amount_fen: int
    attach: str
    buyer: Buyer
    created_at: datetime
    book: str
    star: str
    status: str = WAITING
    paid_at: datetime | None = None
    closed_at: datetime | None = None
    refunded_fen: int = 0

    @property
    def passback_params(self) -> str:
        """What the merchant attached as it travels: percent-encoded, before any form encodes it once more."""
        return quote(self.attach, safe="")


@dataclass(frozen=True, slots=True)
class Refund:
    """Something given back. ``running_fen`` is all that was given back of the trade, this included."""

    payment: Payment
    amount_fen: int
    out_biz_no: str
    refunded_at: datetime
    running_fen: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left of the trade."""
        return self.running_fen == self.payment.amount_fen


class NotPossible(ValueError):
    """The platform would refuse this; the message says why."""


class State:
    """What happened. Every number is drawn from the seed and from counters, so a run can be told again."""

    def __init__(self, books: MutableMapping[str, Book], seed: int) -> None:
        self.books = books
        self.orders: dict[str, Payment] = {}
        self.payments: list[Payment] = []
        self.refunds: list[Refund] = []
        self._trades: dict[str, Payment] = {}
        self._seed = seed % 10**4

    def order(
        self,
        amount_fen: int,
        *,
        attach: str,
        book: str,
        moment: datetime,
        star: str = "",
        number: str | None = None,
        buyer: Buyer | None = None,
    ) -> Payment:
        """A new order that waits for its buyer, under the merchant's ``number``. Raises NotPossible."""
        turn, day = len(self.orders) + 1, f"{moment.astimezone(BEIJING):%Y%m%d}"
        made = Payment(
            trade_no=f"{day}22001400{self._seed:04}{turn:08}",
            out_trade_no=f"LUNCH{day}A{turn:04}" if number is None else number,
            amount_fen=amount_fen,
            attach=attach,
            buyer=buyer or Buyer(f"2088{self._seed:04}{turn:08}", f"dem***{turn:04}@example.org"),
            created_at=moment,
            book=book,
            star=star,
        )
        if type(amount_fen) is not int or not 0 < amount_fen <= MOST_FEN:
            raise NotPossible(f"a trade is of 1 to {MOST_FEN} fen")
        if not 0 < len(made.out_trade_no) <= MAX_ORDER or made.out_trade_no in self.orders:
            raise NotPossible(f"a merchant's order number is new and has at most {MAX_ORDER} characters")
        if len(made.passback_params) > MAX_PASSBACK:
            raise NotPossible(f"passback_params has at most {MAX_PASSBACK} characters as it travels")
        self.orders[made.out_trade_no] = self._trades[made.trade_no] = made
        return made

    def pay(self, payment: Payment, moment: datetime) -> None:
        """An order is paid, in full. Raises NotPossible."""
        if payment.status != WAITING:
            raise NotPossible(f"the trade is {payment.status}")
        payment.status, payment.paid_at = "TRADE_SUCCESS", moment
        self.payments.append(payment)
        self._enter(payment, payment.amount_fen)
        self.books[payment.book].count += 1

    def abandon(self, payment: Payment, moment: datetime) -> None:
        """An order was not paid in time."""
        payment.status, payment.closed_at = "TRADE_CLOSED", moment

    def finish(self, payment: Payment) -> None:
        """The time for refunds is over. Raises NotPossible."""
        if payment.status != "TRADE_SUCCESS":
            raise NotPossible(f"the trade is {payment.status}")
        payment.status = "TRADE_FINISHED"

    def refund(self, payment: Payment, amount_fen: int, moment: datetime) -> Refund:
        """Something is given back. Raises NotPossible."""
        left = payment.amount_fen - payment.refunded_fen
        if payment.status != "TRADE_SUCCESS" or type(amount_fen) is not int or not 0 < amount_fen <= left:
            raise NotPossible(f"the trade is {payment.status}, and {left} fen are left of it")
        payment.refunded_fen += amount_fen
        number = f"RF{moment.astimezone(BEIJING):%Y%m%d}{len(self.refunds) + 1:06}"
        refund = Refund(payment, amount_fen, number, moment, payment.refunded_fen)
        self.refunds.append(refund)
        self._enter(payment, -amount_fen)
        self.books[payment.book].refunded += amount_fen
        if refund.whole:
            payment.status, payment.closed_at = "TRADE_CLOSED", moment
            self.books[payment.book].count -= 1
        return refund

    def found(self, trade_no: str, out_trade_no: str) -> Payment | None:
        """A trade by Alipay's number or the merchant's; Alipay's goes first."""
        return self._trades.get(trade_no) if trade_no else self.orders.get(out_trade_no)

    def known(self, named: Payment | str) -> Payment:
        """A trade, by itself or by Alipay's number. Raises NotPossible."""
        number = named if isinstance(named, str) else named.trade_no
        if number not in self._trades:
            raise NotPossible("no such trade")
        return self._trades[number]

    def _enter(self, payment: Payment, fen: int) -> None:
        page = self.books.setdefault(payment.book, Book("CNY"))
        page.raised += fen
        if payment.star:
            page.endorsers[payment.star] = page.endorsers.get(payment.star, 0) + fen

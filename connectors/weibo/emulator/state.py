"""The one state of Weibo Pay: orders, payments, refunds, and the books they are held against. All amounts are in fen."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from connectors.testing.emulation import Book
from connectors.weibo.emulator.moments import BEIJING

PAID: Final = "PAY_STATUS_SUCCESS"
Fate: TypeAlias = Literal["pending", "closed", "failed"]
"""What becomes of an order that is not paid, in the words of a partner's file."""
UNPAID: Final[Mapping[Fate, str]] = MappingProxyType(
    {"pending": "PAY_STATUS_WAIT", "closed": "PAY_STATUS_CLOSED", "failed": "PAY_STATUS_FAIL"}
)
"""*Assumed*, as only the name of a good payment is known."""
REFUNDED: Final = "REFUND_STATUS_SUCCESS"
REFUNDING: Final = "REFUND_STATUS_PROCESSING"
"""*Assumed*."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who is paid: an app and a seller."""

    appkey: str
    seller_id: str


@dataclass(slots=True, eq=False)
class Payment:
    """An order, paid or not. ``book`` and ``star`` are what it counts for, known to the emulator alone."""

    pay_id: str
    out_pay_id: str
    amount_fen: int
    attach: str
    """Travels as ``extra``."""
    buyer_id: str
    ordered_at: datetime
    subject: str = "免费午餐"
    body: str = "donation"
    expires_at: datetime | None = None
    paid_at: datetime | None = None
    fate: Fate = "pending"
    book: str = ""
    star: str = ""
    refunded_fen: int = 0
    """What has arrived back."""
    refunding_fen: int = 0
    """What has not arrived yet."""

    @property
    def status(self) -> str:
        """In Weibo's words. A payment that went back is a good payment with refunds: *assumed*."""
        return PAID if self.paid_at else UNPAID[self.fate]

    @property
    def left_fen(self) -> int:
        """What can be given back."""
        return self.amount_fen - self.refunded_fen - self.refunding_fen


@dataclass(slots=True, eq=False)
class Refund:
    """Something that goes back. ``finished_at`` None has not arrived."""

    payment: Payment
    out_refund_id: str
    amount_fen: int
    finished_at: datetime | None = None

    @property
    def status(self) -> str:
        """In Weibo's words."""
        return REFUNDED if self.finished_at else REFUNDING


class NotPossible(ValueError):
    """The platform would refuse this; the message says why."""


class State:
    """What happened. Every number is drawn from the seed and from counters, so a run can be told again."""

    def __init__(self, books: MutableMapping[str, Book], seed: int) -> None:
        self.books = books
        self.orders: dict[str, Payment] = {}
        """By the merchant's number."""
        self.payments: list[Payment] = []
        self.refunds: dict[str, Refund] = {}
        """By the merchant's number, in the order they were accepted."""
        self._by_pay_id: dict[str, Payment] = {}
        self._seed = seed % 10_000
        self._drawn = 0

    def number(self, moment: datetime) -> str:
        """A Beijing day, the seed, and a counter."""
        self._drawn += 1
        return f"{moment.astimezone(BEIJING):%Y%m%d}{self._seed:04}{self._drawn:08}"

    def order(
        self,
        amount_fen: int,
        attach: str,
        moment: datetime,
        *,
        out_pay_id: str | None = None,
        buyer_id: str | None = None,
        subject: str = "免费午餐",
        body: str = "donation",
        expires_at: datetime | None = None,
    ) -> Payment:
        """A new order. Raises NotPossible."""
        if type(amount_fen) is not int or amount_fen <= 0:
            raise NotPossible("an order is of one fen or more")
        number = self.number(moment)
        order = Payment(
            pay_id=f"P{number}",
            out_pay_id=out_pay_id or f"GIFT{number}",
            amount_fen=amount_fen,
            attach=attach,
            buyer_id=buyer_id or f"9{number[-11:]}",
            ordered_at=moment,
            subject=subject,
            body=body,
            expires_at=expires_at,
        )
        if order.out_pay_id in self.orders:
            raise NotPossible("this merchant order number was used before")
        self.orders[order.out_pay_id] = self._by_pay_id[order.pay_id] = order
        return order

    def pay(self, order: Payment, book: str, star: str, moment: datetime) -> Payment:
        """An order is paid. Raises NotPossible when it was paid, or is too late."""
        if order.paid_at or order.fate != "pending" or (order.expires_at and moment >= order.expires_at):
            raise NotPossible("the order was paid or has failed, or is too late")
        order.paid_at, order.book, order.star = moment, book, star
        self.payments.append(order)
        page = self.books.setdefault(book, Book("CNY"))
        page.raised += order.amount_fen
        page.count += 1
        self._endorse(page, order, order.amount_fen)
        return order

    def open_refund(self, payment: Payment, amount_fen: int, moment: datetime, out_refund_id: str | None = None) -> Refund:
        """A refund is accepted; no money has moved yet. Raises NotPossible."""
        if payment.paid_at is None or type(amount_fen) is not int or not 0 < amount_fen <= payment.left_fen:
            raise NotPossible("there is not that much to give back")
        number = out_refund_id or f"RF{self.number(moment)}"
        if number in self.refunds:
            raise NotPossible("this merchant refund number was used before")
        refund = Refund(payment, number, amount_fen)
        payment.refunding_fen += amount_fen
        self.refunds[number] = refund
        return refund

    def finish_refund(self, refund: Refund, moment: datetime) -> None:
        """A refund arrives. Raises NotPossible when it had."""
        if refund.finished_at:
            raise NotPossible("the refund has arrived before")
        payment, page = refund.payment, self.books[refund.payment.book]
        refund.finished_at = moment
        payment.refunding_fen -= refund.amount_fen
        payment.refunded_fen += refund.amount_fen
        page.raised -= refund.amount_fen
        page.refunded += refund.amount_fen
        page.count -= payment.refunded_fen == payment.amount_fen
        self._endorse(page, payment, -refund.amount_fen)

    def find(self, *, pay_id: str = "", out_pay_id: str = "") -> Payment | None:
        """An order by either number."""
        return self.orders.get(out_pay_id) if out_pay_id else self._by_pay_id.get(pay_id)

    def refund_by(self, out_refund_id: str) -> Refund | None:
        """A refund by the merchant's number."""
        return self.refunds.get(out_refund_id)

    def refunds_of(self, payment: Payment) -> Sequence[Refund]:
        """All refunds of a payment, in the order they were accepted."""
        return [refund for refund in self.refunds.values() if refund.payment is payment]

    def known(self, named: Payment | str) -> Payment:
        """A payment, by itself or by its ``pay_id``. Raises NotPossible."""
        found = self.find(pay_id=named if isinstance(named, str) else named.pay_id)
        if found is None:
            raise NotPossible("no such payment")
        return found

    def known_refund(self, named: Refund | str) -> Refund:
        """A refund, by itself or by its ``out_refund_id``. Raises NotPossible."""
        found = self.refund_by(named if isinstance(named, str) else named.out_refund_id)
        if found is None:
            raise NotPossible("no such refund")
        return found

    def _endorse(self, page: Book, payment: Payment, amount_fen: int) -> None:
        if payment.star:
            page.endorsers[payment.star] = page.endorsers.get(payment.star, 0) + amount_fen

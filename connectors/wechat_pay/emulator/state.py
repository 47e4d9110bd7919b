"""The one state: orders, payments, refunds, and the books they are held against. All amounts are in fen."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from connectors.testing.emulation import Book

BEIJING: Final = timezone(timedelta(hours=8), "Beijing")
MAX_ATTACH: Final = 128
"""Bytes; whether the platform counts characters or bytes is *assumed*."""
MAX_REFUNDS: Final = 50


OPEN: Final = "PROCESSING"
ENDINGS: Final = frozenset({"SUCCESS", "CLOSED", "ABNORMAL"})
"""How a refund ends; one that is ABNORMAL can end once more."""


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who is paid. With sub-merchants it is a service provider as well."""

    mchid: str
    appid: str
    apiv3_key: str
    sub_mchids: tuple[str, ...]


@dataclass(slots=True)
class Payment:
    """An order, paid or not. ``book`` is the campaign that it counts for, and ``star`` the endorser whom it names: known to the
    emulator alone.
    """

    out_trade_no: str
    amount_fen: int
    attach: str
    openid: str
    created_at: datetime
    book: str = ""
    star: str = ""
    sub_mchid: str | None = None
    coupon_fen: int = 0
    trade_type: str = "JSAPI"
    description: str = "免费午餐"
    trade_state: str = "NOTPAY"
    transaction_id: str = ""
    paid_at: datetime | None = None
    refunded_fen: int = 0
    refunding_fen: int = 0
    """Accepted, but not with the payer yet."""
    refunds: int = 0


@dataclass(slots=True)
class Refund:
    """A refund of a payment. ``status`` is PROCESSING until it ends as SUCCESS, CLOSED or ABNORMAL."""

    payment: Payment
    amount_fen: int
    out_refund_no: str
    refund_id: str
    accepted_at: datetime
    received_account: str
    status: str = OPEN
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One order of a combined payment."""

    amount_fen: int
    attach: str | None = None
    book: str = "school-lunch"
    sub_mchid: str | None = None
    star: str = ""


class NotPossible(ValueError):
    """The platform would refuse this; the message says why."""


class State:
    """What happened. Every number is drawn from the seed and from counters, so a run can be told again."""

    def __init__(self, books: MutableMapping[str, Book], seed: int) -> None:
        self.books = books
        self.orders: dict[str, Payment] = {}
        self.payments: list[Payment] = []
        self.refunds: list[Refund] = []
        self.revoked: list[Payment] = []
        self._seed = seed % 10**6
        self._paid: dict[str, Payment] = {}
        self._refunds: dict[str, Refund] = {}
        self._drawn = 0

    def number(self, moment: datetime, digits: int) -> str:
        """A Beijing day followed by a counter."""
        self._drawn += 1
        return f"{moment.astimezone(BEIJING):%Y%m%d}{self._drawn:0{digits}}"

    def openid(self) -> str:
        """A payer who never was; personal data, so it can be recognised anywhere."""
        self._drawn += 1
        return f"oDEMO{self._seed:06}{self._drawn:016}"

    def order(self, order: Payment) -> Payment:
        """Keeps a new order. Raises NotPossible."""
        if order.out_trade_no in self.orders:
            raise NotPossible("this merchant order number was used before")
        if type(order.amount_fen) is not int or order.amount_fen <= 0 or not 0 <= order.coupon_fen < order.amount_fen:
            raise NotPossible("an order is of one fen or more, and a coupon is less")
        if len(order.attach.encode()) > MAX_ATTACH or any(ord(char) > 0xFFFF for char in order.attach + order.description):
            raise NotPossible(f"attach has at most {MAX_ATTACH} bytes, and no text has characters of four bytes")
        self.orders[order.out_trade_no] = order
        return order

    def pay(self, order: Payment, amount_fen: int, book: str, moment: datetime, star: str = "") -> Payment:
        """An order is paid, in full. Raises NotPossible when it was paid or closed, or is of another amount."""
        if order.trade_state != "NOTPAY" or order.amount_fen != amount_fen:
            raise NotPossible(f"the order is {order.trade_state}, of {order.amount_fen} fen")
        order.trade_state, order.paid_at, order.book, order.star = "SUCCESS", moment, book, star
        order.transaction_id = f"4200{self._seed:06}{self.number(moment, 10)}"
        self._paid[order.transaction_id] = order
        self.payments.append(order)
        page = self.books.setdefault(book, Book("CNY"))
        page.raised += order.amount_fen
        page.count += 1
        if star:
            page.endorsers[star] = page.endorsers.get(star, 0) + order.amount_fen
        return order

    def revoke(self, order: Payment, moment: datetime) -> Payment:
        """An order at a till was revoked before anything was paid. Raises NotPossible when it was paid or closed."""
        if order.trade_state != "NOTPAY":
            raise NotPossible(f"the order is {order.trade_state}")
        order.trade_state, order.trade_type = "REVOKED", "MICROPAY"
        order.transaction_id = f"4200{self._seed:06}{self.number(moment, 10)}"
        self._paid[order.transaction_id] = order
        self.revoked.append(order)
        return order

    def open_refund(self, payment: Payment, amount_fen: int, moment: datetime, out_refund_no: str | None = None) -> Refund:
        """A refund is accepted; no money has moved yet. Raises NotPossible."""
        left = payment.amount_fen - payment.refunded_fen - payment.refunding_fen
        if payment.paid_at is None or type(amount_fen) is not int or not 0 < amount_fen <= left:
            raise NotPossible("there is not that much to give back")
        if payment.refunds >= MAX_REFUNDS:
            raise NotPossible(f"a payment has at most {MAX_REFUNDS} refunds")
        number = self.number(moment, 11)
        refund = Refund(
            payment=payment,
            amount_fen=amount_fen,
            out_refund_no=out_refund_no or f"RF{number}",
            refund_id=f"5030{self._seed:06}{number}",
            accepted_at=moment,
            received_account=f"DEMO银行借记卡{self._drawn:04}",
        )
        payment.refunds += 1
        payment.refunding_fen += amount_fen
        payment.trade_state = "REFUND"
        self.refunds.append(refund)
        self._refunds[refund.out_refund_no] = refund
        return refund

    def finish_refund(self, refund: Refund, status: str, moment: datetime) -> None:
        """A refund ends. Only SUCCESS moves money. Raises NotPossible when it had ended for good before."""
        if refund.status not in (OPEN, "ABNORMAL") or status not in ENDINGS:
            raise NotPossible(f"the refund is {refund.status}, and can end as {', '.join(sorted(ENDINGS))}")
        payment, page = refund.payment, self.books[refund.payment.book]
        refund.status, refund.finished_at = status, moment
        payment.refunding_fen -= refund.amount_fen if status != "ABNORMAL" else 0
        if status == "SUCCESS":
            payment.refunded_fen += refund.amount_fen
            page.raised -= refund.amount_fen
            page.refunded += refund.amount_fen
            if payment.star:
                page.endorsers[payment.star] -= refund.amount_fen
            page.count -= payment.refunded_fen == payment.amount_fen

    def by_transaction(self, transaction_id: str) -> Payment | None:
        """A payment by the platform's number."""
        return self._paid.get(transaction_id)

    def known(self, named: Payment | str) -> Payment:
        """A payment, by itself or by the platform's number. Raises NotPossible."""
        found = self.by_transaction(named if isinstance(named, str) else named.transaction_id)
        if found is None:
            raise NotPossible("no such payment")
        return found

    def known_refund(self, named: Refund | str) -> Refund:
        """A refund, by itself or by the merchant's number. Raises NotPossible."""
        found = self.by_refund_number(named if isinstance(named, str) else named.out_refund_no)
        if found is None:
            raise NotPossible("no such refund")
        return found

    def by_refund_number(self, out_refund_no: str) -> Refund | None:
        """A refund by the merchant's number."""
        return self._refunds.get(out_refund_no)

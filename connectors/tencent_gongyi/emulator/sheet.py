"""The rows of one file, and the books that they come to."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Final, Literal, TypeAlias

from connectors.tencent_gongyi.emulator.dialect import Dialect
from connectors.testing.emulation import Book

BEIJING: Final = timezone(timedelta(hours=8))
Word: TypeAlias = Literal["paid", "open", "failed", "closed"]
"""What has become of a payment, before any of it goes back."""


@dataclass(slots=True)
class Payment:
    """One donation. ``book`` is the project's id, which travels; ``star`` does not, unless ``attach`` says it."""

    number: str
    amount_fen: int
    attach: str
    book: str
    star: str
    paid_at: datetime
    kind: str = ""
    nickname: str = ""
    word: Word | Literal["back"] = "paid"
    refunded_fen: int = 0


@dataclass(frozen=True, slots=True)
class Refund:
    """One refund, in a row of its own."""

    number: str
    payment: Payment
    amount_fen: int
    refunded_at: datetime
    word: str = "back"


@dataclass(slots=True)
class Sheet:
    """Writes the rows of one file and keeps the books of what it wrote."""

    dialect: Dialect
    books: dict[str, Book] = field(default_factory=dict)

    def header(self) -> list[str]:
        """The headings, with those that nobody has asked for."""
        return ["序号", *self.dialect.headings.values(), "昵称"]

    def row(self, number: int, what: Payment | Refund) -> list[str]:
        """One row."""
        payment = what if isinstance(what, Payment) else what.payment
        at = what.paid_at if isinstance(what, Payment) else what.refunded_at
        fen, guard, back = what.amount_fen, self.dialect.guard, isinstance(what, Refund)
        return [
            str(number),
            guard + what.number,
            guard + payment.book,
            str(fen) if self.dialect.in_fen else f"{fen // 100}.{fen % 100:02}",
            "CNY",
            f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}",
            self.dialect.words[what.word],
            payment.kind,
            "" if back else payment.attach,
            guard + payment.number if back else "",
            payment.nickname,
        ]

    def paid(self, payment: Payment) -> None:
        """Into the book, where it is no open one."""
        self._move(payment, payment.amount_fen, 1)

    def completed(self, payment: Payment) -> None:
        """Into the book, as what was open is paid."""
        if payment.word != "open":
            raise ValueError("it is not open")
        payment.word = "paid"
        self._move(payment, payment.amount_fen, 1)

    def refunded(self, refund: Refund) -> None:
        """Out of the book, where it is no open one."""
        payment = refund.payment
        if not 0 < refund.amount_fen <= payment.amount_fen - payment.refunded_fen or payment.word != "paid":
            raise ValueError("there is not that much to give back")
        if refund.word != "back":
            return
        payment.refunded_fen += refund.amount_fen
        self.books[payment.book].refunded += refund.amount_fen
        self._move(payment, -refund.amount_fen, -(payment.refunded_fen == payment.amount_fen))

    def withdrawn(self, payment: Payment) -> None:
        """Out of the book, as if it had never been: the row itself says that it was given back."""
        if payment.word != "paid" or payment.refunded_fen:
            raise ValueError("it is not there in whole")
        self._move(payment, -payment.amount_fen, -1)
        payment.word = "back"

    def _move(self, payment: Payment, fen: int, count: int) -> None:
        book = self.books.setdefault(payment.book, Book("CNY"))
        if payment.word == "paid":
            book.raised += fen
            book.count += count
            if payment.star:
                book.endorsers[payment.star] = book.endorsers.get(payment.star, 0) + fen


def text_of(lines: Iterable[Sequence[str]], delimiter: str) -> str:
    """CSV, quoted where it must be."""
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows(lines)
    return file.getvalue()

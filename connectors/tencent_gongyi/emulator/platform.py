"""The emulator as tests and the demo see it."""

from datetime import datetime
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.tencent_gongyi.emulator.dialect import PLAIN, Dialect
from connectors.tencent_gongyi.emulator.sheet import BEIJING, Payment, Refund, Sheet, Word, text_of
from connectors.testing.emulation import Control, Emulator, ScaledClock

BOOK: Final = "208391"


class TencentGongyiEmulator(Emulator):
    """One organisation. Everything that was given is in each export; nothing is ever sent."""

    key = "tencent_gongyi"

    def __init__(self, *, clock: ScaledClock | None = None, seed: int = 1, dialect: Dialect = PLAIN) -> None:
        super().__init__(clock=clock, seed=seed)
        self.payments: list[Payment] = []
        self.refunds: list[Refund] = []
        self._seed = seed % 10_000
        self._sheet = Sheet(dialect, self.books)
        control = Control(self, (self.pay, self.complete, self.refund, self.withdraw))
        files = [Route("/export.csv", self._export), Route("/figures.csv", self._figures)]
        self._app = Starlette(routes=[*files, control.mount])

    @property
    def app(self) -> Starlette:
        """Both files, for a person to fetch, and the control door under ``/control``."""
        return self._app

    def account(self) -> dict[str, Any]:
        """How its exports are written; nothing where they are as documented."""
        return {} if self._sheet.dialect is PLAIN else self._sheet.dialect.settings()

    async def pay(
        self,
        amount_fen: int,
        *,
        attach: str = "",
        book: str = BOOK,
        star: str = "",
        at: datetime | None = None,
        kind: str = "",
        nickname: str = "爱心网友",
        word: Word = "paid",
        notify: bool = True,
    ) -> Payment:
        """Somebody gives to the project ``book``. ``attach`` goes to the column for notes. ``notify`` changes nothing.

        Only what is ``paid`` is money; what is ``open`` is left so for ``complete``.
        """
        if amount_fen <= 0:
            raise ValueError("a gift is of one fen or more")
        payment = Payment(self._number(), amount_fen, attach, book, star, at or self.clock.now(), kind, nickname, word)
        self._sheet.paid(payment)
        self.payments.append(payment)
        return payment

    async def complete(self, payment: Payment | str) -> Payment:
        """What is open, or the payment with a number that is, is paid: its row says so from now on. Raises ValueError."""
        known = self._payment(payment)
        self._sheet.completed(known)
        return known

    async def refund(self, payment: Payment | str, amount_fen: int, *, arrives: bool = True, notify: bool = True) -> Refund:
        """Gives something of a payment, or of the one with a number, back, in a row of its own. ``notify`` changes nothing.

        Without ``arrives`` the row stays an open one, and no money has moved. Raises ValueError.
        """
        word = "back" if arrives else "open"
        refund = Refund(self._number(), self._payment(payment), amount_fen, self.clock.now(), word)
        self._sheet.refunded(refund)
        self.refunds.append(refund)
        return refund

    async def withdraw(self, payment: Payment | str) -> None:
        """Gives a whole donation back without a row of its own: its status says so from now on. Raises ValueError."""
        self._sheet.withdrawn(self._payment(payment))

    def export_csv(self) -> bytes:
        """The organisation's export: every refund above every donation, the newest first, as consoles show it."""
        dialect = self._sheet.dialect
        rows: list[Payment | Refund] = [*reversed(self.refunds), *reversed(self.payments)]
        lines = [self._sheet.header(), *(self._sheet.row(number, row) for number, row in enumerate(rows, 1))]
        return text_of(lines, dialect.delimiter).encode(dialect.encoding)

    def figures_csv(self) -> bytes:
        """What a person copies from each project's public page at this moment."""
        at = self.clock.now().astimezone(BEIJING).isoformat(timespec="seconds")
        lines = [["project", "raised", "currency", "donors", "donations", "page", "read_at"]]
        for project, book in self.books.items():
            raised, page = f"{book.raised // 100}.{book.raised % 100:02}", f"https://gongyi.example/project/{project}"
            lines.append([project, raised, book.currency, "", str(book.count), page, at])
        return text_of(lines, ",").encode("utf-8-sig")

    async def _export(self, _: Request) -> Response:
        return Response(self.export_csv(), media_type="text/csv")

    async def _figures(self, _: Request) -> Response:
        return Response(self.figures_csv(), media_type="text/csv")

    def _payment(self, named: Payment | str) -> Payment:
        number = named if isinstance(named, str) else named.number
        found = next((payment for payment in self.payments if payment.number == number), None)
        if found is None:
            raise ValueError("there is no such payment")
        return found

    def _number(self) -> str:
        return f"{self._seed:04}{len(self.payments) + len(self.refunds) + 1:016}"

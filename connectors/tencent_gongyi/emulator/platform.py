"""The emulator as tests and the demo see it."""

from datetime import datetime, timedelta
from typing import Any, Final

from starlette.applications import Starlette

from connectors.tencent_gongyi.emulator.control import control
from connectors.tencent_gongyi.emulator.dialect import PLAIN, Dialect
from connectors.tencent_gongyi.emulator.sheet import BEIJING, Payment, Refund, Sheet, text_of
from connectors.testing.emulation import Emulator, ScaledClock, Sender

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
        self._sender = Sender(self.clock, (), timedelta(seconds=5), lambda _: True, self.rng)
        self._app = Starlette(routes=[control(self)])

    @property
    def app(self) -> Starlette:
        """The control door under ``/control``."""
        return self._app

    @property
    def sender(self) -> Sender:
        """It never has anything to send."""
        return self._sender

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
        notify: bool = True,
    ) -> Payment:
        """Somebody gives to the project ``book``. ``attach`` goes to the column for notes. ``notify`` changes nothing."""
        if amount_fen <= 0:
            raise ValueError("a gift is of one fen or more")
        payment = Payment(self._number(), amount_fen, attach, book, star, at or self.clock.now(), kind, nickname)
        self._sheet.paid(payment)
        self.payments.append(payment)
        return payment

    async def refund(self, payment: Payment, amount_fen: int, *, notify: bool = True) -> Refund:
        """Gives something back, in a row of its own. ``notify`` changes nothing. Raises ValueError."""
        refund = Refund(self._number(), payment, amount_fen, self.clock.now())
        self._sheet.refunded(refund)
        self.refunds.append(refund)
        return refund

    async def withdraw(self, payment: Payment) -> None:
        """Gives a whole donation back without a row of its own: its status says so from now on. Raises ValueError."""
        self._sheet.withdrawn(payment)

    def payment(self, number: str) -> Payment:
        """By its number. Raises ValueError."""
        found = next((payment for payment in self.payments if payment.number == number), None)
        if found is None:
            raise ValueError("there is no such payment")
        return found

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

    def _number(self) -> str:
        return f"{self._seed:04}{len(self.payments) + len(self.refunds) + 1:016}"

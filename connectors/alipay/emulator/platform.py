"""The emulator as tests and the demo see it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from connectors.alipay.emulator.control import control
from connectors.alipay.emulator.faults import ApiFaults, BillQuirks, Fault, Habits
from connectors.alipay.emulator.gate import Gate
from connectors.alipay.emulator.keys import Keys
from connectors.alipay.emulator.notices import Writer
from connectors.alipay.emulator.notifications import Notifications
from connectors.alipay.emulator.state import CHECKOUT, Buyer, Merchant, Payment, Refund, State
from connectors.alipay.emulator.statements import PATH, Statements
from connectors.alipay.emulator.trades import Trades
from connectors.ports import Clock
from connectors.testing.emulation import DeliveryFaults, Emulator, Outage, Outgoing, ScaledClock, Sender
from connectors.testing.emulation.rsa_keys import keys_of


class AlipayEmulator(Emulator):
    """Alipay with one app and its seller.

    ``clock`` dates what happens and runs the resends. ``wire_clock`` (the same unless given) dates deliveries, judges the
    timestamps of calls, and lets bill addresses expire: give the gateway's own clock here when ``clock`` runs fast or is
    turned. Two emulators with one seed have the same keys. All amounts are in fen.

    Switches: ``faults`` (deliveries), ``outage`` (the gateway and the files of bills), ``api``, ``bills``, ``habits`` and
    ``sender.mischief``.
    """

    key = "alipay"

    def __init__(
        self,
        *,
        clock: ScaledClock | None = None,
        seed: int = 1,
        wire_clock: Clock | None = None,
        app_id: str = "2021000000000001",
        seller_id: str = "2088000000000002",
    ) -> None:
        super().__init__(clock=clock, seed=seed)
        now = (wire_clock or self.clock).now
        self.merchant = Merchant(app_id, seller_id)
        self.faults = DeliveryFaults(Fault, passing=Fault)
        self.outage, self.api, self.bills, self.habits = Outage(), ApiFaults(), BillQuirks(), Habits()
        self.keys = Keys(keys_of(f"{self.key} {seed}"))
        self.state = State(self.books, seed)
        writer = Writer(self.keys, self.merchant, now)
        self.notifications = Notifications(writer, self.faults, self.habits, self.clock, self.rng)
        trades = Trades(self.state)
        self._statements = Statements(self.state, self.merchant, self.bills, self.clock, self.rng, now)
        self._gate = Gate(
            self.keys,
            self.merchant,
            self.outage,
            self.api,
            now,
            {
                "alipay.trade.query": trades.query,
                "alipay.trade.fastpay.refund.query": trades.refund_query,
                "alipay.data.dataservice.bill.downloadurl.query": self._statements.address,
            },
        )
        self._app = Starlette(
            routes=[
                Route("/gateway.do", self._gate.answer, methods=["POST"]),
                Route(PATH, self._download, methods=["GET"]),
                control(self),
            ]
        )

    @property
    def app(self) -> Starlette:
        """The gateway at ``/gateway.do``, bill files, and the control door under ``/control``."""
        return self._app

    @property
    def sender(self) -> Sender:
        """What delivers notifications; its ``mischief`` duplicates, reorders and loses them."""
        return self.notifications.sender

    @property
    def payments(self) -> Sequence[Payment]:
        """All that was paid, in the order it happened."""
        return self.state.payments

    @property
    def refunds(self) -> Sequence[Refund]:
        """All refunds, in the order they happened."""
        return self.state.refunds

    def account(self) -> dict[str, Any]:
        """The settings of this app and seller."""
        return {
            "app_id": self.merchant.app_id,
            "app_private_key": self.keys.app_pem,
            "alipay_public_key": self.keys.alipay_pem,
            "seller_id": self.merchant.seller_id,
            "base_url": f"{self.url}/gateway.do",
        }

    async def pay(
        self,
        amount_fen: int,
        *,
        attach: str,
        book: str,
        star: str = "",
        at: datetime | None = None,
        order: str | None = None,
        buyer: Buyer | None = None,
        notify: bool = True,
    ) -> Payment:
        """Somebody pays a new order, at a moment of now unless ``at`` says otherwise.

        ``attach`` travels in ``passback_params``, ``order`` as ``out_trade_no``; ``book`` and ``star`` do not travel. Returns
        when the notification is under way; how it ended says ``sender``. Raises NotPossible, a ValueError.
        """
        moment = at or self.clock.now()
        payment = self.state.order(
            amount_fen, attach=attach, book=book, star=star, moment=moment - CHECKOUT, number=order, buyer=buyer
        )
        self.state.pay(payment, moment)
        if notify:
            self.notifications.send(self.callback, self.notifications.paid(payment))
        return payment

    async def abandon(
        self, amount_fen: int, *, attach: str, book: str, order: str | None = None, notify: bool = True
    ) -> Payment:
        """Somebody orders and does not pay: told as waiting, then as closed. Raises NotPossible."""
        payment = await self.order(amount_fen, attach=attach, book=book, order=order, notify=notify)
        self.state.abandon(payment, self.clock.now())
        if notify:
            self.notifications.send(self.callback, self.notifications.reached(payment))
        return payment

    async def order(self, amount_fen: int, *, attach: str, book: str, order: str | None = None, notify: bool = True) -> Payment:
        """Somebody orders and has not paid yet: told as waiting. Raises NotPossible."""
        payment = self.state.order(amount_fen, attach=attach, book=book, moment=self.clock.now(), number=order)
        if notify:
            self.notifications.send(self.callback, self.notifications.reached(payment))
        return payment

    async def pay_order(self, payment: Payment | str, *, notify: bool = True) -> Payment:
        """What waits for its buyer, or the trade with a ``trade_no`` that does, is paid. Raises NotPossible."""
        known = self.state.known(payment)
        self.state.pay(known, self.clock.now())
        if notify:
            self.notifications.send(self.callback, self.notifications.paid(known))
        return known

    async def finish(self, payment: Payment | str, *, notify: bool = True) -> Payment:
        """The time for refunds of a trade, or of the one with a ``trade_no``, is over: TRADE_FINISHED. Raises NotPossible."""
        known = self.state.known(payment)
        self.state.finish(known)
        if notify:
            self.notifications.send(self.callback, self.notifications.reached(known))
        return known

    async def refund(
        self, payment: Payment | str, amount_fen: int, *, at: datetime | None = None, notify: bool = True
    ) -> Refund:
        """Gives something of a trade, or of the one with a ``trade_no``, back, at once. Raises NotPossible, a ValueError."""
        refund = self.state.refund(self.state.known(payment), amount_fen, at or self.clock.now())
        if notify:
            self.notifications.send(self.callback, self.notifications.refunded(refund))
        return refund

    async def tell(self, told: Mapping[str, str]) -> None:
        """Sends a genuine notification with these fields, whatever they are, beside those that every one has."""
        self.notifications.send(self.callback, told)

    def outgoing(self, about: Payment | Refund) -> Outgoing:
        """A notification, signed and not sent."""
        told = self.notifications
        return told.written(told.paid(about) if isinstance(about, Payment) else told.refunded(about))

    async def _download(self, request: Request) -> Response:
        return await self.outage.meet() or await self._statements.download(request)

"""The emulator as tests and the demo see it."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from starlette.applications import Starlette

from connectors.ports import Clock
from connectors.testing.emulation import DeliveryFaults, Emulator, Outage, Outgoing, ScaledClock, Sender
from connectors.testing.emulation.rsa_keys import keys_of
from connectors.wechat_pay.emulator.api import Api
from connectors.wechat_pay.emulator.control import control
from connectors.wechat_pay.emulator.faults import PASSING, ApiFaults, BillQuirks, Fault
from connectors.wechat_pay.emulator.gate import Gate
from connectors.wechat_pay.emulator.keys import Keys, Signing
from connectors.wechat_pay.emulator.love_meals import LoveMeals
from connectors.wechat_pay.emulator.matching import Matching
from connectors.wechat_pay.emulator.notices import Writer
from connectors.wechat_pay.emulator.notifications import Notifications
from connectors.wechat_pay.emulator.orders import Orders
from connectors.wechat_pay.emulator.refunds import Refunds
from connectors.wechat_pay.emulator.state import ENDINGS, OPEN, Merchant, NotPossible, Part, Payment, Refund, State
from connectors.wechat_pay.emulator.statements import Statements

BOOK: Final = "school-lunch"
SUB_MCHIDS: Final = ("1900000109", "1900000110")


class WeChatPayEmulator(Emulator):
    """WeChat Pay with one merchant, who is a service provider as well.

    ``clock`` dates what happens and runs the retries. ``wire_clock`` (the same unless given) stands in signatures, judges
    those of calls, and lets bill addresses expire: give the gateway's own clock here when ``clock`` runs fast or is turned,
    or each side will find the other's signatures stale. Its RSA keys are those of the seed. All amounts are in fen.

    Switches: ``faults`` (deliveries), ``outage``, ``api``, ``bills``, ``signing`` and ``sender.mischief``.
    """

    key = "wechat_pay"

    def __init__(
        self,
        *,
        clock: ScaledClock | None = None,
        seed: int = 1,
        wire_clock: Clock | None = None,
        signing: Signing = "public_key",
        mchid: str = "1900000001",
        sub_mchids: Sequence[str] = SUB_MCHIDS,
    ) -> None:
        super().__init__(clock=clock, seed=seed)
        now = (wire_clock or self.clock).now
        self.merchant = Merchant(mchid, "wx0000000000000001", f"DemoApiV3Key{self.rng.getrandbits(80):020x}", tuple(sub_mchids))
        self.faults = DeliveryFaults(Fault, PASSING)
        self.outage, self.api, self.bills = Outage(), ApiFaults(), BillQuirks()
        self.keys = Keys(self.rng, self.clock.now(), keys_of(f"{self.key} {seed}"))
        self.state = State(self.books, seed)
        self._writer = Writer(self.keys, self.merchant, self.rng, now, signing)
        self.notifications = Notifications(self._writer, self.merchant, self.faults, self.clock, self.rng)
        self._matching = Matching(self.state, self.merchant, self.clock, partial(self._tell, original_type=""))
        api = Api(
            gate=Gate(self.keys, self.merchant, self.outage, self.api, self.rng, now),
            orders=Orders(self.state, self.merchant, self.clock),
            refunds=Refunds(self.state, self.clock, self.finish_refund),
            statements=Statements(self.state, self.merchant, self.bills, self.clock, self.rng, now),
            love_meals=LoveMeals(self.state, self.merchant),
            matching=self._matching,
            tell=partial(self._tell, original_type="security"),
        )
        self._app = Starlette(routes=[*api.routes(), control(self)])

    @property
    def app(self) -> Starlette:
        """The API under ``/v3`` and the control door under ``/control``."""
        return self._app

    @property
    def sender(self) -> Sender:
        """What delivers notifications; its ``mischief`` duplicates, reorders and loses them."""
        return self.notifications.sender

    @property
    def signing(self) -> Signing:
        """Which key notifications are signed with from now on."""
        return self._writer.signing

    @signing.setter
    def signing(self, signing: Signing) -> None:
        self._writer.signing = signing

    @property
    def payments(self) -> Sequence[Payment]:
        """All that was paid, in the order it happened."""
        return self.state.payments

    @property
    def refunds(self) -> Sequence[Refund]:
        """All refunds, in the order they were accepted."""
        return self.state.refunds

    def account(self) -> dict[str, Any]:
        """The settings of this merchant, with every key that verifies now."""
        return {
            "mchid": self.merchant.mchid,
            "appid": self.merchant.appid,
            "apiv3_key": self.merchant.apiv3_key,
            "merchant_key": self.keys.merchant_pem,
            "merchant_serial": self.keys.merchant_serial,
            "verification_keys": self.keys.verification(),
            "sub_mchids": list(self.merchant.sub_mchids),
            "base_url": self.url,
        }

    async def pay(
        self,
        amount_fen: int,
        *,
        attach: str | None = None,
        out_trade_no: str | None = None,
        book: str = BOOK,
        star: str = "",
        sub_mchid: str | None = None,
        openid: str | None = None,
        coupon_fen: int = 0,
        paid_at: datetime | None = None,
        notify: bool = True,
    ) -> Payment:
        """Somebody pays: an order that was created over the API, by its number, or a new one.

        ``attach`` is ``campaign=`` and the book unless given. Returns when the notification is under way; how it ended says
        ``sender``. Raises NotPossible, a ValueError.
        """
        part = Part(amount_fen, attach, book, sub_mchid, star)
        moment = paid_at or self.clock.now()
        order = self.state.orders.get(out_trade_no or "") or self._order(
            part, moment, openid or self.state.openid(), out_trade_no=out_trade_no, coupon_fen=coupon_fen
        )
        payment = self.state.pay(order, amount_fen, book, moment, star)
        if notify:
            await self.notifications.paid(self.callback, payment)
        return payment

    async def revoke(self, amount_fen: int, *, book: str = BOOK, openid: str | None = None) -> Payment:
        """Somebody's code is read at a till, and the order is revoked: the bill alone tells it. Raises NotPossible."""
        moment = self.clock.now()
        order = self._order(Part(amount_fen, book=book), moment, openid or self.state.openid())
        return self.state.revoke(order, moment)

    async def pay_combined(
        self, parts: Sequence[Part], *, openid: str | None = None, paid_at: datetime | None = None, notify: bool = True
    ) -> list[Payment]:
        """Somebody pays several orders at once: one notification, one payment each. Raises NotPossible."""
        moment, payer = paid_at or self.clock.now(), openid or self.state.openid()
        number = f"COMBINED{self.state.number(moment, 6)}"
        orders = [self._order(part, moment, payer) for part in parts]  # all of them are possible before one is paid
        paid = [
            self.state.pay(order, part.amount_fen, part.book, moment, part.star)
            for order, part in zip(orders, parts, strict=True)
        ]
        if notify:
            await self.notifications.paid_together(self.callback, paid, number)
        return paid

    async def refund(
        self,
        payment: Payment | str,
        amount_fen: int,
        *,
        status: str = "SUCCESS",
        refunded_at: datetime | None = None,
        notify: bool = True,
    ) -> Refund:
        """Gives something of a payment, or of the one with a ``transaction_id``, back. PROCESSING leaves it open for
        ``finish_refund``; only SUCCESS moves money. Raises NotPossible, a ValueError.
        """
        if status not in {OPEN, *ENDINGS}:
            raise NotPossible(f"a refund is not {status}")
        refund = self.state.open_refund(self.state.known(payment), amount_fen, refunded_at or self.clock.now())
        if status != OPEN:
            await self.finish_refund(refund, status, refunded_at=refunded_at, notify=notify)
        return refund

    async def finish_refund(
        self, refund: Refund | str, status: str = "SUCCESS", *, refunded_at: datetime | None = None, notify: bool = True
    ) -> None:
        """Ends an open refund, or the one with an ``out_refund_no``, as SUCCESS, CLOSED or ABNORMAL, and tells of it.

        Raises NotPossible.
        """
        known = self.state.known_refund(refund)
        self.state.finish_refund(known, status, refunded_at or self.clock.now())
        if notify:
            await self.notifications.refunded(self.callback, known)

    def outgoing(self, about: Payment | Refund) -> Outgoing:
        """A notification, signed and not sent: for throughput runs, which cannot wait for the signing."""
        told = self.notifications
        return self._writer.outgoing(told.payment_notice(about) if isinstance(about, Payment) else told.refund_notice(about))

    def rotate_certificate(self) -> str:
        """A new certificate signs from now on; the old ones stay listed. Gives its serial."""
        return self.keys.rotate(self.clock.now()).serial

    def retire_certificate(self) -> None:
        """Only the newest certificate is listed from now on."""
        self.keys.retire()

    def rotate_public_key(self) -> str:
        """A new public key signs from now on in place of the one before. Gives its id."""
        return self.keys.replace_public().serial

    async def confirm_budget(self, out_budget_no: str) -> None:
        """A sponsor confirms a matching budget. Raises NotPossible."""
        await self._matching.confirm(out_budget_no)

    def _order(
        self, part: Part, moment: datetime, openid: str, *, out_trade_no: str | None = None, coupon_fen: int = 0
    ) -> Payment:
        return self.state.order(
            Payment(
                out_trade_no=out_trade_no or f"GIFT{self.state.number(moment, 8)}",
                amount_fen=part.amount_fen,
                attach=f"campaign={part.book}" if part.attach is None else part.attach,
                openid=openid,
                created_at=moment,
                sub_mchid=part.sub_mchid,
                coupon_fen=coupon_fen,
            )
        )

    async def _tell(self, event_type: str, clear: dict[str, Any], *, original_type: str) -> None:
        await self.notifications.tell(self.callback, event_type, original_type, "通知", clear)

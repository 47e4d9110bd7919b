"""The emulator as tests and the demo see it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal

from starlette.applications import Starlette

from connectors.testing.emulation import DeliveryFaults, Emulator, Outage, Outgoing, ScaledClock, Sender
from connectors.testing.emulation.rsa_keys import keys_of
from connectors.weibo.emulator import api, exports
from connectors.weibo.emulator.control import control
from connectors.weibo.emulator.desk import BASE, Desk
from connectors.weibo.emulator.faults import PASSING, ApiFaults, Fault
from connectors.weibo.emulator.keys import Keys
from connectors.weibo.emulator.limits import Calls, Limits
from connectors.weibo.emulator.notifications import Notifications
from connectors.weibo.emulator.oauth import OAuth
from connectors.weibo.emulator.society import CHARITY, Comment, Post, Society, TopicDay, User
from connectors.weibo.emulator.state import Fate, Merchant, NotPossible, Payment, Refund, State
from connectors.weibo.emulator.tokens import Tokens

REDIRECT: Final = "https://charity.invalid/weibo"


class WeiboEmulator(Emulator):
    """Weibo with one charity, which is a user of the Open API and a seller of Weibo Pay.

    ``clock`` dates everything, runs the retries and turns the limits. ``weibo_bits``: real keys of Weibo are seen with 1024.
    ``commercial``: whether the charity has the paid API. Its RSA keys are those of the seed. All amounts are in fen.

    Switches: ``faults`` (notifications), ``outage`` (Open API), ``pay_outage`` (Weibo Pay's calls), ``api``, ``limits`` and
    ``sender.mischief``.
    """

    key = "weibo"

    def __init__(
        self,
        *,
        clock: ScaledClock | None = None,
        seed: int = 1,
        appkey: str = "1000000",
        seller_id: str = "2000000001",
        calls_per_day: int = 100_000,
        commercial: bool = True,
        weibo_bits: Literal[1024, 2048] = 2048,
    ) -> None:
        super().__init__(clock=clock, seed=seed)
        self.merchant = Merchant(appkey, seller_id)
        self.faults = DeliveryFaults(Fault, PASSING)
        self.outage, self.pay_outage, self.api = Outage(), Outage(), ApiFaults()
        self.limits = Limits(calls_per_day)
        self.state = State(self.books, seed)
        self.society = Society(self.clock.now)
        self.charity = self.add_user("demo_charity", followers=1_200_000, verified_type=CHARITY)
        self.app_secret = f"DemoAppSecret{self.rng.getrandbits(80):020x}"
        self._commercial = commercial
        self._keys = Keys(keys_of(f"{self.key} {seed}"), weibo_bits)
        self._tokens = Tokens(self.rng, self.clock.now)
        self._token = self._tokens.issue(self.charity)
        self.notifications = Notifications(self._keys, self.merchant, self.faults, self.clock, self.rng)
        desk = Desk(self.state, self.merchant, self._keys, self.pay_outage, self.api, self.clock, self.finish_refund)
        oauth = OAuth(self._tokens, self.outage, self.clock.now, appkey, self.app_secret)
        calls = Calls(self.limits, self.clock.now)
        data = api.routes(self.society, self._tokens, calls, self.outage, self.api, commercial=commercial)
        self._app = Starlette(routes=[*oauth.routes(), *data, *desk.routes(), control(self)])

    @property
    def app(self) -> Starlette:
        """The Open API, Weibo Pay, and the control door under ``/control``."""
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
        """All refunds, in the order they were accepted."""
        return list(self.state.refunds.values())

    def account(self) -> dict[str, Any]:
        """The settings of this charity; ``commercial_url`` only where it has the paid API."""
        return {
            "appkey": self.merchant.appkey,
            "seller_id": self.merchant.seller_id,
            "seller_key": self._keys.merchant_pem,
            "weibo_pay_key": self._keys.weibo_pem,
            "pay_url": f"{self.url}{BASE}",
            "access_token": self._token.access,
            "api_url": f"{self.url}/2",
            **({"commercial_url": f"{self.url}/2"} if self._commercial else {}),
            "calls_per_day": str(self.limits.user_day),
        }

    # ------------------------------------------------------------------------------------------------------------ money

    async def pay(
        self,
        amount_fen: int,
        *,
        attach: str,
        book: str,
        star: str = "",
        at: datetime | None = None,
        notify: bool = True,
        out_pay_id: str | None = None,
        buyer_id: str | None = None,
    ) -> Payment:
        """Somebody pays a new order. Returns when the notification is under way. Raises NotPossible, a ValueError."""
        moment = at or self.clock.now()
        order = self.state.order(amount_fen, attach, moment, out_pay_id=out_pay_id, buyer_id=buyer_id)
        return self._told(self.state.pay(order, book, star, moment), notify=notify)

    async def order(
        self, amount_fen: int, *, attach: str, book: str, fate: Fate = "pending", buyer_id: str | None = None
    ) -> Payment:
        """Somebody orders and does not pay, or not yet: told of, which is *assumed*, and in the file. Raises NotPossible."""
        order = self.state.order(amount_fen, attach, self.clock.now(), buyer_id=buyer_id)
        order.book, order.fate = book, fate
        return self._told(order, notify=True)

    async def pay_at_desk(self, out_pay_id: str, *, book: str, star: str = "", notify: bool = True) -> Payment:
        """Somebody pays what ``pay/cashier`` ordered. Raises NotPossible."""
        order = self.state.find(out_pay_id=out_pay_id)
        if order is None:
            raise NotPossible("no such order")
        return self._told(self.state.pay(order, book, star, self.clock.now()), notify=notify)

    async def refund(
        self,
        payment: Payment | str,
        amount_fen: int,
        *,
        at: datetime | None = None,
        arrives: bool = True,
        notify: bool = True,
    ) -> Refund:
        """Gives something of a payment, or of the one with a ``pay_id``, back. Without ``arrives`` it stays open for
        ``finish_refund``, and no money has moved. Raises NotPossible.
        """
        refund = self.state.open_refund(self.state.known(payment), amount_fen, at or self.clock.now())
        if arrives:
            await self.finish_refund(refund, at=at, notify=notify)
        return refund

    async def finish_refund(self, refund: Refund | str, *, at: datetime | None = None, notify: bool = True) -> None:
        """An open refund, or the one with an ``out_refund_id``, arrives. Raises NotPossible."""
        known = self.state.known_refund(refund)
        self.state.finish_refund(known, at or self.clock.now())
        if notify:
            self.notifications.tell(self.callback, self.notifications.refund_fields(known))

    def tell(self, fields: Mapping[str, str]) -> None:
        """Sends any fields as a notification, signed by Weibo."""
        self.notifications.tell(self.callback, fields)

    def outgoing(self, payment: Payment) -> Outgoing:
        """The notification of a payment, signed and not sent."""
        return self.notifications.outgoing(self.notifications.payment_fields(payment))

    def export_csv(self) -> bytes:
        """The file of all that was paid so far, and of what was ordered for a book; see ``exports``."""
        unpaid = [order for order in self.state.orders.values() if order.book and not order.paid_at]
        return exports.export_csv([*self.payments, *unpaid])

    # ------------------------------------------------------------------------------------------------------- engagement

    def add_user(self, screen_name: str, *, followers: int, verified_type: int = 0) -> User:
        """A public account; 0 is a celebrity. Raises NotPossible when the name is taken."""
        return self.society.add_user(screen_name, followers=followers, verified_type=verified_type)

    def add_post(self, user: User | str, text: str, *, at: datetime | None = None) -> Post:
        """A post. Its id is text, above 2^53. Users, posts and comments go by themselves or by their ids, here and below."""
        return self.society.add_post(self.society.user(user), text, at=at)

    def repost(self, post: Post | str, user: User | str, text: str = "转发微博") -> Post:
        """A repost that is listed, and counted. Raises NotPossible."""
        return self.society.add_post(self.society.user(user), text, original=self.society.post(post))

    def comment(self, post: Post | str, user: User | str, text: str) -> Comment:
        """A comment that is listed, and counted. Raises NotPossible."""
        return self.society.add_comment(self.society.post(post), self.society.user(user), text)

    def engage(self, post: Post | str, *, reposts: int = 0, comments: int = 0, likes: int = 0) -> Post:
        """Counters rise or fall by so much; nothing of it is listed. Raises NotPossible."""
        known = self.society.post(post)
        self.society.engage(known, reposts=reposts, comments=comments, likes=likes)
        return known

    def follow(self, user: User | str, by: int) -> User:
        """Followers come, or go. Raises NotPossible."""
        known = self.society.user(user)
        self.society.follow(known, by)
        return known

    def delete(self, what: Post | Comment | str) -> None:
        """A post or a comment is gone for good; the counter of a post that it was under stays."""
        self.society.said(what).deleted = True

    def hide(self, post: Post | str) -> None:
        """Its author hides a post."""
        self.society.post(post).hidden = True

    def tell_topic(
        self, topic: str, day: date, *, reads: int | None = None, mentions: int | None = None, originals: int | None = None
    ) -> None:
        """What is known of a topic on a day of Beijing."""
        self.society.topics.setdefault(topic, {})[day] = TopicDay(reads, mentions, originals)

    # ------------------------------------------------------------------------------------------------------------ leave

    def grant(self, user: User | str | None = None, redirect_uri: str = REDIRECT) -> str:
        """A user agrees in the browser, the charity unless told: the code for ``access_token``."""
        return self._tokens.grant(self.society.user(user or self.charity), redirect_uri)

    def expire_token(self) -> None:
        """The account's token is too old from now on."""
        self._token.expires_at = self.clock.now()

    def revoke_token(self) -> None:
        """The charity takes its leave back."""
        self._token.revoked = True

    def renew_token(self) -> str:
        """The account has a new token, as after agreeing again."""
        self._token = self._tokens.issue(self.charity)
        return self._token.access

    def _told(self, payment: Payment, *, notify: bool) -> Payment:
        if notify:
            self.notifications.tell(self.callback, self.notifications.payment_fields(payment))
        return payment

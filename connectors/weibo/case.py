"""Weibo on the suite's bench: with the money half alone, with both, and with the paid API."""

from collections.abc import Sequence
from typing import ClassVar, Final

from connectors.contract import ReadsDonations, ReadsExports, ReceivesDeliveries
from connectors.reading import MAX_TEXT
from connectors.testing.conformance.case import Case
from connectors.testing.emulation import ScaledClock
from connectors.weibo import CONNECTOR
from connectors.weibo.emulator import WeiboEmulator
from connectors.weibo.emulator.state import UNPAID, Fate
from schema.model.facts import Clues

BUYER = "90010077731"
CAMPAIGNS = ("school-lunch", "warm-coats")
ATTACHED = "campaign="
FATES: Final[tuple[Fate, ...]] = ("closed", "failed", "pending")
OURS = ("appkey", "seller_id", "seller_key", "weibo_pay_key", "pay_url")
"""The settings of the money half."""


class PayEmulator(WeiboEmulator):
    """A charity that is a seller, and has no app of the Open API."""

    def account(self) -> dict[str, object]:
        """Half of the settings."""
        return {name: value for name, value in super().account().items() if name in OURS}


class PaidEmulator(WeiboEmulator):
    """A charity that has the commercial API by contract."""

    def account(self) -> dict[str, object]:
        """All settings, and that one."""
        return {**super().account(), "commercial": "yes"}


class PayCase(Case[WeiboEmulator]):
    """The money half. The signature is one of the fields of the form, so no header is signed."""

    spec = CONNECTOR
    canaries = (BUYER,)
    abilities: ClassVar[tuple[type, ...]] = (ReceivesDeliveries, ReadsDonations, ReadsExports)
    kind: ClassVar[type[WeiboEmulator]] = PayEmulator

    def emulator(self) -> WeiboEmulator:
        """A seller."""
        return self.kind(clock=ScaledClock())

    def stranger(self) -> WeiboEmulator:
        """Another seller, whose notifications Weibo signs with another key here: that they share one is a test of its own."""
        return self.kind(clock=ScaledClock(), seed=2, seller_id="2000000002")

    async def give(self, emulator: WeiboEmulator, minor: int) -> None:
        """A payment."""
        await emulator.pay(minor, attach="campaign=school-lunch", book="school-lunch", buyer_id=BUYER)

    def takers(self, emulator: WeiboEmulator) -> Sequence[str]:
        """Two that the seller tells apart by what is attached, and a partner's file by the project."""
        return CAMPAIGNS

    async def give_to(self, emulator: WeiboEmulator, campaign: str, minor: int) -> None:
        """A payment to which the campaign is attached."""
        await emulator.pay(minor, attach=f"{ATTACHED}{campaign}", book=campaign, buyer_id=BUYER)

    def place(self, clues: Clues) -> str | None:
        """By its name where a file has it, else by a rule such as ``attach = "campaign=school-lunch"``."""
        return clues.campaign or (clues.attach.removeprefix(ATTACHED) if clues.attach else None)

    async def give_saying(self, emulator: WeiboEmulator, minor: int, name: str, message: str) -> None:
        """A payment with words of the merchant's, as a page of theirs may put them there; there are none of the payer's."""
        await emulator.pay(minor, attach=message[:MAX_TEXT], book="school-lunch", buyer_id=BUYER)

    async def give_to_another(self, emulator: WeiboEmulator, minor: int) -> None:
        """A payment to another seller, signed with the one key that Weibo has for all, is told to us."""
        theirs = emulator.state.order(minor, "campaign=school-lunch", emulator.clock.now(), buyer_id=BUYER)
        told = {**emulator.notifications.payment_fields(theirs), "seller_id": "2000000009"}
        await emulator.sender.attempt(emulator.callback or "", emulator.notifications.outgoing(told))

    async def take_back_later(self, emulator: WeiboEmulator) -> None:
        """A refund that has not arrived."""
        await emulator.refund(emulator.payments[-1], 100, arrives=False)

    async def take_back(self, emulator: WeiboEmulator) -> None:
        """A refund of a part."""
        await emulator.refund(emulator.payments[-1], 100)

    async def give_in_vain(self, emulator: WeiboEmulator, minor: int) -> None:
        """An order that is closed, then one that fails, then one that waits."""
        fate = FATES[len(emulator.state.orders) % len(FATES)]
        await emulator.order(minor, attach="campaign=school-lunch", book="school-lunch", fate=fate, buyer_id=BUYER)

    async def begin(self, emulator: WeiboEmulator, minor: int) -> None:
        """An order that waits for its buyer."""
        await emulator.order(minor, attach="campaign=school-lunch", book="school-lunch", buyer_id=BUYER)

    async def complete(self, emulator: WeiboEmulator) -> None:
        """It is paid."""
        waiting = [order for order in emulator.state.orders.values() if order.book and order.status == UNPAID["pending"]]
        await emulator.pay_at_desk(waiting[-1].out_pay_id, book=waiting[-1].book)

    async def say_unknown(self, emulator: WeiboEmulator) -> None:
        """A notification of a type that is in no document."""
        emulator.tell({**self._ours(emulator), "notify_type": "pledge"})

    async def say_poison(self, emulator: WeiboEmulator) -> None:
        """A payment of an absurd amount."""
        emulator.tell({**self._ours(emulator), "pay_id": "1e400 \x00", "total_amount": "1e400", "notify_type": "pay"})

    async def export(self, emulator: WeiboEmulator) -> bytes:
        """A partner's file."""
        return emulator.export_csv()

    def _ours(self, emulator: WeiboEmulator) -> dict[str, str]:
        return {"appkey": emulator.merchant.appkey, "seller_id": emulator.merchant.seller_id}


class BothCase(PayCase):
    """A seller with an app of the Open API."""

    abilities = CONNECTOR.abilities
    kind = WeiboEmulator

    async def publish(self, emulator: WeiboEmulator) -> str:
        """A post of the charity's."""
        return emulator.add_post(emulator.charity, "#免费午餐# 一顿饭四块钱").id

    async def engage(self, emulator: WeiboEmulator, post: str, reposts: int, comments: int, likes: int) -> None:
        """People react."""
        emulator.engage(emulator.society.posts[post], reposts=reposts, comments=comments, likes=likes)

    async def take_down(self, emulator: WeiboEmulator, post: str) -> None:
        """It is deleted."""
        emulator.delete(emulator.society.posts[post])

    async def introduce(self, emulator: WeiboEmulator, followers: int) -> str:
        """Somebody whom people follow."""
        return emulator.add_user(f"demo_{len(emulator.society.users)}", followers=followers).id


class CommercialCase(BothCase):
    """The same with the paid API."""

    kind = PaidEmulator


CASES = (PayCase, BothCase, CommercialCase)

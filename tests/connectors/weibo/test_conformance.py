"""Weibo's connector held against the suite: with the money half alone, with both, and with the paid API."""

from collections.abc import Mapping
from typing import ClassVar

from connectors.contract import ReadsDonations, ReadsExports, ReceivesDeliveries
from connectors.testing.conformance import ConnectorConformance
from connectors.testing.emulation import ScaledClock
from connectors.weibo import CONNECTOR
from connectors.weibo.emulator import WeiboEmulator
from tests.connectors.weibo.emulator.few_keys import few_keys

BUYER = "90010077731"
OURS = ("appkey", "seller_id", "seller_key", "weibo_pay_key", "pay_url")
"""The settings of the money half."""


class PayEmulator(WeiboEmulator):
    """A charity that is a seller, and has no app of the Open API."""

    def account(self) -> dict[str, object]:
        """Half of the settings."""
        return {name: value for name, value in super().account().items() if name in OURS}


class TestPay(ConnectorConformance[WeiboEmulator]):
    spec = CONNECTOR
    signed_headers = ()  # the signature is one of the fields of the form
    canaries = (BUYER,)
    abilities: ClassVar[tuple[type, ...]] = (ReceivesDeliveries, ReadsDonations, ReadsExports)
    exempt: ClassVar[Mapping[str, str]] = {
        "a-changed-header-is-refused": "the signature is in the body",
        "late-and-early-deliveries-are-refused": "a notification states nothing: it only has its payment read again",
    }

    def emulator(self) -> WeiboEmulator:
        return self._made(1)

    def stranger(self) -> WeiboEmulator:
        # of another seller, whose notifications Weibo signs with another key here: that they share one is a test of its own
        return self._made(2, seller_id="2000000002")

    def _made(self, seed: int, seller_id: str = "2000000001") -> WeiboEmulator:
        return PayEmulator(clock=ScaledClock(), seed=seed, seller_id=seller_id, make_key=few_keys)

    async def give(self, emulator: WeiboEmulator, minor: int) -> None:
        await emulator.pay(minor, attach="campaign=school-lunch", book="school-lunch", buyer_id=BUYER)

    async def take_back(self, emulator: WeiboEmulator) -> None:
        await emulator.refund(emulator.payments[-1], 100)

    async def say_unknown(self, emulator: WeiboEmulator) -> None:
        emulator.tell({**self._ours(emulator), "notify_type": "pledge"})

    async def say_poison(self, emulator: WeiboEmulator) -> None:
        emulator.tell({**self._ours(emulator), "pay_id": "1e400 \x00", "total_amount": "1e400", "notify_type": "pay"})

    async def export(self, emulator: WeiboEmulator) -> bytes:
        return emulator.export_csv()

    def _ours(self, emulator: WeiboEmulator) -> dict[str, str]:
        return {"appkey": emulator.merchant.appkey, "seller_id": emulator.merchant.seller_id}


class TestBoth(TestPay):
    abilities = CONNECTOR.abilities

    def _made(self, seed: int, seller_id: str = "2000000001") -> WeiboEmulator:
        return WeiboEmulator(clock=ScaledClock(), seed=seed, seller_id=seller_id, make_key=few_keys)

    async def publish(self, emulator: WeiboEmulator) -> str:
        return emulator.add_post(emulator.charity, "#免费午餐# 一顿饭四块钱").id

    async def engage(self, emulator: WeiboEmulator, post: str, reposts: int, comments: int, likes: int) -> None:
        emulator.engage(emulator.society.posts[post], reposts=reposts, comments=comments, likes=likes)

    async def take_down(self, emulator: WeiboEmulator, post: str) -> None:
        emulator.delete(emulator.society.posts[post])

    async def introduce(self, emulator: WeiboEmulator, followers: int) -> str:
        return emulator.add_user(f"demo_{len(emulator.society.users)}", followers=followers).id


class PaidEmulator(WeiboEmulator):
    """A charity that has the commercial API by contract."""

    def account(self) -> dict[str, object]:
        """All settings, and that one."""
        return {**super().account(), "commercial": "yes"}


class TestCommercial(TestBoth):
    def _made(self, seed: int, seller_id: str = "2000000001") -> WeiboEmulator:
        return PaidEmulator(clock=ScaledClock(), seed=seed, seller_id=seller_id, make_key=few_keys)

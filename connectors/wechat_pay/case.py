"""WeChat Pay on the suite's bench, with a public key and with certificates."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.testing.conformance.case import Case
from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay import CONNECTOR
from connectors.wechat_pay.emulator import WeChatPayEmulator
from schema.model.facts import Clues

PAYER = "oCanaryOfThePayer7f3a"
OTHER = "1900000999"
COUPON = 300
CAMPAIGNS = ("school-lunch", "warm-coats")
ATTACHED = "campaign="
UNFINISHED = ("PROCESSING", "CLOSED", "ABNORMAL")


class PublicKeyCase(Case[WeChatPayEmulator]):
    """A merchant in the newer key mode."""

    spec = CONNECTOR
    signed_headers = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial")
    window = timedelta(seconds=300)
    canaries = (PAYER,)
    zone = ZoneInfo("Asia/Shanghai")

    def emulator(self) -> WeChatPayEmulator:
        """A merchant."""
        return WeChatPayEmulator(clock=ScaledClock())

    def stranger(self) -> WeChatPayEmulator:
        """Another merchant."""
        return WeChatPayEmulator(clock=ScaledClock(), seed=2, mchid="1900000002")

    async def give(self, emulator: WeChatPayEmulator, minor: int) -> None:
        """A payment of which a coupon pays a part: the charity gets the whole."""
        await emulator.pay(minor, openid=PAYER, coupon_fen=min(minor - 1, COUPON))

    def takers(self, emulator: WeChatPayEmulator) -> Sequence[str]:
        """Two that the merchant tells apart by what is attached to a payment."""
        return CAMPAIGNS

    async def give_to(self, emulator: WeChatPayEmulator, campaign: str, minor: int) -> None:
        """A payment to which the campaign is attached."""
        await emulator.pay(minor, openid=PAYER, attach=f"{ATTACHED}{campaign}", book=campaign)

    def place(self, clues: Clues) -> str | None:
        """By a rule for each of them, such as ``attach = "campaign=school-lunch"``."""
        return clues.attach.removeprefix(ATTACHED) if clues.attach else None

    async def give_saying(self, emulator: WeChatPayEmulator, minor: int, name: str, message: str) -> None:
        """A payment with words of the merchant's, as a page of theirs may put them there; there are none of the payer's."""
        await emulator.pay(minor, openid=PAYER, attach=_short(message))

    async def give_to_another(self, emulator: WeChatPayEmulator, minor: int) -> None:
        """A payment to a sub-merchant of the provider that does not count."""
        await emulator.pay(minor, openid=PAYER, sub_mchid=OTHER)

    async def take_back(self, emulator: WeChatPayEmulator) -> None:
        """A refund of a part."""
        await emulator.refund(emulator.payments[-1], 100)

    async def take_back_later(self, emulator: WeChatPayEmulator) -> None:
        """A refund that is under way, then one that was closed, then one that waits for a person."""
        status = UNFINISHED[len(emulator.refunds) % len(UNFINISHED)]
        await emulator.refund(emulator.payments[-1], 100, status=status)

    async def give_in_vain(self, emulator: WeChatPayEmulator, minor: int) -> None:
        """An order that is revoked at the till, which only the bill tells. What is not paid in other ways is told nowhere."""
        await emulator.revoke(minor, openid=PAYER)

    async def rotate(self, emulator: WeChatPayEmulator) -> Mapping[str, Any]:
        """Another public key."""
        return self._rotated(emulator, emulator.rotate_public_key)

    def _rotated(self, emulator: WeChatPayEmulator, rotate: Callable[[], object]) -> Mapping[str, Any]:
        """Settings with the keys from before and after."""
        before = emulator.account()["verification_keys"]
        rotate()
        after = emulator.account()
        return {**after, "verification_keys": {**before, **after["verification_keys"]}}

    async def say_unknown(self, emulator: WeChatPayEmulator) -> None:
        """An event type that is in no document."""
        await self._tell(emulator, "PLEDGE.SUCCESS", {"mchid": emulator.merchant.mchid})

    async def say_poison(self, emulator: WeChatPayEmulator) -> None:
        """A payment of an absurd amount."""
        absurd = {"mchid": emulator.merchant.mchid, "transaction_id": 7, "trade_state": "SUCCESS", "amount": {"total": "1e400"}}
        await self._tell(emulator, "TRANSACTION.SUCCESS", absurd)

    async def _tell(self, emulator: WeChatPayEmulator, event_type: str, clear: dict[str, Any]) -> None:
        await emulator.notifications.tell(emulator.callback, event_type, "transaction", "通知", clear)


class CertificatesCase(PublicKeyCase):
    """A merchant in the older key mode."""

    def emulator(self) -> WeChatPayEmulator:
        """A merchant."""
        return WeChatPayEmulator(clock=ScaledClock(), signing="certificate")

    async def rotate(self, emulator: WeChatPayEmulator) -> Mapping[str, Any]:
        """Another certificate, and the one before is listed no more."""

        def rotate() -> None:
            emulator.rotate_certificate()
            emulator.retire_certificate()

        return self._rotated(emulator, rotate)


def _short(words: str) -> str:
    """What WeChat Pay takes: at most 128 bytes, without characters of four; on one line (*assumed*, as bills quote nothing)."""
    plane = "".join(char for char in words if ord(char) <= 0xFFFF and char not in "\r\n")
    return plane.encode()[:128].decode(errors="ignore")


CASES = (PublicKeyCase, CertificatesCase)

"""WeChat Pay's connector, with a public key and with certificates, held against the suite."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.testing.conformance import ConnectorConformance
from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay import CONNECTOR
from connectors.wechat_pay.emulator import WeChatPayEmulator

PAYER = "oCanaryOfThePayer7f3a"


class TestPublicKey(ConnectorConformance[WeChatPayEmulator]):
    spec = CONNECTOR
    signed_headers = ("Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Signature", "Wechatpay-Serial")
    window = timedelta(seconds=300)
    canaries = (PAYER,)
    zone = ZoneInfo("Asia/Shanghai")

    def emulator(self) -> WeChatPayEmulator:
        return WeChatPayEmulator(clock=ScaledClock())

    def stranger(self) -> WeChatPayEmulator:
        return WeChatPayEmulator(clock=ScaledClock(), seed=2, mchid="1900000002")

    async def give(self, emulator: WeChatPayEmulator, minor: int) -> None:
        await emulator.pay(minor, openid=PAYER)

    async def take_back(self, emulator: WeChatPayEmulator) -> None:
        await emulator.refund(emulator.payments[-1], 100)

    async def say_unknown(self, emulator: WeChatPayEmulator) -> None:
        await self._tell(emulator, "PLEDGE.SUCCESS", {"mchid": emulator.merchant.mchid})

    async def say_poison(self, emulator: WeChatPayEmulator) -> None:
        absurd = {"mchid": emulator.merchant.mchid, "transaction_id": 7, "trade_state": "SUCCESS", "amount": {"total": "1e400"}}
        await self._tell(emulator, "TRANSACTION.SUCCESS", absurd)

    async def _tell(self, emulator: WeChatPayEmulator, event_type: str, clear: dict[str, Any]) -> None:
        await emulator.notifications.tell(emulator.callback, event_type, "transaction", "通知", clear)


class TestCertificates(TestPublicKey):
    def emulator(self) -> WeChatPayEmulator:
        return WeChatPayEmulator(clock=ScaledClock(), signing="certificate")

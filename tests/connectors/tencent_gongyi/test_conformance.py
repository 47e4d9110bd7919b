"""Tencent Gongyi's connector held against the suite, with files as documented and as a console in Chinese might write them."""

from connectors.tencent_gongyi import CONNECTOR
from connectors.tencent_gongyi.emulator import CONSOLE, TencentGongyiEmulator
from connectors.testing.conformance import ConnectorConformance

DONOR = "canary-of-the-donor-7f3a"


class TestPlain(ConnectorConformance[TencentGongyiEmulator]):
    spec = CONNECTOR
    canaries = (DONOR,)

    def emulator(self) -> TencentGongyiEmulator:
        return TencentGongyiEmulator()

    async def give(self, emulator: TencentGongyiEmulator, minor: int) -> None:
        await emulator.pay(minor, nickname=DONOR)

    async def take_back(self, emulator: TencentGongyiEmulator) -> None:
        await emulator.refund(emulator.payments[-1], 100)

    async def export(self, emulator: TencentGongyiEmulator) -> bytes:
        return emulator.export_csv()


class TestConsole(TestPlain):
    def emulator(self) -> TencentGongyiEmulator:
        return TencentGongyiEmulator(dialect=CONSOLE)

"""Tencent Gongyi on the suite's bench, with files as documented and as a console in Chinese might write them."""

from connectors.tencent_gongyi import CONNECTOR
from connectors.tencent_gongyi.emulator import CONSOLE, TencentGongyiEmulator
from connectors.testing.conformance.case import Case

DONOR = "canary-of-the-donor-7f3a"


class PlainCase(Case[TencentGongyiEmulator]):
    """Files as documented."""

    spec = CONNECTOR
    canaries = (DONOR,)

    def emulator(self) -> TencentGongyiEmulator:
        """An organisation."""
        return TencentGongyiEmulator()

    async def give(self, emulator: TencentGongyiEmulator, minor: int) -> None:
        """A gift."""
        await emulator.pay(minor, nickname=DONOR)

    async def give_saying(self, emulator: TencentGongyiEmulator, minor: int, name: str, message: str) -> None:
        """A gift with a name and a note."""
        await emulator.pay(minor, nickname=name, attach=message)

    async def take_back(self, emulator: TencentGongyiEmulator) -> None:
        """A refund of a part."""
        await emulator.refund(emulator.payments[-1], 100)

    async def take_back_later(self, emulator: TencentGongyiEmulator) -> None:
        """A refund whose row is an open one."""
        await emulator.refund(emulator.payments[-1], 100, arrives=False)

    async def export(self, emulator: TencentGongyiEmulator) -> bytes:
        """What the console hands over."""
        return emulator.export_csv()


class ConsoleCase(PlainCase):
    """Files with columns of the organisation's own."""

    def emulator(self) -> TencentGongyiEmulator:
        """An organisation."""
        return TencentGongyiEmulator(dialect=CONSOLE)


CASES = (PlainCase, ConsoleCase)

"""Tencent Gongyi on the suite's bench, with files as documented and as a console in Chinese might write them."""

from collections.abc import Sequence
from typing import Final

from connectors.tencent_gongyi import CONNECTOR
from connectors.tencent_gongyi.emulator import CONSOLE, TencentGongyiEmulator
from connectors.tencent_gongyi.emulator.sheet import Word
from connectors.testing.conformance.case import Case
from schema.model.facts import Clues

DONOR = "canary-of-the-donor-7f3a"
PROJECTS = ("208391", "208392")
UNFINISHED: Final[tuple[Word, ...]] = ("open", "failed", "closed")


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

    def takers(self, emulator: TencentGongyiEmulator) -> Sequence[str]:
        """Two projects."""
        return PROJECTS

    async def give_to(self, emulator: TencentGongyiEmulator, campaign: str, minor: int) -> None:
        """A gift to one of them."""
        await emulator.pay(minor, book=campaign, nickname=DONOR)

    def place(self, clues: Clues) -> str | None:
        """By its project, which is the campaign's name."""
        return clues.campaign

    async def give_saying(self, emulator: TencentGongyiEmulator, minor: int, name: str, message: str) -> None:
        """A gift with a name and a note."""
        await emulator.pay(minor, nickname=name, attach=message)

    async def take_back(self, emulator: TencentGongyiEmulator) -> None:
        """A refund of a part."""
        await emulator.refund(emulator.payments[-1], 100)

    async def take_back_later(self, emulator: TencentGongyiEmulator) -> None:
        """A refund whose row is an open one."""
        await emulator.refund(emulator.payments[-1], 100, arrives=False)

    async def give_in_vain(self, emulator: TencentGongyiEmulator, minor: int) -> None:
        """A gift that stays open, then one that failed, then one that was cancelled."""
        await emulator.pay(minor, nickname=DONOR, word=UNFINISHED[len(emulator.payments) % len(UNFINISHED)])

    async def begin(self, emulator: TencentGongyiEmulator, minor: int) -> None:
        """A gift that is open."""
        await emulator.pay(minor, nickname=DONOR, word="open")

    async def complete(self, emulator: TencentGongyiEmulator) -> None:
        """It is paid."""
        await emulator.complete([payment for payment in emulator.payments if payment.word == "open"][-1])

    async def export(self, emulator: TencentGongyiEmulator) -> bytes:
        """What the console hands over."""
        return emulator.export_csv()


class ConsoleCase(PlainCase):
    """Files with columns of the organisation's own."""

    def emulator(self) -> TencentGongyiEmulator:
        """An organisation."""
        return TencentGongyiEmulator(dialect=CONSOLE)


CASES = (PlainCase, ConsoleCase)

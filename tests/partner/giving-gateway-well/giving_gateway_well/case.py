"""Well's connector and its emulator, for the conformance suite."""

from collections.abc import Sequence
from typing import Final

from connectors.testing.conformance import Case

from giving_gateway_well import CONNECTOR
from giving_gateway_well.emulator import PHONE, WellEmulator


class WellCase(Case[WellEmulator]):
    """An association with two wells."""

    spec = CONNECTOR
    canaries = (PHONE,)
    currencies = WellEmulator.currencies

    def emulator(self) -> WellEmulator:
        """With this association."""
        return WellEmulator()

    def emulator_in(self, currency: str) -> WellEmulator:
        """With wells in this currency."""
        return WellEmulator(currency=currency)

    async def give(self, emulator: WellEmulator, minor: int) -> None:
        """For the first well, under a name that is on the wall."""
        emulator.give(minor)

    def takers(self, emulator: WellEmulator) -> Sequence[str]:
        """Both wells."""
        return tuple(emulator.books)

    async def give_to(self, emulator: WellEmulator, campaign: str, minor: int) -> None:
        """For one of them."""
        emulator.give(minor, well=campaign)

    async def give_saying(self, emulator: WellEmulator, minor: int, name: str, message: str) -> None:
        """With whatever strangers write."""
        emulator.give(minor, name=name, note=message)

    async def give_anonymously(self, emulator: WellEmulator, minor: int) -> None:
        """Without a name."""
        emulator.give(minor, name=None)

    async def take_back(self, emulator: WellEmulator) -> None:
        """A hundred minor units of the newest gift."""
        emulator.ask_back(100)
        emulator.decide(paid=True)

    async def take_back_later(self, emulator: WellEmulator) -> None:
        """One that is asked for, after one that was declined."""
        emulator.ask_back(50)
        emulator.decide(paid=False)
        emulator.ask_back(50)

    async def give_in_vain(self, emulator: WellEmulator, minor: int) -> None:
        """One that is promised only, or one that bounces: whichever the amount says."""
        emulator.promise(minor, bounces=minor % 2 == 0)

    async def begin(self, emulator: WellEmulator, minor: int) -> None:
        """One that is promised."""
        emulator.promise(minor)

    async def complete(self, emulator: WellEmulator) -> None:
        """It is received."""
        emulator.receive()

    async def fill_pages(self, emulator: WellEmulator) -> int:
        """Three pages of gifts."""
        gifts = 2 * emulator.largest_page + 1
        for minor in range(1, gifts + 1):
            emulator.give(minor)
        return gifts

    async def page_for_ever(self, emulator: WellEmulator, *, repeating: bool) -> None:
        """Of the wells, and of the book of each."""
        emulator.endless = "repeating" if repeating else "new"


CASES: Final = (WellCase,)

"""Well's connector and its emulator, for the conformance suite."""

from typing import Final

from connectors.testing.conformance import Case

from giving_gateway_well import CONNECTOR
from giving_gateway_well.emulator import PHONE, WellEmulator


class WellCase(Case[WellEmulator]):
    """An association with one well."""

    spec = CONNECTOR
    canaries = (PHONE,)
    currencies = WellEmulator.currencies

    def emulator(self) -> WellEmulator:
        """With this association."""
        return WellEmulator()

    def emulator_in(self, currency: str) -> WellEmulator:
        """With a well in this currency."""
        return WellEmulator(currency=currency)

    async def give(self, emulator: WellEmulator, minor: int) -> None:
        """Under a name that is on the wall."""
        emulator.give(minor)

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

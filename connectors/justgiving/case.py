"""JustGiving's connector on the suite's bench."""

from collections.abc import Sequence
from typing import Final

from connectors.justgiving import CONNECTOR
from connectors.justgiving.emulator import JustGivingEmulator
from connectors.testing.conformance import Case

REAL_NAME: Final = "Realname-canary-41c7"
REFERENCE: Final = "reference-canary-8d20"
MESSAGE: Final = "For the reef & its fish <3"
MANY: Final = 105


class JustGivingCase(Case[JustGivingEmulator]):
    """One application that follows a page, its team and its campaign.

    The network answers as it would the owner of the page, so that what only owners may see is there to be left out.
    """

    spec = CONNECTOR
    canaries = (REAL_NAME, REFERENCE)
    currencies = ("GBP", "JPY", "KWD")

    def emulator(self) -> JustGivingEmulator:
        """A new one."""
        return self.emulator_in("GBP")

    def emulator_in(self, currency: str) -> JustGivingEmulator:
        """One whose page, team and campaign are in this currency."""
        emulator = JustGivingEmulator(currency=currency)
        emulator.forms.owner_view = True
        return emulator

    def campaign_ids(self, emulator: JustGivingEmulator) -> Sequence[str]:
        """Pages first: only they have donations."""
        return sorted(emulator.books, key=lambda native_id: ":" in native_id)

    async def give(self, emulator: JustGivingEmulator, minor: int) -> None:
        """Makes one donation to the page."""
        await emulator.donate(minor, message=MESSAGE, real_name=REAL_NAME, reference=REFERENCE)

    async def give_anonymously(self, emulator: JustGivingEmulator, minor: int) -> None:
        """Makes one of a donor who is called Anonymous, as are all of them."""
        await emulator.donate(minor, anonymous=True, message=MESSAGE, real_name=REAL_NAME, reference=REFERENCE)

    async def give_hidden(self, emulator: JustGivingEmulator, minor: int) -> None:
        """Makes one whose amount is null."""
        await emulator.donate(minor, hide_amount=True, message=MESSAGE, real_name=REAL_NAME, reference=REFERENCE)

    async def give_saying(self, emulator: JustGivingEmulator, minor: int, name: str, message: str) -> None:
        """Makes one with a name to be shown and a message, which may come as HTML."""
        await emulator.donate(minor, donor_name=name, message=message, real_name=REAL_NAME, reference=REFERENCE)

    async def take_back(self, emulator: JustGivingEmulator) -> None:
        """Refunds the newest donation, which its entry in the list tells."""
        emulator.set_status(max(emulator.state.donations), "Refunded")

    async def move_total(self, emulator: JustGivingEmulator, minor: int) -> None:
        """Enters offline money, or takes it off."""
        emulator.add_offline(minor)

    async def fill_pages(self, emulator: JustGivingEmulator) -> int:
        """Two parts of fifty, and some."""
        for _ in range(MANY):
            await self.give(emulator, 100)
        return MANY

    async def page_for_ever(self, emulator: JustGivingEmulator, *, repeating: bool) -> None:
        """The number of the part that is asked for is not heard; or there is always one part more."""
        emulator.forms.endless = "circle" if repeating else "line"


CASES = (JustGivingCase,)

"""JustGiving's connector on the suite's bench."""

from collections.abc import Sequence
from typing import Final

from connectors.justgiving import CONNECTOR
from connectors.justgiving.emulator import JustGivingEmulator
from connectors.justgiving.emulator.platform import CAMPAIGN, TEAM
from connectors.testing.conformance import Case

REAL_NAME: Final = "Realname-canary-41c7"
REFERENCE: Final = "reference-canary-8d20"
MESSAGE: Final = "For the reef & its fish <3"
MANY: Final = 105
SECOND: Final = "page/sample-reef-swim"
PENDING: Final = "Pending"
UNFINISHED: Final = (PENDING, "Rejected", "Cancelled")


class JustGivingCase(Case[JustGivingEmulator]):
    """One application that follows two pages, their team and their campaign.

    The network answers as it would the owner of the page, so that what only owners may see is there to be left out.
    """

    spec = CONNECTOR
    canaries = (REAL_NAME, REFERENCE)
    currencies = ("GBP", "JPY", "KWD")

    def emulator(self) -> JustGivingEmulator:
        """A new one."""
        return self.emulator_in("GBP")

    def emulator_in(self, currency: str) -> JustGivingEmulator:
        """One whose pages, team and campaign are in this currency."""
        emulator = JustGivingEmulator(currency=currency)
        emulator.add_page(SECOND, "Sample Reef Swim", currency=currency, team=TEAM, campaign=CAMPAIGN)
        emulator.forms.owner_view = True
        return emulator

    def campaign_ids(self, emulator: JustGivingEmulator) -> Sequence[str]:
        """Pages first: only they have donations."""
        return sorted(emulator.books, key=lambda native_id: ":" in native_id)

    async def give(self, emulator: JustGivingEmulator, minor: int) -> None:
        """Makes one donation to the page."""
        await emulator.donate(minor, message=MESSAGE, real_name=REAL_NAME, reference=REFERENCE)

    def takers(self, emulator: JustGivingEmulator) -> Sequence[str]:
        """The pages: teams and campaigns are the sums of theirs."""
        return tuple(emulator.state.pages)

    async def give_to(self, emulator: JustGivingEmulator, campaign: str, minor: int) -> None:
        """Makes one donation to one of them."""
        await emulator.donate(minor, page=campaign, message=MESSAGE, real_name=REAL_NAME, reference=REFERENCE)

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

    async def give_in_vain(self, emulator: JustGivingEmulator, minor: int) -> None:
        """Makes one that is pending, then one that is rejected, then one that is cancelled, as its entry in the list tells."""
        await emulator.donate(minor, status=UNFINISHED[len(emulator.state.donations) % len(UNFINISHED)])

    async def begin(self, emulator: JustGivingEmulator, minor: int) -> None:
        """Makes one that is pending."""
        await emulator.donate(minor, status=PENDING)

    async def complete(self, emulator: JustGivingEmulator) -> None:
        """It is accepted."""
        emulator.set_status([gift for gift in emulator.state.donations.values() if gift.status == PENDING][-1], "Accepted")

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

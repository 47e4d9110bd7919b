"""DonorDrive on the bench of the suite: what partners' tools and the tests of this repository both run."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from connectors.donordrive import CONNECTOR
from connectors.donordrive.emulator import DonorDriveEmulator, donor_id
from connectors.testing.conformance.case import Case

DONOR: Final = "Sample Donor"
MANY: Final = 205


class DonorDriveCase(Case[DonorDriveEmulator]):
    """A program in US dollars: an event, a team and a participant, each with a total."""

    spec = CONNECTOR
    canaries = (donor_id(DONOR),)
    currencies = ("USD", "JPY", "KWD")

    def emulator(self) -> DonorDriveEmulator:
        """A new program."""
        return DonorDriveEmulator()

    def emulator_in(self, currency: str) -> DonorDriveEmulator:
        """A program in this currency."""
        return DonorDriveEmulator(currency=currency)

    def campaign_ids(self, emulator: DonorDriveEmulator) -> Sequence[str]:
        """Those that the account follows from the start, and nobody who comes later."""
        return [one.native_id for one in (emulator.event, emulator.team, emulator.participant)]

    async def give(self, emulator: DonorDriveEmulator, minor: int) -> None:
        """To the participant, so also to the team and the event."""
        await emulator.donate(minor, donor_name=DONOR, message="Reefs need friends")

    def takers(self, emulator: DonorDriveEmulator) -> Sequence[str]:
        """All of them: who gives to the event or the team gives to no participant."""
        return self.campaign_ids(emulator)

    async def give_to(self, emulator: DonorDriveEmulator, campaign: str, minor: int) -> None:
        """To one of them."""
        await emulator.donate(minor, to=campaign, donor_name=DONOR, message="Reefs need friends")

    async def give_anonymously(self, emulator: DonorDriveEmulator, minor: int) -> None:
        """Without name and donor's id."""
        await emulator.donate(minor, anonymous=True)

    async def give_hidden(self, emulator: DonorDriveEmulator, minor: int) -> None:
        """Without the amount."""
        await emulator.donate(minor, hide_amount=True)

    async def give_saying(self, emulator: DonorDriveEmulator, minor: int, name: str, message: str) -> None:
        """Under a name of the donor's own, with a message."""
        await emulator.donate(minor, donor_name=name, message=message)

    async def give_in_vain(self, emulator: DonorDriveEmulator, minor: int) -> None:
        """A pledge, which is listed and is no money yet."""
        await emulator.pledge(minor, donor_name=DONOR)

    async def give_to_another(self, emulator: DonorDriveEmulator, minor: int) -> None:
        """To a participant of another event, who is in our lists from now on."""
        emulator.forms.others_listed = True
        theirs = emulator.add_team("Another Team", emulator.add_event("Another Game Day"))
        await emulator.donate(minor, to=emulator.add_participant("Another Participant", team=theirs))

    async def move_total(self, emulator: DonorDriveEmulator, minor: int) -> None:
        """Staff enters an offline gift."""
        emulator.enter_offline(minor)

    async def promise(self, emulator: DonorDriveEmulator, title: str, minor: int) -> str:
        """A milestone of the participant."""
        return emulator.add_milestone(title, minor).to.native_id

    async def fill_pages(self, emulator: DonorDriveEmulator) -> int:
        """Two pages of a hundred, and some."""
        for _ in range(MANY):
            emulator.clock.turn(timedelta(seconds=1))
            await self.give(emulator, 100)
        return MANY

    async def page_for_ever(self, emulator: DonorDriveEmulator, *, repeating: bool) -> None:
        """The offset is not heard; or every page is full."""
        emulator.forms.endless = "circle" if repeating else "line"


CASES: Final = (DonorDriveCase,)

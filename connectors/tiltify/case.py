"""Tiltify's connector and its emulator, for the conformance suite."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from connectors.testing.conformance import Case
from connectors.tiltify import CONNECTOR, sheet
from connectors.tiltify.emulator import ANONYMOUS, OWNER_HANDLE, OWNER_ID, TiltifyEmulator

COMMENT: Final = "Made-up \u202e comment <b>\u0000</b>"
"""Words as strangers write them."""
MANY: Final = 205


class TiltifyCase(Case[TiltifyEmulator]):
    """An app with two campaigns in GBP. Neither is part of the other, so that their books add up to what was given."""

    spec = CONNECTOR
    signed_headers = ("X-Tiltify-Timestamp", "X-Tiltify-Signature")
    window = timedelta(seconds=300)
    canaries = (OWNER_ID, OWNER_HANDLE)
    currencies = ("GBP", "JPY", "KWD")

    def emulator(self) -> TiltifyEmulator:
        """With this account."""
        return self._emulator(1)

    def stranger(self) -> TiltifyEmulator:
        """With another app, another endpoint and other campaigns."""
        return self._emulator(2)

    def emulator_in(self, currency: str) -> TiltifyEmulator:
        """With campaigns in this currency."""
        return self._emulator(1, currency)

    def _emulator(self, seed: int, currency: str = "GBP") -> TiltifyEmulator:
        emulator = TiltifyEmulator(seed=seed)
        emulator.add_campaign("Sample Reef Weekend", currency=currency, goal_minor=150_000)
        emulator.add_campaign("Sample Marathon", currency=currency)
        return emulator

    def campaign_ids(self, emulator: TiltifyEmulator) -> Sequence[str]:
        """The two that the account follows, and none that comes later."""
        return tuple(emulator.books)[:2]

    async def give(self, emulator: TiltifyEmulator, minor: int) -> None:
        """To the first campaign."""
        await emulator.donate(minor, comment=COMMENT)

    def takers(self, emulator: TiltifyEmulator) -> Sequence[str]:
        """Both."""
        return self.campaign_ids(emulator)

    async def give_to(self, emulator: TiltifyEmulator, campaign: str, minor: int) -> None:
        """To one of them."""
        await emulator.donate(minor, campaign=campaign, comment=COMMENT)

    async def give_anonymously(self, emulator: TiltifyEmulator, minor: int) -> None:
        """As Tiltify shows it: under a name that is none."""
        await emulator.donate(minor, donor_name=ANONYMOUS)

    async def give_saying(self, emulator: TiltifyEmulator, minor: int, name: str, message: str) -> None:
        """Under a name of the donor's own, with a comment."""
        await emulator.donate(minor, donor_name=name, comment=message)

    async def give_to_another(self, emulator: TiltifyEmulator, minor: int) -> None:
        """To a campaign that somebody has subscribed in the dashboard, and that the account does not follow."""
        theirs = emulator.add_campaign("Somebody Else's Marathon")
        emulator.subscribe(sheet.WANTED, campaign=theirs)
        await emulator.donate(minor, campaign=theirs)

    async def say_unknown(self, emulator: TiltifyEmulator) -> None:
        """An event type that nobody has heard of."""
        await emulator.say("public:direct:confetti_updated", {"id": OWNER_ID})

    async def say_poison(self, emulator: TiltifyEmulator) -> None:
        """A donation of no amount at no time."""
        absurd = {"id": 7, "amount": {"value": "1e400", "currency": "XXX"}, "completed_at": [], "campaign_id": {}}
        await emulator.say("public:direct:donation_updated", absurd)

    async def give_in_vain(self, emulator: TiltifyEmulator, minor: int) -> None:
        """One whose payment never comes: Tiltify tells no other way to fail."""
        await emulator.donate(minor, completed=False)

    async def begin(self, emulator: TiltifyEmulator, minor: int) -> None:
        """One whose payment has not come yet."""
        await emulator.donate(minor, completed=False)

    async def complete(self, emulator: TiltifyEmulator) -> None:
        """It comes."""
        await emulator.complete([gift for gift in emulator.state.donations.values() if gift.completed_at is None][-1])

    async def promise(self, emulator: TiltifyEmulator, title: str, minor: int) -> str:
        """To the first campaign."""
        return emulator.add_milestone(title, minor).campaign

    async def move_total(self, emulator: TiltifyEmulator, minor: int) -> None:
        """Of the first campaign."""
        await emulator.move_total(minor)

    async def rotate(self, emulator: TiltifyEmulator) -> Mapping[str, Any]:
        """The dashboard shows one key only, so the one before stays with the operator."""
        previous = emulator.account()["signing_key"]
        emulator.rotate_key()
        return emulator.account() | {"previous_signing_key": previous}

    async def stop_feeding(self, emulator: TiltifyEmulator) -> None:
        """As after an hour without an answer."""
        emulator.deactivate()

    async def fill_pages(self, emulator: TiltifyEmulator) -> int:
        """Two pages of a hundred, and some, of the first campaign."""
        for _ in range(MANY):
            await emulator.donate(100)
        return MANY

    async def page_for_ever(self, emulator: TiltifyEmulator, *, repeating: bool) -> None:
        """The cursors of its lists lead in a circle, or on and on."""
        emulator.forms.endless = "circle" if repeating else "line"


CASES: Final = (TiltifyCase,)

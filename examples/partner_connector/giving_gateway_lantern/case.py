"""Lantern's connector and its emulator, for the conformance suite."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.testing.conformance import Case

from giving_gateway_lantern import CONNECTOR
from giving_gateway_lantern.emulator import EMAIL, LanternEmulator
from giving_gateway_lantern.webhook import SIGNATURE, WINDOW


class LanternCase(Case[LanternEmulator]):
    """An organiser with two garlands. Neither hangs on the other, so that the books add up to what was given."""

    spec = CONNECTOR
    signed_headers = (SIGNATURE,)
    window = WINDOW
    canaries = (EMAIL,)
    currencies = LanternEmulator.currencies

    def emulator(self) -> LanternEmulator:
        """With this organiser."""
        return _two(LanternEmulator())

    def stranger(self) -> LanternEmulator:
        """With another organiser, who has other secrets."""
        return _two(LanternEmulator(seed=2))

    def emulator_in(self, currency: str) -> LanternEmulator:
        """With garlands in this currency."""
        return _two(LanternEmulator(currency=currency))

    async def give(self, emulator: LanternEmulator, minor: int) -> None:
        """A lantern is lit on the first garland, under a name that is shown."""
        emulator.light(minor)

    def takers(self, emulator: LanternEmulator) -> Sequence[str]:
        """Both garlands."""
        return tuple(emulator.books)

    async def give_to(self, emulator: LanternEmulator, campaign: str, minor: int) -> None:
        """A lantern is lit on one of them."""
        emulator.light(minor, campaign)

    async def give_saying(self, emulator: LanternEmulator, minor: int, name: str, message: str) -> None:
        """With whatever strangers write on the paper."""
        emulator.light(minor, name=name, wish=message)

    async def give_anonymously(self, emulator: LanternEmulator, minor: int) -> None:
        """Under a name that is not shown."""
        emulator.light(minor, named=False)

    async def take_back(self, emulator: LanternEmulator) -> None:
        """Lantern refunds whole lanterns only."""
        emulator.refund()

    async def take_back_later(self, emulator: LanternEmulator) -> None:
        """A refund is asked for; the next call refuses it."""
        emulator.ask_for_refund()

    async def give_in_vain(self, emulator: LanternEmulator, minor: int) -> None:
        """A lantern that stays a wick, and one that drowns: whichever the amount says."""
        emulator.kindle(minor, drowns=minor % 2 == 0)

    async def begin(self, emulator: LanternEmulator, minor: int) -> None:
        """A wick."""
        emulator.kindle(minor)

    async def complete(self, emulator: LanternEmulator) -> None:
        """It is lit."""
        emulator.catch()

    async def move_total(self, emulator: LanternEmulator, minor: int) -> None:
        """Stewards empty a donation box, or correct what they counted."""
        emulator.count_box(minor)

    async def promise(self, emulator: LanternEmulator, title: str, minor: int) -> str:
        """For the garland."""
        return emulator.promise(title, minor)

    async def fill_pages(self, emulator: LanternEmulator) -> int:
        """Three pages of lanterns."""
        lanterns = 2 * emulator.largest_page + 1
        for minor in range(1, lanterns + 1):
            emulator.light(minor)
        return lanterns

    async def page_for_ever(self, emulator: LanternEmulator, *, repeating: bool) -> None:
        """Of every list."""
        emulator.endless = "repeating" if repeating else "new"

    async def say_unknown(self, emulator: LanternEmulator) -> None:
        """An event that nobody has heard of."""
        emulator.push("firework.launched", {})

    async def say_poison(self, emulator: LanternEmulator) -> None:
        """A lantern of no amount at no time."""
        emulator.push("lantern.made", {"id": 7, "amount": "1e400", "currency": "XXX", "made_at": [], "status": "lit"})

    async def rotate(self, emulator: LanternEmulator) -> Mapping[str, Any]:
        """The settings page shows the new secret only, so the one before stays with the operator."""
        previous = emulator.account()["webhook_secret"]
        emulator.renew_secret()
        return emulator.account() | {"previous_webhook_secret": previous}


def _two(emulator: LanternEmulator) -> LanternEmulator:
    emulator.hang("Lanterns for the Soup Kitchen")
    return emulator


CASES: Final = (LanternCase,)

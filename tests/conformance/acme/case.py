"""Acme on the suite's bench."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from connectors.testing.conformance.case import Case
from tests.conformance.acme.connector import CONNECTOR
from tests.conformance.acme.emulator import CAMPAIGN, PAGE, AcmeEmulator
from tests.conformance.acme.gifts import PAYER, UNDER_WAY, ZONE

UNFINISHED = (UNDER_WAY, "refused", "failed")


class AcmeCase(Case[AcmeEmulator]):
    spec = CONNECTOR
    signed_headers = ("Acme-Time", "Acme-Signature")
    window = timedelta(seconds=300)
    canaries = (PAYER,)
    zone = ZONE
    currencies = ("CNY", "JPY", "KWD")

    def emulator(self) -> AcmeEmulator:
        return AcmeEmulator()

    def stranger(self) -> AcmeEmulator:
        return AcmeEmulator("theirs")

    def emulator_in(self, currency: str) -> AcmeEmulator:
        return AcmeEmulator(currency=currency)

    async def give(self, emulator: AcmeEmulator, minor: int) -> None:
        emulator.donate(minor)

    def takers(self, emulator: AcmeEmulator) -> Sequence[str]:
        return tuple(emulator.books)

    async def give_to(self, emulator: AcmeEmulator, campaign: str, minor: int) -> None:
        emulator.donate(minor, campaign)

    async def give_anonymously(self, emulator: AcmeEmulator, minor: int) -> None:
        emulator.donate(minor, anonymous=True)

    async def give_hidden(self, emulator: AcmeEmulator, minor: int) -> None:
        emulator.donate(minor, hidden=True)

    async def give_saying(self, emulator: AcmeEmulator, minor: int, name: str, message: str) -> None:
        emulator.donate(minor, name=name, message=message)

    async def give_to_another(self, emulator: AcmeEmulator, minor: int) -> None:
        emulator.donate_elsewhere(minor)

    async def take_back(self, emulator: AcmeEmulator) -> None:
        emulator.refund(100)

    async def take_back_later(self, emulator: AcmeEmulator) -> None:
        emulator.refund(100, UNFINISHED[len(emulator.gifts[-1].refunds) % len(UNFINISHED)])

    async def give_in_vain(self, emulator: AcmeEmulator, minor: int) -> None:
        emulator.try_to_donate(minor, UNFINISHED[len(emulator.gifts) % len(UNFINISHED)])

    async def begin(self, emulator: AcmeEmulator, minor: int) -> None:
        emulator.try_to_donate(minor, UNDER_WAY)

    async def complete(self, emulator: AcmeEmulator) -> None:
        emulator.finish()

    async def move_total(self, emulator: AcmeEmulator, minor: int) -> None:
        emulator.move(minor)

    async def promise(self, emulator: AcmeEmulator, title: str, minor: int) -> str:
        emulator.milestones.append((title, minor))
        return CAMPAIGN

    async def rotate(self, emulator: AcmeEmulator) -> Mapping[str, Any]:
        before = emulator.rotate()
        return {**emulator.account(), "old_secret": before}

    async def stop_feeding(self, emulator: AcmeEmulator) -> None:
        emulator.feeds.clear()

    async def fill_pages(self, emulator: AcmeEmulator) -> int:
        for _ in range(2 * PAGE + 1):
            emulator.donate(100)
        return 2 * PAGE + 1

    async def page_for_ever(self, emulator: AcmeEmulator, *, repeating: bool) -> None:
        emulator.endless = "circle" if repeating else "line"

    async def say_unknown(self, emulator: AcmeEmulator) -> None:
        emulator.say({"type": "pledge"})

    async def say_poison(self, emulator: AcmeEmulator) -> None:
        emulator.say({"type": "donation", "donation": {"id": 7, "amount": "1e400", "currency": "XXX", "payer": PAYER}})

    async def publish(self, emulator: AcmeEmulator) -> str:
        return emulator.square.shout()

    async def engage(self, emulator: AcmeEmulator, post: str, reposts: int, comments: int, likes: int) -> None:
        emulator.square.engage(post, reposts, comments, likes)

    async def take_down(self, emulator: AcmeEmulator, post: str) -> None:
        del emulator.square.shouts[post]

    async def introduce(self, emulator: AcmeEmulator, followers: int) -> str:
        return emulator.square.introduce(followers)


CASES = (AcmeCase,)

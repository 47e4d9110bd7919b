"""A right connector is told that it is right."""

from datetime import timedelta

from connectors.testing.conformance import ConnectorConformance
from tests.conformance.acme.connector import CONNECTOR
from tests.conformance.acme.emulator import PAYER, ZONE, AcmeEmulator


class TestAcme(ConnectorConformance[AcmeEmulator]):
    spec = CONNECTOR
    signed_headers = ("Acme-Time", "Acme-Signature")
    window = timedelta(seconds=300)
    canaries = (PAYER,)
    zone = ZONE

    def emulator(self) -> AcmeEmulator:
        return AcmeEmulator()

    def stranger(self) -> AcmeEmulator:
        return AcmeEmulator("theirs")

    async def give(self, emulator: AcmeEmulator, minor: int) -> None:
        emulator.donate(minor)

    async def take_back(self, emulator: AcmeEmulator) -> None:
        emulator.refund(100)

    async def say_unknown(self, emulator: AcmeEmulator) -> None:
        emulator.say({"type": "pledge"})

    async def say_poison(self, emulator: AcmeEmulator) -> None:
        emulator.say({"type": "donation", "donation": {"id": 7, "amount": "1e400", "currency": "XXX"}})

    async def publish(self, emulator: AcmeEmulator) -> str:
        return emulator.square.shout()

    async def engage(self, emulator: AcmeEmulator, post: str, reposts: int, comments: int, likes: int) -> None:
        emulator.square.engage(post, reposts, comments, likes)

    async def take_down(self, emulator: AcmeEmulator, post: str) -> None:
        del emulator.square.shouts[post]

    async def introduce(self, emulator: AcmeEmulator, followers: int) -> str:
        return emulator.square.introduce(followers)

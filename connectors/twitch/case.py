"""Twitch on the suite's bench, over a webhook and over a socket."""

from dataclasses import replace
from datetime import timedelta

from connectors.contract import ListensToFeed, ListsCampaigns, ListsDonations, ReadsCampaigns
from connectors.testing.conformance.case import Case
from connectors.testing.emulation import ScaledClock
from connectors.twitch import CONNECTOR
from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.payloads import DONATE
from connectors.twitch.emulator.state import Donation
from connectors.twitch.emulator.subscriptions import FAILURES_EXCEEDED, Method

VIEWER = "900100777"
MANY = 205


class TwitchCase(Case[TwitchEmulator]):
    """A broadcaster with a charity campaign in EUR."""

    spec = CONNECTOR
    transport: Method = "webhook"
    canaries = (VIEWER,)
    currencies = ("EUR", "JPY", "KWD")

    def emulator(self) -> TwitchEmulator:
        """A broadcaster."""
        return self._emulator(1)

    def stranger(self) -> TwitchEmulator:
        """Another broadcaster, with other secrets."""
        return self._emulator(2)

    def emulator_in(self, currency: str) -> TwitchEmulator:
        """A broadcaster whose campaign is in this currency."""
        return self._emulator(1, currency)

    def _emulator(self, seed: int, currency: str = "EUR") -> TwitchEmulator:
        emulator = TwitchEmulator(clock=ScaledClock(), seed=seed, transport=self.transport)
        emulator.start_campaign(currency=currency)
        return emulator

    async def give(self, emulator: TwitchEmulator, minor: int) -> None:
        """A donation in the name of a viewer."""
        await self._give(emulator, minor, "Sample_Donor")

    async def give_anonymously(self, emulator: TwitchEmulator, minor: int) -> None:
        """A donation of somebody whose name is that there is none (*assumed*)."""
        await self._give(emulator, minor, "Anonymous")

    async def give_saying(self, emulator: TwitchEmulator, minor: int, name: str, message: str) -> None:
        """A donation in a display name; Twitch tells no messages."""
        await self._give(emulator, minor, name)

    async def give_to_another(self, emulator: TwitchEmulator, minor: int) -> None:
        """A donation to another campaign, which is listed beside ours."""
        running = next(iter(emulator.state.campaigns.values()))
        theirs = Donation("another-900100-2026", "another", VIEWER, "sample", "Sample", minor, "EUR", emulator.clock.now())
        running.donations.append(theirs)

    async def move_total(self, emulator: TwitchEmulator, minor: int) -> None:
        """The total is corrected."""
        emulator.move_total(minor)

    async def fill_pages(self, emulator: TwitchEmulator) -> int:
        """Two pages of a hundred, and some."""
        for _ in range(MANY):
            await self._give(emulator, 100, "Sample_Donor")
        return MANY

    async def page_for_ever(self, emulator: TwitchEmulator, *, repeating: bool) -> None:
        """The list of donations leads in a circle, or on and on; and nobody counts how often it is asked for."""
        emulator.habits.points_per_minute = 1_000_000
        emulator.forms.endless = "circle" if repeating else "line"

    async def _give(self, emulator: TwitchEmulator, minor: int, name: str) -> None:
        # two donations of one viewer in one second share an id on Twitch (*assumed*), so the clock moves on
        emulator.clock.turn(timedelta(seconds=1))
        await emulator.donate(minor, user_name=name, user_id=VIEWER)

    async def settle(self, emulator: TwitchEmulator) -> None:
        """Waits until nothing is under way any more."""
        await emulator.settle()


class WebhookCase(TwitchCase):
    """Over EventSub's webhook."""

    signed_headers = (
        "Twitch-Eventsub-Message-Id",
        "Twitch-Eventsub-Message-Timestamp",
        "Twitch-Eventsub-Message-Signature",
    )
    window = timedelta(seconds=600)

    async def stop_feeding(self, emulator: TwitchEmulator) -> None:
        """Twitch has had enough of failures, and ends the subscriptions."""
        emulator.revoke_subscriptions(FAILURES_EXCEEDED)

    async def say_unknown(self, emulator: TwitchEmulator) -> None:
        """An event that nobody asked for."""
        for message in emulator.mail.address(DONATE, emulator.broadcaster.id, {"from_broadcaster_user_id": "900100300"}):
            raid = {**message.payload["subscription"], "type": "channel.raid"}
            emulator.mail.send([replace(message, payload={**message.payload, "subscription": raid})])

    async def say_poison(self, emulator: TwitchEmulator) -> None:
        """A donation of an absurd amount."""
        absurd = {"id": 7, "campaign_id": [], "amount": {"value": "1e400", "decimal_places": -1, "currency": "XXX"}}
        emulator.mail.publish(DONATE, emulator.broadcaster.id, absurd)


class SocketCase(TwitchCase):
    """Over EventSub's WebSocket."""

    transport = "websocket"
    abilities = (ReadsCampaigns, ListsCampaigns, ListsDonations, ListensToFeed)


CASES = (WebhookCase, SocketCase)

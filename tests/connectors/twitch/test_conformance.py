"""Twitch's connector, over a webhook and over a socket, held against the suite."""

from dataclasses import replace
from datetime import timedelta

from connectors.contract import ListensToFeed, ListsCampaigns, ListsDonations, ReadsCampaigns
from connectors.testing.conformance import ConnectorConformance
from connectors.testing.emulation import ScaledClock
from connectors.twitch import CONNECTOR
from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.payloads import DONATE
from connectors.twitch.emulator.subscriptions import Method

VIEWER = "900100777"


class TwitchConformance(ConnectorConformance[TwitchEmulator]):
    spec = CONNECTOR
    transport: Method = "webhook"
    canaries = (VIEWER,)

    def emulator(self) -> TwitchEmulator:
        return self._emulator(1)

    def stranger(self) -> TwitchEmulator:
        return self._emulator(2)

    def _emulator(self, seed: int) -> TwitchEmulator:
        emulator = TwitchEmulator(clock=ScaledClock(), seed=seed, transport=self.transport)
        emulator.start_campaign(currency="EUR")
        return emulator

    async def give(self, emulator: TwitchEmulator, minor: int) -> None:
        # two donations of one viewer in one second share an id on Twitch (*assumed*), so the clock moves on
        emulator.clock.turn(timedelta(seconds=1))
        await emulator.donate(minor, user_name="Sample_Donor", user_id=VIEWER)

    async def settle(self, emulator: TwitchEmulator) -> None:
        await emulator.settle()


class TestWebhook(TwitchConformance):
    signed_headers = (
        "Twitch-Eventsub-Message-Id",
        "Twitch-Eventsub-Message-Timestamp",
        "Twitch-Eventsub-Message-Signature",
    )
    window = timedelta(seconds=600)

    async def say_unknown(self, emulator: TwitchEmulator) -> None:
        for message in emulator.mail.address(DONATE, emulator.broadcaster.id, {"from_broadcaster_user_id": "900100300"}):
            raid = {**message.payload["subscription"], "type": "channel.raid"}
            emulator.mail.send([replace(message, payload={**message.payload, "subscription": raid})])

    async def say_poison(self, emulator: TwitchEmulator) -> None:
        absurd = {"id": 7, "campaign_id": [], "amount": {"value": "1e400", "decimal_places": -1, "currency": "XXX"}}
        emulator.mail.publish(DONATE, emulator.broadcaster.id, absurd)


class TestSocket(TwitchConformance):
    transport = "websocket"
    abilities = (ReadsCampaigns, ListsCampaigns, ListsDonations, ListensToFeed)

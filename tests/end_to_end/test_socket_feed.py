"""Twitch over its WebSocket: the gateway dials, subscribes, repairs what it missed, and comes back when the line breaks."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.testing.emulation import serve
from connectors.twitch.emulator import TwitchEmulator
from gateway.app import Gateway, running
from gateway.settings import Settings
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId
from tests.end_to_end.waiting import until


@pytest.fixture
async def twitch() -> AsyncIterator[TwitchEmulator]:
    emulator = TwitchEmulator(transport="websocket")
    async with emulator.serve():
        yield emulator


def shown(gateway: Gateway, campaign: CampaignId) -> int | None:
    row = gateway.follower.totals[campaign]
    return None if row is None else row.raised


async def test_a_channel_heard_over_the_socket_is_live_and_exact_across_a_broken_line(
    twitch: TwitchEmulator, tmp_path: Path
) -> None:
    campaign = CampaignId("twitch", twitch.start_campaign(goal=150_000, currency="JPY").id)
    await twitch.donate(300)
    account = {"connector": "twitch", **twitch.account()}
    async with (
        running(Settings.of({"data_dir": tmp_path, "ecb_rates": False, "accounts": {"reef": account}})) as gateway,
        serve(gateway.asgi),
    ):
        await gateway.follower.ready.wait()
        await until(lambda: gateway.follower.health["reef"].feed_stopped is None and shown(gateway, campaign) == 300)
        # after the start it is asked once more, as what Helix says may lag
        await until(lambda: gateway.follower.health["reef"].freshness(datetime.now(UTC)) is Freshness.LIVE)
        await twitch.donate(500)
        await until(lambda: shown(gateway, campaign) == 800)
        twitch.sockets.cut(4006)
        await twitch.donate(200)  # told to nobody: the list that is read after the next connect brings it
        shelf = gateway.follower.shelf
        async with asyncio.timeout(20):
            while (await shelf.listed(campaign, since=None, until=None, first=10, after=None))[2] < 3:
                await asyncio.sleep(0.05)
        # Helix may lag by 10 s, so what it says of the total yields to a younger push; the next push holds everything
        await asyncio.gather(*(twitch.donate(7) for _ in range(10)))
        await until(lambda: shown(gateway, campaign) == 1_070 == twitch.books[campaign.native].raised)

"""An independent client of Twitch, twitchAPI, reads from the emulator what a campaign is, who gave, and what happens."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator

import pytest
from twitchAPI.eventsub.webhook import EventSubWebhook
from twitchAPI.eventsub.websocket import EventSubWebsocket
from twitchAPI.oauth import refresh_access_token
from twitchAPI.object.eventsub import CharityCampaignProgressEvent, CharityDonationEvent
from twitchAPI.twitch import Twitch
from twitchAPI.type import AuthScope

from connectors.testing.emulation import ScaledClock
from connectors.twitch.emulator import Fault, TwitchEmulator
from connectors.twitch.emulator.habits import Habits

# twitchAPI still asks for naive moments, which newer Pythons discourage.
pytestmark = pytest.mark.filterwarnings(r"ignore:(datetime\.datetime\.utcnow|'asyncio.iscoroutinefunction'):DeprecationWarning")


@pytest.fixture
async def emulator() -> AsyncIterator[TwitchEmulator]:
    """Serving in real time: the judge counts its own seconds."""
    made = TwitchEmulator(clock=ScaledClock(), habits=Habits(retries=()))
    async with made.serve():
        yield made


@pytest.fixture
async def judge(emulator: TwitchEmulator) -> AsyncIterator[Twitch]:
    """The client with both of its tokens."""
    account = emulator.account()
    urls = {"base_url": account["base_url"] + "/", "auth_base_url": account["auth_url"] + "/"}
    client = await Twitch(account["client_id"], account["client_secret"], **urls)
    access, refresh = await refresh_access_token(
        account["refresh_token"], account["client_id"], account["client_secret"], auth_base_url=urls["auth_base_url"]
    )
    await client.set_user_authentication(access, [AuthScope.CHANNEL_READ_CHARITY], refresh)
    yield client
    await client.close()


async def test_it_reads_the_campaign_and_every_page_of_donations(emulator: TwitchEmulator, judge: Twitch) -> None:
    assert await judge.get_charity_campaign(emulator.broadcaster.id) is None
    campaign = emulator.start_campaign(150_000, "EUR")
    made = [await emulator.donate(value) for value in range(1, 31)]
    read = await judge.get_charity_campaign(emulator.broadcaster.id)
    assert read is not None
    assert (read.id, read.charity_name, read.broadcaster_login) == (campaign.id, "Sample Reef Trust", "sample_channel")
    assert (read.current_amount.value, read.current_amount.currency) == (campaign.book.raised, "EUR")
    assert (read.target_amount.value, read.target_amount.decimal_places) == (150_000, 2)
    listed = {d.id: (d.user_login, d.amount.value) async for d in judge.get_charity_donations(emulator.broadcaster.id)}
    assert listed == {d.id: (d.user_login, d.value) for d in made}


async def test_it_renews_a_revoked_token_and_goes_on(emulator: TwitchEmulator, judge: Twitch) -> None:
    campaign = emulator.start_campaign()
    emulator.habits.rotates_refresh_tokens = True
    for _ in range(2):
        emulator.revoke_tokens()
        read = await judge.get_charity_campaign(emulator.broadcaster.id)
        assert read is not None
        assert read.id == campaign.id


async def test_it_reads_events_from_the_socket_and_moves_when_asked_to(emulator: TwitchEmulator, judge: Twitch) -> None:
    account = emulator.account()
    donations: asyncio.Queue[CharityDonationEvent] = asyncio.Queue()
    progress: asyncio.Queue[CharityCampaignProgressEvent] = asyncio.Queue()
    feed = EventSubWebsocket(
        judge,
        connection_url=account["socket_url"],
        subscription_url=account["base_url"],
        callback_loop=asyncio.get_running_loop(),
    )
    await asyncio.to_thread(feed.start)
    try:
        await feed.listen_channel_charity_campaign_donate(emulator.broadcaster.id, donations.put)
        await feed.listen_channel_charity_campaign_progress(emulator.broadcaster.id, progress.put)
        campaign = emulator.start_campaign(150_000, "EUR")
        made = await emulator.donate(2_550)
        told = (await asyncio.wait_for(donations.get(), 10)).event
        assert (told.id, told.campaign_id, told.user_login, told.amount.value) == (
            made.id,
            campaign.id,
            made.user_login,
            2_550,
        )
        state = (await asyncio.wait_for(progress.get(), 10)).event
        assert (state.id, state.broadcaster_id) == (campaign.id, emulator.broadcaster.id)
        assert (state.current_amount.value, state.target_amount.value) == (2_550, 150_000)

        emulator.sockets.reconnect()
        await emulator.sockets.ended()  # the client closes the old socket once it has been welcomed by the new one
        after = await emulator.donate(100)
        assert (await asyncio.wait_for(donations.get(), 10)).event.id == after.id
    finally:
        # It waits for its own thread, so this is asked from another one.
        await asyncio.to_thread(asyncio.run, feed.stop())  # type: ignore[no-untyped-call]
        await asyncio.to_thread(tidy, feed, asyncio.get_running_loop())


async def test_it_verifies_and_reads_events_by_webhook(emulator: TwitchEmulator, judge: Twitch) -> None:
    donations: asyncio.Queue[CharityDonationEvent] = asyncio.Queue()
    port = free_port()
    feed = EventSubWebhook(
        f"https://127.0.0.1:{port}",
        port,
        judge,
        host_binding="127.0.0.1",
        subscription_url=emulator.account()["base_url"],
        callback_loop=asyncio.get_running_loop(),
    )
    await asyncio.to_thread(feed.start)
    try:
        await feed.listen_channel_charity_campaign_donate(emulator.broadcaster.id, donations.put)
        await emulator.settle()
        assert [s.status for s in emulator.subscriptions.all()] == ["enabled"]
        emulator.start_campaign(150_000, "EUR")
        emulator.faults.once(Fault.WRONG_SIGNATURE)
        await emulator.donate(100)
        await emulator.settle()
        assert emulator.sender.attempts[-1].status == 403
        made = await emulator.donate(2_550)
        told = (await asyncio.wait_for(donations.get(), 10)).event
        assert (told.id, told.amount.value, told.amount.currency) == (made.id, 2_550, "EUR")
    finally:
        await emulator.sender.close()  # it cannot stop while a connection is kept alive
        await feed.stop()  # type: ignore[no-untyped-call]
        await asyncio.to_thread(tidy, feed, asyncio.get_running_loop())


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def tidy(feed: EventSubWebhook | EventSubWebsocket, ours: asyncio.AbstractEventLoop) -> None:
    """Ends the thread of a feed that was stopped, and the loop that it leaves open."""
    for thread in (v for v in vars(feed).values() if isinstance(v, threading.Thread)):
        thread.join(10)
    for loop in {v for v in vars(feed).values() if isinstance(v, asyncio.AbstractEventLoop)} - {ours}:
        for task in (left := asyncio.all_tasks(loop)):
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.wait(left))
        loop.close()

"""The WebSocket transport. A hundred seconds of the emulator's pass in one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import pytest

from connectors.testing.emulation import Mischief
from connectors.twitch.emulator import TwitchEmulator
from tests.connectors.twitch.emulator.world import DONATE, PROGRESS, START, TOPICS, App, Client

Connect = Callable[..., Awaitable[Client]]


@pytest.fixture
async def connect(app: App) -> AsyncIterator[Connect]:
    """Opens sockets, and closes them after the test."""
    opened = []

    async def open_one(query: str = "", url: str | None = None) -> Client:
        socket = await app.session.ws_connect(url or app.emulator.account()["socket_url"] + query)
        opened.append(socket)
        return Client(socket)

    yield open_one
    for socket in opened:
        await socket.close()


async def subscribed(app: App, client: Client, *topics: str) -> str:
    """Subscribes a client that has just connected; gives its session."""
    session_id = await client.welcome()
    for topic in topics or (DONATE,):
        assert (await app.subscribe(topic, session_id=session_id)).status == 202
    return session_id


async def test_a_welcome_names_the_session_and_its_keepalive(connect: Connect) -> None:
    frame = await (await connect()).next()
    assert set(frame["metadata"]) == {"message_id", "message_type", "message_timestamp"}
    session = frame["payload"]["session"]
    assert (session["status"], session["keepalive_timeout_seconds"], session["reconnect_url"]) == ("connected", 10, None)
    assert session["connected_at"].endswith("Z")


@pytest.mark.parametrize(("asked", "given"), [("9", 10), ("10", 10), ("30", 30), ("600", 600), ("601", 600), ("x", 10)])
async def test_the_keepalive_that_is_asked_for_is_clamped(connect: Connect, asked: str, given: int) -> None:
    frame = await (await connect(f"?keepalive_timeout_seconds={asked}")).next()
    assert frame["payload"]["session"]["keepalive_timeout_seconds"] == given


async def test_keepalives_fill_the_silence(app: App, connect: Connect) -> None:
    client = await connect()
    await subscribed(app, client)
    loop = asyncio.get_running_loop()
    await client.next("session_keepalive")
    before = loop.time()
    frame = await client.next()
    assert (frame["metadata"]["message_type"], frame["payload"]) == ("session_keepalive", {})
    assert loop.time() - before >= 0.05  # ten seconds are a tenth of one here


async def test_a_subscription_is_enabled_at_once_and_brings_notifications(app: App, connect: Connect) -> None:
    client = await connect()
    session_id = await client.welcome()
    made = await app.subscribe(DONATE, session_id=session_id)
    shown = made.body["data"][0]
    assert shown["status"] == "enabled"
    assert shown["transport"]["session_id"] == session_id
    assert shown["transport"]["connected_at"].endswith("Z")
    assert made.body["max_total_cost"] == 10
    app.emulator.start_campaign()
    donation = await app.emulator.donate(100)
    frame = await client.next("notification")
    assert frame["metadata"]["subscription_type"] == DONATE
    assert frame["metadata"]["subscription_version"] == "1"
    assert frame["payload"]["subscription"]["transport"]["session_id"] == session_id
    assert frame["payload"]["event"]["id"] == donation.id
    assert frame["payload"]["event"]["amount"]["value"] == 100


async def test_the_same_topic_twice_on_a_session_is_409(app: App, connect: Connect) -> None:
    session_id = await subscribed(app, await connect())
    assert (await app.subscribe(DONATE, session_id=session_id)).status == 409


async def test_another_users_token_cannot_subscribe_to_a_broadcaster(app: App, connect: Connect) -> None:
    session_id = await (await connect()).welcome()
    other = app.emulator.add_broadcaster("Other_Channel")
    assert (await app.subscribe(DONATE, app.emulator.oauth.issue(other), session_id=session_id)).status == 403


async def test_a_fourth_session_of_a_user_is_429(app: App, connect: Connect) -> None:
    for _ in range(3):
        await subscribed(app, await connect())
    session_id = await (await connect()).welcome()
    assert (await app.subscribe(DONATE, session_id=session_id)).status == 429


async def test_a_socket_without_subscription_is_closed_with_4003(app: App, connect: Connect) -> None:
    app.emulator.habits.unused_after = timedelta(seconds=10)
    client = await connect()
    assert await client.closed() == 4003


async def test_a_socket_with_subscription_stays_open(app: App, connect: Connect) -> None:
    app.emulator.habits.unused_after = timedelta(seconds=50)
    client = await connect()
    await subscribed(app, client)
    for _ in range(6):  # ten seconds each, so longer than an unused one has
        await client.next("session_keepalive")
    assert await app.statuses(app.user) == ["enabled"]


async def test_a_client_that_speaks_is_closed_with_4001(app: App, connect: Connect) -> None:
    client = await connect()
    await subscribed(app, client)
    await client.socket.send_str("hello")
    assert await client.closed() == 4001
    assert await app.statuses(app.user) == ["websocket_received_inbound_traffic"]


async def test_a_ping_is_answered_and_is_no_inbound_traffic(app: App, connect: Connect) -> None:
    client = await connect()
    await subscribed(app, client)
    await client.socket.ping()
    await client.next("session_keepalive")
    assert await app.statuses(app.user) == ["enabled"]


async def ended(app: App) -> str:
    """The status of the only subscription once every socket has ended."""
    await app.emulator.sockets.ended()
    [found] = await app.statuses(app.user)
    return found


async def test_subscriptions_end_with_their_socket_and_stay_listed_for_an_hour(app: App, connect: Connect) -> None:
    client = await connect()
    await subscribed(app, client)
    await client.socket.close()
    assert await ended(app) == "websocket_disconnected"
    listed = (await app.ask("GET", "/helix/eventsub/subscriptions")).body["data"][0]
    assert listed["transport"]["disconnected_at"].endswith("Z")
    app.emulator.clock.turn(app.emulator.habits.listed_after_end)
    app.user = app.emulator.oauth.issue(app.emulator.broadcaster)
    assert await app.statuses(app.user) == []


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (4000, "websocket_internal_error"),
        (4002, "websocket_failed_ping_pong"),
        (4005, "websocket_network_timeout"),
        (4006, "websocket_network_error"),
    ],
)
async def test_sockets_can_be_cut_with_a_code(app: App, connect: Connect, code: int, status: str) -> None:
    client = await connect()
    await subscribed(app, client)
    app.emulator.sockets.cut(code)
    assert await client.closed() == code
    assert await ended(app) == status


async def test_a_moved_session_keeps_its_subscriptions(app: App, connect: Connect) -> None:
    client = await connect("?keepalive_timeout_seconds=30")
    session_id = await subscribed(app, client)
    app.emulator.sockets.reconnect()
    told = (await client.next("session_reconnect"))["payload"]["session"]
    assert (told["id"], told["status"], told["keepalive_timeout_seconds"]) == (session_id, "reconnecting", None)
    app.emulator.start_campaign()
    before = await app.emulator.donate(100)
    assert (await client.next("notification"))["payload"]["event"]["id"] == before.id
    moved = await connect(url=told["reconnect_url"])
    welcome = (await moved.next())["payload"]["session"]
    assert (welcome["id"], welcome["keepalive_timeout_seconds"]) == (session_id, 30)
    await client.socket.close()
    after = await app.emulator.donate(200)
    assert (await moved.next("notification"))["payload"]["event"]["id"] == after.id
    assert await app.statuses(app.user) == ["enabled"]


async def test_who_does_not_move_is_closed_with_4004_after_the_grace(app: App, connect: Connect) -> None:
    app.emulator.habits.reconnect_grace = timedelta(seconds=30)
    client = await connect()
    await subscribed(app, client)
    app.emulator.sockets.reconnect()
    assert await client.closed() == 4004
    assert await ended(app) == "websocket_failed_to_reconnect"


async def test_an_old_socket_left_open_after_the_move_is_closed_with_4004(app: App, connect: Connect) -> None:
    app.emulator.habits.reconnect_grace = timedelta(seconds=100)
    client = await connect()
    await subscribed(app, client)
    app.emulator.sockets.reconnect()
    told = (await client.next("session_reconnect"))["payload"]["session"]
    moved = await connect(url=told["reconnect_url"])
    await moved.welcome()
    assert await client.closed() == 4004
    await moved.next("session_keepalive")
    assert await app.statuses(app.user) == ["enabled"]


async def test_an_address_to_move_to_is_good_once_and_only_while_the_session_lives(app: App, connect: Connect) -> None:
    client = await connect()
    await subscribed(app, client)
    app.emulator.sockets.reconnect()
    url = (await client.next("session_reconnect"))["payload"]["session"]["reconnect_url"]
    await (await connect(url=url)).welcome()
    assert await (await connect(url=url)).closed() == 4007
    assert await (await connect("?reconnect=else")).closed() == 4007


async def test_a_session_that_ended_cannot_be_moved(app: App, connect: Connect) -> None:
    client = await connect()
    await subscribed(app, client)
    app.emulator.sockets.reconnect()
    url = (await client.next("session_reconnect"))["payload"]["session"]["reconnect_url"]
    await client.socket.close()
    await ended(app)
    assert await (await connect(url=url)).closed() == 4007


async def test_a_revocation_comes_over_the_socket(app: App, connect: Connect) -> None:
    client = await connect()
    await subscribed(app, client)
    app.emulator.revoke_subscriptions()
    frame = await client.next("revocation")
    assert frame["payload"]["subscription"]["status"] == "authorization_revoked"
    assert "event" not in frame["payload"]
    assert frame["metadata"]["subscription_type"] == DONATE


async def test_silent_sockets_stay_open_and_say_nothing(app: App, connect: Connect) -> None:
    client = await connect()
    await subscribed(app, client)
    app.emulator.trouble.silent_sockets = True
    app.emulator.start_campaign()
    await app.emulator.donate(100)
    with pytest.raises(TimeoutError):
        await client.socket.receive(timeout=0.3)  # thirty seconds, in which three keepalives are due
    app.emulator.trouble.silent_sockets = False
    assert (await client.next())["metadata"]["message_type"] == "session_keepalive"


async def test_mischief_reaches_sockets_too(app: App, connect: Connect) -> None:
    client = await connect()
    await subscribed(app, client)
    app.emulator.start_campaign()
    app.emulator.sender.mischief = Mischief(lose=1.0)
    await app.emulator.donate(100)
    app.emulator.sender.mischief = Mischief(duplicate=1.0, reorder=1.0, delay=0.01)
    kept = await app.emulator.donate(200)
    first, second = await client.next("notification"), await client.next("notification")
    assert first == second
    assert first["payload"]["event"]["id"] == kept.id


async def test_a_held_start_comes_after_its_progress(app: App, emulator: TwitchEmulator, connect: Connect) -> None:
    client = await connect()
    await subscribed(app, client, *TOPICS)
    emulator.forms.progress_before_start = True
    emulator.start_campaign()
    await emulator.donate(100)
    told = [(await client.next("notification"))["metadata"]["subscription_type"] for _ in range(3)]
    assert told == [DONATE, PROGRESS, START]


async def test_closing_the_emulator_closes_its_sockets(connect: Connect, app: App) -> None:
    client = await connect()
    await client.welcome()
    await app.emulator.close()
    assert await client.closed() == 1001

"""The conversation over a socket: what is asked first, what is heard, and how it ends."""

import asyncio
import json
from contextlib import aclosing
from datetime import timedelta

import pytest

from connectors.http import HttpRequest, HttpResponse
from connectors.testing.fakes import FakeSockets, answer, fake_ports
from connectors.twitch import feed
from connectors.twitch.mapping import TOPICS
from schema.model.errors import CredentialsRefused, UpstreamGarbled, UpstreamUnavailable
from schema.model.facts import CampaignState, DonationState, FeedStarted, FeedStopped, Unrecognised
from schema.model.time import micros
from schema.model.total import AmountSource
from tests.connectors.twitch.frames import (
    LiveSockets,
    frame,
    gift,
    heard,
    listen,
    move,
    notification,
    ports,
    quiet,
    requests,
    welcome,
)
from tests.connectors.twitch.given import HELIX, SENT, granted, path, running, words


async def test_it_subscribes_with_the_session_then_reads_what_was_missed_then_listens() -> None:
    on = ports(FakeSockets([welcome(), notification(), 4000]))
    facts = await heard(on)
    assert [type(fact) for fact in facts] == [CampaignState, *[DonationState] * 4]
    assert [fact.source for fact in facts if isinstance(fact, CampaignState | DonationState)] == [
        *[AmountSource.PLATFORM_API] * 4,
        AmountSource.PLATFORM_EVENT,
    ]
    asked = [request for request in requests(on) if request.url.startswith(HELIX)]
    assert [request.method for request in asked] == ["POST"] * 4 + ["GET"] * 3
    created = [json.loads(request.body) for request in asked[:4]]
    assert sorted(each["type"] for each in created) == sorted(TOPICS)
    assert {json.dumps(each["transport"]) for each in created} == {'{"method": "websocket", "session_id": "session-1"}'}
    assert {each["version"] for each in created} == {"1"}


async def test_each_connection_says_that_it_is_ready_before_anything_else() -> None:
    on = ports(FakeSockets([welcome(), notification(), 4000]))
    async with aclosing(listen(on)) as facts:
        assert await anext(facts) == FeedStarted()
    assert len([r for r in requests(on) if r.method == "POST" and r.url.startswith(HELIX)]) == len(TOPICS)


async def test_subscriptions_of_a_socket_are_made_with_the_users_token() -> None:
    def answers(request: HttpRequest) -> HttpResponse:
        if path(request).endswith("/token"):
            return granted("user-token" if b"refresh_token" in request.body else "app-token")
        return quiet(request)

    on = fake_ports(answers, sockets=FakeSockets([welcome(), 4000]))
    await heard(on)
    assert {r.headers["Authorization"] for r in requests(on) if r.method == "POST" and "eventsub" in r.url} == {
        "Bearer user-token"
    }


async def test_an_event_says_the_same_as_over_a_webhook() -> None:
    facts = await heard(ports(FakeSockets([welcome(), notification("progress.json"), 4000]), quiet))
    (fact,) = facts
    assert isinstance(fact, CampaignState)
    assert fact.version == micros(SENT)


async def test_keepalives_say_nothing() -> None:
    assert await heard(ports(FakeSockets([welcome(), frame("session_keepalive", {}), 4000]), quiet)) == []


async def test_a_revocation_stops_the_feed() -> None:
    revoked = frame("revocation", words("revocation.json"))
    assert await heard(ports(FakeSockets([welcome(), revoked, 4000]), quiet)) == [FeedStopped("authorization_revoked")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (frame("session_surprise", {}), "session_surprise"),
        ("no json", "unreadable"),
        ("[]", "unreadable"),
        ('{"metadata": {}, "payload": {}}', "unreadable"),
        (frame("notification", {}), "unreadable subscription"),
        (notification(amount=None), "unreadable amount"),
        (notification(broadcaster_user_id="1"), "unreadable broadcaster"),
        (frame("notification", words("donate.json"), "yesterday"), "unreadable time"),
    ],
)
async def test_a_frame_that_cannot_be_read_is_counted_and_the_feed_goes_on(text: str, kind: str) -> None:
    facts = await heard(ports(FakeSockets([welcome(), text, notification("stop.json"), 4000]), quiet))
    assert facts[0] == Unrecognised(kind)
    assert isinstance(facts[1], CampaignState)


@pytest.mark.parametrize("code", [1000, *feed.CLOSE_CODES])
async def test_every_close_code_ends_it_by_an_error_that_names_the_code(code: int) -> None:
    with pytest.raises(UpstreamUnavailable, match=str(code)):
        async for _ in listen(ports(FakeSockets([welcome(), code]), quiet)):
            pass


@pytest.mark.parametrize(
    "first", [frame("session_keepalive", {}), notification(), move(), "no json", frame("session_welcome", {})]
)
async def test_a_socket_that_begins_without_a_welcome_is_left(first: str) -> None:
    assert await heard(ports(FakeSockets([first])), UpstreamGarbled) == []


async def test_a_broadcaster_that_withdrew_the_consent_is_reported() -> None:
    on = ports(FakeSockets([welcome()]), lambda _: answer(403, b'{"status": 403}'))
    with pytest.raises(CredentialsRefused, match="needs consent"):
        await anext(listen(on))


async def test_a_session_that_ended_before_it_was_subscribed_is_tried_again() -> None:
    on = ports(FakeSockets([welcome()]), lambda _: answer(400, b'{"status": 400}'))
    assert await heard(on, UpstreamUnavailable) == []


@pytest.mark.parametrize("fails_to_close", [False, True])
async def test_a_listener_that_leaves_more_frames_than_are_kept_still_closes(*, fails_to_close: bool) -> None:
    sockets = LiveSockets(1, fails_to_close=fails_to_close)
    sockets.all[0].say(welcome(), *[gift("g")] * (2 * feed.BACKLOG))
    facts = listen(ports(sockets, quiet))
    await anext(facts)
    await facts.aclose()
    assert sockets.all[0].closed.is_set()
    assert sockets.all[0].frames.qsize() > 0


async def test_a_donation_that_cannot_be_read_does_not_hide_the_others() -> None:
    def spoiled(request: HttpRequest) -> HttpResponse:
        given = running(request)
        return answer(given.status, given.body.replace(b'"value": 2550', b'"value": "2550"'))

    facts = await heard(ports(FakeSockets([welcome(), 4000]), spoiled))
    assert [type(fact) for fact in facts] == [CampaignState, DonationState, DonationState, Unrecognised]


async def test_silence_is_measured_by_what_the_welcome_promised() -> None:
    sockets = LiveSockets(1)
    sockets.all[0].say(welcome(keepalive=30), 1006)
    await heard(ports(sockets, quiet))
    assert sockets.all[0].patience == [timedelta(seconds=10), timedelta(seconds=35)]


@pytest.mark.parametrize("keepalive", [None, 0, -1, 601])
async def test_a_welcome_that_promises_nothing_sensible_is_held_to_what_was_asked_for(keepalive: int | None) -> None:
    sockets = LiveSockets(1)
    sockets.all[0].say(welcome(keepalive=keepalive), 1006)
    await heard(ports(sockets, quiet))
    assert sockets.all[0].patience[1] == timedelta(seconds=15)


async def test_sockets_close_with_a_listener_that_is_cancelled() -> None:
    sockets = LiveSockets(1)
    task = asyncio.ensure_future(anext(listen(ports(sockets, quiet))))
    sockets.all[0].say(welcome())
    await sockets.all[0].opened.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sockets.all[0].closed.is_set()


async def test_frames_are_read_while_what_was_missed_is_being_applied() -> None:
    sockets = LiveSockets(1)
    socket = sockets.all[0]
    socket.say(welcome(), *[gift("g")] * 5)
    facts = listen(ports(sockets))
    assert await anext(facts) == FeedStarted()
    assert isinstance(await anext(facts), CampaignState)
    await socket.emptied.wait()
    assert len([await anext(facts) for _ in range(8)]) == 8  # three donations from the list, five gifts
    await facts.aclose()

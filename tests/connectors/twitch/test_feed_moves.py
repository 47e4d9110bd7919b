"""Moving to another socket when Twitch asks for it: nothing is lost, and nothing is left open."""

import asyncio
from contextlib import aclosing

import pytest

from connectors.testing.fakes import FakeSockets
from schema.model.errors import UpstreamGarbled, UpstreamUnavailable
from schema.model.facts import CampaignState, DonationState
from tests.connectors.twitch.frames import (
    ADDRESS,
    MOVED,
    LiveSockets,
    gift,
    heard,
    listen,
    move,
    next_gift,
    ports,
    quiet,
    requests,
    welcome,
)
from tests.connectors.twitch.given import HELIX


async def test_it_moves_to_the_given_address_and_loses_nothing_on_the_way() -> None:
    sockets = LiveSockets(2)
    old, new = sockets.all
    on = ports(sockets, quiet)
    async with aclosing(listen(on)) as facts:
        old.say(welcome(), gift("before"), move())
        assert await next_gift(facts) == "before"
        waiting = asyncio.ensure_future(next_gift(facts))
        await new.opened.wait()
        old.say(gift("meanwhile"))
        assert await waiting == "meanwhile"
        assert not old.closed.is_set()
        asked = len([r for r in requests(on) if r.method == "POST" and r.url.startswith(HELIX)])
        new.say(welcome("session-2"), gift("after"))
        assert await next_gift(facts) == "after"
        assert old.closed.is_set()
        assert len([r for r in requests(on) if r.method == "POST" and r.url.startswith(HELIX)]) == asked == 4
    assert sockets.addresses == [ADDRESS, MOVED]
    assert new.closed.is_set()


async def test_the_old_socket_may_close_before_the_new_one_welcomes_us() -> None:
    sockets = LiveSockets(2)
    old, new = sockets.all
    old.say(welcome(), move(), move(), 4004)
    facts = listen(ports(sockets, quiet))
    waiting = asyncio.ensure_future(next_gift(facts))
    await old.closed.wait()
    new.say(welcome("session-2"), gift("after"))
    assert await waiting == "after"
    new.say(4006)
    with pytest.raises(UpstreamUnavailable, match="4006"):
        await anext(facts)


async def test_what_the_old_socket_said_last_is_heard_after_the_new_welcome() -> None:
    sockets = LiveSockets(2)
    old, new = sockets.all
    facts = listen(ports(sockets, quiet))
    old.say(welcome(), gift("first"), move(), gift("second"))
    assert [await next_gift(facts), await next_gift(facts)] == ["first", "second"]
    new.say(welcome("session-2"))
    await new.emptied.wait()
    old.emptied.clear()
    old.say(gift("last"))
    await old.emptied.wait()
    assert await next_gift(facts) == "last"
    assert old.closed.is_set()
    await facts.aclose()


async def test_a_move_that_fails_ends_the_feed() -> None:
    with pytest.raises(UpstreamUnavailable, match="4007"):
        async for _ in listen(ports(FakeSockets([welcome(), move(), 4004], [4007]), quiet)):
            pass


async def test_after_a_move_it_reads_once_more_what_was_missed() -> None:
    facts = await heard(ports(FakeSockets([welcome(), move(), 4004], [welcome("session-2"), 4000])))
    assert [type(fact) for fact in facts] == [CampaignState, *[DonationState] * 3] * 2


@pytest.mark.parametrize("url", [None, "", 7, "http://eventsub.wss.twitch.tv/", "ws://eventsub.wss.twitch.tv/ws"])
async def test_it_moves_to_no_address_that_is_less_safe(url: object) -> None:
    assert await heard(ports(FakeSockets([welcome(), move(url), 4004]), quiet), UpstreamGarbled) == []


async def test_sockets_close_with_the_listener_even_while_moving() -> None:
    sockets = LiveSockets(2)
    old, new = sockets.all
    facts = listen(ports(sockets, quiet))
    old.say(welcome(), gift("first"), move(), gift("second"))
    assert [await next_gift(facts), await next_gift(facts)] == ["first", "second"]
    await new.opened.wait()
    await facts.aclose()
    assert (old.closed.is_set(), new.closed.is_set()) == (True, True)

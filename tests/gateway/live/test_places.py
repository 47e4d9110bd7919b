"""How many may watch: at the number all are let in, with one more it is refused, and a place that is left is free."""

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from gateway.http.graphql import STREAM_HEADER
from gateway.http.limits import Limits
from gateway.live.places import Places
from gateway.live.protocol import SUBPROTOCOL
from schema.model.errors import LimitExceeded
from tests.end_to_end.lines import SocketLine
from tests.gateway.http.toy import Toy


async def shaken(url: str) -> tuple[int, Mapping[str, str]]:
    """The answer to one who asks for a socket."""
    line = await SocketLine.open(url)
    try:
        return await line.shake_hands()
    finally:
        line.close()


def scope(address: str | None) -> dict[str, Any]:
    """The scope of a client."""
    return {"client": None if address is None else (address, 1)}


@pytest.mark.parametrize(
    ("limits", "addresses", "over"),
    [
        (Limits(sockets=3), ["a", "b", "c"], "sockets"),
        (Limits(sockets=3), [None, None, None], "sockets"),
        (Limits(sockets_per_address=3), ["d", "d", "d"], "sockets_per_address"),
    ],
)
def test_so_many_are_let_in_and_no_more(limits: Limits, addresses: list[str | None], over: str) -> None:
    places = Places(limits)
    for address in addresses:
        places.take(scope(address))
    with pytest.raises(LimitExceeded) as error:
        places.take(scope("d"))
    assert (error.value.limit, len(places)) == (over, 3)
    places.leave(scope(addresses[0]))
    places.take(scope(addresses[0]))


def test_one_address_takes_nobody_elses_place() -> None:
    places = Places(Limits(sockets_per_address=1))
    for address in "abc":
        places.take(scope(address))
    for _ in range(3):  # who has no address has no neighbours
        places.take(scope(None))


async def test_a_socket_for_which_there_is_no_room_is_told_when_to_come_back() -> None:
    toy = Toy(Limits(sockets_per_address=2))
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        open_ = [await session.ws_connect(url, protocols=[SUBPROTOCOL]) for _ in range(2)]
        status, headers = await shaken(url)
        assert (status, 1 <= int(headers["retry-after"]) <= 10) == (503, True)
        await open_[0].close()
        await session.ws_connect(url, protocols=[SUBPROTOCOL])
    assert len(toy.places) <= 2


async def test_a_reserved_stream_has_a_place_until_it_is_opened_or_lapses() -> None:
    toy = Toy(Limits(sockets=2, reservation_seconds=0.2))
    async with toy.serve() as url, aiohttp.ClientSession() as session:

        async def reserve() -> tuple[int, str]:
            async with session.put(url) as answer:
                return answer.status, await answer.text()

        (_, token), (status, _), (refused, _) = [await reserve() for _ in range(3)]
        assert (status, refused, len(toy.places)) == (201, 503, 2)
        async with session.get(url, headers={STREAM_HEADER: token, "Accept": "text/event-stream"}) as opened:
            assert (opened.status, len(toy.places)) == (200, 2)
            async with asyncio.timeout(5):
                while len(toy.places) > 1:  # the other one has lapsed
                    await asyncio.sleep(0.01)
        async with asyncio.timeout(5):
            while len(toy.places):
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("accept", ["text/event-stream", "multipart/mixed;subscriptionSpec=1.0"])
async def test_streams_take_places_too(accept: str) -> None:
    toy = Toy(Limits(sockets=1))
    asked: dict[str, Any] = {"json": {"query": "subscription {open}"}, "headers": {"Accept": accept}}
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        async with session.post(url, **asked) as first:
            assert first.status == 200
            async with session.post(url, **asked) as second:
                assert (second.status, 1 <= int(second.headers["Retry-After"]) <= 10) == (503, True)
                (error,) = (await second.json())["errors"]
            assert error["extensions"]["limit"] == "sockets"
            assert (await shaken(url))[0] == 503
            async with session.post(url, json={"query": "{hello}"}) as query:
                assert query.status == 200
        async with asyncio.timeout(5):
            while len(toy.places):
                await asyncio.sleep(0.01)
        async with session.post(url, **asked) as again:
            assert again.status == 200


@pytest.mark.parametrize(
    ("accept", "farewell"), [("text/event-stream", b"retry: "), ("multipart/mixed;subscriptionSpec=1.0", b"RESTARTING")]
)
async def test_a_stream_that_is_old_is_sent_to_connect_again(accept: str, farewell: bytes) -> None:
    toy = Toy(Limits(socket_seconds=0.05))
    asked: dict[str, Any] = {"json": {"query": "subscription {open}"}, "headers": {"Accept": accept}}
    async with toy.serve() as url, aiohttp.ClientSession() as session, session.post(url, **asked) as answer:
        told = await asyncio.wait_for(answer.content.read(), 5)
    assert told.count(b'"open":1') == told.count(farewell) == 1
    assert told.index(b'"open":1') < told.index(farewell)


async def test_a_socket_that_is_old_is_sent_to_connect_again() -> None:
    toy = Toy(Limits(socket_seconds=0.05))
    async with toy.serve() as url, aiohttp.ClientSession() as session:
        socket = await session.ws_connect(url, protocols=[SUBPROTOCOL])
        await socket.send_json({"type": "connection_init"})
        await socket.receive_json()
        await socket.receive()
        assert socket.close_code == 1012

"""Requests like one before are answered at sight, with what holds at that moment and nothing else."""

import asyncio
from contextlib import closing

import pytest

from gateway.http.answers import SHARE
from gateway.http.graphql import STREAM_HEADER
from gateway.http.repeats import HEADER, MOST_BYTES, OVERHEAD, READ, Form
from tests.gateway.http.keeping import LUNCH
from tests.gateway.http.repeating import Server, answer, request, served
from tests.gateway.http.served import until


async def twice(server: Server, first: bytes, second: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """The heads of two answers, one after the other on a connection; both have the same body."""
    reader, writer = await server.connect()
    with closing(writer):
        writer.write(first)
        one, body = await answer(reader)
        writer.write(second)
        other, again = await answer(reader)
    assert body == again
    return one, other


async def test_a_request_like_one_before_gets_the_same_at_sight_with_an_id_of_its_own() -> None:
    async with served() as server:
        one, other = await twice(server, request(), request())
        assert (len(server.endpoint.seen), server.repeated) == (1, 1)
        assert one.pop("x-request-id") != other.pop("x-request-id")
        assert one == other
        assert one["status"] == "HTTP/1.1 200 OK"


async def test_what_moves_an_answer_is_in_the_next_one() -> None:
    async with served() as server:
        _, before = await server.ask(request())
        assert (await server.ask(request()))[1] == before
        server.kitchen.step(LUNCH)
        _, after = await server.ask(request())
        assert after != before
        assert (await server.ask(request()))[1] == after
        assert (len(server.endpoint.seen), server.repeated) == (2, 2)


async def test_what_requests_meant_is_forgotten_of_those_too_that_are_under_way() -> None:
    async with served() as server:
        await twice(server, request(), request())
        server.endpoint.may.clear()
        asked = asyncio.create_task(server.ask(request(b"{b}")))
        await until(lambda: len(server.endpoint.seen) == 2)
        server.repeats.forget()
        assert len(server.repeats) == 0
        server.endpoint.may.set()
        await asked
        assert len(server.repeats) == 0
        await twice(server, request(), request())
        assert (len(server.endpoint.seen), server.repeated) == (3, 2)


async def test_headers_that_nobody_reads_make_no_difference_and_are_seen_by_nobody() -> None:
    async with served() as server:
        await twice(server, request(more={"User-Agent": "one", "Cookie": "a=b"}), request(more={"User-Agent": "other"}))
        assert server.repeated == 1
        ((_, headers),) = server.endpoint.seen
        assert headers == {}
    assert STREAM_HEADER.encode() in READ


@pytest.mark.parametrize("name", sorted(each.decode() for each in READ))
async def test_headers_that_are_read_make_requests_differ(name: str) -> None:
    async with served() as server:
        await twice(server, request(), request(more={name.title(): "b/c"}))
        assert server.repeated == 0
        assert server.endpoint.seen[1][1] == {name: "b/c"}
        head, _ = await server.ask(request(more={name: "b/c"}))
        assert server.repeated == 1
        assert head["content-type"] == ("b/c" if name == "accept" else "text/plain")


@pytest.mark.parametrize(
    "other",
    [
        request(line="PUT /graphql HTTP/1.1"),
        request(line="POST /graphql?a HTTP/1.1"),
        request(line="POST /graph HTTP/1.1"),
        request(more={"Expect": "100-continue"}),
        request(b"{b}"),
    ],
)
async def test_what_differs_otherwise_takes_the_usual_way(other: bytes) -> None:
    async with served() as server:
        await server.ask(request())
        reader, writer = await server.connect()
        with closing(writer):
            writer.write(other)
            await reader.readuntil(b"\r\n\r\n")
        assert (len(server.endpoint.seen), server.repeated) == (2, 0)


@pytest.mark.parametrize(
    "last",
    [
        request(more={"Connection": "close"}),
        request(line="POST /graphql HTTP/1.0"),
        request(more={"Connection": "keep-alive"}, line="POST /graphql HTTP/1.0"),
    ],
)
async def test_who_wants_the_connection_closed_has_it_closed(last: bytes) -> None:
    async with served() as server:
        await server.ask(request())
        reader, writer = await server.connect()
        with closing(writer):
            writer.write(last)
            await answer(reader)
            assert await reader.read() == b""
        assert server.repeated == 0


async def test_a_request_in_pieces_is_read_like_any() -> None:
    async with served() as server:
        _, body = await server.ask(request())
        whole = request()
        for cut in (10, len(whole) - 3, len(whole) - 1):
            assert (await server.ask(whole[:cut], whole[cut:]))[1] == body
        # the head came in two pieces, and after it the body in the same piece as the end of the head
        assert [seen for seen, _ in server.endpoint.seen] == [b"{a}"] * 3
        assert server.repeated == 1


async def test_many_in_one_piece_are_answered_in_their_order() -> None:
    async with served() as server:
        _, first = await server.ask(request(b"{a}"))
        reader, writer = await server.connect()
        with closing(writer):
            writer.write(request(b"{a}") + request(b"{b}") + request(b"{a}") * 2 + request(b"{c}") + request(b"{a}"))
            bodies = [(await answer(reader))[1] for _ in range(6)]
        assert [bodies[at] for at in (0, 2, 3, 5)] == [first] * 4
        assert len({*bodies}) == 3
        # while one that is read anew runs, those behind it wait for it and are read anew as well
        assert server.repeated == 1


async def test_nothing_overtakes_an_answer_that_is_being_made() -> None:
    async with served() as server:
        await server.ask(request(b"{a}"))
        reader, writer = await server.connect()
        with closing(writer):
            server.endpoint.may.clear()
            writer.write(request(b"{b}"))
            await until(lambda: len(server.endpoint.seen) == 2)
            writer.write(request(b"{a}"))
            await server.ask(request(b"{a}"))  # by when what was sent before it was read
            server.endpoint.may.set()
            bodies = [(await answer(reader))[1] for _ in range(2)]
        assert b"{b}" in bodies[0]
        assert b"{a}" in bodies[1]


async def test_who_asks_and_takes_nothing_is_given_no_more_than_fits() -> None:
    async with served() as server:
        server.endpoint.more = "x" * 1_000_000
        await server.ask(request())
        reader, writer = await server.connect()
        with closing(writer):
            writer.write(request() * 300)  # which the server reads at once
            await until(lambda: server.repeated > 0)
            assert server.repeated < 10
            for _ in range(300):
                await answer(reader)


async def test_what_is_answered_behind_it_in_the_same_piece_may_take_longer_than_an_idle_connection_stays() -> None:
    async with served(keep_alive_seconds=0) as server:
        await server.ask(request())
        reader, writer = await server.connect()
        with closing(writer):
            server.endpoint.may.clear()
            writer.write(request() + request(b"{b}"))
            await answer(reader)
            await until(lambda: len(server.endpoint.seen) == 2)
            await server.ask(request())  # by when the time of an idle connection is over
            server.endpoint.may.set()
            assert b"{b}" in (await answer(reader))[1]


async def test_an_error_is_never_repeated() -> None:
    async with served() as server:
        server.endpoint.status = 400
        await server.ask(request())
        await server.ask(request())
        assert (server.repeated, len(server.repeats)) == (0, 0)


@pytest.mark.parametrize(("size", "repeated"), [(MOST_BYTES, 1), (MOST_BYTES + 1, 0)])
async def test_a_body_may_be_so_long(size: int, repeated: int) -> None:
    async with served() as server:
        await twice(server, request(b"a" * size), request(b"a" * size))
        assert server.repeated == repeated


@pytest.mark.parametrize(("less", "first"), [(0, True), (1, False)])
async def test_what_is_remembered_has_its_room_and_the_least_lately_asked_goes_first(less: int, *, first: bool) -> None:
    bodies = [b"{%d}" % number for number in range(10, 22)]
    each = Form((), bodies[0]).size + OVERHEAD
    async with served(kept_answer_bytes=SHARE * (len(bodies) * each - less)) as server:
        for body in bodies[:-1]:
            await server.ask(request(body))
        await server.ask(request(bodies[0]))  # now the second is the oldest
        await server.ask(request(bodies[-1]))
        assert len(server.repeats) == len(bodies) - less
        repeated = server.repeated
        await server.ask(request(bodies[1]))
        assert (server.repeated > repeated) is first


@pytest.mark.parametrize(("size", "known"), [(2_000, 1), (2_001, 0)])
async def test_a_single_request_may_take_an_eighth_of_that(size: int, known: int) -> None:
    async with served(kept_answer_bytes=SHARE * SHARE * 2_000) as server:
        await server.ask(request(b"a" * size))
        assert (len(server.kitchen.answers), len(server.repeats)) == (1, known)


@pytest.mark.parametrize(("more", "known"), [(0, 1), (1, 0)])
async def test_many_short_headers_are_counted_with_what_each_of_them_takes(more: int, known: int) -> None:
    each = len("accept") + HEADER
    async with served(kept_answer_bytes=SHARE * SHARE * (40 * each + 3)) as server:
        await server.ask(request(line="POST /graphql HTTP/1.1" + "\r\nAccept:" * (40 + more)))
        assert (len(server.kitchen.answers), len(server.repeats)) == (1, known)

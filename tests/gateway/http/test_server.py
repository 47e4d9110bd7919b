"""The server on loopback: heads and bodies that are too large or too slow, and leaving without losing a request."""

import asyncio
import os
import signal
from collections import Counter
from contextlib import closing
from typing import Any

import aiohttp
import pytest

from gateway.http.limits import Limits
from gateway.http.protocol import GuardedProtocol
from gateway.http.reading import PIECE_BYTES, TURN_BYTES
from gateway.http.server import configuration
from tests.gateway.http.served import PATIENCE, SOON, answered, head, serving, status, until

HEAD_BYTES = Limits().head_bytes

# too large


async def test_a_head_of_sixteen_kibibytes_is_answered_and_one_byte_more_is_refused() -> None:
    async with serving() as served:
        assert status(await served.said(head(HEAD_BYTES))) == 200
        assert status(await served.said(head(HEAD_BYTES + 1))) == 431
        assert served.refused == {"head_bytes": 1}
        assert len(served.app.requests) == 1


async def test_a_head_is_measured_without_the_body_that_comes_with_it() -> None:
    more = "Connection: close\r\nContent-Length: 20000\r\n"
    async with serving() as served:
        answer = await served.said(head(HEAD_BYTES, method="POST", more=more) + b"b" * 20_000)
        assert (status(answer), answer[-5:]) == (200, b"20000")
        assert status(await served.said(head(HEAD_BYTES + 1, method="POST", more=more) + b"b" * 20_000)) == 431
        assert len(served.app.requests) == 1


async def test_a_head_that_does_not_end_is_refused_as_soon_as_it_is_too_large() -> None:
    async with serving() as served:
        begun = head(HEAD_BYTES + 2)[:-1]
        assert status(await served.said(begun[:9_000], begun[9_000:])) == 431


async def test_a_head_in_pieces_is_measured_as_a_whole() -> None:
    async with serving() as served:
        whole = head(HEAD_BYTES)
        assert status(await served.said(*(whole[at : at + 1_000] for at in range(0, len(whole), 1_000)))) == 200


async def test_each_request_of_a_connection_is_measured_for_itself() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        with closing(writer):
            for _ in range(3):
                writer.write(head(HEAD_BYTES, more=""))
                assert await answered(reader) == b"0"


async def test_what_comes_in_one_piece_with_a_refused_request_is_not_run() -> None:
    async with serving() as served:
        assert status(await served.said(head(HEAD_BYTES + 1, more="") + head(100))) == 431
        assert served.app.requests == []


async def test_a_request_for_a_socket_with_too_large_a_head_is_refused_like_any(caplog: pytest.LogCaptureFixture) -> None:
    async with serving() as served:
        asked = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
        assert status(await served.said(head(HEAD_BYTES + 1, more=asked))) == 431
    assert caplog.records == []


# too slow


async def test_a_head_that_is_dripped_is_closed() -> None:
    async with serving(SOON) as served:
        assert status(await served.dripped(b"GET / HTTP/1.1\r\nHost: ")) == 408
        assert served.app.requests == []


async def test_a_body_that_is_dripped_is_closed() -> None:
    async with serving(SOON) as served:
        assert status(await served.dripped(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n")) == 408


async def test_a_second_request_that_is_dripped_is_closed_too() -> None:
    async with serving(SOON) as served:
        first = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
        answers = await served.dripped(first + b"GET / HTTP/1.1\r\nHost: ", answers=2)
        assert answers.startswith(b"HTTP/1.1 200")
        assert status(answers[answers.index(b"HTTP/1.1 408") :]) == 408


async def test_a_connection_without_a_word_is_closed_without_one() -> None:
    async with serving(SOON) as served:
        assert await served.said() == b""


async def test_an_answer_that_has_begun_is_cut_off_and_no_other_lands_in_it() -> None:
    async with serving(SOON) as served:
        answer = await served.dripped(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n")
        assert status(answer) == 200
        assert answer.endswith(b"\r\n\r\nso")


async def test_a_connection_is_used_again_when_that_time_is_over() -> None:
    async with serving(SOON) as served:
        reader, writer = await served.connect()
        with closing(writer):
            for _ in range(2):
                writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
                assert await answered(reader) == b"3"
                await served.time_is_up()


async def test_an_answer_may_take_longer_than_a_request() -> None:
    async with serving(SOON) as served:
        slow = asyncio.create_task(served.said(b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        await served.time_is_up()
        await served.time_is_up()
        served.app.may.set()
        assert status(await slow) == 200


async def test_a_socket_outlives_that_time() -> None:
    async with serving(SOON) as served, aiohttp.ClientSession() as session:
        async with session.ws_connect(f"ws://127.0.0.1:{served.port}/") as socket:
            for text in ("before", "after"):
                await socket.send_str(text)
                assert await socket.receive_str(timeout=PATIENCE) == text
                await served.time_is_up()


async def test_who_asks_several_times_at_once_and_leaves_is_missed_by_what_runs() -> None:
    async with serving() as served:
        _, writer = await served.connect()
        writer.write(b"GET /watch HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        await until(lambda: served.app.requests == ["/watch"])
        writer.transport.abort()
        await until(lambda: len(served.app.requests) > 1)
    assert served.app.requests == ["/watch", "left"]


# much

MUCH = 20_000
"""Requests, which come faster than they can be served."""
ASKED = b"GET / HTTP/1.1\r\n\r\n"
PART = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"


async def test_what_is_asked_in_advance_waits_as_it_came_and_not_as_requests() -> None:
    async with serving() as served:
        _, writer = await served.connect()
        with closing(writer):
            writer.write(b"GET /slow HTTP/1.1\r\n\r\n" + ASKED * MUCH)
            await until(lambda: served.app.requests == ["/slow"])
            await served.said(head(100))
            [connection] = [each for each in served.server.server_state.connections if getattr(each, "pipeline", None)]
            assert isinstance(connection, GuardedProtocol)
            assert len(connection.pipeline) <= PIECE_BYTES // len(ASKED)


async def test_all_that_is_asked_in_advance_is_answered_and_nobody_else_waits_for_it() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        with closing(writer):
            writer.write(ASKED * MUCH)
            await until(lambda: bool(served.app.requests))
            await served.said(head(100))
            assert len(served.app.requests) < MUCH // 2
            async with asyncio.timeout(6 * PATIENCE):
                for _ in range(MUCH):
                    assert await answered(reader) == b"0"
        assert len(served.app.requests) == MUCH + 1


async def test_a_body_of_many_pieces_is_whole_and_so_is_what_comes_behind_it() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        with closing(writer):
            for size in (PIECE_BYTES, 5 * TURN_BYTES, 1_000_000):
                asked = head(300, method="POST", more=f"Content-Length: {size}\r\n") + b"b" * size
                writer.write(asked * 3)
                for _ in range(3):
                    assert await answered(reader) == str(size).encode()


@pytest.mark.parametrize("endless", [b"a:\r\n", b"a: b", b"a"])
async def test_what_looks_like_headers_behind_a_body_has_an_end_too(endless: bytes) -> None:
    async with serving() as served:
        assert status(await served.said(PART, (endless * HEAD_BYTES * 2)[: HEAD_BYTES + 2 * PIECE_BYTES])) == 431
        assert served.refused == {"head_bytes": 1}


async def test_what_looks_like_headers_behind_a_body_is_none() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        with closing(writer):
            writer.write(PART + b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
            assert await answered(reader) == b"2"
            [connection] = served.server.server_state.connections
            assert isinstance(connection, GuardedProtocol)
            assert connection.scope["headers"] == [(b"transfer-encoding", b"chunked")]


# leaving


async def test_leaving_tells_first_and_listens_until_the_grace_is_over() -> None:
    async with serving(grace_seconds=SOON) as served:
        served.server.leave()
        await until(lambda: served.told == ["drain"])
        assert status(await served.said(head(100))) == 200
        await asyncio.wait_for(served.ended, PATIENCE)
        with pytest.raises(ConnectionRefusedError):
            await served.connect()


async def test_a_request_that_runs_is_finished_behind_closed_listeners() -> None:
    async with serving() as served:
        running = asyncio.create_task(served.said(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"))
        await until(lambda: served.app.requests == ["/slow"])
        served.server.leave()
        await until(lambda: not any(listener.is_serving() for listener in served.server.servers))
        with pytest.raises(ConnectionRefusedError):
            await served.connect()
        assert not running.done()
        assert not served.ended.done()
        served.app.may.set()
        assert status(await running) == 200
        await asyncio.wait_for(served.ended, PATIENCE)


async def test_what_was_asked_in_advance_is_not_begun_any_more() -> None:
    async with serving() as served:
        reader, writer = await served.connect()
        with closing(writer):
            writer.write(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n" * 2)
            await until(lambda: served.app.requests == ["/slow"])
            [connection] = served.server.server_state.connections
            assert isinstance(connection, GuardedProtocol)
            served.server.leave()
            await until(lambda: not connection.pipeline)
            served.app.may.set()
            answer = await asyncio.wait_for(reader.read(), PATIENCE)
        assert (status(answer), b"connection: close" in answer) == (200, True)
    assert served.app.requests == ["/slow"]


async def test_who_would_stay_for_good_is_cut_off_and_what_runs_is_told(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(SOON) as served:
        reader, writer = await served.connect()
        with closing(writer):
            writer.write(b"GET /watch HTTP/1.1\r\nHost: x\r\n\r\n")
            await until(lambda: served.app.requests == ["/watch"])
            served.server.leave()
            await asyncio.wait_for(served.ended, PATIENCE)
            assert served.app.requests == ["/watch", "left"]
            assert await reader.read() == b""
    assert caplog.records == []


async def test_leaving_twice_is_leaving_once() -> None:
    async with serving() as served:
        served.server.leave()
        served.server.leave()
        await asyncio.wait_for(served.ended, PATIENCE)
    assert served.told == ["drain"]


async def test_a_signal_begins_to_leave_and_the_handlers_from_before_are_back_after_it() -> None:
    before = handlers()
    async with serving(takes_signals=True) as served:
        assert handlers() == [served.server.handle_exit] * 2
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(served.ended, PATIENCE)
        assert served.told == ["drain"]
    assert handlers() == before


async def test_signals_can_be_left_to_somebody_else() -> None:
    before = handlers()
    async with serving(takes_signals=False):
        assert handlers() == before


def handlers() -> list[object]:
    """Who handles the signals to end."""
    return [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]


def test_what_is_set_for_clients_holds_for_the_server() -> None:
    limits, refused = Limits(message_bytes=100_000, head_bytes=100, ping_seconds=7, pong_seconds=2.5), Counter[str]()
    config = configuration(None, limits=limits, refused=refused)
    protocol: Any = config.http
    sockets: Any = config.ws

    assert (config.ws_max_size, config.ws_ping_interval, config.ws_ping_timeout) == (100_000, 7, 2.5)
    assert (protocol.limits, protocol.refused) == (limits, refused)
    assert protocol.refused is sockets.refused is refused

"""Viewers who come, ask for something, and leave again, in every way in which a viewer can."""

import asyncio
import contextlib
import random
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final

from gateway.http.graphql import STREAM_HEADER
from tests.end_to_end.hall import Hall
from tests.end_to_end.line import Line
from tests.end_to_end.lines import CLOSE, EventsLine, PartsLine, SocketLine, framed
from tests.soak.asked import Asked, asked

AT_ONCE: Final = 32
ADDRESSES: Final = [f"127.0.0.{number}" for number in range(2, 42)]
"""A port that was just in use rests for a minute, and one address has too few of them for so many visits."""
NORMAL: Final = struct.pack("!H", 1_000)
AT_END: Final = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: what ends is reset."""


async def visits(hall: Hall, rng: random.Random, count: int, done: Callable[[int], Awaitable[None]]) -> Counter[str]:
    """So many, some of them at the same time; how many came and left in which way. ``done`` is given the number of each."""
    made = Counter[str]()

    async def one_after_the_other() -> None:
        while made.total() < count:
            visit, name = rng.choice(VISITS)
            made[name] += 1
            number = made.total()
            async with asyncio.timeout(60):
                await visit(hall, rng, asked(rng, hall))
            await done(number)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(one_after_the_other())
    return made


async def _come(line: type[Line], hall: Hall, rng: random.Random) -> Line:
    return await line.open(hall.url, source=rng.choice(ADDRESSES))


async def _completes(hall: Hall, rng: random.Random, what: Asked) -> None:
    line = await SocketLine.open(hall.url, source=rng.choice(ADDRESSES))
    with contextlib.closing(line):
        await line.follow(what.document, **what.variables)
        await line.message()
        await line.say(type="complete", id="1")
        await line.say(type="ping")
        while (await line.answer())["type"] != "pong":
            pass  # what was on its way
        await line.send(framed(NORMAL, CLOSE))
        with contextlib.suppress(EOFError):
            await line.frame()


async def _says_nothing(hall: Hall, rng: random.Random, what: Asked) -> None:
    line = await SocketLine.open(hall.url, source=rng.choice(ADDRESSES))
    with contextlib.closing(line):
        if rng.random() < 0.5:
            await line.shake_hands()


def _leaves(line: type[Line], *, told: bool, reset: bool) -> Callable[[Hall, random.Random, Asked], Awaitable[None]]:
    async def visit(hall: Hall, rng: random.Random, what: Asked) -> None:
        with contextlib.closing(await _come(line, hall, rng)) as viewer:
            await viewer.follow(what.document, **what.variables)
            if told:
                await viewer.message()
            if reset:
                viewer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_END)

    return visit


async def _one_stream_for_all(hall: Hall, rng: random.Random, what: Asked) -> None:
    url = f"{hall.url}/graphql"
    async with hall.session.put(url) as answer:
        headers = {STREAM_HEADER: await answer.text()}
    asking: Any = {"query": what.document, "variables": what.variables, "extensions": {"operationId": "1"}}
    async with hall.session.get(url, headers={**headers, "accept": "text/event-stream"}) as stream:
        async with hall.session.post(url, json=asking, headers=headers) as answer:
            assert answer.status == 202, await answer.text()
        while not (await stream.content.readline()).startswith(b"data: {"):
            pass
        if rng.random() < 0.5:
            async with hall.session.delete(url, params={"operationId": "1"}, headers=headers) as answer:
                assert answer.status == 200, await answer.text()
        stream.close()


VISITS: Final = [
    *[(_completes, "a socket: completes its operation and closes")] * 5,
    *[(_leaves(SocketLine, told=True, reset=False), "a socket: goes without a word")] * 4,
    *[(_leaves(SocketLine, told=True, reset=True), "a socket: is cut")] * 3,
    *[(_leaves(SocketLine, told=False, reset=True), "a socket: asks, and is cut before it is told")] * 2,
    (_says_nothing, "a socket: asks for nothing"),
    *[(_leaves(EventsLine, told=True, reset=True), "events: is cut")] * 2,
    (_leaves(EventsLine, told=True, reset=False), "events: goes"),
    (_leaves(PartsLine, told=True, reset=True), "multipart: is cut"),
    (_leaves(PartsLine, told=True, reset=False), "multipart: goes"),
    (_one_stream_for_all, "one stream for many operations: goes, half of them after ending theirs"),
]

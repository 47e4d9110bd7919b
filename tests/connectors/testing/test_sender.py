"""What a network hears of its own deliveries."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import Attempt, Mischief, Outgoing, ScaledClock, Sender, serve

RETRIES = (timedelta(seconds=1),) * 2


@asynccontextmanager
async def receiver(answer: Callable[[str], int]) -> AsyncIterator[str]:
    """Somebody who answers attempts by what they say."""

    async def take(request: Request) -> Response:
        return PlainTextResponse("", answer((await request.body()).decode()))

    async with serve(Starlette(routes=[Route("/", take, methods=["POST"])])) as url:
        yield url


async def heard_of(answer: Callable[[str], int], mischief: Mischief | None = None) -> list[Attempt]:
    """What is told of the attempts of one delivery, in the order they came."""
    sender = Sender(
        ScaledClock(speed=1_000),
        RETRIES,
        timedelta(seconds=5),
        lambda attempt: attempt.status == 200,
        random.Random(1),
        mischief or Mischief(),
    )
    heard: list[Attempt] = []
    async with receiver(answer) as url:
        sender.send(f"{url}/", lambda number: Outgoing({}, f"{number}".encode()), heard.append)
        await sender.settle()
        await sender.close()
    return heard


async def test_every_attempt_is_told_with_its_number_and_the_last_one_as_given_up() -> None:
    heard = await heard_of(lambda _: 500)

    assert [(attempt.number, attempt.given_up) for attempt in heard] == [(0, False), (1, False), (2, True)]


async def test_what_is_taken_at_last_is_not_given_up() -> None:
    heard = await heard_of(lambda body: 200 if body == "2" else 500)

    assert [(attempt.status, attempt.number, attempt.given_up) for attempt in heard] == [
        (500, 0, False),
        (500, 1, False),
        (200, 2, False),
    ]


async def test_both_copies_of_a_delivery_count_their_own_attempts() -> None:
    heard = await heard_of(lambda _: 500, Mischief(duplicate=1.0))

    assert sorted(attempt.number for attempt in heard) == [0, 0, 1, 1, 2, 2]
    assert {attempt.number for attempt in heard if attempt.given_up} == {2}


async def test_an_attempt_that_is_lost_is_told_to_nobody_and_the_last_one_is_never_lost() -> None:
    heard = await heard_of(lambda _: 500, Mischief(lose=1.0))

    assert [(attempt.number, attempt.given_up) for attempt in heard] == [(2, True)]


async def test_an_answer_that_is_not_heard_is_none_to_the_network_which_delivers_again_once() -> None:
    received: list[str] = []

    def answer(body: str) -> int:
        received.append(body)
        return 200

    heard = await heard_of(answer, Mischief(unheard=1.0))

    assert received == ["0", "1"]
    assert [(attempt.status, attempt.number) for attempt in heard] == [(0, 0), (200, 1)]


async def test_what_no_network_tries_again_a_proxy_repeats_after_a_minute() -> None:
    clock = ScaledClock()
    sender = Sender(clock, (), timedelta(seconds=5), lambda _: True, random.Random(1), Mischief(unheard=1.0))
    made: list[tuple[int, datetime]] = []

    def make(number: int) -> Outgoing:
        made.append((number, clock.now()))
        return Outgoing({}, b"")

    async with receiver(lambda _: 200) as url:
        sender.send(f"{url}/", make)
        pause = await sender.rest()
        assert pause is not None
        clock.turn(pause)
        assert await sender.rest() is None
        await sender.close()

    (first, at), (second, later) = made
    assert (first, second, sender.abandoned) == (0, 1, 0)
    assert timedelta(minutes=1) <= later - at < timedelta(minutes=2)


async def test_who_turns_the_clock_is_told_of_the_first_attempt_that_is_due_once_nothing_else_is_under_way() -> None:
    clock = ScaledClock()
    sender = Sender(clock, (timedelta(minutes=1),), timedelta(seconds=5), lambda a: a.status == 200, random.Random(1))
    async with receiver(lambda body: 200 if body == "1" else 500) as url:
        sender.send(f"{url}/", lambda number: Outgoing({}, f"{number}".encode()))
        pause = await sender.rest()
        clock.turn(timedelta(seconds=30))
        sender.send(f"{url}/", lambda number: Outgoing({}, f"{number}".encode()))
        sooner = await sender.rest()
        assert pause is not None
        assert sooner is not None
        assert sooner <= timedelta(seconds=30) < pause <= timedelta(minutes=1)

        for _ in range(2):
            clock.turn(timedelta(seconds=30))
            await sender.rest()
        await sender.settle()
        await sender.close()

    assert [attempt.number for attempt in sender.attempts] == [0, 0, 1, 1]
    assert await sender.rest() is None


async def test_nobody_there_is_an_attempt_without_a_status() -> None:
    sender = Sender(ScaledClock(), (), timedelta(seconds=5), lambda _: False, random.Random(1))
    heard: list[Attempt] = []
    async with receiver(lambda _: 200) as url:
        pass
    sender.send(url, lambda _: Outgoing({}, b""), heard.append)
    await sender.settle()
    await sender.close()

    assert heard == [Attempt(0, b"", given_up=True)]
    assert sender.abandoned == 1


async def test_who_has_very_many_to_make_waits_for_room() -> None:
    sender = Sender(ScaledClock(), (), timedelta(seconds=5), lambda attempt: attempt.status == 200, random.Random(1))
    under_way = most = 0

    def make(_: int) -> Outgoing:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        return Outgoing({}, b"")

    def heard(_: Attempt) -> None:
        nonlocal under_way
        under_way -= 1

    async with receiver(lambda _: 200) as url:
        for _ in range(20):
            await sender.room(3)
            sender.send(f"{url}/", make, heard)
        await sender.settle()
        await sender.close()

    assert (len(sender.attempts), most) == (20, 3)


async def test_what_is_held_leaves_when_it_is_released_and_is_not_given_up() -> None:
    sender = Sender(ScaledClock(), (), timedelta(seconds=5), lambda attempt: attempt.status == 200, random.Random(1))
    heard: list[Attempt] = []
    async with receiver(lambda _: 200) as url:
        sender.hold()
        sender.send(f"{url}/", lambda number: Outgoing({}, b"held"), heard.append)
        settling = asyncio.create_task(sender.settle())
        assert await asyncio.wait({settling}, timeout=0.05) == (set(), {settling})
        assert heard == []
        sender.release()
        await settling
        await sender.close()

    assert [(attempt.status, attempt.number) for attempt in heard] == [(200, 0)]

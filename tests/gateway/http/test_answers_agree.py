"""Whatever happens in whatever order: what is kept is answered as if nothing were."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final, TypeAlias

import pytest
from hypothesis import example, settings
from hypothesis import given as drawn
from hypothesis import strategies as st
from redis.asyncio import Redis

from gateway.store.connection import connect
from gateway.store.posts import PostShelf
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from tests.gateway.acme import NOW, back, given
from tests.gateway.autumn import DAY, VALUES, heard, stated
from tests.gateway.http.twins import QUESTIONS, Question, Twins

Act: TypeAlias = Callable[[Twins], Awaitable[None]]


def gift(number: int) -> Act:
    return lambda twins: heard(twins.world, "lunch", given(number, number))


def refund(number: int) -> Act:
    async def act(twins: Twins) -> None:
        await heard(twins.world, "lunch", given(number, 500))
        await heard(twins.world, "lunch", back(number, 200))

    return act


def states(native: str, minor: int, minutes: int) -> Act:
    parents = ("team",) if native == "member" and minor % 2 else ()
    fact = stated(native, minor, at=NOW + timedelta(minutes=minutes), part_of=parents)
    if native == "gala":
        fact = replace(fact, starts_at=NOW + timedelta(minutes=2), ends_at=NOW + timedelta(hours=1))

    async def act(twins: Twins) -> None:
        await twins.world.ingest.apply(twins.world.accounts["pond"], [fact])  # one that fell far is doubted

    return act


def posts(likes: int) -> Act:
    async def act(twins: Twins) -> None:
        counted = Engagement(twins.world.clock.now(), reposts=1, comments=None, likes=likes)
        await PostShelf(twins.world.redis).keep("pond", {"p1": Post("p1", text="Give!", engagement=counted)}, {"1001": likes})

    return act


def turn(seconds: float) -> Act:
    async def act(twins: Twins) -> None:
        twins.world.clock.turn(timedelta(seconds=seconds))

    return act


def configure(title: str, left_out: int) -> Act:
    async def act(twins: Twins) -> None:
        campaigns = [{**entry, "title": title} for entry in VALUES["campaigns"]]
        await twins.follower.adopt(twins.world.reading(campaigns=campaigns[: len(campaigns) - left_out]))

    return act


async def silent(twins: Twins) -> None:
    twins.follower.silent()


async def close(twins: Twins) -> None:
    twins.gate.clear()


def begin(question: Question) -> Act:
    return lambda twins: twins.begin(question)


ACTS: Final = st.one_of(
    st.builds(gift, st.integers(1, 9)),
    st.builds(refund, st.integers(11, 13)),
    st.builds(states, st.sampled_from(["team", "member", "gala"]), st.integers(1, 9), st.integers(0, 9)),
    st.builds(posts, st.integers(0, 9)),
    st.just(lambda twins: twins.world.book.polled("pond")),
    st.just(lambda twins: twins.world.book.heard("lunch")),
    st.sampled_from([None, "revoked"]).map(lambda why: lambda twins: twins.world.book.feed("lunch", why)),
    st.sampled_from([0.0, 0.3, 0.999999, 1.0, 45.0, 61.0, 120.0, 120.000001, DAY.total_seconds()]).map(turn),
    st.builds(configure, st.sampled_from(["Lunch", "Meals"]), st.integers(0, 2)),
    *[st.just(silent), st.just(lambda twins: twins.follower.lost())],
    *[st.just(close), st.just(Twins.open)],
    *[st.sampled_from(QUESTIONS).map(begin)] * 3,
    *[st.just(Twins.step)] * 6,
)


@settings(max_examples=25, deadline=None)
@example([close, begin(QUESTIONS[0]), gift(1), Twins.step, Twins.open])
@example([close, configure("Lunch", 0), begin(QUESTIONS[0]), configure("Meals", 0), Twins.open])
@example([close, configure("Lunch", 0), begin(QUESTIONS[0]), silent, Twins.open])
@drawn(st.lists(ACTS, min_size=5, max_size=30))
def test_what_is_kept_is_answered_as_if_nothing_were(redis_url: str, acts: list[Act]) -> None:
    asyncio.run(_agree(redis_url, acts))


async def _agree(redis_url: str, acts: list[Act]) -> None:
    async with connect(redis_url, timeout=30) as client:
        await client.flushall()
        twins = await Twins.opened(client)
        await twins.look()
        try:
            for act in (*acts, Twins.open):
                await act(twins)
                await twins.look()
                for question in QUESTIONS:
                    await twins.compare(question)
        finally:
            await twins.close()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.name)
async def test_an_answer_that_nothing_moves_is_kept(client: Redis, question: Question) -> None:
    twins = await Twins.opened(client)
    await heard(twins.world, "lunch", given(1, 20_000))
    await heard(twins.world, "pond", stated("team", 100), stated("member", 50, part_of=("team",)))
    await twins.step()
    await twins.look()
    for _ in range(3):
        await twins.compare(question)
    assert (twins.answers.served.made, twins.answers.served.kept) == (1, 2)
    await twins.close()

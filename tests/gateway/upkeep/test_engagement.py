"""Posts and followers: counters first and kept at once, words and followers with the calls that are left."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from connectors.testing.fakes import FakeClock
from gateway.store import keys
from gateway.store.cache import Bucket, Cache
from gateway.store.history import HistoryShelf
from gateway.store.posts import PostShelf
from gateway.upkeep.engagement import RARELY, EngagementReader
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.errors import (
    CredentialsRefused,
    GivingError,
    LedgerUnavailable,
    NotFound,
    UpstreamGarbled,
    UpstreamUnavailable,
)
from tests.gateway.acme import LUNCH, NOW, OTHER
from tests.gateway.world import DECLARED, World

PACE = timedelta(minutes=30)
AFTER_FAILURE = timedelta(seconds=15)
SILENT = UpstreamUnavailable("the network is silent")


class Square:
    """A network with posts. ``fails`` is raised by the call of that name, ``bucket`` pays for each."""

    def __init__(self, posts: int = 3) -> None:
        self.clock = FakeClock(NOW)
        self.posts = {str(number): Engagement(NOW, number, 2, 3) for number in range(1, posts + 1)}
        self.counts = {"a": 12, "b": 30}
        self.words: dict[str, str | None] = {}
        self.fails: dict[str, GivingError] = {}
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.times: list[datetime] = []
        self.bucket: Bucket | None = None

    async def post(self, native_id: str) -> Post:
        """One post."""
        await self._call("post", native_id)
        if native_id not in self.posts:
            raise NotFound("no such post")
        return Post(native_id, text=self.words.get(native_id, f"post {native_id}"), engagement=self._told(native_id))

    async def engagement(self, posts: Sequence[str]) -> Mapping[str, Engagement]:
        """Their counters."""
        await self._call("engagement", *posts)
        return {native: self._told(native) for native in posts if native in self.posts}

    async def followers(self, accounts: Sequence[str]) -> Mapping[str, int]:
        """Who follows them."""
        await self._call("followers", *accounts)
        return {native: self.counts[native] for native in accounts}

    def calls(self, name: str) -> list[tuple[str, ...]]:
        """What was asked for by calls of this name."""
        return [what for call, what in self.asked if call == name]

    async def _call(self, name: str, *what: str) -> None:
        if self.bucket is not None and (wait := await self.bucket.take()):
            raise UpstreamUnavailable("the day's budget is spent", retry_after=wait)
        self.asked.append((name, what))
        self.times.append(self.clock.now())
        if (error := self.fails.get(name) or self.fails.get(f"{name} {what[0]}")) is not None:
            raise error

    def _told(self, native: str) -> Engagement:
        counted = self.posts[native]
        return Engagement(self.clock.now(), counted.reposts, counted.comments, counted.likes)


def declared(lunch: int = 2, other: int = 1) -> dict[str, Any]:
    """Two stars of the network with posts for two campaigns, and one of another network."""
    first = [{"id": str(n + 1), "campaign": "acme:school-lunch", "url": f"https://acme.example/{n + 1}"} for n in range(lunch)]
    second = [{"id": str(lunch + n + 1), "campaign": "acme:other-gifts"} for n in range(other)]
    return {
        **DECLARED,
        "endorsers": [
            {"id": "star", "name": "A star", "platform": "acme", "account": "a", "posts": first},
            {"id": "moon", "name": "A moon", "platform": "acme", "account": "b", "posts": second},
            {
                "id": "far",
                "name": "Far away",
                "platform": "twitch",
                "account": "c",
                "posts": [{"id": "9", "campaign": "acme:school-lunch"}],
            },
        ],
    }


class Reading:
    """A reader, its network, and what it has kept."""

    def __init__(self, redis: Redis, lunch: int = 2, other: int = 1) -> None:
        self.square = Square(lunch + other)
        self.world = world = World(redis, self.square, values=declared(lunch, other), clock=self.square.clock)
        self.shelf, self.history = PostShelf(redis), HistoryShelf(redis)
        self.reader = EngagementReader(world.account, world.current, self.shelf, self.history)

    async def cycles(self, count: int = 1) -> None:
        """So many, one after the other at the network's pace."""
        for _ in range(count):
            await self.reader.once()
            self.square.clock.turn(PACE)

    async def kept(self, native: str) -> Post:
        """What viewers see of a post."""
        return (await self.shelf.posts("acme"))[native]

    async def likes(self, native: str) -> int | None:
        """Its likes."""
        found = (await self.kept(native)).engagement
        return None if found is None else found.likes


@pytest.fixture
def reading(redis: Redis) -> Reading:
    return Reading(redis)


async def test_what_is_declared_on_the_network_is_read_and_nothing_else(reading: Reading) -> None:
    await reading.cycles()
    assert reading.square.asked == [
        ("engagement", ("1", "2", "3")),
        ("followers", ("a", "b")),
        *(("post", (native,)) for native in ("1", "2", "3")),
    ]
    assert await reading.kept("1") == Post("1", "https://acme.example/1", "post 1", None, Engagement(NOW, 1, 2, 3))
    assert await reading.shelf.followers("acme") == {"a": 12, "b": 30}


async def test_counters_that_fall_are_kept_as_they_are(reading: Reading) -> None:
    await reading.cycles()
    reading.square.posts["1"] = Engagement(NOW, 1, 2, 0)
    await reading.cycles()
    assert await reading.likes("1") == 0


async def test_a_post_that_is_gone_keeps_its_last_counters_as_of_then(reading: Reading) -> None:
    await reading.cycles()
    del reading.square.posts["1"]
    await reading.cycles(3)
    assert (await reading.kept("1")).engagement == Engagement(NOW, 1, 2, 3)
    assert (await reading.kept("2")).engagement == Engagement(NOW + 3 * PACE, 2, 2, 3)


async def test_words_are_read_once_and_of_one_post_again_with_every_round_of_followers(reading: Reading) -> None:
    await reading.cycles(RARELY)
    assert reading.square.calls("post") == [("1",), ("2",), ("3",)]
    assert reading.square.calls("followers") == [("a", "b")]
    reading.square.words["2"] = "another text"
    await reading.cycles()
    assert reading.square.calls("post")[3:] == [("2",)]
    assert (await reading.kept("2")).text == "another text"
    assert reading.square.calls("followers") == [("a", "b")] * 2


async def test_after_a_restart_words_that_are_known_are_not_read_again(redis: Redis, reading: Reading) -> None:
    await reading.cycles()
    again = Reading(redis)
    await again.cycles()
    assert again.square.calls("post") == []
    assert (await again.kept("1")).text == "post 1"


async def test_a_post_without_words_is_not_asked_for_them_all_the_time(reading: Reading) -> None:
    reading.square.words["1"] = None
    await reading.cycles(RARELY)
    assert reading.square.calls("post").count(("1",)) == 1


async def test_a_post_that_was_gone_from_the_start_is_found_when_it_comes_back(reading: Reading) -> None:
    counted = reading.square.posts.pop("1")
    await reading.cycles(RARELY)
    assert reading.square.calls("post").count(("1",)) == 1
    assert "1" not in await reading.shelf.posts("acme")
    reading.square.posts["1"] = counted
    await reading.cycles()
    assert (await reading.kept("1")).text == "post 1"


async def test_a_post_that_cannot_be_read_keeps_no_other_waiting(reading: Reading) -> None:
    reading.square.fails["post 1"] = UpstreamGarbled("the answer is not as it must be")
    await reading.cycles()
    assert (await reading.kept("1")).text is None
    assert (await reading.kept("3")).text == "post 3"


@pytest.mark.parametrize("error", [SILENT, CredentialsRefused("not for this app"), UpstreamGarbled("garbled")])
@pytest.mark.parametrize("call", ["post", "followers"])
async def test_counters_are_kept_whatever_else_fails(reading: Reading, call: str, error: GivingError) -> None:
    reading.square.fails[call] = error
    with capture_logs() as logs:
        await reading.cycles()
    assert await reading.likes("1") == 3
    assert error.code in {line.get("code") for line in logs}
    reading.square.posts["1"] = Engagement(NOW, 1, 2, 900)
    await reading.cycles()
    assert await reading.likes("1") == 900


async def test_followers_that_could_not_be_read_are_asked_for_with_the_next_cycle(reading: Reading) -> None:
    reading.square.fails["followers"] = SILENT
    await reading.cycles()
    reading.square.fails.clear()
    await reading.cycles()
    assert await reading.shelf.followers("acme") == {"a": 12, "b": 30}


async def test_a_network_that_refuses_followers_is_not_asked_for_them_all_the_time(reading: Reading) -> None:
    reading.square.fails["followers"] = CredentialsRefused("not for this app")
    await reading.cycles(RARELY)
    assert len(reading.square.calls("followers")) == 1


async def test_counters_that_cannot_be_read_are_told_and_the_last_ones_stay(reading: Reading) -> None:
    await reading.cycles()
    reading.square.fails["engagement"] = SILENT
    with pytest.raises(UpstreamUnavailable):
        await reading.cycles()
    assert (await reading.kept("1")).engagement == Engagement(NOW, 1, 2, 3)


async def test_of_many_posts_those_that_were_counted_are_kept_and_the_others_come_first_next_time(redis: Redis) -> None:
    reading = Reading(redis, 100, 50)
    reading.square.fails["engagement 101"] = SILENT
    with pytest.raises(UpstreamUnavailable):
        await reading.cycles()
    assert len(await reading.shelf.posts("acme")) == 100
    reading.square.fails.clear()
    reading.square.asked.clear()
    await reading.cycles()
    assert reading.square.asked[0] == ("engagement", tuple(str(n) for n in (*range(101, 151), *range(1, 51))))
    assert len(reading.square.calls("engagement")) == 2
    assert len([post for post in (await reading.shelf.posts("acme")).values() if post.engagement]) == 150


async def test_each_campaign_has_a_sample_of_the_sum_of_its_posts(reading: Reading) -> None:
    await reading.cycles()
    lunch, other = await reading.history.engagement([LUNCH, OTHER])
    assert lunch == [Engagement(NOW, 3, 4, 6)]
    assert other == [Engagement(NOW, 3, 2, 3)]


async def test_a_ledger_that_does_not_answer_is_told(redis: Redis, reading: Reading) -> None:
    await redis.set(keys.posts("acme"), "another type")
    with pytest.raises(LedgerUnavailable):
        await reading.cycles()


@pytest.mark.parametrize(("posts", "stale"), [(60, 2 * PACE), (250, timedelta(hours=3))])
async def test_a_hundred_calls_a_day_carry_counters_words_and_followers_for_days(
    redis: Redis, posts: int, stale: timedelta
) -> None:
    reading = Reading(redis, posts - 1, 1)
    square, end = reading.square, NOW + timedelta(days=3)
    square.bucket = Cache(redis).bucket("acme", "default", 100, square.clock)
    counted: dict[str, list[datetime]] = {native: [NOW] for native in square.posts}
    while square.clock.now() < end:
        before = len(square.asked)
        try:
            await reading.reader.once()
            pause = PACE
        except UpstreamUnavailable as error:
            pause = max(AFTER_FAILURE, error.retry_after or AFTER_FAILURE)  # asking in between changes nothing: see the bucket
        for call, natives in square.asked[before:]:
            for native in natives if call == "engagement" else ():
                counted[native].append(square.clock.now())
        square.clock.turn(pause)

    assert max(later - earlier for times in counted.values() for earlier, later in pairwise([*times, end])) <= stale
    if posts == 60:
        assert all(post.text for post in (await reading.shelf.posts("acme")).values())
        assert len(square.calls("followers")) >= 6
    times = square.times
    assert all(times[n + 100] - times[n] >= timedelta(days=1) for n in range(len(times) - 100))


async def test_posts_and_speakers_that_are_declared_later_are_read_with_the_next_cycle(reading: Reading) -> None:
    world, all_of_them = reading.world, reading.world.current.now
    [star, *_] = declared(lunch=1)["endorsers"]
    world.current.become(world.reading(endorsers=[star]))
    await reading.cycles()
    world.current.become(all_of_them)
    await reading.cycles()
    told = {name: reading.square.calls(name) for name in ("engagement", "followers")}
    assert told == {"engagement": [("1",), ("2", "3", "1")], "followers": [("a",), ("a", "b")]}

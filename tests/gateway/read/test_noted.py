"""Reads note what an answer is made of: what moves it, how long it holds, and when it turns by time alone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime, timedelta
from inspect import getmembers, isawaitable, isfunction
from typing import Any

import pytest
from redis.asyncio import Redis

from gateway.read.follower import Step
from gateway.read.noted import NotedReads, noted
from gateway.read.notes import ANY, DESCRIBED, LISTED, POSTS, Notes, moved
from schema.api.ports import Context, Reads
from schema.api.readings import PlatformStanding
from schema.model.campaign import Campaign
from schema.model.endorsement import Endorsement, PublicAccount
from schema.model.history import Interval
from schema.model.ids import CampaignId
from schema.model.page import CampaignFilter, CampaignOrder
from tests.gateway.acme import LUNCH, NOW, OTHER, who
from tests.gateway.autumn import COATS, DAY, MEMBER, POLL, SHOES, TEAM, WINTER, autumn, filled, heard, stated
from tests.gateway.world import Followed, World, known

ALL = {LUNCH, OTHER, SHOES, TEAM, MEMBER, WINTER, COATS}
NOBODY = CampaignId("acme", "nobody")
STAR = PublicAccount("A star", "pond", "1001")
VOICE = Endorsement(LUNCH, "star", STAR, ("p1",))
HOUR = Interval.HOUR
A_TEAM = Campaign(TEAM, "The team", None, account="pond", as_of=NOW)
LIST: Any = {"first": 20, "after": None}


@pytest.fixture
async def world(client: Redis) -> World:
    made = autumn(client)
    await filled(made)
    return made


@pytest.fixture
async def followed(world: World) -> AsyncIterator[Followed]:
    async with known(world) as found:
        yield found


async def season(reads: Reads) -> Any:
    return await reads.season("autumn")


async def read(found: Any) -> object:
    """What a read gives, at once or not."""
    return await found if isawaitable(found) else found


READS: list[tuple[str, Callable[[Reads], object], set[Any], timedelta, timedelta]] = [
    ("platforms", lambda reads: reads.platforms(), set(), DESCRIBED, DESCRIBED),
    ("platform", lambda reads: reads.platform("pond"), set(), DESCRIBED, DESCRIBED),
    ("no platform", lambda reads: reads.platform("nobody"), set(), LISTED, LISTED),
    ("platform_standing", lambda reads: reads.platform_standing("pond"), {"pond"}, DESCRIBED, LISTED),
    ("campaign", lambda reads: reads.campaign(LUNCH), {LUNCH}, DESCRIBED, DESCRIBED),
    ("no campaign", lambda reads: reads.campaign(NOBODY), {NOBODY}, LISTED, LISTED),
    ("campaigns", lambda reads: reads.campaigns(CampaignFilter(), CampaignOrder.RAISED_DESC, **LIST), ALL, LISTED, LISTED),
    ("total", lambda reads: reads.total(LUNCH), {LUNCH}, DESCRIBED, LISTED),
    ("freshness", lambda reads: reads.freshness(A_TEAM), {TEAM}, DESCRIBED, LISTED),
    ("updated_at", lambda reads: reads.updated_at(A_TEAM), {TEAM}, DESCRIBED, LISTED),
    ("milestones", lambda reads: reads.milestones(TEAM), {TEAM}, DESCRIBED, DESCRIBED),
    ("donations", lambda reads: reads.donations(LUNCH, since=None, until=None, **LIST), {LUNCH}, LISTED, LISTED),
    ("donation", lambda reads: reads.donation(LUNCH, who(1)), {LUNCH}, LISTED, LISTED),
    ("charity", lambda reads: reads.charity("meals"), set(), LISTED, DESCRIBED),
    ("charities", lambda reads: reads.charities("", **LIST), set(), LISTED, LISTED),
    ("parent", lambda reads: reads.parent(MEMBER), {MEMBER, TEAM}, DESCRIBED, DESCRIBED),
    ("raised_between", lambda reads: reads.raised_between(LUNCH, NOW - DAY, None), {LUNCH}, LISTED, LISTED),
    ("history", lambda reads: reads.history(LUNCH, HOUR, None, None), {LUNCH}, LISTED, LISTED),
    ("endorsements", lambda reads: reads.endorsements(LUNCH, **LIST), {LUNCH}, LISTED, LISTED),
    ("endorsement", lambda reads: reads.endorsement(LUNCH, "star"), {LUNCH}, LISTED, LISTED),
    ("posts", lambda reads: reads.posts(VOICE), {POSTS}, LISTED, LISTED),
    ("followers", lambda reads: reads.followers(STAR), {POSTS}, DESCRIBED, DESCRIBED),
    ("engagement", lambda reads: reads.engagement(LUNCH), {POSTS}, LISTED, LISTED),
    ("engagement_history", lambda reads: reads.engagement_history(LUNCH, HOUR, None, None), {POSTS}, LISTED, LISTED),
    ("actions", lambda reads: reads.actions(LUNCH), set(), DESCRIBED, DESCRIBED),
    ("seasons_of", lambda reads: reads.seasons_of(LUNCH), {LUNCH}, DESCRIBED, DESCRIBED),
    ("season", lambda reads: reads.season("autumn"), set(), DESCRIBED, DESCRIBED),
    ("no season", lambda reads: reads.season("winter"), set(), DESCRIBED, DESCRIBED),
    ("seasons", lambda reads: reads.seasons(**LIST), set(), DESCRIBED, DESCRIBED),
]


@pytest.mark.parametrize(("asked", "tags", "life", "max_age"), [row[1:] for row in READS], ids=[row[0] for row in READS])
async def test_each_read_notes_what_it_gives_out(
    followed: Followed, asked: Callable[[Reads], object], tags: set[Any], life: timedelta, max_age: timedelta
) -> None:
    notes = Notes(NOW)
    assert await read(asked(NotedReads(followed.reads, notes))) == await read(asked(followed.reads))
    assert (notes.tags, notes.life, notes.max_age) == (tags, life, max_age)


@pytest.mark.parametrize("began", [NOW, NOW + timedelta(milliseconds=900)])
async def test_sums_of_a_season_hold_for_the_second_in_which_they_are_folded(followed: Followed, began: datetime) -> None:
    whole = await season(followed.reads)
    asked: list[Callable[[Reads], Awaitable[object]]] = [
        lambda reads: reads.season_total(whole, None),
        lambda reads: reads.season_raised_between(whole, NOW - DAY, None, None),
        lambda reads: reads.season_history(whole, HOUR, None, None, None),
        lambda reads: reads.by_platform(whole, None),
        lambda reads: reads.season_endorsements(whole, first=20, after=None),
    ]
    for each in asked:
        notes = Notes(began)
        assert await each(NotedReads(followed.reads, notes)) == await each(followed.reads)
        assert (notes.tags, notes.max_age) == ({ANY}, LISTED)
        assert began + notes.life == NOW + LISTED


def test_every_read_is_noted() -> None:
    reads = {name for name, _ in getmembers(Reads, isfunction) if not name.startswith("_")} - {"now", "for_one_answer"}
    named = {row[0] for row in READS} - {"no campaign", "no platform", "no season"}
    assert reads - named == {name for name in reads if name.startswith(("season_", "by_"))}


async def test_a_network_is_judged_once_in_an_answer_however_many_rows_show_it(
    followed: Followed, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    judge = followed.reads.platform_standing

    def counted(_: object, key: str) -> PlatformStanding:
        judged.append(key)
        return judge(key)

    monkeypatch.setattr(type(followed.reads), "platform_standing", counted)
    reads = NotedReads(followed.reads, Notes(NOW))
    assert {reads.platform_standing(key) for key in ("pond", "acme") * 100} == {judge("pond"), judge("acme")}
    assert judged == ["pond", "acme"]


async def test_what_holds_least_decides(followed: Followed) -> None:
    notes = Notes(NOW + timedelta(milliseconds=900))
    reads = NotedReads(followed.reads, notes)
    await reads.season_total(await season(followed.reads), None)
    await reads.campaigns(CampaignFilter(), CampaignOrder.RAISED_DESC, first=20, after=None)
    await reads.charity("meals")
    await reads.campaign(LUNCH)
    assert (notes.life, notes.max_age) == (timedelta(milliseconds=100), LISTED)


async def test_who_sees_is_the_same_and_so_is_the_time(followed: Followed) -> None:
    context = Context(followed.reads, followed.hub, "mine")
    other = noted(context, Notes(NOW))
    assert (other.scope, other.live) == ("mine", followed.hub)
    assert (other.reads.now(), other.reads.time_zone) == (NOW, "Asia/Shanghai")


async def test_a_campaign_turns_where_its_dates_say(world: World) -> None:
    start, end = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    await heard(world, "pond", stated("gala", 100, starts_at=start, ends_at=end))
    async with known(world) as followed:
        for began, turn in ((NOW, start), (start, end), (end, None)):
            notes = Notes(began)
            await NotedReads(followed.reads, notes).campaign(CampaignId("pond", "gala"))
            assert notes.turns_at == turn


async def test_parents_that_are_not_listed_yet_are_waited_for(world: World) -> None:
    await heard(world, "pond", stated("member", 5_000, at=NOW + DAY, part_of=("nobody", "team", "event")))
    async with known(world) as followed:
        notes = Notes(NOW)
        await NotedReads(followed.reads, notes).parent(MEMBER)
        assert notes.tags == {MEMBER, TEAM, CampaignId("pond", "nobody"), CampaignId("pond", "event")}


async def test_a_season_turns_with_its_phases(followed: Followed) -> None:
    for name, asked in (row[:2] for row in READS):
        notes = Notes(NOW)
        await read(asked(NotedReads(followed.reads, notes)))
        assert notes.turns_at == (NOW + DAY if name in ("season", "seasons_of", "seasons") else None), name


async def test_what_an_account_tells_turns_when_that_is_overdue(followed: Followed) -> None:
    overdue = NOW + 2 * POLL + timedelta.resolution
    for tag in (TEAM, "pond"):
        assert followed.reads.turns_at(Notes(NOW, {tag, LUNCH})) == overdue
    assert followed.reads.turns_at(Notes(NOW, {LUNCH, NOBODY, POSTS, ANY, "nobody"})) is None
    assert followed.reads.turns_at(Notes(NOW, {TEAM}, turns_at=NOW + POLL)) == NOW + POLL


async def test_an_account_is_noted_to_turn_at_the_very_moment(world: World, followed: Followed) -> None:
    turn = followed.reads.turns_at(Notes(NOW, {TEAM}))
    assert turn is not None
    shown = []
    for moment in (turn - timedelta.resolution, turn):
        world.clock.moment = moment
        known = await followed.reads.campaign(TEAM)
        assert known is not None
        shown.append(followed.reads.freshness(known).value)
    assert shown == ["CACHED", "STALE"]


def test_a_step_moves_campaigns_networks_sums_and_posts() -> None:
    only, more = Step(frozenset({TEAM})), Step(frozenset(), networks=frozenset({"pond"}), posts=True)
    assert frozenset().union(*moved(only)) == {TEAM, ANY}
    assert frozenset().union(*moved(more)) == {"pond", ANY, POSTS}

"""Whatever way facts come, in whatever order, however often and in whatever pieces: the same totals, histories and sums."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from connectors.testing.fakes import FakeClock
from gateway.store.connection import connect
from gateway.upkeep.audit import Audit
from gateway.upkeep.retention import FACES, Retention
from schema.model.donation import DonationStatus
from schema.model.facts import CampaignState, Movement, RefundState, Stage
from schema.model.history import Interval, Period
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import AmountSource
from tests.gateway.acme import LUNCH, NOW, OTHER, Acme, who
from tests.gateway.autumn import TEAM, VALUES, autumn
from tests.gateway.stories import Story, stories, total
from tests.gateway.world import Followed, World, known

WAYS: Final = (
    AmountSource.MERCHANT_NOTIFICATION,
    AmountSource.MERCHANT_BILL,
    AmountSource.PARTNER_EXPORT,
    AmountSource.PLATFORM_API,
)
STARS: Final = [
    {"account": "lunch", "attach": "lunch;star*", "endorser": "star"},
    {"account": "lunch", "attach": "lunch;voice*", "endorser": "voice"},
    {"account": "lunch", "attach": "lunch*"},
]
SETTINGS: Final = {"campaigns": [{**VALUES["campaigns"][0], "match": STARS}, *VALUES["campaigns"][1:]]}


@dataclass(frozen=True)
class Piece:
    """Some facts that come together: by a way, into one of two processes, and when its clock shows so many hours ago.

    ``thin``: of donations only the numbers come, and the network is asked.
    """

    facts: tuple[Movement | CampaignState, ...]
    way: AmountSource
    process: int
    hours: int
    thin: bool


@st.composite
def told(draw: st.DrawFn) -> tuple[Story, list[Piece]]:
    """A story, and how it is told: everything at least once."""
    story = draw(stories())
    facts = story.facts()
    facts += draw(st.lists(st.sampled_from(facts), max_size=10))
    shuffled = draw(st.permutations(facts))
    cuts = sorted({0, len(facts), *draw(st.lists(st.integers(0, len(facts)), max_size=8))})
    pieces = [
        Piece(
            tuple(shuffled[start:end]),
            draw(st.sampled_from(WAYS)),
            draw(st.integers(0, 1)),
            draw(st.sampled_from([0, 0, 1, 50, 9_000])),
            draw(st.booleans()),
        )
        for start, end in pairwise(cuts)
    ]
    return story, pieces


@settings(max_examples=60, deadline=None)
@given(told())
def test_any_order_repetition_and_split_comes_to_the_same(redis_url: str, drawn: tuple[Story, list[Piece]]) -> None:
    asyncio.run(_hold(redis_url, *drawn))


async def _hold(redis_url: str, story: Story, pieces: list[Piece]) -> None:
    async with connect(redis_url, timeout=30) as client:
        await client.flushall()
        worlds = [_world(client, story) for _ in range(2)]
        for piece in pieces:
            await _tell(worlds[piece.process], piece)
        worlds[0].clock.moment = NOW
        # what was young enough to be listed when it was told may be too old by now
        await Retention(client, lambda: (), worlds[0].clock, "Asia/Shanghai").once()
        audit = Audit(client, worlds[0].clock, share=1)
        assert not [found for campaign in await worlds[0].shelf.opened() if (found := await audit.drifts(campaign)) != []]
        async with known(worlds[0]) as followed:
            for campaign in (LUNCH, OTHER):
                await _holds_counted(followed, story, campaign)
            await _holds_listed(followed, story)
            await _holds_endorsers(followed, story)
            await _holds_stated(followed, story)
            await _holds_season(followed, story)


def _world(client: Redis, story: Story) -> World:
    world = autumn(client, values=SETTINGS, clock=FakeClock(NOW))
    connector = world.accounts["lunch"].connector
    assert isinstance(connector, Acme)
    connector.known = {f"look-{gift.number}": story.known(gift.number) for gift in story.gifts}
    return world


async def _tell(world: World, piece: Piece) -> None:
    world.clock.moment = NOW - timedelta(hours=piece.hours)
    pond = [fact for fact in piece.facts if isinstance(fact, CampaignState)]
    lunch = [replace(fact, source=piece.way) for fact in piece.facts if not isinstance(fact, CampaignState)]
    assert await world.ingest.apply(world.accounts["pond"], pond) == []
    if piece.thin:
        natives = [fact.donation if isinstance(fact, RefundState) else fact.native_id for fact in lunch]
        held = await world.ingest.confirm(world.accounts["lunch"], [f"look-{native[1:]}" for native in natives])
    else:
        held = await world.ingest.apply(world.accounts["lunch"], lunch)
    assert held == []


async def _holds_counted(followed: Followed, story: Story, campaign: CampaignId) -> None:
    entries = story.entries(campaign)
    reading, raised, refunded, count = followed.reads.total(campaign), *total(entries)
    if reading is None:
        assert not entries
    else:
        shown = reading.total
        assert shown.refunded is not None
        assert (shown.raised.minor, shown.refunded.minor, shown.donation_count) == (raised, refunded, count)
    for interval in (Interval.MINUTE, Interval.HOUR, Interval.DAY, Interval.MONTH):
        periods = await followed.reads.history(campaign, interval, None, None)
        assert bool(periods) == bool(entries)
        for period in periods or ():
            within = total(e for e in entries if period.since <= e.at < period.until)
            assert period.refunded is not None
            assert (period.raised.minor, period.refunded.minor, period.count) == within
            assert period.so_far.minor == total(e for e in entries if e.at < period.until)[0]
        _are_whole(periods or ())
    days = await followed.reads.history(campaign, Interval.DAY, None, None) or ()
    assert sum(day.raised.minor for day in days) == raised


def _are_whole(periods: Sequence[Period]) -> None:
    assert all(one.until == other.since for one, other in pairwise(periods))
    assert not periods or periods[-1].until == NOW


async def _holds_listed(followed: Followed, story: Story) -> None:
    for gift in story.gifts:
        listed = await followed.reads.donation(gift.campaign, who(gift.number))
        if gift.at < NOW - FACES:
            assert listed is None
            continue
        if gift.end is not Stage.COMPLETED:  # one that was withdrawn is listed where it was seen to be complete before
            assert listed is None or gift.end is Stage.VOID
            continue
        assert listed is not None
        assert (listed.amount, listed.donated_at, listed.endorser) == (
            Money.of_minor(gift.amount, "CNY"),
            gift.at,
            gift.endorser,
        )
        back = total(gift.entries())[1]
        whole = DonationStatus.REFUNDED if back == gift.amount else DonationStatus.PARTIALLY_REFUNDED
        assert listed.status is (whole if back else DonationStatus.COMPLETED)


async def _holds_endorsers(followed: Followed, story: Story) -> None:
    page = await followed.reads.endorsements(LUNCH, first=10, after=None)
    found = {row.endorser: (row.raised, row.count) for _, row in page.rows}
    for endorser in ("star", "voice"):
        raised, count = story.endorsed(endorser)
        assert found.pop(endorser) == (Money.of_minor(raised, "CNY"), count)
    assert found == {}


async def _holds_stated(followed: Followed, story: Story) -> None:
    reading = followed.reads.total(TEAM)
    if reading is None:
        assert not story.reports
        return
    newest = story.stated()
    assert (reading.total.raised.minor, reading.total.donation_count) == (newest.raised, newest.count)
    for interval in (Interval.MINUTE, Interval.HOUR, Interval.DAY):
        periods = await followed.reads.history(TEAM, interval, None, None) or ()
        _are_whole(periods)
        for period in periods:
            before, after = story.stated(period.since), story.stated(period.until)
            assert (period.raised.minor, period.so_far.minor) == (after.raised - before.raised, after.raised)
            counts = None if after.count is None or before.count is None else after.count - before.count
            assert period.count == counts


async def _holds_season(followed: Followed, story: Story) -> None:
    season = followed.reads.season_now("autumn")
    assert season is not None
    sum_ = (await followed.reads.season_total(season, None)).raised
    parts = {part.currency.code: part.minor for part in sum_.parts}
    raised = total(story.entries(LUNCH))[0]
    assert parts.get("CNY", 0) == raised
    assert parts.get("EUR") == (story.stated().raised if story.reports else None)
    days = await followed.reads.season_history(season, Interval.DAY, None, None, None)
    assert sum(part.minor for day in days for part in day.raised.parts if part.currency.code == "CNY") == raised

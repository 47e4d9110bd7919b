"""A network's own total that falls by more than a fifth is not believed before three reports in a row agree."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from gateway.store import bus, keys
from gateway.store.bus import DoubtChanged, TotalMoved
from gateway.store.connection import connect
from gateway.store.ledger import JUDGED, Outcome
from gateway.store.shelf import Head, Shelf
from schema.model.facts import CampaignState
from schema.model.history import Interval
from schema.model.money import Currency
from schema.model.past import Report, Reported
from schema.model.time import micros
from schema.model.total import AmountSource, Basis
from tests.gateway.store.believing import believed
from tests.gateway.store.books import DAY, MINUTE, NOW, REEF, SHANGHAI, Books, said
from tests.gateway.store.test_history import told

HELD, OVER, NEWS, SAME, OLD = Outcome.DOUBTED, Outcome.BELIEVED, Outcome.APPLIED, Outcome.KEPT, Outcome.KNOWN


@pytest.fixture
def books(redis: Redis) -> Books:
    return Books(redis)


async def state(books: Books, fact: CampaignState) -> Outcome:
    await books.ledger.open(REEF, Basis.REPORTED, "EUR")
    return await books.ledger.total(REEF, fact)


async def each_minute(books: Books, *figures: int) -> list[Outcome]:
    """What becomes of figures that are stated one minute after the other, the last of them now."""
    moments = [NOW - MINUTE * (len(figures) - number - 1) for number in range(len(figures))]
    return [await state(books, said(minor, at)) for minor, at in zip(figures, moments, strict=True)]


async def head(books: Books) -> Head:
    [found] = await Shelf(books.redis).heads([REEF])
    assert found is not None
    return found


async def raised(books: Books) -> int:
    return int((await head(books)).raised or 0)


@pytest.mark.parametrize("figure", [1_000, 1_001, 1_004, 1_005, 9 * 10**15, 9 * 10**15 - 1, 9 * 10**15 - 4])
async def test_a_fall_by_a_fifth_is_believed_and_one_by_a_single_minor_unit_more_is_held(books: Books, figure: int) -> None:
    least = -(-figure * 4 // 5)
    await each_minute(books, figure)

    assert await state(books, said(least - 1, NOW + MINUTE)) is HELD
    assert await raised(books) == figure
    assert await state(books, said(least, NOW + 2 * MINUTE)) is OVER
    assert await raised(books) == least


async def test_an_emptied_network_is_believed_the_third_time_in_a_row(books: Books) -> None:
    assert await each_minute(books, 500, 0, 0, 0) == [NEWS, HELD, HELD, OVER]
    assert (await raised(books), (await head(books)).doubt) == (0, "")


async def test_a_figure_as_before_ends_the_doubt_and_the_three_are_counted_anew(books: Books) -> None:
    outcomes = await each_minute(books, 500, 0, 0, 500, 0, 0, 510)

    assert outcomes == [NEWS, HELD, HELD, OVER, HELD, HELD, OVER]
    assert await raised(books) == 510


async def test_three_that_are_within_a_fifth_of_each_other_agree_and_the_last_of_them_holds(books: Books) -> None:
    assert await each_minute(books, 500, 80, 100, 90) == [NEWS, HELD, HELD, OVER]
    assert await raised(books) == 90


async def test_three_that_differ_by_more_do_not_agree_but_the_next_ones_may(books: Books) -> None:
    assert await each_minute(books, 500, 79, 100, 90, 95) == [NEWS, HELD, HELD, HELD, OVER]
    assert await raised(books) == 95


async def test_what_never_agrees_is_never_believed_and_what_was_held_stays_for_however_long(books: Books) -> None:
    noise = [10, 200] * (2 * JUDGED)

    assert await each_minute(books, 500, *noise) == [NEWS, *[HELD] * len(noise)]
    assert await raised(books) == 500
    assert await state(books, said(400, NOW + MINUTE)) is OVER


async def test_the_same_report_again_and_again_is_one_report(books: Books) -> None:
    await each_minute(books, 500)
    outcomes = [await state(books, said(0, NOW + MINUTE)) for _ in range(5)]

    assert outcomes == [HELD, OLD, OLD, OLD, OLD]
    assert await raised(books) == 500


async def test_an_older_figure_that_is_lower_is_no_fall(books: Books) -> None:
    await each_minute(books, 500)

    assert await state(books, said(100, NOW - DAY)) is OLD
    assert (await raised(books), (await head(books)).doubt) == (500, "")


async def test_a_report_that_comes_between_two_shows_that_they_were_not_in_a_row(books: Books) -> None:
    await each_minute(books, 500, 0, 0, 0)
    assert await raised(books) == 0
    assert await state(books, said(490, NOW - MINUTE / 2)) is NEWS

    assert (await raised(books), (await head(books)).doubt) == (490, str(micros(NOW - MINUTE / 2)))


async def test_a_figure_that_a_person_copied_is_believed_at_once(books: Books) -> None:
    await each_minute(books, 500)
    copied = replace(said(100, NOW + MINUTE), source=AmountSource.PUBLISHED_FIGURE)

    assert await state(books, copied) is NEWS
    assert await raised(books) == 100


@pytest.mark.parametrize("source", [AmountSource.PLATFORM_API, AmountSource.PLATFORM_EVENT])
async def test_it_does_not_matter_whether_the_network_was_asked_or_told_it_by_itself(
    books: Books, source: AmountSource
) -> None:
    await each_minute(books, 500)
    assert await state(books, replace(said(0, NOW + MINUTE), source=source)) is HELD


async def test_the_same_report_with_another_amount_is_a_clash_also_while_it_is_doubted(books: Books) -> None:
    await each_minute(books, 500, 0)
    assert await state(books, said(1, NOW)) is Outcome.CLASH
    assert await raised(books) == 500


async def test_what_is_doubted_is_in_no_history_before_it_is_believed(books: Books) -> None:
    await each_minute(books, 500, 510, 0, 0)
    assert (await months_end(books)) == 510
    await state(books, said(0, NOW + timedelta(seconds=1)))
    assert (await months_end(books)) == 0


async def months_end(books: Books) -> int:
    past = await books.past(REEF)
    assert isinstance(past, Reported)
    return past.reports[-1].raised


async def test_who_follows_the_total_is_told_when_a_doubt_begins_and_when_it_ends(redis: Redis) -> None:
    books = Books(redis)
    await each_minute(books, 500)
    async with redis.pubsub(ignore_subscribe_messages=True) as channel:
        await channel.subscribe(keys.CHANNEL)
        for number, figure in enumerate((0, 10, 490, 495)):
            await state(books, said(figure, NOW + MINUTE * (number + 1)))
        messages: list[bus.Change | None] = []
        async with asyncio.timeout(5):
            while len(messages) < 4:
                if (message := await channel.get_message(timeout=1)) is not None:
                    messages.append(bus.parse(message["data"]))

    assert messages[:2] == [DoubtChanged(REEF, NOW), DoubtChanged(REEF, None)]
    assert [message.raised for message in messages[2:] if isinstance(message, TotalMoved)] == [490, 495]


async def test_the_newest_reports_take_half_a_kilobyte(redis: Redis) -> None:
    books = Books(redis)
    await each_minute(books, *range(10**9, 10**9 + 100))
    assert await cast("Any", redis.strlen(keys.reports(REEF))) < 512


@st.composite
def orders(draw: st.DrawFn) -> tuple[list[Report], list[Report]]:
    """What a network said, of which some is a fall, and the same in any order and with repetitions."""
    apart = draw(st.lists(st.sampled_from([1, 30, 90, 4_000, 90_000]), max_size=JUDGED - 1, min_size=1))
    figures = st.sampled_from([0, 10, 12, 50, 60, 79, 80, 100, 101, 125, 126])
    moments, at = list[datetime](), NOW - sum(apart, 0) * timedelta(seconds=1)
    for seconds in apart:
        moments.append(at)
        at += timedelta(seconds=seconds)
    counts = draw(st.booleans())
    reports = [Report(micros(at), draw(figures), number if counts else None) for number, at in enumerate(moments)]
    return reports, draw(st.permutations(reports + draw(st.lists(st.sampled_from(reports), max_size=5))))


@settings(max_examples=150, deadline=None)
@given(orders())
def test_any_order_and_repetition_comes_to_the_same_total_doubt_and_history(
    redis_url: str, drawn: tuple[list[Report], list[Report]]
) -> None:
    asyncio.run(_hold(redis_url, *drawn))


async def _hold(redis_url: str, reports: Sequence[Report], order: Sequence[Report]) -> None:
    async with connect(redis_url, timeout=30) as client:
        await client.flushall()
        books = Books(client)
        for report in order:
            fact = replace(said(report.raised, NOW, report.donations), version=report.version)
            assert not (await state(books, fact)).is_held
        expected = believed(reports)
        kept = await head(books)
        assert (kept.raised, kept.doubt) == (
            str(expected[-1].raised),
            "" if expected[-1] == reports[-1] else str(expected[-1].version),
        )
        past = await books.past(REEF)
        assert told(past, SHANGHAI) == told(Reported(Currency.of("EUR"), tuple(expected)), SHANGHAI)
        assert (await books.past(REEF, Interval.DAY)).first(NOW, SHANGHAI) == past.first(NOW, SHANGHAI)

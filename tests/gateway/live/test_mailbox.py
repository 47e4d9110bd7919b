"""What waits in front of a running operation: totals conflate, donations queue up to a bound."""

import asyncio

import pytest

from gateway.live.mailbox import MAX_NEWS, Mailbox, NewsBox
from gateway.read.known import News
from schema.model.total import Place
from tests.gateway.acme import LUNCH

SHORTLY = 0.01


def news(number: int) -> News:
    """One entry of a log."""
    return News(LUNCH, f"p{number}", Place(number), "received", b"%d" % number)


async def test_many_rings_are_one() -> None:
    box = Mailbox()
    for _ in range(5):
        box.ring()
    await box.wait()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(box.wait(), SHORTLY)


async def test_a_ring_before_the_wait_is_not_lost_and_one_during_it_ends_it() -> None:
    box = Mailbox()
    waiting = asyncio.create_task(box.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    box.ring()
    await waiting


async def test_after_a_reset_nothing_that_was_queued_is_given_and_that_is_told_once() -> None:
    box = NewsBox()
    box.put(news(0))
    await box.wait()
    box.ring(reset=True)  # also if it comes between a ring and the taking
    box.put(news(2))
    assert box.take() is None
    assert box.take() == ([], 0)
    box.put(news(3))
    assert box.take() == ([news(3)], 0)


async def test_a_wait_that_is_given_up_loses_nothing() -> None:
    box = Mailbox()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(box.wait(), SHORTLY)
    box.ring()
    await box.wait()


async def test_news_come_in_order_and_once() -> None:
    box = NewsBox()
    for number in range(3):
        box.put(news(number))
    await box.wait()
    assert box.take() == ([news(0), news(1), news(2)], 0)
    assert box.take() == ([], 0)


def test_a_full_box_holds_the_newest_and_counts_what_it_dropped() -> None:
    box = NewsBox()
    for number in range(MAX_NEWS):
        box.put(news(number))
    assert box.dropped == 0
    box.put(news(MAX_NEWS))
    taken = box.take()
    assert taken is not None
    held, dropped = taken
    assert (len(held), dropped) == (MAX_NEWS, 1)
    assert (held[0], held[-1]) == (news(1), news(MAX_NEWS))
    assert box.take() == ([], 0)
    box.put(news(0))
    assert box.take() == ([news(0)], 0)


def test_a_box_that_nobody_empties_stays_small() -> None:
    box = NewsBox()
    for number in range(3 * MAX_NEWS + 7):
        box.put(news(number))
    assert box.dropped == 2 * MAX_NEWS + 7
    taken = box.take()
    assert taken is not None
    assert len(taken[0]) == MAX_NEWS

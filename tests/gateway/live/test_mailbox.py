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
    assert await box.wait() is False
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(box.wait(), SHORTLY)


async def test_a_ring_before_the_wait_is_not_lost_and_one_during_it_ends_it() -> None:
    box = Mailbox()
    waiting = asyncio.create_task(box.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    box.ring()
    assert await waiting is False


async def test_a_reset_is_told_once_whatever_rang_before_and_after_it() -> None:
    box = Mailbox()
    box.ring()
    box.ring(reset=True)
    box.ring()
    assert await box.wait() is True
    box.ring()
    assert await box.wait() is False


async def test_a_wait_that_is_given_up_loses_nothing() -> None:
    box = Mailbox()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(box.wait(), SHORTLY)
    box.ring(reset=True)
    assert await box.wait() is True


async def test_news_come_in_order_and_once() -> None:
    box = NewsBox()
    for number in range(3):
        box.put(news(number))
    assert await box.wait() is False
    assert box.take() == ([news(0), news(1), news(2)], 0)
    assert box.take() == ([], 0)


def test_a_full_box_holds_the_newest_and_counts_what_it_dropped() -> None:
    box = NewsBox()
    for number in range(MAX_NEWS):
        box.put(news(number))
    assert box.dropped == 0
    box.put(news(MAX_NEWS))
    held, dropped = box.take()
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
    assert len(box.take()[0]) == MAX_NEWS

"""How close a value is to the network's own."""

from datetime import UTC, datetime, timedelta

import pytest

from schema.model.freshness import Freshness, Health

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SOON = timedelta(microseconds=1)


def health(*, pushes: bool = False, polls: bool = False, stopped: str | None = None, polled: datetime | None = None) -> Health:
    return Health(pushes=pushes, polls=polls, interval=MINUTE, feed_stopped=stopped, polled_at=polled)


def fed(*, confirmed: datetime | None, stopped: str | None = None) -> Health:
    return Health(True, True, MINUTE, stopped, feed_interval=MINUTE, feed_ok_at=confirmed)


def test_a_healthy_feed_is_live_even_where_asking_fails() -> None:
    assert fed(confirmed=NOW).freshness(NOW) is Freshness.LIVE
    assert fed(confirmed=NOW, stopped="authorization_revoked").freshness(NOW) is Freshness.STALE


def test_a_feed_that_nobody_confirms_any_more_is_not_live() -> None:
    assert fed(confirmed=NOW - 3 * MINUTE).freshness(NOW) is Freshness.LIVE
    assert fed(confirmed=NOW - 3 * MINUTE - SOON).freshness(NOW) is Freshness.STALE
    assert fed(confirmed=None).freshness(NOW) is Freshness.STALE


def test_a_network_that_just_sends_is_live_from_the_first_thing_heard_of_it_on() -> None:
    assert Health(True, False, MINUTE).freshness(NOW) is Freshness.CACHED
    assert Health(True, False, MINUTE, heard_at=NOW - 1000 * MINUTE).freshness(NOW) is Freshness.LIVE


def test_a_stopped_feed_counts_as_none() -> None:
    assert health(pushes=True, stopped="authorization_revoked").freshness(NOW) is Freshness.STALE
    assert health(pushes=True, polls=True, stopped="authorization_revoked", polled=NOW).freshness(NOW) is Freshness.CACHED


@pytest.mark.parametrize(
    ("age", "expected"),
    [(timedelta(0), Freshness.CACHED), (2 * MINUTE, Freshness.CACHED), (2 * MINUTE + SOON, Freshness.STALE)],
)
def test_asking_may_fail_every_second_time(age: timedelta, expected: Freshness) -> None:
    assert health(polls=True, polled=NOW - age).freshness(NOW) is expected


def test_what_was_never_asked_is_stale() -> None:
    assert health(polls=True).freshness(NOW) is Freshness.STALE


def test_figures_that_people_bring_are_never_overdue() -> None:
    assert health().freshness(NOW) is Freshness.CACHED
    assert Health(False, False, MINUTE, heard_at=NOW - 1000 * MINUTE).freshness(NOW) is Freshness.CACHED


@pytest.mark.parametrize(
    ("several", "worst"),
    [
        ([], None),
        ([Freshness.LIVE], Freshness.LIVE),
        ([Freshness.LIVE, Freshness.CACHED], Freshness.CACHED),
        ([Freshness.STALE, Freshness.LIVE, Freshness.CACHED], Freshness.STALE),
    ],
)
def test_several_are_as_fresh_as_the_worst(several: list[Freshness], worst: Freshness | None) -> None:
    assert Freshness.worst(several) is worst


def test_an_account_is_as_of_the_later_of_hearing_and_asking() -> None:
    heard, polled = NOW - MINUTE, NOW - 2 * MINUTE

    assert Health(pushes=True, polls=True, interval=MINUTE, polled_at=polled, heard_at=heard).as_of == heard
    assert Health(pushes=True, polls=True, interval=MINUTE, polled_at=polled).as_of == polled
    assert health(pushes=True).as_of is None

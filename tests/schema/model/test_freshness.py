"""How close a value is to the network's own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


_SPANS = st.one_of(
    st.none(),
    st.builds(
        lambda seconds, more: NOW + timedelta(seconds=seconds, microseconds=more),
        st.sampled_from([-300, -120, -60, -40, 0, 30]),
        st.integers(-1, 1),
    ),
)


_ENDS = [NOW + timedelta(seconds=seconds) for seconds in (0, 20, 30, 60, 90, 120, 150)]


@given(
    st.builds(
        Health,
        st.booleans(),
        st.booleans(),
        st.just(timedelta(seconds=60)),
        polled_at=_SPANS,
        heard_at=_SPANS,
        feed_interval=st.sampled_from([None, timedelta(seconds=20)]),
        feed_ok_at=_SPANS,
        is_behind=st.booleans(),
    ),
    st.lists(st.integers(0, 900_000_000), max_size=20),
)
def test_freshness_is_the_same_until_it_turns(health: Health, microseconds: list[int]) -> None:
    turn = health.turns_at(NOW)
    moments = [NOW + timedelta(microseconds=each) for each in microseconds]
    moments += [end + more for end in _ENDS for more in (timedelta(), SOON)]
    assert len({health.freshness(at) for at in [NOW, *moments] if turn is None or at < turn}) == 1
    assert turn is None or (turn > NOW and health.freshness(turn - SOON) == health.freshness(NOW))

"""Whether any campaign of an account is running: as looking at all of them says, and without looking at them each time."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import hypothesis.strategies as st
from hypothesis import given

from gateway.read.running import Running
from schema.model.campaign import Campaign, CampaignStatus
from tests.gateway.acme import LUNCH, NOW

HOUR = timedelta(hours=1)
moments = st.one_of(st.none(), st.integers(-5, 5).map(lambda hours: NOW + hours * HOUR))
stated = st.sampled_from([None, None, *CampaignStatus])


def campaign(
    starts_at: datetime | None = None, ends_at: datetime | None = None, says: CampaignStatus | None = None
) -> Campaign:
    """One of the account."""
    return Campaign(LUNCH, "Lunch", None, "lunch", NOW, starts_at=starts_at, ends_at=ends_at, stated=says)


class Account:
    """Its campaigns, and how many of them were looked at."""

    def __init__(self, *campaigns: Campaign) -> None:
        self.campaigns = list(campaigns)
        self.looked = 0

    def each(self, _: str) -> Iterator[Campaign]:
        """One after the other."""
        for known in self.campaigns:
            self.looked += 1
            yield known


def truth(account: Account, now: datetime) -> bool:
    """What looking at all of them says."""
    return any(each.status(now) is CampaignStatus.ACTIVE for each in account.campaigns)


@given(
    st.lists(st.builds(campaign, moments, moments, stated), max_size=4),
    st.lists(st.tuples(st.integers(-12, 12), st.none() | st.builds(campaign, moments, moments, stated)), max_size=8),
)
def test_it_is_what_looking_at_all_of_them_says_at_any_moment(
    begun: list[Campaign], acts: list[tuple[int, Campaign | None]]
) -> None:
    account = Account(*begun)
    running = Running(account.each)
    for half_hours, described in acts:
        now = NOW + half_hours * HOUR / 2
        if described is not None:
            account.campaigns = [*account.campaigns[1:], described]
            running.forget("lunch")
        assert running.any("lunch", now) is truth(account, now)
        turn = running.turns_at("lunch")
        assert turn is None or turn > now
        assert truth(account, (turn or NOW + 99 * HOUR) - timedelta.resolution) is truth(account, now)


def test_thousands_that_have_ended_are_looked_at_once() -> None:
    account = Account(*[campaign(ends_at=NOW - HOUR)] * 1_000, campaign(starts_at=NOW + HOUR))
    running = Running(account.each)
    for minutes in range(60):
        assert not running.any("lunch", NOW + timedelta(minutes=minutes))
    assert account.looked == 1_001
    assert running.any("lunch", NOW + HOUR)
    running.forget("another")
    assert running.any("lunch", NOW + 9 * HOUR)
    assert account.looked == 2_002


def test_what_is_there_no_more_is_not_remembered() -> None:
    account = Account(campaign())
    running = Running(account.each)
    assert running.any("lunch", NOW)
    account.campaigns = []
    running.clear()
    assert not running.any("lunch", NOW)

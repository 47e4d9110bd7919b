"""Where a campaign stands is what its network says, else what its dates say."""

from datetime import UTC, datetime, timedelta

import pytest

from schema.model.campaign import Campaign, CampaignStatus
from schema.model.ids import CampaignId
from schema.model.money import Currency

START = datetime(2026, 9, 1, tzinfo=UTC)
END = datetime(2026, 10, 1, tzinfo=UTC)
SOON = timedelta(microseconds=1)


def campaign(*, starts: datetime | None = START, ends: datetime | None = END, stated: CampaignStatus | None = None) -> Campaign:
    return Campaign(
        CampaignId("acme", "reef"), "Reef", Currency.of("CNY"), "acme", START, stated=stated, starts_at=starts, ends_at=ends
    )


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (START - SOON, CampaignStatus.SCHEDULED),
        (START, CampaignStatus.ACTIVE),
        (END - SOON, CampaignStatus.ACTIVE),
        (END, CampaignStatus.ENDED),
    ],
)
def test_a_campaign_runs_from_its_start_to_before_its_end(now: datetime, status: CampaignStatus) -> None:
    assert campaign().status(now) is status


def test_a_campaign_without_dates_is_active() -> None:
    assert campaign(starts=None, ends=None).status(END) is CampaignStatus.ACTIVE


@pytest.mark.parametrize("stated", CampaignStatus)
def test_what_the_network_states_counts_more_than_dates(stated: CampaignStatus) -> None:
    assert campaign(stated=stated).status(START) is stated

"""Whether any campaign of an account is running, which each answer asks about each network that it shows."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from schema.model.campaign import Campaign, CampaignStatus

_EVER: Final = datetime.max.replace(tzinfo=UTC)


class _Found(NamedTuple):
    runs: bool
    since: datetime
    until: datetime

    def holds(self, now: datetime) -> bool:
        return self.since <= now < self.until


class Running:
    """``campaigns`` gives those of an account: all of them are looked at once, and again when one is described anew or a date
    of one has come. There may be thousands that have ended, and rows by the hundred that ask.
    """

    def __init__(self, campaigns: Callable[[str], Iterable[Campaign]]) -> None:
        self._campaigns = campaigns
        self._found: dict[str, _Found] = {}

    def any(self, account: str, now: datetime) -> bool:
        """Whether one is, at this moment."""
        found = self._found.get(account)
        if found is None or not found.holds(now):
            found = self._found[account] = self._look(account, now)
        return found.runs

    def turns_at(self, account: str) -> datetime | None:
        """Until when by dates alone the last answer holds, None where that is for good."""
        found = self._found.get(account)
        return found.until if found is not None and found.until < _EVER else None

    def forget(self, account: str) -> None:
        """One of its campaigns is described anew."""
        self._found.pop(account, None)

    def clear(self) -> None:
        """So may all be, or be there no more."""
        self._found.clear()

    def _look(self, account: str, now: datetime) -> _Found:
        begins = _EVER
        for each in self._campaigns(account):
            status = each.status(now)
            if status is CampaignStatus.ACTIVE:
                ends = each.ends_at if each.stated is None else None
                return _Found(runs=True, since=now, until=ends or _EVER)
            if status is CampaignStatus.SCHEDULED and each.stated is None and each.starts_at is not None:
                begins = min(begins, each.starts_at)
        return _Found(runs=False, since=now, until=begins)

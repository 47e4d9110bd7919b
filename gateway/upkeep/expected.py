"""What the ledger counts of one account on one day, to be held against the network's bill of that day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from connectors.ports import Clock
from gateway.accounts import Account
from gateway.configured import Current
from gateway.store.ledger import LISTED
from gateway.store.shelf import Listed, Shelf
from gateway.upkeep.retention import FACES
from schema.model.facts import Stage
from schema.model.ids import CampaignId

PAGE: Final = 1_000
EDGE: Final = timedelta(minutes=10)
"""A bill and a notification may date one payment differently, so near midnight it may be on the bill of the neighbouring day.
How far apart they can be is *assumed*.
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """The donations that the bill must have, by entity, each with its campaign. ``unlike`` are the account's campaigns of
    which that cannot be told: other accounts feed them as well, or the list of their donations was cut.
    """

    donations: dict[bytes, CampaignId]
    unlike: tuple[CampaignId, ...]


class Counted:
    """Reads it from the lists of donations, which bounds what it takes up."""

    def __init__(self, shelf: Shelf, current: Current, clock: Clock) -> None:
        self._shelf = shelf
        self._current = current
        self._clock = clock

    async def on(self, account: Account, day: date) -> Expected:
        """What is counted on a day of the network's own zone, but for ten minutes at either end. Raises LedgerUnavailable."""
        zone = ZoneInfo(account.spec.pace.zone)
        start, end = (datetime.combine(day + timedelta(days=more), time(), zone) for more in (0, 1))
        donations: dict[bytes, CampaignId] = {}
        unlike: list[CampaignId] = []
        for campaign, feeders in sorted(self._current.now.rules.fed(account.name).items()):
            if len(feeders) > 1 or not await self._is_whole(campaign, start):
                unlike.append(campaign)
                continue
            for each in await self._listed(campaign, start + EDGE, end - EDGE):
                if each.record.stage is Stage.COMPLETED:
                    donations[each.entity] = campaign
        return Expected(donations, tuple(unlike))

    async def _is_whole(self, campaign: CampaignId, start: datetime) -> bool:
        """Whether no donation from then on has left the list, of which the oldest goes first."""
        if start < self._clock.now() - FACES:
            return False
        _, _, kept = await self._shelf.listed(campaign, since=None, until=None, first=0, after=None)
        _, _, older = await self._shelf.listed(campaign, since=None, until=int(start.timestamp()), first=0, after=None)
        return kept < LISTED or older > 0

    async def _listed(self, campaign: CampaignId, start: datetime, end: datetime) -> list[Listed]:
        found: list[Listed] = []
        more, after = True, None
        while more:
            page, more, _ = await self._shelf.listed(
                campaign, since=int(start.timestamp()), until=int(end.timestamp()), first=PAGE, after=after
            )
            found += page
            if not page:  # those that were left have lost their faces since
                break
            after = page[-1].at, page[-1].entity
        return found

"""First sight: what somebody asks for and nobody has seen is looked for at its network, once for all processes.

This process only says that it is wanted, and waits. Whoever has the account's lease asks the network
(``gateway.upkeep.sights``), and what it learns comes to all processes as everything does.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from typing import Final

import structlog

from gateway.accounts import finder
from gateway.clock import rest
from gateway.read.follower import Follower
from gateway.store.tracked import Tracked
from schema.model.campaign import Campaign
from schema.model.errors import TryLater
from schema.model.ids import CampaignId

TICK_SECONDS: Final = 0.05
"""How often somebody who waits looks whether there is an answer."""
KEPT_EVERY: Final = timedelta(seconds=30)
"""How often it is said which campaigns are still asked for."""
log = structlog.get_logger()


class Sight:
    """Of one process. ``tracked`` gives those of an account, ``watched`` those that are followed here at this moment.

    Of each account ``most`` are found in all. Nobody waits for longer than ``patience_seconds``. Whoever may not have something
    looked for is counted in ``refused``, by the limit that was met, and is told that there is no such campaign.
    """

    def __init__(
        self,
        follower: Follower,
        tracked: Callable[[str], Tracked],
        refused: Counter[str],
        *,
        most: int,
        patience_seconds: float,
        watched: Callable[[], Iterable[CampaignId]] = tuple,
    ) -> None:
        self._follower = follower
        self._tracked = tracked
        self._refused = refused
        self._most = most
        self._patience_seconds = patience_seconds
        self._watched = watched
        self._flights: dict[CampaignId, asyncio.Task[None]] = {}
        self._asked: set[CampaignId] = set()

    async def find(self, campaign: CampaignId) -> None:
        """Returns when it is visible here, when nobody has it, or when it was waited for long enough. Raises nothing.

        All who ask meanwhile wait for the same; who leaves, leaves alone.
        """
        accounts = self._follower.directory.lookups.get(campaign.platform)
        if not accounts or not self._follower.connected:
            return
        flight = self._flights.get(campaign)
        if flight is None:
            flight = self._flights[campaign] = asyncio.create_task(self._seek(campaign, accounts))
            flight.add_done_callback(lambda _: self._flights.pop(campaign, None))
        await asyncio.wait({flight})

    def note(self, campaign: Campaign) -> None:
        """One that is known was asked for."""
        if self._follower.directory.was_found(campaign):
            self._asked.add(campaign.id)

    async def run(self, sleep: Callable[[timedelta], Awaitable[None]] = rest) -> None:
        """Says again and again which of those that were found are still asked for, watched, or part of a season."""
        try:
            while True:
                await sleep(KEPT_EVERY)
                await self.keep()
        finally:
            for flight in self._flights.values():
                flight.cancel()

    async def keep(self) -> None:
        """The same once. Where Redis does not answer it is said the next time."""
        asked, self._asked = self._asked, set()
        seasons = self._follower.directory.seasons.all
        wanted = asked.union(self._watched(), *(season.members.campaigns for season in seasons))
        for campaign in sorted(wanted):
            known = self._follower.campaigns.get(campaign)
            entry = None if known is None else self._follower.directory.accounts[known.account]
            if entry is None or entry.finds_for is None or entry.is_gone:
                continue
            try:
                if not await self._tracked(entry.finds_for).keep(campaign.native):
                    self._refused["tracked_campaigns"] += 1
            except TryLater:
                self._asked |= asked
                return

    async def _seek(self, campaign: CampaignId, accounts: Sequence[str]) -> None:
        try:
            async with asyncio.timeout(self._patience_seconds):
                for account in accounts:
                    held = account in self._follower.directory.lookups.get(campaign.platform, ())
                    if held and await self._is_found(campaign, account):
                        return
        except TimeoutError:
            return
        except TryLater:
            log.warning("first_sight.unasked", platform=campaign.platform)

    async def _is_found(self, campaign: CampaignId, account: str) -> bool:
        tracked = self._tracked(account)
        if await tracked.is_denied(campaign.native):
            return False
        is_full = len(self._follower.by_account[finder(account)]) >= self._most
        if (limit := "found_campaigns" if is_full else await tracked.want(campaign.native)) is not None:
            self._refused[limit] += 1
            return False
        while campaign not in self._follower.campaigns:
            await asyncio.sleep(TICK_SECONDS)
            if await tracked.is_denied(campaign.native):
                return False
        return True

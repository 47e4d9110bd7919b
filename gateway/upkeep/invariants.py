"""The books must balance: what is shown is what the records come to. All campaigns are audited again and again, gently."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from gateway.observe import Metrics
from gateway.store.cache import Cache
from gateway.upkeep.audit import Audit
from gateway.upkeep.drift import Drift
from gateway.upkeep.lease import owning
from gateway.upkeep.repeat import repeat
from schema.model.ids import CampaignId

EVERY: Final = timedelta(minutes=5)
"""Between the end of one pass and the next."""
SHARE: Final = 0.1
"""Of its time that a pass works, so that nobody waits for it. Through 100,000 small campaigns it takes a quarter of an hour."""
LEASE: Final = "invariants"
log = structlog.get_logger()


class Invariants:
    """Goes through ``campaigns``, and tells of each one whose sums are not what they must be, once until that changes."""

    def __init__(self, audit: Audit, campaigns: Callable[[], Awaitable[Iterable[CampaignId]]], metrics: Metrics) -> None:
        self._audit = audit
        self._campaigns = campaigns
        self._metrics = metrics
        self._drifting: dict[CampaignId, set[tuple[str, object]]] = {}

    async def run(self, cache: Cache, sleep: Callable[[timedelta], Awaitable[None]]) -> None:
        """Pass after pass, by one owner among the equal processes, until it is cancelled."""
        await owning(cache, LEASE, partial(self._owned, sleep))

    async def once(self) -> None:
        """One pass. Raises LedgerUnavailable."""
        campaigns = list(await self._campaigns())
        for campaign in campaigns:
            self._note(campaign, await self._audit.drifts(campaign))
        for gone in self._drifting.keys() - set(campaigns):
            del self._drifting[gone]
        for platform in {campaign.platform for campaign in campaigns}:
            self._tell(platform)

    async def _owned(self, sleep: Callable[[timedelta], Awaitable[None]]) -> None:
        try:
            await repeat(LEASE, LEASE, self.once, EVERY, self._metrics, sleep=sleep)
        finally:  # another process tells from now on
            self._drifting.clear()
            self._metrics.drift.clear()

    def _note(self, campaign: CampaignId, found: list[Drift] | None) -> None:
        outcome = "unsettled" if found is None else "drift" if found else "balanced"
        self._metrics.books.labels(campaign.platform, outcome).inc()
        before = self._drifting.get(campaign, set())
        if found:
            for each in found:
                if each.mark not in before:
                    log.error("books.drift", campaign=str(campaign), what=each.what, kept=each.kept, due=each.due)
            self._drifting[campaign] = {each.mark for each in found}
            self._tell(campaign.platform)
        elif found is not None and before:
            del self._drifting[campaign]
            log.info("books.balanced", campaign=str(campaign))

    def _tell(self, platform: str) -> None:
        self._metrics.drift.labels(platform).set(sum(campaign.platform == platform for campaign in self._drifting))

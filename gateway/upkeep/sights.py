"""Asks a network for campaigns that no setting lists: once at first sight, then at its pace while somebody asks for them.

Done where the account's other calls are made, so that all of them keep to one budget, one breaker and one spacing.
"""

import asyncio
import contextlib
from datetime import timedelta
from typing import Final

import structlog

from connectors.contract import ReadsCampaigns
from gateway.accounts import Account
from gateway.intake.ingest import Ingest
from gateway.observe import Metrics
from gateway.store.health import HealthBook
from gateway.store.shelf import Shelf
from gateway.store.tracked import ABSENT, UNREACHED, Tracked
from gateway.upkeep.polls import Polls
from schema.model.campaign import Campaign
from schema.model.errors import BadUserInput, GivingError, LedgerUnavailable, NotFound, TryLater
from schema.model.facts import CampaignState
from schema.model.ids import CampaignId

LOOKED_EVERY: Final = 0.2
"""Seconds after which it is looked again whether anything is wanted."""
log = structlog.get_logger()


class Sights:
    """Of one account, in the process that does its work. Of what it finds donations are not listed: one that is also told
    with a team of the settings belongs there.
    """

    def __init__(
        self, account: Account, tracked: Tracked, ingest: Ingest, book: HealthBook, shelf: Shelf, metrics: Metrics
    ) -> None:
        self._finder = account.finder
        self._tellers = (account.name, self._finder.name)
        self._polls = Polls(self._finder, ingest, book)
        self._tracked = tracked
        self._shelf = shelf
        self._clock = book.clock
        self._metrics = metrics
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._seen: set[str] = set()
        """Those that were here when that was last looked at: once a cycle at least, as the ledger may have lost some."""

    async def look(self) -> None:
        """Looks for whatever is wanted and was never seen, each as soon as it is. Ends by TryLater alone."""
        try:
            while True:
                for native in await self._unseen():
                    self._looking[native] = asyncio.create_task(self._first(native))
                await asyncio.sleep(LOOKED_EVERY)
        finally:
            under_way = [*self._looking.values()]
            for each in under_way:
                each.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

    async def track(self) -> None:
        """One cycle over those that were found and are still asked for, those first that were read longest ago.

        One that cannot be read keeps no other waiting; its error is raised after the last of them.
        """
        problem = None
        self._seen.clear()
        for known in await self._due():
            try:
                await self._polls.campaign(await self._asked(known.id.native))
            except LedgerUnavailable:
                raise
            except NotFound:  # its last value stays
                log.info("tracked.gone", account=self._finder.name, campaign=known.id.native)
            except GivingError as error:
                problem = problem or error
        if problem is not None:
            raise problem

    async def _asked(self, native: str) -> CampaignState:
        """What the network says. Raises NotFound where it says that of another id: nothing is shown under one that is none."""
        connector = self._finder.connector
        state = await connector.campaign(native) if isinstance(connector, ReadsCampaigns) else None
        if state is None or state.native_id != native:
            raise NotFound("the network has no campaign of exactly this id")
        return state

    async def _unseen(self) -> list[str]:
        self._looking = {native: task for native, task in self._looking.items() if not task.done()}
        tracked = await self._tracked.all()
        self._seen &= tracked
        wanted = tracked - self._looking.keys() - self._seen
        self._seen |= {native for native, known in (await self._described(wanted)).items() if known.account in self._tellers}
        return sorted(wanted - self._seen)

    async def _due(self) -> list[Campaign]:
        """Those that were not read in this cycle yet: after a failure it begins again."""
        now, pace = self._clock.now(), self._finder.spec.pace.poll or timedelta(0)
        known = (await self._described(await self._tracked.all())).values()
        due = [each for each in known if each.account == self._finder.name and now - each.as_of >= pace / 2]
        return sorted(due, key=lambda each: (each.as_of, each.id))

    async def _described(self, natives: set[str]) -> dict[str, Campaign]:
        ids = [CampaignId(self._finder.platform, native) for native in natives]
        return {each.id.native: each for each in await self._shelf.described(ids) if each is not None} if ids else {}

    async def _first(self, native: str) -> None:
        """Looks for one. That a network could not be asked is forgotten soon, and that it has no such thing later."""
        outcome, lasts = "failed", UNREACHED
        try:
            await self._polls.campaign(await self._asked(native))
            outcome = "found"
        except (NotFound, BadUserInput):
            outcome, lasts = "absent", ABSENT
        except GivingError as error:
            log.warning("first_sight.failed", account=self._finder.name, code=error.code)
        except Exception:
            log.exception("first_sight.fault", account=self._finder.name)
        if outcome != "found":
            with contextlib.suppress(TryLater):  # who waits gives up by itself
                await self._tracked.deny(native, lasts)
        self._metrics.first_sights.labels(self._finder.name, outcome).inc()

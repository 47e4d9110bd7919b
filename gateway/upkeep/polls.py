"""Asks a network for its campaigns at its pace, whatever the audience, and for donations when a total has moved."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import structlog

from connectors.contract import ListsCampaigns, ListsDonations
from gateway.accounts import Account
from gateway.intake.ingest import UNREADABLE, Ingest, Verdict
from gateway.intake.quarantine import TRIED_AGAIN
from gateway.store.health import HealthBook
from schema.model.errors import ConnectorError, NotFound
from schema.model.facts import CampaignState, Raised
from schema.model.total import Basis

WHOLE_EVERY: Final = timedelta(days=1)
"""How often donations are listed from the first one on, for what was changed, or entered with an older date."""
OVERLAP: Final = MappingProxyType({Basis.REPORTED: timedelta(hours=1), Basis.COUNTED: timedelta(days=1)})
"""Else they are listed from so long before the last listing: where they are money, longer than where the total is told."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Listing:
    """When donations were last listed and when whole, what was raised then, and whether it stood since the time before."""

    raised: Raised
    stood: bool
    at: datetime
    whole_at: datetime


class Polls:
    """The polls of one account. Remembers when donations of each campaign were listed; a new one begins with all of them."""

    def __init__(self, account: Account, ingest: Ingest, book: HealthBook) -> None:
        self._account = account
        self._ingest = ingest
        self._book = book
        self._listed: dict[str, _Listing] = {}

    async def once(self) -> Counter[Verdict]:
        """One cycle; gives what became of the facts. Raises what the connector or the ledger raises; then the last known
        values grow old.
        """
        connector, told = self._account.connector, Counter[Verdict]()
        if not isinstance(connector, ListsCampaigns):
            return told
        try:
            async for state in connector.campaigns():
                told.update(await self._ingest.verdicts(self._account, [state]))
                told.update(await self._donations(state))
        except NotFound as error:  # one that the network has no more must not let the others grow old
            if not told:
                raise
            log.warning("campaign.gone", account=self._account.name, reason=str(error))
        await self._book.polled(self._account.name)
        return told

    async def _donations(self, state: CampaignState) -> Counter[Verdict]:
        connector, told = self._account.connector, Counter[Verdict]()
        if not isinstance(connector, ListsDonations):
            return told
        last, now = self._listed.get(state.native_id), self._book.clock.now()
        whole = last is None or now - last.whole_at >= WHOLE_EVERY
        same = last is not None and state.raised == last.raised
        if last is not None and same and last.stood and not whole:
            return told  # a list may lag behind its total, so it is read once more after each move
        since = None if last is None or whole else last.at - OVERLAP[self._account.spec.basis]
        try:
            async for movement in connector.donations(state.native_id, since=since):
                told.update(await self._ingest.verdicts(self._account, [movement]))
        except (ConnectorError, NotFound) as error:  # one row that cannot be read must not starve the account's other campaigns
            log.warning("donations.unreadable", account=self._account.name, campaign=state.native_id, code=error.code)
            told[Verdict(UNREADABLE)] += 1
        if not TRIED_AGAIN.isdisjoint(verdict.held for verdict in told):
            # no delivery is kept of these: they are tried again by being listed again, whole, as their dates are not known
            self._listed.pop(state.native_id, None)
        elif state.raised is not None:
            self._listed[state.native_id] = _Listing(state.raised, same, now, now if whole or last is None else last.whole_at)
        return told

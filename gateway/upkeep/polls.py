"""Asks a network for its campaigns at its pace, whatever the audience, and for donations when a total has moved."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import structlog

from connectors.contract import ListsCampaigns, ListsDonations
from gateway.accounts import Account
from gateway.intake.ingest import UNREADABLE, Ingest, Verdict
from gateway.intake.quarantine import TRIED_AGAIN
from gateway.observe import Metrics
from gateway.store.health import HealthBook
from gateway.upkeep.listed import Listed
from schema.model.errors import ConnectorError, NotFound
from schema.model.facts import CampaignState, Raised
from schema.model.money import Money
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

    def __init__(self, account: Account, ingest: Ingest, book: HealthBook, metrics: Metrics | None = None) -> None:
        self._account = account
        self._ingest = ingest
        self._book = book
        self._metrics = metrics
        self._apart: dict[str, float] = {}
        self._listed: dict[str, _Listing] = {}
        self._doubted: dict[str, CampaignState] = {}
        self.oldest: int | None = None
        """The lowest version among the campaigns of the last cycle: a network may date what it tells by some time ago."""

    def forget(self) -> None:
        """Begins with all donations again, as the ledger may have lost some."""
        self._listed.clear()

    async def once(self) -> Counter[Verdict]:
        """One cycle; gives what became of the facts. Raises what the connector or the ledger raises; then the last known
        values grow old.
        """
        connector, told = self._account.connector, Counter[Verdict]()
        if not isinstance(connector, ListsCampaigns):
            return told
        self.oldest = None
        began = self._book.clock.now()
        try:
            async for state in connector.campaigns():
                self.oldest = state.version if self.oldest is None else min(self.oldest, state.version)
                told.update(await self.campaign(state))
                told.update(await self._donations(state))
        except NotFound as error:  # one that the network has no more must not let the others grow old
            if not told:
                raise
            log.warning("campaign.gone", account=self._account.name, reason=str(error))
        await self._book.polled(self._account.name, self._book.clock.now() - began)
        return told

    async def campaign(self, state: CampaignState) -> list[Verdict]:
        """Applies what the network says of a campaign. Raises LedgerUnavailable."""
        last = self._doubted.pop(state.native_id, None)
        if last is not None and state.version <= last.version:
            # it dates its figure by the last change: asked once more, it has said it once more
            state = replace(state, version=last.version + 1)
        verdicts = await self._ingest.verdicts(self._account, [state])
        if any(verdict.doubted for verdict in verdicts):
            self._doubted[state.native_id] = state
        return verdicts

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
        listed = Listed()
        try:
            async for movement in connector.donations(state.native_id, since=since):
                listed.add(movement)
                told.update(await self._ingest.verdicts(self._account, [movement]))
        except (ConnectorError, NotFound) as error:  # one row that cannot be read must not starve the account's other campaigns
            log.warning("donations.unreadable", account=self._account.name, campaign=state.native_id, code=error.code)
            told[Verdict(UNREADABLE)] += 1
        else:
            if whole and state.raised is not None:
                self._compare(state.native_id, state.raised.amount, listed)
        if not TRIED_AGAIN.isdisjoint(verdict.held for verdict in told):
            # no delivery is kept of these: they are tried again by being listed again, whole, as their dates are not known
            self._listed.pop(state.native_id, None)
        elif state.raised is not None:
            self._listed[state.native_id] = _Listing(state.raised, same, now, now if whole or last is None else last.whole_at)
        return told

    def _compare(self, native: str, stated: Money, listed: Listed) -> None:
        """Tells how far the network's own total and all that it listed are apart."""
        self._apart[native] = listed.apart(stated)
        if self._metrics is not None:
            self._metrics.apart.labels(self._account.name).set(max(self._apart.values()))
        if self._apart[native]:
            sums = {"stated": str(stated), "listed": str(Money(listed.minor, stated.currency))}
            log.info("total.apart", account=self._account.name, campaign=native, **sums)

"""Asks a network for its campaigns at its pace, whatever the audience, and for donations when a total has moved."""

from collections import Counter

import structlog

from connectors.contract import ListsCampaigns, ListsDonations
from gateway.accounts import Account
from gateway.intake.ingest import UNREADABLE, Ingest, Verdict
from gateway.intake.quarantine import TRIED_AGAIN
from gateway.store.health import HealthBook
from schema.model.errors import ConnectorError
from schema.model.facts import CampaignState, Raised

log = structlog.get_logger()


class Polls:
    """The polls of one account. Remembers what was raised when donations were last listed, and whether it stood then."""

    def __init__(self, account: Account, ingest: Ingest, book: HealthBook) -> None:
        self._account = account
        self._ingest = ingest
        self._book = book
        self._listed: dict[str, tuple[Raised, bool]] = {}

    async def once(self) -> Counter[Verdict]:
        """One cycle; gives what became of the facts. Raises what the connector or the ledger raises; then the last known
        values grow old.
        """
        connector, told = self._account.connector, Counter[Verdict]()
        if not isinstance(connector, ListsCampaigns):
            return told
        async for state in connector.campaigns():
            told.update(await self._ingest.verdicts(self._account, [state]))
            told.update(await self._donations(state))
        await self._book.polled(self._account.name)
        return told

    async def _donations(self, state: CampaignState) -> Counter[Verdict]:
        connector, told = self._account.connector, Counter[Verdict]()
        if not isinstance(connector, ListsDonations):
            return told
        last, stood = self._listed.get(state.native_id, (None, False))
        same = state.raised is not None and state.raised == last
        if same and stood:  # a list may lag behind its total, so it is read once more after each move
            return told
        try:
            async for movement in connector.donations(state.native_id, since=None):
                told.update(await self._ingest.verdicts(self._account, [movement]))
        except ConnectorError as error:  # one row that cannot be read must not starve the account's other campaigns
            log.warning("donations.unreadable", account=self._account.name, campaign=state.native_id, code=error.code)
            told[Verdict(UNREADABLE)] += 1
        if TRIED_AGAIN.isdisjoint(verdict.held for verdict in told) and state.raised is not None:
            # no delivery is kept of these: they are tried again by being listed again
            self._listed[state.native_id] = state.raised, same
        return told

"""Asks a network for its campaigns at its pace, whatever the audience, and for donations when a total has moved."""

import structlog

from connectors.contract import ListsCampaigns, ListsDonations
from gateway.accounts import Account
from gateway.intake.ingest import Ingest
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

    async def once(self) -> None:
        """One cycle. Raises what the connector or the ledger raises; then the last known values grow old."""
        connector = self._account.connector
        if not isinstance(connector, ListsCampaigns):
            return
        async for state in connector.campaigns():
            await self._ingest.apply(self._account, [state])
            await self._donations(state)
        await self._book.polled(self._account.name)

    async def _donations(self, state: CampaignState) -> None:
        connector = self._account.connector
        if not isinstance(connector, ListsDonations):
            return
        last, stood = self._listed.get(state.native_id, (None, False))
        same = state.raised is not None and state.raised == last
        if same and stood:  # a list may lag behind its total, so it is read once more after each move
            return
        held: list[str] = []
        try:
            async for movement in connector.donations(state.native_id, since=None):
                held += await self._ingest.apply(self._account, [movement])
        except ConnectorError as error:  # one row that cannot be read must not starve the account's other campaigns
            log.warning("donations.unreadable", account=self._account.name, campaign=state.native_id, code=error.code)
        if TRIED_AGAIN.isdisjoint(held) and state.raised is not None:
            # no delivery is kept of these: they are tried again by being listed again
            self._listed[state.native_id] = state.raised, same

"""Asks a network for its campaigns at its pace, whatever the audience, and for donations when a total has moved."""

from connectors.contract import ListsCampaigns, ListsDonations
from gateway.accounts import Account
from gateway.intake.ingest import Ingest
from gateway.intake.quarantine import TRIED_AGAIN
from gateway.store.health import HealthBook
from schema.model.facts import CampaignState, Raised


class Polls:
    """The polls of one account. Remembers what was raised when donations were last listed."""

    def __init__(self, account: Account, ingest: Ingest, book: HealthBook) -> None:
        self._account = account
        self._ingest = ingest
        self._book = book
        self._listed: dict[str, Raised | None] = {}

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
        known = state.native_id in self._listed
        if not isinstance(connector, ListsDonations) or (known and self._listed[state.native_id] == state.raised):
            return
        held: list[str] = []
        async for movement in connector.donations(state.native_id, since=None):
            held += await self._ingest.apply(self._account, [movement])
        if TRIED_AGAIN.isdisjoint(held):  # no delivery is kept of these: they are tried again by being listed again
            self._listed[state.native_id] = state.raised

"""Reads what fundraisers promise at certain totals, rarely: it is words, and money does not depend on it."""

from typing import Final

import structlog

from connectors.contract import ReadsMilestones
from gateway.accounts import Account
from gateway.store.milestones import MilestoneShelf
from gateway.store.shelf import Shelf
from schema.model.campaign import CampaignStatus
from schema.model.errors import ConnectorError, NotFound

MOST: Final = 100
"""Milestones of one campaign; of more, the smallest amounts are kept."""
log = structlog.get_logger()


class MilestoneReader:
    """The milestones of one account's campaigns. What cannot be read stays as it was."""

    def __init__(self, account: Account, shelf: Shelf, milestones: MilestoneShelf) -> None:
        self._account = account
        self._shelf = shelf
        self._milestones = milestones

    async def once(self) -> None:
        """One cycle over the campaigns that have not ended. Raises what the network's silence raises, and LedgerUnavailable."""
        connector = self._account.connector
        if not isinstance(connector, ReadsMilestones):
            return
        known = await self._shelf.described(await self._shelf.known(self._account.platform))
        for campaign in known:
            if campaign is None or campaign.account != self._account.name or campaign.stated is CampaignStatus.ENDED:
                continue
            try:
                told = await connector.milestones(campaign.id.native)
            except (NotFound, ConnectorError) as error:  # one campaign that cannot be read must not keep the others waiting
                log.info("milestones.unread", account=self._account.name, campaign=campaign.id.native, code=error.code)
            else:
                await self._milestones.keep(campaign.id, sorted(told, key=lambda each: each.amount.minor)[:MOST])

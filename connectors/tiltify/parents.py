"""Which of the configured campaigns support which others: their money is in the totals of both.

A campaign names its fundraising event and no team campaign, so those that can be supported are asked who supports them.
https://developers.tiltify.com/api-reference/public
"""

from collections.abc import Mapping
from datetime import datetime

from connectors.ports import Clock
from connectors.tiltify import sheet
from connectors.tiltify.api import Api
from connectors.tiltify.fields import Native, uuid
from schema.model.errors import NotFound, Unreadable, UpstreamGarbled


class Parents:
    """Remembers what was read; it is read again when it is over ``sheet.PARENTS_EVERY`` old, as it changes by hand only."""

    def __init__(self, api: Api, clock: Clock, campaigns: Mapping[str, Native]) -> None:
        self._api = api
        self._clock = clock
        self._campaigns = campaigns
        self._supporters: dict[Native, frozenset[str]] = {}
        self._read_at: datetime | None = None

    async def refresh(self) -> None:
        """Reads who supports whom, if it is time. What the network does not tell stays as it was: totals must not wait for it.

        Raises UpstreamUnavailable, and CredentialsRefused.
        """
        now = self._clock.now()
        if len(self._campaigns) < 2 or (self._read_at is not None and now - self._read_at < sheet.PARENTS_EVERY):
            return
        for parent in self._campaigns.values():
            try:
                self._supporters[parent] = await self._read(parent)
            except (NotFound, Unreadable, UpstreamGarbled):
                continue
        self._read_at = now

    async def _read(self, parent: Native) -> frozenset[str]:
        rows = self._api.rows(f"{parent.path}/{sheet.SUPPORTERS[parent.kind]}")
        return frozenset([uuid(row, "id") async for row in rows])

    def of(self, native: Native) -> tuple[Native, ...]:
        """The configured ones that hold its money too, nearest first."""
        found = [parent for parent, supporters in self._supporters.items() if native.uuid in supporters and parent != native]
        return tuple(sorted(found, key=lambda parent: parent.distance))

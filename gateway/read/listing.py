"""Brings many campaigns into the catalogue, some at a time, so that the event loop goes on meanwhile."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from schema.model.ids import CampaignId

PORTION: Final = 50
"""Campaigns that are listed without a pause: 5 ms."""


class Listing:
    """``put`` lists campaigns as they are known by then."""

    def __init__(self, put: Callable[[Sequence[CampaignId]], None]) -> None:
        self._put = put
        self._due: dict[CampaignId, None] = {}

    def __bool__(self) -> bool:
        """Whether any is still to be listed."""
        return bool(self._due)

    def begin(self, campaigns: Iterable[CampaignId]) -> None:
        """Lists these, the first portion at once."""
        self._due |= dict.fromkeys(campaigns)
        self.go_on()

    def go_on(self) -> None:
        """Lists another portion, if there is one."""
        self._put([self._due.popitem()[0] for _ in range(min(PORTION, len(self._due)))])

    async def finish(self) -> None:
        """Lists the rest."""
        while self._due:
            await asyncio.sleep(0)
            self.go_on()

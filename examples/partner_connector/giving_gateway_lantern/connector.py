"""Lantern, asked over REST and heard over webhooks: https://lantern.example/developers"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode

from connectors.contract import (
    Connector,
    Delivery,
    ListsCampaigns,
    ListsDonations,
    ReadsMilestones,
    Receipt,
    ReceivesDeliveries,
)
from connectors.http import HttpRequest
from connectors.paging import each_read, paged
from connectors.ports import Ports
from connectors.reading import readable
from connectors.spec import Settings
from schema.model.campaign import Milestone
from schema.model.errors import NotFound, UpstreamGarbled
from schema.model.facts import CampaignState, Movement
from schema.model.time import rfc3339
from schema.model.total import AmountSource

from giving_gateway_lantern import mapping, webhook
from giving_gateway_lantern.mapping import Words
from giving_gateway_lantern.settings import Account

PAGE: Final = 200
"""The most that a page may have: https://lantern.example/developers/lists"""


class LanternConnector:
    """One organiser's account."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account = account
        self._http = ports.http

    def receive(self, delivery: Delivery) -> Receipt:
        """Verifies a webhook, then reads it."""
        return webhook.receive(delivery, self._account.webhook_secrets)

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """All garlands of the organiser, those that hang above others among them."""
        async for state in each_read(self._rows("/garlands"), partial(mapping.garland, source=AmountSource.PLATFORM_API)):
            yield state

    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        """The lanterns on a garland itself, or those of them that changed at or after ``since``. Raises NotFound."""
        query = {} if since is None else {"changed_since": rfc3339(since)}
        rows = self._rows(f"{_path(campaign)}/lanterns", **query)
        async for state in each_read(rows, partial(mapping.lantern, source=AmountSource.PLATFORM_API)):
            yield state

    async def milestones(self, native_id: str) -> Sequence[Milestone]:
        """What is promised for a garland. Raises NotFound."""
        rows = [words async for words in self._rows(f"{_path(native_id)}/promises")]
        with readable():
            return sorted(map(mapping.promise, rows), key=lambda promise: promise.amount.minor)

    async def _rows(self, path: str, **query: str) -> AsyncIterator[Words]:
        async def page(cursor: str | None) -> tuple[Sequence[Words], str | None]:
            answer = await self._ask(path, {**query, "size": str(PAGE), "page": cursor or "1"})
            rows, following = answer.get("items"), answer.get("next_page")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise UpstreamGarbled("a page has no items")
            if following is not None and type(following) is not int:
                raise UpstreamGarbled("a page's number is none")
            return rows, None if following is None else str(following)

        async for words in paged(page):
            yield words

    async def _ask(self, path: str, query: Mapping[str, str]) -> Words:
        headers = {"Lantern-Key": self._account.access_key.reveal(), "Accept": "application/json"}
        request = HttpRequest("GET", f"{self._account.base_url}{path}?{urlencode(query)}", headers)
        return (await self._http.send(request)).expect(200).object()


def _path(native_id: str) -> str:
    """Where a garland is. Raises NotFound for what is no id of one, before it gets into an address."""
    if not mapping.GARLAND_ID.fullmatch(native_id):
        raise NotFound("no garland has an id of that form")
    return f"/garlands/{native_id}"


def build(settings: Settings, ports: Ports) -> Connector:
    """The connector of one account. Raises SettingsInvalid with all problems at once."""
    return LanternConnector(Account.of(settings), ports)


# a type checker reads this line: at run time only the names of methods are looked at
_: tuple[type[ReceivesDeliveries], type[ListsCampaigns], type[ListsDonations], type[ReadsMilestones]] = (
    LanternConnector,
    LanternConnector,
    LanternConnector,
    LanternConnector,
)

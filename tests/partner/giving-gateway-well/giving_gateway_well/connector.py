"""Well, asked over REST: https://well.example/developers"""

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode

from connectors.contract import Connector, ListsCampaigns, ListsDonations, ReadsDonations
from connectors.http import HttpRequest
from connectors.paging import each_read, paged
from connectors.ports import Ports
from connectors.reading import readable
from connectors.spec import Settings
from schema.model.errors import NotFound, UpstreamGarbled
from schema.model.facts import CampaignState, Movement

from giving_gateway_well import mapping
from giving_gateway_well.mapping import Words
from giving_gateway_well.settings import Account

MOST: Final = 500
"""Entries on one page: https://well.example/developers/books"""


class WellConnector:
    """One association's account."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account = account
        self._http = ports.http

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """All wells of the association."""
        async for state in each_read(self._rows("/wells", {}), mapping.well):
            yield state

    async def donations(self, campaign: str, *, since: datetime | None = None) -> AsyncIterator[Movement]:
        """The gifts and refunds in the book of a well, or those since a moment. Raises NotFound."""
        if not mapping.CODE.fullmatch(campaign):
            raise NotFound("no well has a code of that form")
        query = {} if since is None else {"since": str(int(since.timestamp()))}
        rows = self._rows(f"/wells/{campaign}/book", query)
        async for movement in each_read(rows, partial(mapping.entry, code=campaign)):
            if movement is not None:
                yield movement

    async def donation(self, native_id: str) -> Sequence[Movement]:
        """The gift of this number. Raises NotFound."""
        if not mapping.GIFT.fullmatch(native_id):
            raise NotFound("no gift has a number of that form")
        words = await self._ask(f"/gifts/{native_id}")
        with readable():
            found = mapping.gift(words)
        if found.native_id != native_id:
            raise UpstreamGarbled("the answer is about another gift than was asked for")
        return [found]

    async def _rows(self, path: str, query: Mapping[str, str]) -> AsyncIterator[Words]:
        async def page(cursor: str | None) -> tuple[Sequence[Words], str | None]:
            place = {"most": str(MOST)} if cursor is None else {"most": str(MOST), "from": cursor}
            answer = await self._ask(f"{path}?{urlencode({**query, **place})}")
            rows, further = answer.get("rows"), answer.get("further")
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise UpstreamGarbled("a list has no rows")
            if not isinstance(further, str | None):
                raise UpstreamGarbled("a cursor is no text")
            return rows, further

        async for words in paged(page):
            yield words

    async def _ask(self, path: str) -> Words:
        who = f"{self._account.member}:{self._account.pass_phrase.reveal()}".encode()
        headers = {"Authorization": f"Basic {base64.b64encode(who).decode()}", "Accept": "application/json"}
        answer = await self._http.send(HttpRequest("GET", f"{self._account.base_url}{path}", headers))
        return answer.expect(200).object()


def build(settings: Settings, ports: Ports) -> Connector:
    """The connector of one account. Raises SettingsInvalid with all problems at once."""
    return WellConnector(Account.of(settings), ports)


# a type checker reads this line: at run time only the names of methods are looked at
_: tuple[type[ReadsDonations], type[ListsCampaigns], type[ListsDonations]] = (
    WellConnector,
    WellConnector,
    WellConnector,
)

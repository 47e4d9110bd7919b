"""Questions to JustGiving's REST interface. All of them only read public data.

https://developer.justgiving.com/apidocs/documentation
"""

from typing import Any
from urllib.parse import quote

from connectors.http import HttpRequest
from connectors.justgiving import sheet
from connectors.justgiving.settings import Account
from connectors.ports import Ports


class Api:
    """One application's calls. Names are short names of a checked form; the slash of ``page/sample`` stays one.

    Each raises NotFound where there is no such thing, and the error that fits for every other answer.
    """

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account, self._http = account, ports.http

    async def page(self, name: str) -> dict[str, Any]:
        """The details of a page."""
        return await self._get(f"{sheet.PAGES}/{quote(name)}")

    async def donations(self, name: str, number: int) -> dict[str, Any]:
        """One page, from 1, of the list of a page's donations, newest first."""
        return await self._get(f"{sheet.PAGES}/{quote(name)}/donations?pageNum={number}&pageSize={sheet.PAGE_SIZE}")

    async def team(self, name: str) -> dict[str, Any]:
        """A team with its members."""
        return await self._get(f"{sheet.TEAM}/{quote(name)}")

    async def campaign(self, name: str) -> dict[str, Any]:
        """A campaign with its summary of donations."""
        return await self._get(f"{sheet.CAMPAIGN}/{quote(name)}")

    async def _get(self, call: str) -> dict[str, Any]:
        headers = {sheet.APP_ID: self._account.app_id.reveal(), "Accept": sheet.JSON}
        return (await self._http.send(HttpRequest("GET", self._account.base_url + call, headers))).expect(200).object()

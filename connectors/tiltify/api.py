"""Tiltify's REST interface, asked with a token that is renewed once when it is refused.

https://developers.tiltify.com/api-reference/public , https://developers.tiltify.com/api-reference/private
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from connectors.http import HttpRequest, HttpResponse
from connectors.paging import paged
from connectors.ports import Ports
from connectors.tiltify import sheet
from connectors.tiltify.fields import Words
from connectors.tiltify.oauth import OAuth
from connectors.tiltify.settings import Account
from schema.model.errors import CredentialsRefused, UpstreamGarbled

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Api:
    """Asks as one account."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._base_url = account.base_url
        self._http = ports.http
        self._oauth = OAuth(account, ports)

    async def ask(self, method: str, path: str, *, body: Mapping[str, object] | None = None) -> HttpResponse:
        """The answer, whatever its status but 401. Raises CredentialsRefused when a token just renewed is refused, too."""
        token = await self._oauth.token()
        answer = await self._http.send(self._request(method, path, token, body))
        if answer.status == 401:
            token = await self._oauth.token(refused=token)
            answer = await self._http.send(self._request(method, path, token, body))
        if answer.status == 401:
            raise CredentialsRefused("Tiltify refuses a token that it has just granted")
        return answer

    async def one(self, path: str) -> Words:
        """One object. Raises NotFound and UpstreamGarbled."""
        words = (await self.ask("GET", path)).expect(200).object().get("data")
        if not isinstance(words, dict):
            raise UpstreamGarbled("the answer has no data")
        return words

    async def rows(self, path: str, query: Mapping[str, str] = NOTHING) -> AsyncIterator[Words]:
        """The rows of a list, page after page. Raises NotFound and UpstreamGarbled."""

        async def page(cursor: str | None) -> tuple[Sequence[Words], str | None]:
            place = {"limit": sheet.PAGE} if cursor is None else {"limit": sheet.PAGE, "after": cursor}
            answer = await self.ask("GET", f"{path}?{urlencode({**query, **place})}")
            return _page(answer.expect(200).object())

        async for row in paged(page):
            yield row

    def _request(self, method: str, path: str, token: str, body: Mapping[str, object] | None) -> HttpRequest:
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if body is None:
            return HttpRequest(method, f"{self._base_url}{path}", headers=headers)
        headers["Content-Type"] = "application/json"
        return HttpRequest(method, f"{self._base_url}{path}", headers=headers, body=json.dumps(body).encode())


def _page(answer: Mapping[str, Any]) -> tuple[Sequence[Words], str | None]:
    rows, metadata = answer.get("data"), answer.get("metadata")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not isinstance(metadata, dict):
        raise UpstreamGarbled("a list has no rows or no metadata")
    cursor = metadata.get("after")
    if not isinstance(cursor, str | None):
        raise UpstreamGarbled("a page cursor is no text")
    return rows, cursor

"""Twitch's REST interface, asked with a token that is renewed once when it is refused.

https://dev.twitch.tv/docs/api/reference/ , https://dev.twitch.tv/docs/api/guide/
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from connectors.http import HttpRequest, HttpResponse
from connectors.paging import paged
from connectors.ports import Ports
from connectors.twitch.oauth import Grant, OAuth
from connectors.twitch.settings import Account
from schema.model.errors import CredentialsRefused, UpstreamGarbled

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Helix:
    """Asks as one account."""

    def __init__(self, account: Account, ports: Ports) -> None:
        self._account = account
        self._http = ports.http
        self._oauth = OAuth(account, ports)

    async def ask(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] = NOTHING,
        *,
        grant: Grant,
        body: Mapping[str, object] | None = None,
    ) -> HttpResponse:
        """The answer, whatever its status but 401. Raises CredentialsRefused when a token just renewed is refused, too."""
        token = await self._oauth.token(grant)
        answer = await self._http.send(self._request(method, path, query, token, body))
        if answer.status == 401:
            token = await self._oauth.token(grant, refused=token)
            answer = await self._http.send(self._request(method, path, query, token, body))
        if answer.status == 401:
            raise CredentialsRefused("needs consent: Twitch refuses a token it has just granted; scope or user may be wrong")
        return answer

    async def rows(self, path: str, query: Mapping[str, str], *, grant: Grant) -> AsyncIterator[dict[str, Any]]:
        """The rows of a list, page after page. A list that is not there (404) has none."""

        async def page(cursor: str | None) -> tuple[Sequence[dict[str, Any]], str | None]:
            answer = await self.ask("GET", path, query if cursor is None else {**query, "after": cursor}, grant=grant)
            # 404: how a missing campaign was answered in 2022, https://github.com/twitchdev/issues/issues/643
            return ((), None) if answer.status == 404 else _page(answer.expect(200).object())

        async for row in paged(page):
            yield row

    def _request(
        self, method: str, path: str, query: Mapping[str, str], token: str, body: Mapping[str, object] | None
    ) -> HttpRequest:
        url = f"{self._account.base_url}{path}" + (f"?{urlencode(query)}" if query else "")
        headers = {"Client-Id": self._account.client_id, "Authorization": f"Bearer {token}"}
        if body is None:
            return HttpRequest(method, url, headers=headers)
        return HttpRequest(method, url, headers={**headers, "Content-Type": "application/json"}, body=json.dumps(body).encode())


def _page(answer: Mapping[str, Any]) -> tuple[Sequence[dict[str, Any]], str | None]:
    rows, pagination = answer.get("data"), answer.get("pagination") or {}
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or not isinstance(pagination, dict):
        raise UpstreamGarbled("a list has no rows or no pagination")
    cursor = pagination.get("cursor")
    if not isinstance(cursor, str | None):
        raise UpstreamGarbled("a page cursor is no text")
    return rows, cursor

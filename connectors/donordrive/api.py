"""Questions to a program's host: https://github.com/DonorDrive/PublicAPI

There is nothing but GET, and no credentials. Entity tags and the pauses between calls are behind ``Http.send``.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, urlencode

from connectors.donordrive import sheet
from connectors.donordrive.settings import Account
from connectors.http import Http, HttpRequest, HttpResponse
from connectors.paging import paged
from schema.model.errors import UpstreamGarbled

_HEADERS: Final[Mapping[str, str]] = MappingProxyType({"Accept": "application/json"})
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Api:
    """One host's answers. What is not DonorDrive's raises UpstreamGarbled, which says what to configure."""

    def __init__(self, account: Account, http: Http) -> None:
        self._account, self._http = account, http

    async def object(self, path: str, *, having: str) -> Mapping[str, Any]:
        """One object that has this field. It may come alone, or as the only one of an array. Raises NotFound."""
        found = self._json(await self._get(path, _NOTHING))
        if isinstance(found, list) and len(found) == 1:
            found = found[0]
        if not isinstance(found, dict) or having not in found:
            raise self._foreign()
        return found

    async def rows(self, path: str, query: Mapping[str, str] = _NOTHING) -> AsyncIterator[Mapping[str, Any]]:
        """The objects of a list, page after page. Raises NotFound.

        What is added meanwhile moves the rest on, so an object may come twice. A full page that comes twice is garbled.
        """
        before: Sequence[Mapping[str, Any]] = ()

        async def page(offset: str | None) -> tuple[Sequence[Mapping[str, Any]], str | None]:
            nonlocal before
            answer = await self._get(path, {**query, "limit": str(sheet.PAGE), "offset": offset or "0"})
            found = [] if answer.status == 204 else self._json(answer)
            if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
                raise self._foreign()
            if found and found == before:  # the offset always grows, so it never repeats
                raise UpstreamGarbled("a page of the list repeats")
            before = found
            # a page that is not full is the last one: the call that would be answered 204 is spared
            return found, str(int(offset or "0") + len(found)) if len(found) >= sheet.PAGE else None

        async for row in paged(page):
            yield row

    async def _get(self, path: str, query: Mapping[str, str]) -> HttpResponse:
        asked = urlencode({"version": sheet.VERSION, **query}, quote_via=quote)
        answer = await self._http.send(HttpRequest("GET", f"{self._account.base_url}/api/{path}?{asked}", _HEADERS))
        if answer.status in sheet.MOVED:
            raise self._foreign()
        if answer.status == sheet.UNSUPPORTED:
            raise UpstreamGarbled(f"{self._account.host} does not offer version {sheet.VERSION} of DonorDrive's public API")
        return answer.expect(200, 204)

    def _json(self, answer: HttpResponse) -> Any:
        try:
            return answer.json()
        except UpstreamGarbled as error:
            raise self._foreign() from error

    def _foreign(self) -> UpstreamGarbled:
        return UpstreamGarbled(
            f"{self._account.host} does not answer as DonorDrive's public API does: "
            "base_url must be the host of the program's own DonorDrive pages"
        )

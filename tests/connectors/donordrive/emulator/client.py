"""Somebody who asks the public API, and reads numbers as they are written."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: CIMultiDictProxy[str]
    text: str

    @property
    def told(self) -> Any:
        """The JSON of it, with every number as the text that was sent."""
        return json.loads(self.text, parse_float=str, parse_int=str)

    @property
    def links(self) -> dict[str, str]:
        """The addresses of ``Link`` by what they are."""
        parts = [part.split(">; rel=") for part in self.headers["Link"].split(", ")]
        return {name.strip('"'): address.removeprefix("<") for address, name in parts}


class Client:
    """The other side. ``version`` goes with every call that names none."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self._http = http

    async def get(self, path: str, **parameters: str | int) -> Answer:
        """A call below ``/api``."""
        return await self.ask(self._address(path, parameters))

    async def unless(self, tag: str, path: str) -> Answer:
        """A call for what has changed since a tag."""
        return await self.ask(self._address(path, {}), {"If-None-Match": tag})

    async def ask(self, url: str, headers: dict[str, str] | None = None) -> Answer:
        """Any address, as it stands."""
        async with self._http.get(URL(url, encoded=True), headers=headers) as answer:
            return Answer(answer.status, answer.headers, await answer.text())

    async def told(self, path: str, **parameters: str | int) -> Any:
        """What a call that goes well tells."""
        answer = await self.get(path, **parameters)
        assert answer.status == 200, answer.text
        return answer.told

    def _address(self, path: str, parameters: Mapping[str, str | int]) -> str:
        return str(URL(f"{self.url}/api/{path}").with_query({"version": "1.3", **parameters}))

    async def control(self, deed: str, **arguments: object) -> tuple[int, Any]:
        """A deed through the control door: the status, and what was given."""
        async with self._http.post(f"{self.url}/control/{deed}", json=arguments) as answer:
            told = await answer.json()
            return answer.status, told.get("given", told)

    async def shown(self, what: str) -> Any:
        """What the control door tells."""
        async with self._http.get(f"{self.url}/control/{what}") as answer:
            return await answer.json()

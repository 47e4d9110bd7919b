"""A client of the emulator: what it asks, and the answer with every number by its digits."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import aiohttp

from connectors.justgiving.emulator import JustGivingEmulator

PAGE = "page/sample-reef-ride"
JSON = {"Accept": "application/json"}


@dataclass(frozen=True)
class Answer:
    """An answer as it came."""

    status: int
    headers: Any
    text: str

    @property
    def body(self) -> Any:
        """Its JSON; a number with a point is a Decimal with the digits that were sent."""
        return json.loads(self.text, parse_float=Decimal)


class Client:
    """An application that the emulator knows."""

    def __init__(self, emulator: JustGivingEmulator, http: aiohttp.ClientSession) -> None:
        self.emulator = emulator
        self._http = http

    async def ask(self, path: str, headers: dict[str, str], method: str = "GET") -> Answer:
        """Asks with these headers and no others."""
        async with self._http.request(
            method, self.emulator.url + path, headers=headers, skip_auto_headers=["Accept"]
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.text())

    async def get(self, path: str) -> Answer:
        """Asks as one should."""
        return await self.ask(f"/v1/{path}", {**JSON, "x-api-key": self.emulator.app_id})

    async def told(self, path: str) -> Any:
        """What is answered with 200."""
        answer = await self.get(path)
        assert answer.status == 200, answer.text
        return answer.body

    async def page(self, name: str = PAGE) -> Any:
        """Details of a page."""
        return await self.told(f"fundraising/pages/{name}")

    async def donations(self, name: str = PAGE, query: str = "") -> list[Any]:
        """Donations of a page."""
        found: list[Any] = (await self.told(f"fundraising/pages/{name}/donations{query}"))["donations"]
        return found

    async def control(self, deed: str, **arguments: Any) -> tuple[int, Any]:
        """The status and the answer of the control door."""
        async with self._http.post(f"{self.emulator.url}/control/{deed}", json=arguments) as answer:
            return answer.status, await answer.json()

    async def control_tells(self, name: str) -> Any:
        """What the control door tells."""
        async with self._http.get(f"{self.emulator.url}/control/{name}") as answer:
            return await answer.json()

"""The control door of an emulator, as a test in another process uses it."""

from typing import Any

import aiohttp


class Door:
    """One emulator's door."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http

    async def ask(self, deed: str, **arguments: Any) -> tuple[int, Any]:
        """Asks for a deed: the status, and what was answered."""
        async with self._http.post(f"{self._url}/control/{deed}", json=arguments) as answer:
            return answer.status, await answer.json()

    async def do(self, deed: str, **arguments: Any) -> Any:
        """What a deed that can be done gives."""
        status, told = await self.ask(deed, **arguments)
        assert status == 200, told
        return told["given"]

    async def shown(self, what: str) -> Any:
        """What the door tells."""
        async with self._http.get(f"{self._url}/control/{what}") as answer:
            assert answer.status == 200
            return await answer.json()

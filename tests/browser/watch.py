"""What goes wrong in a page without anybody seeing it: errors, broken policies, requests to strangers."""

from typing import Final
from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Page, Request

VIOLATIONS: Final = """
window.violations = [];
addEventListener("securitypolicyviolation", (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


class Watch:
    """Listens to one page from before its first request on. ``expected`` are parts of messages that a test brings about."""

    def __init__(self, page: Page) -> None:
        self.expected: list[str] = []
        self._page = page
        self._noise: list[str] = []
        self._hosts: set[str] = set()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self._noise.append(f"page error: {error}"))
        page.on("request", self._on_request)
        page.on("websocket", lambda socket: self._hosts.add(urlsplit(socket.url).netloc))

    async def noise(self) -> list[str]:
        """Everything that nobody expected."""
        violations = [f"policy: {each}" for each in await self._page.evaluate("window.violations ?? []")]
        own = urlsplit(self._page.url).netloc
        strangers = [f"request to {host}" for host in sorted(self._hosts - {own})]
        found = [*self._noise, *violations, *strangers]
        return [each for each in found if not any(part in each for part in self.expected)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._noise.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme != "data":
            self._hosts.add(parts.netloc)

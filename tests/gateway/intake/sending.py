"""One delivery, handed over as a server does it, to an address of the way in."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.contract import Receipt, Reply
from schema.model.errors import KeyUnknown, UpstreamUnavailable
from tests.gateway.acme import Acme
from tests.gateway.world import PATIENCE, application

GOOD = b"good"
ADDRESS = "/webhooks/acme/lunch"
SUCCESS = Reply(200, b'{"code":"SUCCESS"}', "application/json")


@dataclass(frozen=True)
class Answer:
    """What a network was answered."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes


async def send(
    webhooks: Any,
    *chunks: bytes,
    path: str = ADDRESS,
    query: bytes = b"",
    method: str = "POST",
    headers: Sequence[tuple[bytes, bytes]] = (),
    gone: bool = False,
) -> Answer:
    """One request, as a server hands it over. ``gone``: the network hangs up before its body is whole."""
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    waiting.append({"type": "http.disconnect"} if gone else {"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def give(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": query,
        "headers": [(b"host", b"giving.example"), *headers],
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "client": ("127.0.0.1", 1),
    }
    async with asyncio.timeout(PATIENCE):
        await application(webhooks)(scope, receive, give)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], dict(sent[0]["headers"]), body)


class Rotating(Acme):
    """Knows a key only after its keys were refreshed."""

    def __init__(self, *, fails: int = 0) -> None:
        super().__init__()
        self.keys = {"first"}
        self.published = {"first"}
        self.refreshed = 0
        self.fails = fails
        self.gate = asyncio.Event()
        self.gate.set()

    def receive(self, delivery: Any) -> Receipt:
        """By the key that the body names."""
        if delivery.body.decode() not in self.keys:
            raise KeyUnknown
        return Receipt(reply=SUCCESS)

    async def refresh_keys(self) -> None:
        """Takes over what is published, once the gate is open."""
        self.refreshed += 1
        await self.gate.wait()
        if self.fails:
            self.fails -= 1
            raise UpstreamUnavailable("certificates cannot be had")
        self.keys = set(self.published)

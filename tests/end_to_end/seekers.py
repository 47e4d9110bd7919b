"""A gateway whose accounts find campaigns that nobody has seen, and the networks that are asked for them, call by call."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.justgiving.emulator import JustGivingEmulator
from connectors.testing.emulation import Emulator
from connectors.tiltify.emulator import TiltifyEmulator
from tests.end_to_end import configuration
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.visitor import Visitor

FOUND = """query ($platform: String!, $id: String!) {
  campaignByExternalId(platform: $platform, externalId: $id) {
    id externalId title freshness total { raised { amount currencyCode } freshness }
  }
}"""


class Counting:
    """Counts what a network is asked, by path."""

    def __init__(self, app: ASGIApp, calls: Counter[str]) -> None:
        self._app = app
        self._calls = calls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._calls[scope["path"]] += 1
        await self._app(scope, receive, send)


@dataclass(repr=False)
class Seekers(Visitor):
    """``accounts`` list one campaign each: what is added to a network later, no setting knows."""

    folder: Path
    seed: int
    tiltify: TiltifyEmulator
    justgiving: JustGivingEmulator
    session: aiohttp.ClientSession
    gateway: GatewayProcess
    calls: Counter[str]
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def networks(self) -> Sequence[Emulator]:
        """Both of them."""
        return self.tiltify, self.justgiving

    async def find(self, platform: str, native: str) -> Any:
        """What is answered to who asks for a campaign by its network's own id."""
        return (await self.query(FOUND, platform=platform, id=native))["campaignByExternalId"]

    def asked(self, part: str) -> int:
        """How many calls had this in their path."""
        return sum(count for path, count in self.calls.items() if part in path)


@asynccontextmanager
async def seekers(folder: Path, seed: int, *, lookup: bool = True, **limits: Any) -> AsyncIterator[Seekers]:
    """Two networks and a gateway that has asked both for the campaigns of its settings."""
    calls = Counter[str]()
    tiltify, justgiving = TiltifyEmulator(seed=seed % 10**6), JustGivingEmulator(seed=seed % 10**6)
    if not tiltify.books:
        tiltify.add_campaign("Listed")
    port = configuration.free_port(random.Random(seed))
    gateway = GatewayProcess(folder / "giving.toml", port, folder / "gateway.log")
    async with AsyncExitStack() as stack:
        for network in (tiltify, justgiving):
            network.app.add_middleware(Counting, calls=calls)
            await stack.enter_async_context(network.serve())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        told = {"tiltify": tiltify.account(), "justgiving": justgiving.account()}
        for name in ("signing_key", "endpoint_id"):
            del told["tiltify"][name]
        accounts = {name: {"connector": name, "lookup": lookup, **settings} for name, settings in told.items()}
        lines = configuration.basics(folder, port, accounts)
        lines += ["[limits]", *(f"{name} = {value}" for name, value in limits.items())]
        (folder / "giving.toml").write_text("\n".join(lines) + "\n", "utf-8")
        made = Seekers(folder, seed, tiltify, justgiving, session, gateway, calls, accounts)
        try:
            await gateway.start()
            for name in accounts:
                await made.reach("giving_jobs_total", 1, account=name, job="poll", outcome="done")
            async for seen in made.each_look():
                if len(seen) == sum(len(network.books) for network in made.networks):
                    break
            yield made
        finally:
            await gateway.kill()

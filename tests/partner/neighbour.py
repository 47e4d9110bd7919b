"""A gateway in a process of its own, with one installed connector from outside, whose network is in this process."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from connectors.testing.emulation import Emulator
from gateway.partners.subject import subject
from gateway.registry import Registry
from schema.model.money import Currency, Money
from tests.end_to_end import configuration
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.visitor import SECONDS, Visitor

ACCOUNT: Final = "ours"


@dataclass(repr=False)
class Neighbour(Visitor):
    """``case`` and ``network`` are the distribution's own, so a type checker does not know them."""

    folder: Path
    seed: int
    session: aiohttp.ClientSession
    gateway: GatewayProcess
    case: Any
    network: Any

    @property
    def networks(self) -> Sequence[Emulator]:
        """The only one."""
        return (self.network,)

    @property
    def door(self) -> str:
        """Where its webhooks go."""
        return f"{self.url}/webhooks/{self.network.key}/{ACCOUNT}"

    async def counted(self) -> dict[str, str]:
        """Waits until the totals are what the network's books say, and gives them."""
        books = {name: str(Money(book.raised, Currency.of(book.currency))) for name, book in self.network.books.items()}
        seen: dict[str, str] = {}
        await self.case.settle(self.network)
        try:
            async with asyncio.timeout(SECONDS):
                while seen != books:
                    seen = {name: _raised(campaign) for name, campaign in (await self.campaigns()).items()}
        except TimeoutError:
            raise AssertionError(f"the books say {books}, viewers see {seen}") from None
        return seen


def _raised(campaign: Any) -> str:
    total = campaign["total"]
    return "nothing" if total is None else f"{total['raised']['amount']} {total['raised']['currencyCode']}"


@asynccontextmanager
async def neighbour(
    folder: Path, distribution: Path, packages: Path, session: aiohttp.ClientSession
) -> AsyncIterator[Neighbour]:
    """With a network that is up, and a gateway that is configured and not started yet."""
    with subject(str(distribution), Registry()) as found:
        (case,) = found.cases
        network, port = case.emulator(), configuration.free_port(random.SystemRandom())
        gateway = GatewayProcess(folder / "giving.toml", port, folder / "gateway.log", PYTHONPATH=str(packages))
        async with network.serve():
            account = {"connector": network.key, **network.account()}
            lines = configuration.basics(folder, port, {ACCOUNT: account})
            (folder / "giving.toml").write_text("\n".join(lines), "utf-8")
            try:
                yield Neighbour(folder, 1, session, gateway, case, network)
            finally:
                await gateway.kill()

"""One merchant network in this process, a gateway in its own, and the books between them."""

import asyncio
import contextlib
import json
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final, Generic, TypeVar
from zoneinfo import ZoneInfo

import aiohttp

from connectors.testing.emulation import Emulator
from tests.end_to_end import configuration
from tests.end_to_end.commands import Ended, command
from tests.end_to_end.gateway_process import GatewayProcess, is_running
from tests.end_to_end.waiting import until

BEIJING: Final = ZoneInfo("Asia/Shanghai")
SECONDS: Final = 20.0
TOTALS: Final = "{ campaigns(first: 100) { nodes { externalId total { raised { amount } donationCount } } } }"
ENDORSED: Final = "{ campaigns(first: 100) { nodes { endorsements { nodes { id raised { amount } donationCount } } } } }"
DONATION: Final = "query ($id: ID!) { node(id: $id) { ... on Donation { amount { amount } } } }"
BILLING: Final = ("wechat_pay", "alipay")
LOOKED: Final = 'giving_jobs_total{account="shop",job="reconcile",outcome="done"} 1.0'
Network = TypeVar("Network", bound=Emulator)


def noon(days_ago: int) -> datetime:
    """Noon in Beijing of a day whose bill is there, if that is two days ago or more."""
    now = datetime.now(UTC).astimezone(BEIJING)
    return (now - timedelta(days=days_ago)).replace(hour=12, minute=0, second=0, microsecond=0)


@dataclass
class Shop(Generic[Network]):
    """The account is called ``shop``."""

    network: Network
    gateway: GatewayProcess
    file: Path

    async def raised(self) -> dict[str, tuple[str, int]]:
        """What viewers see: the amount and the number of donations, by campaign; those without any are left out."""
        campaigns = (await self._query(TOTALS))["campaigns"]["nodes"]
        totals = {campaign["externalId"]: campaign["total"] for campaign in campaigns}
        return {name: (total["raised"]["amount"], total["donationCount"]) for name, total in totals.items() if total}

    async def donation(self, node: str) -> Any:
        """A donation by its id in the API."""
        return (await self._query(DONATION, id=node))["node"]

    async def endorsed(self) -> list[dict[str, Any]]:
        """What the endorsements of all campaigns brought."""
        campaigns = (await self._query(ENDORSED))["campaigns"]["nodes"]
        return [entry for campaign in campaigns for entry in (campaign["endorsements"] or {"nodes": []})["nodes"]]

    def books(self) -> dict[str, tuple[str, int]]:
        """What the network knows, likewise."""
        books = self.network.books.items()
        return {name: (f"{book.raised // 100}.{book.raised % 100:02}", book.count) for name, book in books}

    async def agree(self) -> None:
        """Waits until both are the same."""
        seen: dict[str, tuple[str, int]] = {}
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                while (seen := await self.raised()) != self.books():
                    await asyncio.sleep(0.05)
        assert seen == self.books()

    async def reconcile(self, *arguments: str) -> tuple[Ended, list[dict[str, Any]]]:
        """The command for machines: how it ended, and its reports."""
        ended = await command("reconcile", "--config", str(self.file), "--json", *arguments)
        assert ended.code in (0, 1), ended
        told = json.loads(ended.out)
        assert told["agrees"] is (ended.code == 0)
        return ended, told["reports"]

    async def lose_everything(self) -> None:
        """Ends the gateway and deletes all that its Redis has."""
        server = self.gateway.server()
        await self.gateway.kill()
        await until(lambda: not is_running(server))
        shutil.rmtree(self.file.parent / "data" / "redis")

    async def _query(self, document: str, **variables: str) -> Any:
        body = {"query": document, "variables": variables}
        async with aiohttp.ClientSession() as session, session.post(f"{self.gateway.url}/graphql", json=body) as answer:
            return json.loads(await answer.read())["data"]


@asynccontextmanager
async def shop(
    folder: Path, seed: int, network: Network, campaigns: Mapping[str, str], *, endorser: str | None = None, **settings: str
) -> AsyncIterator[Shop[Network]]:
    """A gateway with one account, and campaigns each with the rule that leads to it, in the words of ``giving.toml``.

    ``endorser`` is known by its id; ``settings`` are the account's, beside those that the network needs.
    """
    port = configuration.free_port(Random(seed))
    gateway = GatewayProcess(folder / "giving.toml", port, folder / "gateway.log")
    async with network.serve():
        network.callback = f"{gateway.url}/webhooks/{network.key}/shop"
        account = {"connector": network.key, **network.account(), **settings}
        file = configuration.write(folder, port, {"shop": account}, {})
        with file.open("a", encoding="utf-8") as out:
            for name, rule in campaigns.items():
                out.write(f'[[campaigns]]\nplatform = "{network.key}"\nid = "{name}"\ntitle = "Campaign"\ncurrency = "CNY"\n')
                out.write(f'match = [{{ account = "shop", {rule} }}]\n')
            if endorser is not None:
                out.write(f'[[endorsers]]\nid = "{endorser}"\nname = "A star"\n')
        try:
            await gateway.start()
            if network.key in BILLING:
                await _looked(gateway)  # else it may read a test's bills before the test does
            yield Shop(network, gateway, file)
        finally:
            await gateway.kill()


async def _looked(gateway: GatewayProcess) -> None:
    """Waits until the gateway has looked for bills by itself, which it does at its start and then not for half an hour."""
    async with asyncio.timeout(SECONDS), aiohttp.ClientSession() as session:
        while True:
            async with session.get(f"{gateway.url}/metrics") as answer:
                if LOOKED in await answer.text():
                    return
            await asyncio.sleep(0.02)

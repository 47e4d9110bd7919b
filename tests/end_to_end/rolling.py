"""A rolling deploy: two gateways on one ledger, behind balancers as operators have them, are restarted in turns."""

import asyncio
import random
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import WeChatPayEmulator
from schema.model.ids import CampaignId
from tests.clients.server_log import Entry, logged
from tests.end_to_end import configuration
from tests.end_to_end.balancer import Balancer
from tests.end_to_end.gateway_process import GatewayProcess
from tests.faults.redis_server import RedisServer

LUNCH: Final = CampaignId("wechat_pay", "school-lunch")
LEAVES_WITHIN: Final = 20.0
SETTLES_WITHIN: Final = 20.0
START: Final = """
{ campaigns(first: 10) { nodes { id externalId total { position raised { amount } donationCount } } } }
"""


@dataclass
class Rolling:
    """``balancer`` sends each connection anywhere, ``keeping`` those of a client to one gateway. ``given`` counts the gifts
    that came meanwhile, ``restarts`` those of both gateways together.
    """

    rng: random.Random
    network: WeChatPayEmulator
    server: RedisServer
    balancer: Balancer
    keeping: Balancer
    gateways: list[GatewayProcess]
    given: int = 0
    restarts: int = 0

    async def lunch(self) -> Any:
        """The campaign, over a connection of its own."""
        async with aiohttp.ClientSession() as session:
            async with session.post(f"{self.balancer.url}/graphql", json={"query": START}) as answer:
                assert answer.status == 200
                nodes = (await answer.json())["data"]["campaigns"]["nodes"]
                return next(node for node in nodes if node["externalId"] == LUNCH.native)

    async def agreed(self) -> Any:
        """The same once its total is the network's book, which it is in a moment."""
        await self.network.sender.settle()
        book = self.network.books[LUNCH.native]
        async with asyncio.timeout(SETTLES_WITHIN):
            while True:
                campaign = await self.lunch()
                total = campaign["total"]
                if total and (total["raised"]["amount"], total["donationCount"]) == (f"{book.raised / 100:.2f}", book.count):
                    return campaign
                await asyncio.sleep(0.05)

    async def log(self) -> list[Entry]:
        """The server's own log, once nothing is under way."""
        await self.network.sender.settle()
        async with self.server.client() as redis:
            return await logged(redis, LUNCH, "CNY")

    async def roll(self, restarts: int, seconds: float, between: float) -> None:
        """Restarts them at least so often and for so long, while gifts come, with so many seconds between two at the most."""
        stop = asyncio.Event()

        async def give() -> None:
            while not stop.is_set():
                await self.network.pay(self.rng.randrange(1, 50_000), book=LUNCH.native)
                await self.lunch()  # whoever asks is answered, whatever happens behind
                self.given += 1
                await asyncio.sleep(self.rng.uniform(0, between))

        giving = asyncio.create_task(give())
        until = asyncio.get_running_loop().time() + seconds
        while self.restarts < restarts or asyncio.get_running_loop().time() < until:
            gateway = self.gateways[self.restarts % 2]
            gateway.terminate()
            assert await gateway.ended(LEAVES_WITHIN) == 0
            await gateway.start()
            self.restarts += 1
        stop.set()
        await giving

    def all_served(self) -> bool:
        """Whether nobody was refused, and both gateways had their part."""
        doors = (self.balancer, self.keeping)
        return all(not door.refused and all(door.served.get(port) for port in door.ports) for door in doors)


@asynccontextmanager
async def opened_rolling(folder: Path, seed: int) -> AsyncIterator[Rolling]:
    """Both gateways, after the first gift."""
    print(f"seed {seed} (TEST_SEED={seed} tells this run again)")  # noqa: T201 (pytest shows it when the test fails)
    rng = random.Random(seed)
    network = WeChatPayEmulator(seed=seed, wire_clock=ScaledClock())
    ports = [configuration.free_port(rng) for _ in range(2)]
    server = RedisServer(folder / "redis", configuration.free_port(rng))
    balancer, keeping = (Balancer(configuration.free_port(rng), ports, keeps=keeps) for keeps in (False, True))
    key = folder / "data.key"
    key.write_bytes(b64encode(rng.randbytes(32)))
    key.chmod(0o600)
    kept = {"ledger_url": server.url, "data_key_file": str(key), "pepper_file": str(key)}
    rolling = Rolling(rng, network, server, balancer, keeping, [])
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(server.running())
        await stack.enter_async_context(network.serve())
        network.callback = f"{balancer.url}/webhooks/wechat_pay/lunch"
        for number, port in enumerate(ports):
            file = _written(folder / f"gateway-{number}", port, balancer.url, network, **kept)
            rolling.gateways.append(GatewayProcess(file, port, file.parent / "gateway.log"))
            stack.push_async_callback(rolling.gateways[-1].kill)
            await rolling.gateways[-1].start()
        await stack.enter_async_context(balancer.open())
        await stack.enter_async_context(keeping.open())
        await network.pay(100, book=LUNCH.native)
        yield rolling


def _written(folder: Path, port: int, url: str, network: WeChatPayEmulator, **settings: str) -> Path:
    """The configuration of one of them."""
    folder.mkdir()
    account = {"connector": network.key, **network.account()}
    lines = configuration.basics(folder, port, {"lunch": account}, **{**settings, "public_url": url})
    lines += ["[[campaigns]]", 'platform = "wechat_pay"', f'id = "{LUNCH.native}"', 'title = "Lunch"', 'currency = "CNY"']
    lines += [f'match = [{{ account = "lunch", attach = "campaign={LUNCH.native}" }}]']
    path = folder / "giving.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path

"""A rolling deploy: two gateways on one ledger are restarted in turns while gifts come and people watch.

Nobody is refused, no viewer misses a donation or is told one twice, no total goes back, and at the end it is the books.
"""

import asyncio
import random
from base64 import b64encode
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

import aiohttp

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import WeChatPayEmulator
from schema.model.ids import CampaignId
from tests.clients.server_log import donations_differ, logged, totals_differ
from tests.end_to_end import configuration
from tests.end_to_end.balancer import Balancer
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.returning import WAYS, Returning, over_one_stream
from tests.end_to_end.viewers import DONATIONS, TOTAL
from tests.faults.redis_server import RedisServer

LUNCH: Final = CampaignId("wechat_pay", "school-lunch")
VIEWERS: Final = 2
"""Of each feed, over each transport."""
SECONDS: Final = 60.0
RESTARTS: Final = 4
"""Two of each gateway, however slow the machine is. In a minute there is time for about 10."""
FEEDS: Final = {DONATIONS: donations_differ, TOTAL: totals_differ}
BETWEEN: Final = 0.1
"""The most seconds from one gift to the next: nobody is away for 300 of them."""
LEAVES_WITHIN: Final = 20.0
SETTLES_WITHIN: Final = 20.0
START: Final = """
{ campaigns(first: 10) { nodes { id externalId total { position raised { amount } donationCount } } } }
"""


async def lunch(url: str) -> Any:
    """The campaign, over a connection of its own."""
    async with aiohttp.ClientSession() as session, session.post(f"{url}/graphql", json={"query": START}) as answer:
        assert answer.status == 200
        nodes = (await answer.json())["data"]["campaigns"]["nodes"]
        return next(node for node in nodes if node["externalId"] == LUNCH.native)


async def agreed(url: str, network: WeChatPayEmulator) -> Any:
    """The same once its total is the network's book, which it is in a moment."""
    book = network.books[LUNCH.native]
    async with asyncio.timeout(SETTLES_WITHIN):
        while True:
            campaign = await lunch(url)
            total = campaign["total"]
            if total and (total["raised"]["amount"], total["donationCount"]) == (f"{book.raised / 100:.2f}", book.count):
                return campaign
            await asyncio.sleep(0.05)


def written(folder: Path, port: int, url: str, network: WeChatPayEmulator, **settings: str) -> Path:
    """The configuration of one of them."""
    folder.mkdir()
    account = {"connector": network.key, **network.account()}
    lines = configuration.basics(folder, port, {"lunch": account}, **{**settings, "public_url": url})
    lines += ["[[campaigns]]", 'platform = "wechat_pay"', f'id = "{LUNCH.native}"', 'title = "Lunch"', 'currency = "CNY"']
    lines += [f'match = [{{ account = "lunch", attach = "campaign={LUNCH.native}" }}]']
    path = folder / "giving.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


async def test_gateways_that_are_restarted_in_turns_lose_no_gift_and_no_message(tmp_path: Path, seed: int) -> None:
    print(f"seed {seed} (TEST_SEED={seed} tells this run again)")  # noqa: T201 (pytest shows it when the test fails)
    rng = random.Random(seed)
    network = WeChatPayEmulator(seed=seed, wire_clock=ScaledClock())
    redis_port, *ports = (configuration.free_port(rng) for _ in range(3))
    server, balancer = RedisServer(tmp_path / "redis", redis_port), Balancer(configuration.free_port(rng), ports)
    keeping = Balancer(configuration.free_port(rng), ports, keeps=True)
    key = tmp_path / "data.key"
    key.write_bytes(b64encode(rng.randbytes(32)))
    key.chmod(0o600)
    kept = {"ledger_url": server.url, "data_key_file": str(key), "pepper_file": str(key)}
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(server.running())
        await stack.enter_async_context(network.serve())
        network.callback = f"{balancer.url}/webhooks/wechat_pay/lunch"
        gateways = []
        for number, port in enumerate(ports):
            folder = tmp_path / f"gateway-{number}"
            file = written(folder, port, balancer.url, network, **kept)
            gateways.append(GatewayProcess(file, port, folder / "gateway.log"))
            stack.push_async_callback(gateways[-1].kill)
            await gateways[-1].start()
        await stack.enter_async_context(balancer.open())
        await stack.enter_async_context(keeping.open())
        await network.pay(100, book=LUNCH.native)
        await network.sender.settle()
        start = await agreed(balancer.url, network)
        began = start["total"]["position"]
        viewers = [
            (differ, Returning(way, door.url, document, start["id"], began, random.Random(rng.random())))
            for document, differ in FEEDS.items()
            for way, door in {way: keeping if way is over_one_stream else balancer for way in WAYS}.items()
            for _ in range(VIEWERS)
        ]
        watching = [asyncio.create_task(viewer.run()) for _, viewer in viewers]
        stop = asyncio.Event()

        async def give() -> int:
            given = 0
            while not stop.is_set():
                await network.pay(rng.randrange(1, 50_000), book=LUNCH.native)
                await lunch(balancer.url)  # whoever asks is answered, whatever happens behind
                given += 1
                await asyncio.sleep(rng.uniform(0, BETWEEN))
            return given

        giving = asyncio.create_task(give())
        restarts, until = 0, asyncio.get_running_loop().time() + SECONDS
        while restarts < RESTARTS or asyncio.get_running_loop().time() < until:
            gateway = gateways[restarts % 2]
            gateway.terminate()
            assert await gateway.ended(LEAVES_WITHIN) == 0
            await gateway.start()
            restarts += 1
        stop.set()
        given = await giving
        await network.sender.settle()
        async with server.client() as redis:
            log = await logged(redis, LUNCH, "CNY")
        async with asyncio.timeout(SETTLES_WITHIN):
            while any(viewer.position != log[-1].position for _, viewer in viewers):
                assert all(not task.done() for task in watching)
                await asyncio.sleep(0.05)
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        await agreed(balancer.url, network)
    assert given > 3 * restarts
    assert [differ(log, began, viewer.messages) for differ, viewer in viewers] == [[]] * len(viewers)
    # everybody was on a gateway that left, and most more than once
    assert min(viewer.connections for _, viewer in viewers) > restarts // 2
    for each in (balancer, keeping):
        assert (each.refused, min(each.served[port] for port in ports) > 0) == (0, True)

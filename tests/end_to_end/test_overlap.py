"""One donation that is pushed and listed in the same moment is one donation. In one process, as it must poll without pause."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import aiohttp

from connectors import twitch
from connectors.spec import Pace
from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.habits import Habits
from gateway.app import Gateway, running
from gateway.http.server import DrainingServer, configuration
from gateway.registry import Registry
from gateway.serving import listening
from gateway.settings import Settings
from tests.end_to_end.viewers import DONATIONS, follow, socket
from tests.end_to_end.visitor import SECONDS, TOTALS, known, shown

ROUNDS: Final = 60
EAGER: Final = replace(
    twitch.CONNECTOR, pace=Pace(poll=timedelta(milliseconds=5), budgets=MappingProxyType({"default": 1_000_000}))
)
"""Twitch, asked again five milliseconds after each answer."""


@asynccontextmanager
async def eager_gateway(folder: Path, network: TwitchEmulator) -> AsyncIterator[tuple[Gateway, str]]:
    """A gateway within this process, with the address that it is served on."""
    with listening("127.0.0.1", 0) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        account = {"connector": "twitch", **network.account()}
        settings = Settings.of({"data_dir": folder, "ecb_rates": False, "public_url": url, "accounts": {"reef": account}})
        registry = Registry({"twitch": f"{__name__}:EAGER"}, outside=())
        async with running(settings, installed=lambda: registry) as gateway:
            server = DrainingServer(configuration(gateway.asgi), gateway.drain, grace_seconds=0)
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            try:
                yield gateway, url
            finally:
                server.leave()
                await serving


def figure(gateway: Gateway, name: str, **labels: str) -> float:
    """One of the gateway's figures; 0 while it was never counted."""
    return gateway.base.metrics.registry.get_sample_value(name, {"account": "reef", **labels}) or 0


async def polled(gateway: Gateway, cycles: int) -> None:
    """Waits for so many polls more, of which all but the first have begun after now."""
    until = figure(gateway, "giving_jobs_total", job="poll", outcome="done") + cycles
    async with asyncio.timeout(SECONDS):
        while True:
            if figure(gateway, "giving_jobs_total", job="poll", outcome="done") >= until:
                return
            await asyncio.sleep(0.005)


async def test_sixty_donations_that_are_pushed_while_they_are_polled_count_once(tmp_path: Path, seed: int) -> None:
    network = TwitchEmulator(habits=Habits(points_per_minute=1_000_000), seed=seed)
    announced: list[Any] = []

    ready, all_seen = asyncio.Event(), asyncio.Event()

    async def watch(url: str, campaign: str) -> None:
        async with socket(url) as session:
            async for message in follow(session, DONATIONS, id=campaign):
                ready.set()
                announced.extend(donation["id"] for donation in message["received"])
                if len(announced) >= ROUNDS:
                    all_seen.set()

    async with network.serve(), eager_gateway(tmp_path, network) as (gateway, url), aiohttp.ClientSession() as session:
        campaign = network.start_campaign()
        await network.settle()
        seen = await listed(session, url)
        watching = asyncio.create_task(watch(url, seen["id"]))
        async with asyncio.timeout(SECONDS):
            await ready.wait()

        for number in range(ROUNDS):
            await network.donate(100 + number)
            async with asyncio.timeout(SECONDS):
                await network.settle()
        await polled(gateway, 3)

        async with asyncio.timeout(SECONDS):
            await all_seen.wait()
        watching.cancel()
        await asyncio.wait([watching])
        seen = await listed(session, url)

    assert shown(seen) == known(campaign.book, network.key), f"seed {seed}"
    assert len(set(announced)) == len(announced) == campaign.book.count == ROUNDS
    facts = {"platform": "twitch", "kind": "donation", "outcome": "applied"}
    told = gateway.base.metrics.registry.get_sample_value("giving_facts_total", facts) or 0
    assert told > 2 * ROUNDS  # all of them came by both ways, most of them many times


async def listed(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    """The one campaign, as soon as it is shown, with how many donations are listed."""
    async with asyncio.timeout(SECONDS):
        while True:
            async with session.post(f"{url}/graphql", json={"query": TOTALS}) as answer:
                found = (await answer.json(content_type=None))["data"]["campaigns"]["nodes"]
            if found and found[0]["donations"]:
                return dict(found[0])
            await asyncio.sleep(0.01)

"""A world for one test: both networks in this process, the gateway in its own, real HTTP between them, and the books."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp

from connectors.testing.emulation import Emulator, ScaledClock
from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.habits import Habits
from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.end_to_end import configuration
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.visitor import Visitor

LUNCH: Final = "/webhooks/wechat_pay/lunch"
REEF: Final = "/webhooks/twitch/reef"
FAST: Final = 60
"""How fast WeChat Pay's retry table runs: its first pause of 15 s passes in a quarter of a second."""


@dataclass(repr=False)
class World(Visitor):
    """``rng`` is the test's own chance. ``accounts`` are written to the configuration at each start."""

    folder: Path
    seed: int
    rng: random.Random
    wechat: WeChatPayEmulator
    twitch: TwitchEmulator
    session: aiohttp.ClientSession
    gateway: GatewayProcess
    port: int
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def networks(self) -> Sequence[Emulator]:
        """Both of them."""
        return self.wechat, self.twitch

    async def start(self) -> None:
        """Starts the gateway with ``accounts`` as they are now."""
        configuration.write(self.folder, self.port, self.accounts)
        await self.gateway.start()

    async def restart(self) -> None:
        """``kill -9`` and start, on the same data."""
        await self.gateway.kill()
        await self.start()


@asynccontextmanager
async def idle_world(folder: Path, seed: int) -> AsyncIterator[World]:
    """Networks that are up, and a gateway that is not started yet, with an account at each of them."""
    rng = random.Random(seed)
    print(f"seed {seed} (TEST_SEED={seed} tells this run again)")  # noqa: T201 (pytest shows it when the test fails)
    # the gateway's own clock signs and judges, so only the retries of WeChat Pay run fast
    wechat = WeChatPayEmulator(clock=ScaledClock(speed=FAST), wire_clock=ScaledClock(), seed=seed % 10**6)
    wechat.sender.retries = (timedelta(seconds=15),) * 200
    habits = Habits(retries=(timedelta(seconds=0.25),) * 200, failures_allowed=10_000, points_per_minute=100_000)
    twitch = TwitchEmulator(habits=habits, seed=seed % 10**6)
    port = configuration.free_port(rng)
    gateway = GatewayProcess(folder / "giving.toml", port, folder / "gateway.log")
    async with wechat.serve(), twitch.serve(), aiohttp.ClientSession() as session:
        wechat.callback = gateway.url + LUNCH
        accounts = {
            "lunch": {"connector": "wechat_pay", "general": "other-gifts", **wechat.account()},
            "reef": {"connector": "twitch", **twitch.account()},
        }
        try:
            yield World(folder, seed, rng, wechat, twitch, session, gateway, port, accounts)
        finally:
            await gateway.kill()


async def set_up(world: World) -> World:
    """Starts the gateway, and waits until it has asked both networks all that it asks when it starts."""
    await world.start()
    await begun(world)
    return world


async def begun(world: World) -> None:
    """Waits until the gateway has asked both networks all that it asks when it starts."""
    for account, job in (("lunch", "keys"), ("lunch", "reconcile"), ("reef", "feed"), ("reef", "poll")):
        await world.reach("giving_jobs_total", 1, account=account, job=job, outcome="done")
    await world.twitch.settle()


async def at_once(work: Iterable[Any], most: int) -> list[Any]:
    """Runs awaitables, so many at a time, and gives what they gave."""
    turns = asyncio.Semaphore(most)

    async def one(each: Any) -> Any:
        async with turns:
            return await each

    return await asyncio.gather(*(one(each) for each in work))

"""Networks that show who gave, Twitch with an id of each donor and Tiltify without one, and a gateway in its own process."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp

from connectors.testing.emulation import Emulator
from connectors.tiltify.emulator import TiltifyEmulator
from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.habits import Habits
from schema.model.money import Money
from tests.end_to_end import configuration
from tests.end_to_end.commands import Ended, command
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.visitor import SECONDS, Visitor
from tests.end_to_end.waiting import until

FEED: Final = """
subscription ($id: ID!) { campaignDonations(id: $id) {
    missed received { id donorName message amount { amount } } changed { id donorName message amount { amount } } } }
"""
SHOWN: Final = """
{ campaigns(first: 5) { nodes { id externalId
    total { raised { amount } refunded { amount } donationCount donorCount }
    history(interval: DAY, since: "2026-01-01T00:00:00Z") { since raised { amount } donationCount }
    donations(first: 20) { totalCount nodes { id donorName message amount { amount } status donatedAt } } } } }
"""


@dataclass(repr=False)
class Donors(Visitor):
    """A broadcaster ``reef`` and a fundraiser ``gala``, both heard over webhooks."""

    folder: Path
    seed: int
    rng: random.Random
    twitch: TwitchEmulator
    tiltify: TiltifyEmulator
    session: aiohttp.ClientSession
    gateway: GatewayProcess
    port: int

    @property
    def networks(self) -> Sequence[Emulator]:
        """Both of them."""
        return self.twitch, self.tiltify

    @property
    def pepper(self) -> Path:
        """The file that the gateway made, or that an operator has edited since."""
        return self.folder / "data" / "pepper"

    async def restart(self) -> None:
        """``kill -9`` and start, on the same data; networks push to it as before."""
        await self.gateway.kill()
        await self.gateway.start()

    async def start(self) -> None:
        """Starts the gateway for the first time, and waits until it hears both networks."""
        accounts = {
            "reef": {"connector": "twitch", **self.twitch.account()},
            "gala": {"connector": "tiltify", **self.tiltify.account()},
        }
        lines = configuration.basics(self.folder, self.port, accounts)
        (self.folder / "giving.toml").write_text("\n".join(lines), "utf-8")
        await self.gateway.start()
        for account in accounts:
            for job in ("feed", "poll"):
                await self.reach("giving_jobs_total", 1, account=account, job=job, outcome="done")
            await self.reach("giving_jobs_total", 1, account=account, job="catch_up", outcome="done")
        async with asyncio.timeout(SECONDS):
            while await self.count("giving_ledger_behind"):  # Twitch is asked twice, and the second time dates history anew
                await asyncio.sleep(0.1)
        await self.twitch.settle()

    async def reload(self) -> None:
        """SIGHUP, until it is taken over."""
        before = len(self._reloads())
        self.gateway.reload()
        await until(lambda: len(self._reloads()) > before)
        assert self._reloads()[-1]["event"] == "reload.done"

    async def erase(self, *arguments: str, typed: str = "") -> Ended:
        """The operator's command, beside the running gateway."""
        return await command("erase", *arguments, "--config", str(self.folder / "giving.toml"), typed=typed)

    async def shown(self) -> dict[str, Any]:
        """All that viewers see of each campaign, by its network's id."""
        return {node["externalId"]: node for node in (await self.query(SHOWN))["campaigns"]["nodes"]}

    async def gifts(self, campaign: str) -> list[dict[str, Any]]:
        """The donations of one, oldest first."""
        return list(reversed((await self.shown())[campaign]["donations"]["nodes"]))

    async def named(self, campaign: str) -> list[str | None]:
        """Their names, by amount."""
        gifts = sorted(await self.gifts(campaign), key=lambda gift: float(gift["amount"]["amount"]))
        return [gift["donorName"] for gift in gifts]

    async def balanced(self) -> dict[str, Any]:
        """All that viewers see, once no delivery is under way and every total is that of its network's book."""
        await self.settle()
        known = [pair for network in self.networks for pair in network.books.items()]
        books = {name: Money.of_minor(book.raised, book.currency).decimal for name, book in known}
        raised: dict[str, str] = {}
        try:
            async with asyncio.timeout(SECONDS):
                while raised != books:
                    seen = await self.shown()
                    raised = {name: node["total"]["raised"]["amount"] for name, node in seen.items() if node["total"]}
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"seed {self.seed}: viewers see {raised}, the books say {books}") from None
        return seen

    async def sees(self, campaign: str, *names: str | None) -> None:
        """Waits until these are the names, by amount."""
        seen: list[str | None] = []
        try:
            async with asyncio.timeout(SECONDS):
                while seen != list(names):
                    seen = await self.named(campaign)
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"seed {self.seed}: viewers see {seen}, not {names}") from None

    async def gone_from_disk(self, *words: str) -> None:
        """Waits until none of these is in any file of the data directory, once the server has written its own anew."""
        async with asyncio.timeout(SECONDS):
            while found := [(word, path) for path in self._files() for word in words if word.encode() in path.read_bytes()]:
                await asyncio.sleep(0.05)
        assert not found

    def _files(self) -> list[Path]:
        return [path for path in (self.folder / "data").rglob("*") if path.is_file()]

    def _reloads(self) -> list[dict[str, Any]]:
        return [line for line in self.gateway.events() if line["event"].startswith("reload.")]


@asynccontextmanager
async def donors(folder: Path, seed: int) -> AsyncIterator[Donors]:
    """Both networks with a campaign each, and a gateway that hears them."""
    rng = random.Random(seed)
    print(f"seed {seed} (TEST_SEED={seed} tells this run again)")  # noqa: T201 (pytest shows it when the test fails)
    habits = Habits(retries=(timedelta(seconds=0.25),) * 200, failures_allowed=10_000, points_per_minute=100_000)
    twitch, tiltify = TwitchEmulator(habits=habits, seed=seed % 10**6), TiltifyEmulator(seed=seed % 10**6)
    twitch.start_campaign(currency="EUR")
    tiltify.add_campaign("Sample Gala", currency="EUR")
    port = configuration.free_port(rng)
    gateway = GatewayProcess(folder / "giving.toml", port, folder / "gateway.log")
    async with twitch.serve(), tiltify.serve(), aiohttp.ClientSession() as session:
        tiltify.callback = f"{gateway.url}/webhooks/tiltify/gala"
        world = Donors(folder, seed, rng, twitch, tiltify, session, gateway, port)
        try:
            await world.start()
            yield world
        finally:
            await gateway.kill()


def report(ended: Ended) -> dict[str, Any]:
    """What the command told to a machine."""
    told: dict[str, Any] = json.loads(ended.out)
    return told

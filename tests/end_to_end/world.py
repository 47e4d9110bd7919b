"""A world for one test: both networks in this process, the gateway in its own, real HTTP between them, and the books."""

import asyncio
import contextlib
import json
import os
import random
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

import aiohttp
from multidict import CIMultiDict
from prometheus_client.parser import text_string_to_metric_families
from redis.asyncio import Redis

from connectors.testing.emulation import Book, Outgoing, ScaledClock
from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.habits import Habits
from connectors.wechat_pay.emulator import WeChatPayEmulator
from schema.model.money import Currency, Money
from tests.end_to_end import configuration
from tests.end_to_end.gateway_process import GatewayProcess

LUNCH: Final = "/webhooks/wechat_pay/lunch"
REEF: Final = "/webhooks/twitch/reef"
FAST: Final = 60
"""How fast WeChat Pay's retry table runs: its first pause of 15 s passes in a quarter of a second."""
SECONDS: Final = 20.0
"""How long anything may take to come true."""
PASSING: Final = ("health:", "lease:", "token:", "cache:")
"""Keys that say nothing of any donation."""

AGEING: Final = (b"as_of", b"version")
"""Fields of a description that say when it was last read."""

TOTALS: Final = """
{ campaigns(first: 100) { nodes {
    id externalId platform { key }
    total { raised { amount currencyCode } refunded { amount } donationCount freshness }
    donations(first: 1) { totalCount } } } }
"""

Headers = Mapping[str, str] | list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What the gateway answered to a delivery."""

    status: int
    body: bytes
    content_type: str


@dataclass(repr=False)
class World:
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
    def url(self) -> str:
        """Where the gateway is."""
        return self.gateway.url

    async def start(self) -> None:
        """Starts the gateway with ``accounts`` as they are now."""
        configuration.write(self.folder, self.port, self.accounts)
        await self.gateway.start()

    async def restart(self) -> None:
        """``kill -9`` and start, on the same data."""
        await self.gateway.kill()
        await self.start()

    # ------------------------------------------------------------------------------------------------------ deliveries

    async def post(self, path: str, headers: Headers = {}, body: bytes = b"") -> Reply:  # noqa: B006
        """One delivery by hand."""
        return await self.ask("POST", path, headers, body)

    async def send(self, path: str, outgoing: Outgoing) -> int:
        """The same with a network's own bytes; gives the status."""
        return (await self.post(path, outgoing.headers, outgoing.body)).status

    async def ask(self, method: str, path: str, headers: Headers = {}, body: bytes | None = None) -> Reply:  # noqa: B006
        """Any request."""
        async with self.session.request(method, self.url + path, headers=CIMultiDict(headers), data=body) as answer:
            return Reply(answer.status, await answer.read(), answer.headers.get("Content-Type", ""))

    async def settle(self) -> None:
        """Waits until both networks have nothing under way."""
        async with asyncio.timeout(2 * SECONDS):
            await self.wechat.sender.settle()
            await self.twitch.settle()

    # ----------------------------------------------------------------------------------------------------------- books

    async def query(self, document: str, **variables: Any) -> Any:
        """The data of a GraphQL query, which must have no errors."""
        async with self.session.post(f"{self.url}/graphql", json={"query": document, "variables": variables}) as answer:
            told = json.loads(await answer.read())
        assert "errors" not in told, told
        return told["data"]

    async def campaigns(self) -> dict[str, Any]:
        """What viewers see, by the networks' own ids."""
        found = await self.query(TOTALS)
        return {campaign["externalId"]: campaign for campaign in found["campaigns"]["nodes"]}

    async def each_look(self) -> AsyncIterator[dict[str, Any]]:
        """The same again and again, until whoever looks has seen enough."""
        async with asyncio.timeout(SECONDS):
            while True:
                yield await self.campaigns()
                await asyncio.sleep(0.02)

    async def agree(self) -> None:
        """Waits for what is under way, and then for the gateway's totals to be what the networks' books say."""
        await self.settle()
        differences: list[str] = ["nothing was read yet"]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                while differences:
                    differences = await self.differences()
                    await asyncio.sleep(0.05 if differences else 0)
        assert not differences, f"seed {self.seed}: {differences}"

    async def differences(self) -> list[str]:
        """Where totals and books disagree at this moment, in words."""
        shown = await self.campaigns()
        # Twitch tells neither refunds nor a count; of the latter, the list of donations takes the place
        books = {name: _known(book, refunds=True) for name, book in self.wechat.books.items()}
        books |= {name: _known(book, refunds=False) for name, book in self.twitch.books.items()}
        lines = [(name, books.get(name), _shown(shown.get(name))) for name in books | shown]
        return [f"{name}: the network knows {known}, viewers see {seen}" for name, known, seen in lines if known != seen]

    # ---------------------------------------------------------------------------------------------------------- inside

    async def count(self, metric: str, **labels: str) -> float:
        """A counter or gauge of ``/metrics``, added up over all labels that are not given."""
        async with self.session.get(f"{self.url}/metrics") as answer:
            families = list(text_string_to_metric_families(await answer.text()))
        samples = [sample for family in families for sample in family.samples if sample.name == metric]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    async def reach(self, metric: str, at_least: float, **labels: str) -> None:
        """Waits until a counter has got there."""
        async with asyncio.timeout(SECONDS):
            while True:
                if await self.count(metric, **labels) >= at_least:
                    return
                await asyncio.sleep(0.02)

    async def written(self) -> dict[bytes, bytes]:
        """All that the ledger and quarantine hold, byte for byte, read past the gateway; of descriptions what they say."""
        handle = os.open(self.folder / "data" / "redis", os.O_RDONLY)  # a socket's path may have 107 bytes, tmp_path more
        try:
            async with Redis.from_url(f"unix:///proc/{os.getpid()}/fd/{handle}/redis.sock") as redis:
                names = [name async for name in redis.scan_iter() if not name.decode("latin-1").startswith(PASSING)]
                found = {name: await redis.dump(name) or b"" for name in names}
                for name in names:
                    if name.startswith(b"words:"):  # a poll in between may say the same again, at a later moment
                        said: dict[bytes, bytes] = await cast("Any", redis.hgetall(name))
                        found[name] = repr(sorted(pair for pair in said.items() if pair[0] not in AGEING)).encode()
                return found
        finally:
            os.close(handle)


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
    for account, job in (("lunch", "keys"), ("reef", "feed"), ("reef", "poll")):
        await world.reach("giving_jobs_total", 1, account=account, job=job, outcome="done")
    await world.twitch.settle()
    return world


async def at_once(work: Iterable[Any], most: int) -> list[Any]:
    """Runs awaitables, so many at a time, and gives what they gave."""
    turns = asyncio.Semaphore(most)

    async def one(each: Any) -> Any:
        async with turns:
            return await each

    return await asyncio.gather(*(one(each) for each in work))


Figures = tuple[str, str | None, int]
"""Raised with its currency, refunded, and the number of donations."""


def _known(book: Book, *, refunds: bool) -> Figures:
    currency = Currency.of(book.currency)
    return str(Money(book.raised, currency)), Money(book.refunded, currency).decimal if refunds else None, book.count


def _shown(campaign: Any) -> Figures | None:
    if campaign is None or campaign["total"] is None:
        return None
    total, listed = campaign["total"], campaign["donations"]
    refunded = total["refunded"]["amount"] if total["refunded"] else None
    count = total["donationCount"]
    if count is None:
        count = listed["totalCount"] if listed else 0
    return f"{total['raised']['amount']} {total['raised']['currencyCode']}", refunded, count

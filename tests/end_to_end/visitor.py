"""A running gateway as seen from outside: by networks that deliver, by viewers who ask, by an operator who looks into it."""

import asyncio
import contextlib
import json
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import aiohttp
from multidict import CIMultiDict
from prometheus_client.parser import text_string_to_metric_families
from redis.asyncio import Redis

from connectors.testing.emulation import Book, Emulator, Outgoing
from connectors.twitch.emulator import TwitchEmulator
from schema.model.money import Currency, Money
from tests.end_to_end.gateway_process import GatewayProcess

SECONDS: Final = 20.0
"""How long anything may take to come true."""
PASSING: Final = ("health:", "lease:", "token:", "cache:", "reconciled:")
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


class Visitor(ABC):
    """Comes to ``gateway``, whose data are in ``folder``, over ``session``. ``seed`` tells the run again."""

    seed: int
    folder: Path
    gateway: GatewayProcess
    session: aiohttp.ClientSession

    @property
    @abstractmethod
    def networks(self) -> Sequence[Emulator]:
        """The networks that the gateway hears of."""

    @property
    def url(self) -> str:
        """Where the gateway is."""
        return self.gateway.url

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

    async def settle(self) -> None:
        """Waits until no network has anything under way."""
        async with asyncio.timeout(2 * SECONDS):
            for network in self.networks:
                await (network.settle() if isinstance(network, TwitchEmulator) else network.sender.settle())

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
        found = (await self.query(TOTALS))["campaigns"]["nodes"]
        seen = {(campaign["platform"]["key"], campaign["externalId"]): shown(campaign) for campaign in found}
        books = {
            (network.key, name): known(book, network.key) for network in self.networks for name, book in network.books.items()
        }
        lines = [(name, books.get(name), seen.get(name)) for name in books | seen]
        return [f"{name}: the network knows {told}, viewers see {given}" for name, told, given in lines if told != given]

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


Figures = tuple[str, str | None, int]
"""Raised with its currency, refunded, and the number of donations."""


def known(book: Book, platform: str) -> Figures:
    """What a network knows of a campaign, as far as it tells it: Twitch tells no refunds."""
    currency = Currency.of(book.currency)
    refunded = None if platform == TwitchEmulator.key else Money(book.refunded, currency).decimal
    return str(Money(book.raised, currency)), refunded, book.count


def shown(campaign: Any) -> Figures | None:
    """What viewers see of it. Where a network tells no count, as Twitch, the list of donations takes its place."""
    if campaign is None or campaign["total"] is None:
        return None
    total, listed = campaign["total"], campaign["donations"]
    refunded = total["refunded"]["amount"] if total["refunded"] else None
    count = total["donationCount"]
    if count is None:
        count = listed["totalCount"] if listed else 0
    return f"{total['raised']['amount']} {total['raised']['currencyCode']}", refunded, count

"""An evening of gifts that many readers follow, each cut again and again at random, and what each of them was told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final, TypeAlias

import aiohttp

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import WeChatPayEmulator
from gateway.read import positions
from schema.model.ids import CampaignId
from schema.model.total import Place
from tests.clients.following import Following, Reader, following
from tests.clients.server_log import Entry, read
from tests.end_to_end.merchants import Shop, shop

GIFTS: Final = 1_000
REFUNDED: Final = 20
"""Of so many gifts one goes back."""
BETWEEN: Final = 0.05
"""The most seconds from one gift to the next: 300 of them, which are replayed, must take longer than anybody is away."""
WHOLE: Final = 1.5
"""The most seconds for which a reader is left alone after it has come back."""
LUNCH: Final = CampaignId("wechat_pay", "school-lunch")
NEVER: Final = positions.encode(LUNCH, Place(4_000_000_000_000, 0), "100", "1")
"""A position from the future: no log has it."""
START: Final = """
query ($platform: String!, $id: String!) {
  campaignByExternalId(platform: $platform, externalId: $id) { id total { position } } }
"""
LISTED: Final = """
query ($id: ID!, $after: String) { campaign(id: $id) { donations(first: 100, after: $after) {
  nodes { id amount { amount } } pageInfo { hasNextPage endCursor } } } }
"""

Lunch: TypeAlias = Shop[WeChatPayEmulator]
Told: TypeAlias = dict[Reader, Following | BaseException]
"""What each reader was told, or why it stopped before its end."""


@dataclass(frozen=True, slots=True)
class Evening:
    """``told`` begins at the position ``began``, and ``lost`` at one that never was, when all was over."""

    began: str
    log: list[Entry]
    listed: Mapping[str, str]
    """The amounts of all donations by their ids, as the campaign lists them."""
    told: Told
    lost: Told


async def spent(folder: Path, seed: int, readers: Sequence[Reader]) -> Evening:
    """All readers at once."""
    rng = Random(seed)
    network = WeChatPayEmulator(seed=seed, wire_clock=ScaledClock())
    rule = {LUNCH.native: f'attach = "campaign={LUNCH.native}"'}
    async with shop(folder, seed, network, rule) as lunch:
        await network.pay(100, book=LUNCH.native)  # before the first one there is no entry that a position could name
        await lunch.agree()
        start = await _ask(lunch, START, platform=LUNCH.platform, id=LUNCH.native)
        campaign, began = start["id"], start["total"]["position"]
        begin = partial(_following, readers, lunch.gateway.url, campaign, folder=folder, rng=rng)
        async with begin(began) as told:
            giving = asyncio.create_task(_give(lunch, rng))
            await _each(told, lambda reading: _cut_again_and_again(reading, giving, rng))
            await giving
            await lunch.agree()
            log = await read(lunch.file.parent / "data", LUNCH, "CNY")
            await _each(told, lambda reading: reading.read_to(log[-1].position))
        async with begin(NEVER) as lost:
            await _each(lost, Following.leave)
        return Evening(began, log, await _listed(lunch, campaign), told, lost)


@asynccontextmanager
async def _following(
    readers: Sequence[Reader], gateway: str, campaign: str, after: str, *, folder: Path, rng: Random
) -> AsyncIterator[Told]:
    """All readers from a position on, when each has been told where everything stands."""
    async with AsyncExitStack() as stack:
        told: Told = {
            reader: await stack.enter_async_context(following(reader, gateway, campaign, after, folder, rng))
            for reader in readers
        }
        await _each(told, Following.begun)
        yield told


async def _each(told: Told, work: Callable[[Following], Coroutine[None, None, None]]) -> None:
    """Does it with all readers at once. Those that fail are left alone from then on, and why they did takes their place."""
    readings = [reading for reading in told.values() if isinstance(reading, Following)]
    ended = await asyncio.gather(*map(work, readings), return_exceptions=True)
    told |= {reading.reader: trouble for reading, trouble in zip(readings, ended, strict=True) if trouble is not None}


async def _cut_again_and_again(reading: Following, giving: asyncio.Task[None], rng: Random) -> None:
    while not giving.done():
        await asyncio.wait({giving}, timeout=rng.uniform(0, WHOLE))
        await reading.cut()


async def _give(lunch: Lunch, rng: Random) -> None:
    for number in range(1, GIFTS):
        await lunch.network.pay(rng.randrange(1, 50_000), book=LUNCH.native)
        if number % REFUNDED == 0:
            payment = lunch.network.payments[number - REFUNDED // 2]
            await lunch.network.refund(payment, rng.randint(1, payment.amount_fen))
        await asyncio.sleep(rng.uniform(0, BETWEEN))
    await lunch.network.sender.settle()


async def _listed(lunch: Lunch, campaign: str) -> dict[str, str]:
    found: dict[str, str] = {}
    after, more = None, True
    while more:
        page = (await _ask(lunch, LISTED, id=campaign, after=after))["donations"]
        found |= {gift["id"]: gift["amount"]["amount"] for gift in page["nodes"]}
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return found


async def _ask(lunch: Lunch, document: str, **variables: str | None) -> Any:
    body = {"query": document, "variables": variables}
    async with aiohttp.ClientSession() as session, session.post(f"{lunch.gateway.url}/graphql", json=body) as answer:
        (value,) = (await answer.json())["data"].values()
        return value

"""The ingest path beside bare ``EVALSHA``: one client and one Redis, in turns, so that other work on the machine hits both."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

from redis.asyncio import Redis

from benchmarks.world import cpu_seconds
from connectors.wechat_pay.emulator import WeChatPayEmulator
from gateway.foundation import founded
from gateway.intake.rows import each
from gateway.settings import Settings
from gateway.store.bulk import in_pieces
from gateway.store.shelf import Shelf
from schema.model.facts import Clues, DonationState, Stage
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.total import AmountSource

BARE: Final = """
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 1 then return redis.call('HINCRBY', KEYS[2], 'raised', ARGV[2]) end
return 0
"""
"""As little as counts a donation once: no versions, refunds, history, log or feed."""
LUNCH: Final = CampaignId("wechat_pay", "school-lunch")
FEN: Final = 400
ROUND: Final = 1_000
AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds for ``count`` of something: by the clock, of the client's CPU, and of Redis'."""

    count: int = 0
    seconds: float = 0.0
    client_cpu: float = 0.0
    redis_cpu: float = 0.0

    @property
    def per_second(self) -> float:
        """By the clock."""
        return self.count / self.seconds


@dataclass(frozen=True, slots=True)
class Facts:
    """``ingested``: facts placed and applied. ``bare``: calls of the bare script."""

    ingested: Spent
    bare: Spent


async def facts(rounds: int) -> Facts:
    """So many rounds of each. Every fact is new."""
    wechat = WeChatPayEmulator(seed=1)
    with TemporaryDirectory() as folder:
        async with founded(_settings(wechat, Path(folder)), connecting=in_pieces) as base:
            redis, account = base.redis, base.accounts["lunch"]
            server = int((await redis.info("server"))["process_id"])
            sha = await redis.script_load(BARE)

            async def ingest(fact: DonationState) -> None:
                if await base.ingest.apply(account, [fact]):
                    raise RuntimeError("a fact was held")

            async def call(fact: DonationState) -> None:
                await cast("Any", redis.evalsha(sha, 2, "{bare}:records", "{bare}:total", fact.native_id, FEN))

            ingested = bare = Spent()
            for number in range(rounds + 1):
                batch = [_fact(number * ROUND + place) for place in range(ROUND)]
                one, other = await _timed(ingest, batch, server), await _timed(call, batch, server)
                if number:  # the first one warms
                    ingested, bare = _sum(ingested, one), _sum(bare, other)
            await _checked(redis, ROUND * (rounds + 1))
        return Facts(ingested, bare)


async def _timed(work: Callable[[DonationState], Awaitable[None]], batch: Sequence[DonationState], server: int) -> Spent:
    began, client, redis = time.perf_counter(), time.process_time(), cpu_seconds(server)
    await each(batch, work, AT_ONCE)
    return Spent(len(batch), time.perf_counter() - began, time.process_time() - client, cpu_seconds(server) - redis)


async def _checked(redis: Redis, count: int) -> None:
    """Both have counted everything once, or the figures say nothing."""
    [raised] = await cast("Any", redis.hmget("{bare}:total", ["raised"]))
    [head] = await Shelf(redis).heads([LUNCH])
    if head is None or (int(raised), int(head.raised or 0), int(head.count or 0)) != (FEN * count, FEN * count, count):
        raise RuntimeError(f"{count} were given; counted were {int(raised) // FEN} and {head}")


def _fact(number: int) -> DonationState:
    return DonationState(
        native_id=f"4200{number:016}",
        campaign=Clues(attach="campaign=school-lunch"),
        stage=Stage.COMPLETED,
        version=1,
        amount=Money.of_minor(FEN, "CNY"),
        donated_at=datetime.now(UTC),
        source=AmountSource.MERCHANT_NOTIFICATION,
    )


def _sum(one: Spent, other: Spent) -> Spent:
    return Spent(
        one.count + other.count,
        one.seconds + other.seconds,
        one.client_cpu + other.client_cpu,
        one.redis_cpu + other.redis_cpu,
    )


def _settings(wechat: WeChatPayEmulator, folder: Path) -> Settings:
    rule = {"account": "lunch", "attach": "campaign=school-lunch*"}
    campaign = {"platform": "wechat_pay", "id": LUNCH.native, "title": "School lunch", "currency": "CNY", "match": [rule]}
    account = {"connector": "wechat_pay", **wechat.account(), "base_url": "http://127.0.0.1:9"}  # nothing is asked
    return Settings.of({"data_dir": folder, "accounts": {"lunch": account}, "campaigns": [campaign]})

"""The ledger's own test is seen to fail: each of five bugs, planted in a copy of its script, is caught by it."""

import random
from importlib.resources import files
from typing import Final

import pytest
from redis.asyncio import Redis

from connectors.testing.fakes import FakeClock
from gateway.store.ledger import Ledger
from tests.gateway.store.model import NOW, SEEDS, hold

SCRIPT: Final = (files("gateway.store") / "lua" / "donation.lua").read_text("utf-8")
BUGS: Final = {
    "wrong rank order": ("rank < o[K] or rank == o[K]", "rank > o[K] or rank == o[K]"),
    "missing dedup": ("local r = raw and cmsgpack.unpack(raw) or {", "local r = {"),
    "increment before check": (
        "\nlocal raw = ",
        "\nif refund == '' and rank == 2 then redis.call('HINCRBY', KEYS[2], 'raised', ARGV[5]) end\nlocal raw = ",
    ),
    "refund below zero": ("local take = math.min(y[3], left)", "local take = y[3]"),
    "another currency accepted": ("if counted and head[2] ~= ARGV[6] then return redis.error_reply('CURRENCY') end", ""),
}


class Planted(Ledger):
    """A ledger whose script for donations is another one."""

    def __init__(self, redis: Redis, script: str) -> None:
        super().__init__(redis, FakeClock(NOW), "Asia/Shanghai")
        self._scripts["donation"] = redis.register_script(script)


def planted(bug: str) -> str:
    """The script with a bug. It must have the words in which the bug is planted, once."""
    right, wrong = BUGS[bug]
    assert SCRIPT.count(right) == 1, f"the script was changed: plant {bug} elsewhere"
    return SCRIPT.replace(right, wrong)


@pytest.mark.parametrize("seed", SEEDS[:2])
@pytest.mark.parametrize("bug", BUGS)
async def test_a_planted_bug_is_caught(redis: Redis, bug: str, seed: int) -> None:
    ledger = Planted(redis, planted(bug))
    with pytest.raises(AssertionError):
        await hold(ledger, redis, random.Random(seed))


async def test_the_script_as_it_is_holds_where_bugs_are_caught(redis: Redis) -> None:
    for seed in SEEDS[:2]:
        await redis.flushall()
        await hold(Planted(redis, SCRIPT), redis, random.Random(seed))

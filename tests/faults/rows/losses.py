"""The ledger's server comes back without what it had, or has no room for more: rows 17, 18 and 20."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from redis.exceptions import ResponseError

from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.end_to_end.merchants import noon
from tests.end_to_end.viewers import TOTAL, follow, socket
from tests.faults.books import balance
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.players import LUNCH, RIVER
from tests.faults.sim import Sim, simulated

MOST_LOST: Final = 6_000
"""Bytes off the end of the file."""
COUNTED: Final = ("wechat_pay", "weibo", "alipay")
TOLD: Final = (*COUNTED, "tiltify", "twitch")
"""Networks that tell what is new by themselves, though of their totals some only after seconds."""
ASKED: Final = (*TOLD, "justgiving")
"""Networks that are asked again over a line that can be cut."""
ALL: Final = (*ASKED, "tencent_gongyi", "donordrive")
BILLED: Final = 2
"""What was paid so many days ago is on a bill that is there."""
LISTED_WITHIN: Final = 300.0
"""Seconds within which what networks still tell is there again (P5)."""
IDS: Final = "{ campaigns(first: 100) { nodes { id externalId platform { key } freshness total { freshness } } } }"
FILLER: Final = 64 * 1024
GRACE: Final = 2 * 1024 * 1024


async def give(sim: Sim, gifts: int) -> None:
    """Gifts anywhere, some with refunds. WeChat Pay's are of a day whose bill is there, as it tells nothing else again."""
    for _ in range(gifts):
        player = sim.rng.choice(list(sim.players.values()))
        network, rng = player.emulator, sim.rng
        if isinstance(network, WeChatPayEmulator):
            fen = rng.randrange(1, 50_000)
            payment = await network.pay(fen, book=rng.choice((LUNCH, RIVER)), paid_at=noon(BILLED))
            if rng.random() < 0.2:
                await network.refund(payment, rng.randint(1, fen), refunded_at=noon(BILLED))
            continue
        await player.give(rng)
        if rng.random() < 0.2:
            await player.give_back(rng)


async def tail_lost(stage: Stage) -> Told:
    """``kill -9``, and the end of what was written is gone."""
    async with simulated(stage, *(COUNTED if stage.quick else TOLD), own_redis=True) as sim:
        assert sim.server is not None
        tries, lost, longest = stage.times(15, 2), 0, 0.0
        await give(sim, 30)
        found, _ = await sim.even()
        expect(found.is_even, f"before anything was lost: {found.says}")
        await _whole(sim)
        for number in range(tries):
            stage.say(f"{number} of {tries}")
            await give(sim, stage.rng.randint(5, 25))
            await sim.settle()
            async with _away(sim):
                lost += sim.server.lose_tail(stage.rng, MOST_LOST)
            found, healed = await sim.even()
            longest = max(longest, healed)
            if not found.is_even:
                return Told(number + 1, found.lost, found.doubled, healed, "; ".join(found.says))
        await balance(sim.server, "at the end")
        return Told(tries, healed=longest, says=f"{lost:,} bytes lost")


async def all_lost(stage: Stage) -> Told:
    """The server's folder is deleted. What networks do not tell again comes back from the archive."""
    async with simulated(stage, *(COUNTED if stage.quick else ALL), own_redis=True) as sim:
        assert sim.server is not None
        tries, longest = stage.times(3, 1), 0.0
        for number in range(tries):
            stage.say(f"{number} of {tries}")
            await give(sim, 60)
            await sim.settle()
            await sim.hand_over()
            found, _ = await sim.even(LISTED_WITHIN)
            expect(found.is_even, f"before anything was lost: {found.says}")
            if number == 0:  # after a loss what networks bill is not whole before the bill of this day, which is there tomorrow
                await _whole(sim)
            before = await _positions(sim)
            async with _away(sim):
                sim.server.lose_all()
                _cut_off(sim, cut=True)
            await _expect_stale(sim)
            _cut_off(sim, cut=False)
            began = asyncio.get_running_loop().time()
            await sim.reconcile("--archive")
            found, _ = await sim.even(LISTED_WITHIN)
            longest = max(longest, asyncio.get_running_loop().time() - began)
            if not found.is_even:
                return Told(number + 1, found.lost, found.doubled, longest, "; ".join(found.says))
            await balance(sim.server, "after all was read again")
            await _expect_unproven(sim, before)
        return Told(tries, healed=longest)


@asynccontextmanager
async def _away(sim: Sim) -> AsyncIterator[None]:
    """The server is killed and started again, and balances before anybody has written to it."""
    assert sim.server is not None
    assert sim.wire is not None
    await sim.server.kill()
    yield
    sim.wire.refuse = True
    await sim.server.start()
    await balance(sim.server, "right after the restart")
    sim.wire.heal()


def _cut_off(sim: Sim, *, cut: bool) -> None:
    for link in sim.egress.values():
        link.refuse = cut
        if cut:
            link.cut()


async def _whole(sim: Sim) -> None:
    """Waits until the gateway knows that nothing is missing: what is lost then is another loss. Not with Alipay, where from ten
    to noon a day without trades is not told from a bill in the making.
    """
    async with asyncio.timeout(LISTED_WITHIN):
        for name in sim.players.keys() - {"alipay"}:
            while await sim.count("giving_ledger_behind", account=name):
                await asyncio.sleep(0.1)


async def _positions(sim: Sim) -> dict[str, str]:
    """Where followers of each campaign are, by its id."""
    campaigns = (await sim.query(IDS))["campaigns"]["nodes"]
    found = {}
    async with socket(sim.url) as session:
        for campaign in campaigns:
            messages = follow(session, TOTAL, id=campaign["id"])
            found[campaign["id"]] = (await anext(messages))["position"]
            await messages.aclose()
    return found


async def _expect_unproven(sim: Sim, before: dict[str, str]) -> None:
    async with socket(sim.url) as session:
        for campaign, position in before.items():
            messages = follow(session, TOTAL, id=campaign, after=position)
            first: Any = await anext(messages)
            await messages.aclose()
            expect(not first["recovered"], f"a position from before the loss is proven in {campaign}")


async def _expect_stale(sim: Sim) -> None:
    """While nothing can be read again, whatever is shown says so."""
    for name in sim.players.keys() & set(ASKED):
        await sim.reach("giving_ledger_behind", 1, account=name)
    for campaign in (await sim.query(IDS))["campaigns"]["nodes"]:
        if campaign["platform"]["key"] in ASKED:
            shown = {campaign["freshness"], (campaign["total"] or campaign)["freshness"]}
            expect(shown == {"STALE"}, f"with nothing in the ledger {campaign['externalId']} is {shown}")


async def eviction(stage: Stage) -> Told:
    """A cache beside the ledger fills the server: nothing is written, nothing evicted; one that evicts is not taken."""
    async with simulated(stage, *COUNTED, own_redis=True) as sim:
        assert sim.server is not None
        tries, refused = stage.times(12, 2), 0
        for number in range(tries):
            stage.say(f"{number} of {tries}")
            await sim.give(10, back=0.2)
            found, _ = await sim.even()
            expect(found.is_even, f"before it was full: {found.says}")
            filled = await _fill(sim)
            size, begun = await sim.server.command("DBSIZE"), _attempts(sim)
            await sim.give(6)
            async with asyncio.timeout(30):
                while (_attempts(sim) - begun).total() < 6:
                    await asyncio.sleep(0.02)
            new = _attempts(sim) - begun
            expect(set(new) == {503}, f"a full ledger answered {dict(new)}")
            expect(await sim.server.command("DBSIZE") == size, "a full ledger has lost or won keys")
            refused += new.total()
            await sim.server.command("CONFIG", "SET", "maxmemory", "0")
            await sim.server.command("DEL", *(f"cache:filler:{each}" for each in range(filled)))
        found, healed = await sim.even()
        await balance(sim.server, "after it was full")
        await _expect_refused_start(sim)
        return Told(refused, found.lost, found.doubled, healed, "; ".join(found.says))


async def _fill(sim: Sim) -> int:
    """Writes what a cache may until there is room for nothing; gives how many keys that were."""
    assert sim.server is not None
    number = 0
    async with sim.server.client() as redis:
        used = (await redis.info("memory"))["used_memory"]
        await redis.config_set("maxmemory", used + GRACE)
        with contextlib.suppress(ResponseError):
            while True:
                await redis.set(f"cache:filler:{number}", b"x" * FILLER, ex=3_600)
                number += 1
        used = (await redis.info("memory"))["used_memory"]
        await redis.config_set("maxmemory", used - GRACE // 2)  # so that what was freed meanwhile is no room either
    return number


def _attempts(sim: Sim) -> Counter[int]:
    """The answers to deliveries so far."""
    return Counter(attempt.status for player in sim.players.values() for attempt in player.emulator.sender.attempts)


async def _expect_refused_start(sim: Sim) -> None:
    assert sim.server is not None
    await sim.gateway.kill()
    for name, unsafe, safe in (
        ("maxmemory-policy", "allkeys-lru", "noeviction"),
        ("appendfsync", "everysec", "always"),
        ("appendonly", "no", "yes"),
    ):
        await sim.server.command("CONFIG", "SET", name, unsafe)
        await sim.gateway.begin()
        code = await sim.gateway.ended(30)
        said = sim.gateway.log.read_text("utf-8").splitlines()[-1]
        expect((code, safe in said) == (2, True), f"with {name} {unsafe} it ended with {code} and said {said!r}")
        await sim.server.command("CONFIG", "SET", name, safe)


FAULTS: Final = (
    Fault("17", "AOF tail lost", tail_lost, ci=True),
    Fault("18", "all data lost", all_lost, ci=True),
    Fault("20", "eviction", eviction),
)

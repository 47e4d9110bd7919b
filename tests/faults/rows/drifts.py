"""Sums that are changed by hand in Redis: row 24."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

from gateway.store import keys
from schema.model.ids import CampaignId
from tests.faults.books import balance
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.players import LUNCH, RIVER
from tests.faults.sim import Sim, simulated

COUNTED: Final = ("wechat_pay", "weibo", "alipay")
RULE: Final = f'attach = "campaign={RIVER}*"'
STAR: Final = f'{RULE}, endorser = "star"'
"""Gifts to the river are a star's."""
TOTAL: Final = "total"
BUCKETS: Final = ("minutes", "hours", "days")
STARS: Final = "endorser star"
SUMS: Final = (TOTAL, *BUCKETS, STARS)
"""All that is added up, as the gateway calls it."""
ENDORSERS: Final = '[[endorsers]]\nid = "star"\nname = "A star"\n'
FIRST_PASS: Final = 30.0
"""Seconds within which all campaigns of these tests are added up once: a pass begins when a gateway starts."""


@dataclass(frozen=True, slots=True)
class Change:
    """One number of one sum, off by ``by``. ``part`` is its place among several, None where it stands alone."""

    campaign: CampaignId
    what: str
    table: str
    field: bytes
    part: int | None
    by: int

    async def made(self, redis: Any, sign: int = 1) -> None:
        """By hand; with -1 it is taken back."""
        if self.part is None:
            await redis.hincrby(self.table, self.field, sign * self.by)
            return
        figures = (await redis.hget(self.table, self.field)).split()
        figures[self.part] = str(int(figures[self.part]) + sign * self.by).encode()
        await redis.hset(self.table, self.field, b" ".join(figures))


async def drift(stage: Stage) -> Told:
    """Totals, buckets and endorsers' sums are changed: the next pass names each campaign with what is wrong, and no other."""
    async with simulated(stage, *COUNTED, own_redis=True, started=False) as sim:
        assert sim.server is not None
        path = sim.configure()
        path.write_text(path.read_text("utf-8").replace(RULE, STAR) + ENDORSERS, "utf-8")
        await sim.gateway.start()
        await sim.give(80, back=0.2)
        found, _ = await sim.even()
        expect(found.is_even, f"before anything was changed: {found.says}")
        await balance(sim.server, "before anything was changed")
        tries, deck = 0, list[str]()
        passes = stage.times(10, 2)
        for number in range(passes):
            stage.say(f"{number} of {passes}")
            many = stage.times(stage.rng.randint(1, 4), 3)  # each kind of sum comes in turn, so that none is left out
            deck += stage.rng.sample(SUMS, len(SUMS)) if len(deck) < many else []
            drawn, deck = deck[:many], deck[many:]
            async with _changed(sim, drawn) as changes:
                tries += len(changes)
                told = await _told_by_the_next_pass(sim)
            due = {(str(each.campaign), each.what) for each in changes}
            expect(told == due, f"{due} were changed by hand, and {told} is told")
        expect(not await _told_by_the_next_pass(sim), "what was taken back is told still")
        found, healed = await sim.even()
        return Told(tries, found.lost, found.doubled, healed, "; ".join(found.says))


def _campaigns() -> list[CampaignId]:
    return [CampaignId(platform, native) for platform in COUNTED for native in (LUNCH, RIVER)]


@asynccontextmanager
async def _changed(sim: Sim, sums: list[str]) -> AsyncIterator[list[Change]]:
    """One of each of these sums is changed, each of another campaign."""
    assert sim.server is not None
    free = sim.rng.sample(_campaigns(), len(_campaigns()))
    async with sim.server.client() as client:
        redis, changes = cast("Any", client), list[Change]()
        for what in sorted(sums, key=lambda what: what != STARS):  # first those that not every campaign has
            campaign = next(each for each in free if what != STARS or each.native == RIVER)
            free.remove(campaign)
            changes.append(await _drawn(sim, redis, campaign, what))
        for each in changes:
            await each.made(redis)
        yield changes
        for each in changes:
            await each.made(redis, -1)


async def _drawn(sim: Sim, redis: Any, campaign: CampaignId, what: str) -> Change:
    by = sim.rng.choice((-1, 1, sim.rng.randint(2, 10**6)))
    if what == TOTAL:
        return Change(campaign, what, keys.total(campaign), sim.rng.choice((b"raised", b"refunded", b"count")), None, by)
    tables = dict(zip((*BUCKETS, STARS), (*keys.buckets(campaign), keys.endorsers(campaign)), strict=True))
    field = sim.rng.choice(sorted(await redis.hkeys(tables[what])))
    return Change(campaign, what, tables[what], field, sim.rng.randrange(3), by)


async def _told_by_the_next_pass(sim: Sim) -> set[tuple[str, str]]:
    """What a gateway tells that starts now, and the number of campaigns that it shows on its gauge must be theirs."""
    before = len(sim.gateway.events())
    sim.gateway.terminate()  # one that is killed would keep the job for as long as its lease holds
    expect(await sim.gateway.ended(30) == 0, "the gateway did not end well")
    await sim.gateway.start()
    async with asyncio.timeout(FIRST_PASS):
        while not await sim.count("giving_jobs_total", job="invariants", outcome="done"):
            await asyncio.sleep(0.05)
    told = {(line["campaign"], line["what"]) for line in sim.gateway.events()[before:] if line["event"] == "books.drift"}
    shown = await sim.count("giving_drift_campaigns")
    expect(shown == len({campaign for campaign, _ in told}), f"the gauge shows {shown:.0f}, where {told} is told")
    return told


FAULTS: Final = (Fault("24", "drift", drift),)

"""Donations are told often, out of order and by several ways: rows 1, 2, 3 and 6."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

import aiohttp

from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.habits import Habits
from connectors.wechat_pay.emulator import payloads
from tests.end_to_end.commands import command
from tests.end_to_end.notices import wechat_notice
from tests.end_to_end.test_overlap import eager_gateway, listed, polled
from tests.end_to_end.visitor import known, shown
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.post import Letter, Post, all_taken, nothing_written, opened, pushers
from tests.faults.sim import Sim, simulated

SETTLES_WITHIN: Final = 20.0


async def duplicates(stage: Stage) -> Told:
    """Each event comes one to five times, over four connections at once, some of them at the same moment on all four."""
    async with simulated(stage, *pushers(stage), started=False) as sim, opened(sim) as post:
        letters = await post.written_in(stage.times(400, 40), back=0.3)
        copies = [letter for letter in letters for _ in range(stage.rng.randint(1, 5))]
        stage.rng.shuffle(copies)
        # neighbours, of which each connection takes one
        copies += [letter for letter in stage.rng.sample(letters, len(letters) // 4) for _ in range(4)]
        all_taken(await post.over_connections(copies))
        balance, healed = await sim.even()
        return Told(len(copies), balance.lost, balance.doubled, healed, f"{len(letters)} events")


async def any_order(stage: Stage) -> Told:
    """Events are shuffled, repeated and split, a file of the same gifts comes in between, refunds come before their payments,
    and what was so before after what is.
    """
    tries = lost = doubled = early = 0
    slowest = 0.0
    says: list[str] = []
    async with simulated(stage, *pushers(stage), started=False) as sim, opened(sim) as post:
        for number in range(stage.times(12, 1)):
            stage.say(f"permutation {number + 1}")
            letters = await post.written_in(stage.times(60, 40), back=0.6)
            told = letters + _before_that(sim, len(letters) // 8)
            shuffled = stage.rng.sample(told, len(told)) + stage.rng.choices(told, k=len(told) // 5)
            places = {letter: place for place, letter in reversed(list(enumerate(shuffled)))}
            early += sum(places[newer] < places[older] for older, newer in pairwise(letters))
            cut = stage.rng.randrange(len(shuffled))
            all_taken(await post.over_connections(shuffled[:cut], most=stage.rng.choice((1, 8))))
            await _file(post)
            all_taken(await post.over_connections(shuffled[cut:], most=stage.rng.choice((1, 8))))
            balance, healed = await sim.even()
            tries, lost, doubled = tries + len(shuffled), lost + balance.lost, doubled + balance.doubled
            slowest = max(slowest, healed)
            says += balance.says
    return Told(tries, lost, doubled, slowest, "; ".join([f"{early} before the one before", *says]))


def _before_that(sim: Sim, most: int) -> list[Letter]:
    """Of some gifts and refunds the state before the one that they are in, which has the same version and a lower rank."""
    wechat: Any = sim.players["wechat_pay"].emulator
    alipay: Any = sim.players["alipay"].emulator

    def some(them: Sequence[Any]) -> list[Any]:
        return sim.rng.sample(them, min(most, len(them)))

    unpaid = [payloads.transaction(each, wechat.merchant) | {"trade_state": "NOTPAY"} for each in some(wechat.payments)]
    waiting = [payloads.refund_notice(each, wechat.merchant) | {"refund_status": "ABNORMAL"} for each in some(wechat.refunds)]
    told = [wechat_notice(wechat, clear) for clear in unpaid]
    told += [wechat_notice(wechat, clear, "REFUND.ABNORMAL") for clear in waiting]
    letters = [Letter("wechat_pay", "/webhooks/wechat_pay/wechat_pay", (), b"").saying(each) for each in told]
    for each in some(alipay.payments):
        notice = alipay.notifications.written(alipay.notifications.paid(each) | {"trade_status": "WAIT_BUYER_PAY"})
        letters.append(Letter("alipay", "/webhooks/alipay/alipay", (), b"").saying(notice))
    return letters


async def _file(post: Post) -> None:
    """Imports what Weibo hands out of the same gifts, with running sums of refunds in it."""
    sim = post.sim
    file = sim.folder / "weibo.csv"
    file.write_bytes(sim.players["weibo"].emulator.export_csv())  # type: ignore[attr-defined]
    ended = await command("import", "weibo", str(file), "--config", str(sim.folder / "giving.toml"))
    expect(ended.code == 0, f"the import failed: {ended}")


async def overlap(stage: Stage) -> Told:
    """A donation is pushed while a list that is read without pause has it too."""
    rounds = stage.times(500, 60)
    network = TwitchEmulator(habits=Habits(points_per_minute=10_000_000), seed=stage.seed % 10_000)
    lost = doubled = 0
    async with network.serve(), eager_gateway(stage.folder, network) as (gateway, url), aiohttp.ClientSession() as session:
        campaign = network.start_campaign()
        await network.settle()
        await listed(session, url)
        for number in range(rounds):
            await network.donate(100 + number)
            async with asyncio.timeout(SETTLES_WITHIN):
                await network.settle()
            stage.say(f"{number} of {rounds}")
        await polled(gateway, 3)
        began = asyncio.get_running_loop().time()
        seen = await listed(session, url)
        while shown(seen) != known(campaign.book, network.key) and asyncio.get_running_loop().time() - began < SETTLES_WITHIN:
            seen = await listed(session, url)
        healed = asyncio.get_running_loop().time() - began
        count = seen["donations"]["totalCount"]
        if shown(seen) != known(campaign.book, network.key):
            lost, doubled = max(rounds - count, 1), max(count - rounds, 0)
        labels = {"platform": "twitch", "kind": "donation", "outcome": "applied"}
        told = gateway.base.metrics.registry.get_sample_value("giving_facts_total", labels) or 0
        expect(told > 2 * rounds, f"{told:.0f} facts of {rounds} gifts: they did not come by both ways")
    return Told(rounds, lost, doubled, healed, f"told {told:.0f} times")


async def replays(stage: Stage) -> Told:
    """Captured bytes come a hundred times more, of every network and kind of event."""
    async with simulated(stage, *pushers(stage), started=False) as sim, opened(sim) as post:
        letters = await post.written_in(stage.times(30, 15), back=0.5)
        all_taken(await post.over_connections(letters))
        await sim.even()
        again = stage.times(100, 10)
        for number in range(again):
            stage.say(f"{number} of {again}")
            async with nothing_written(sim, "a replay"):
                all_taken(await post.over_connections(letters, most=8))
        balance, healed = await sim.even()
        return Told(again * len(letters), balance.lost, balance.doubled, healed, "; ".join(balance.says))


FAULTS: Final = (
    Fault("1", "duplicates", duplicates, ci=True),
    Fault("2", "any order", any_order, ci=True),
    Fault("3", "webhook overlaps poll", overlap, ci=True),
    Fault("6", "replay", replays, ci=True),
)

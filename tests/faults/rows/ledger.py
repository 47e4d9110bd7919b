"""What is told twice, in two ways, late, or otherwise than before: rows 16, 16b, 23 and 24b."""

import asyncio
import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from connectors.alipay.emulator import AlipayEmulator
from connectors.testing.emulation import Emulator, Outgoing
from connectors.wechat_pay.emulator import WeChatPayEmulator
from connectors.weibo.emulator import WeiboEmulator
from gateway.store import keys
from schema.model.ids import CampaignId
from tests.end_to_end import configuration
from tests.end_to_end.commands import command
from tests.end_to_end.merchants import noon
from tests.end_to_end.waiting import until
from tests.faults.books import balance
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.players import LUNCH, RIVER
from tests.faults.sim import Sim, simulated

ANSWERED: Final = re.compile(rb"\*2\r\n:[012]\r\n\$\d+\r\n\d+-\d+\r\n", re.ASCII)
"""How the server answers the script that counts: what became of it, and the position in the log. Answers to what was asked
at the same moment may come before it, in one piece."""
TWINS: Final = ("alipay", "twin")
"""Two accounts that see the same trades."""
BILLED: Final = 2
"""What was paid so many days ago is on a bill that is there."""
BEIJING: Final = timedelta(hours=8)
SHOWN_SECONDS: Final = 2.0
KEPT: Final = (timedelta(hours=48), timedelta(days=400))
"""How far back minutes and hours go; days go back for good."""
ID: Final = "{ campaigns(first: 100) { nodes { id externalId } } }"
HISTORY: Final = """
query ($id: ID!) { node(id: $id) { ... on Campaign { history(interval: DAY) { since until raisedSoFar { amount } } } } }
"""


async def reply_lost(stage: Stage) -> Told:
    """The answer of a script is lost on its way, twice; the network delivers again."""
    async with simulated(stage, "wechat_pay", "weibo", own_redis=True) as sim:
        assert sim.wire is not None
        wire = sim.wire
        tries = stage.times(30, 5)
        for number in range(tries):
            stage.say(f"{number} of {tries}")
            wire.cut_only, wire.cut_replies = ANSWERED, 2
            await sim.give(stage.rng.choice((1, 4)))  # of one it is lost twice, of four anything may be
            await until(lambda: wire.cut_replies == 0)
        wire.heal()
        balance, healed = await sim.even()
        return Told(wire.cuts, balance.lost, balance.doubled, healed, "; ".join(balance.says))


# ------------------------------------------------------------------------------------------------- two accounts, two ways


async def two_ways(stage: Stage) -> Told:
    """Trades by two accounts, their refunds as a running sum and as rows of a bill, in any order, some of it never told."""
    async with simulated(stage, "alipay", started=False) as sim:
        alipay = sim.players["alipay"].emulator
        assert isinstance(alipay, AlipayEmulator)
        _configure_twins(sim)
        await sim.gateway.start()
        for account in TWINS:
            await sim.reach("giving_jobs_total", 1, account=account, job="reconcile", outcome="done")
        notices: list[tuple[str, dict[str, str]]] = []
        for number in range(stage.times(300, 40)):
            for told in await _trade(alipay, number, stage.rng):
                doors = stage.rng.sample(TWINS, stage.rng.randrange(3))  # by neither of them, one, or both
                notices += [(door, told) for door in doors]
        stage.rng.shuffle(notices)
        parts = stage.times(5, 2)
        for number in range(parts):
            stage.say(f"{number} of {parts}")
            for door, told in notices[number::parts]:
                alipay.notifications.send(f"{sim.ingress.url}/webhooks/alipay/{door}", told)
            await sim.settle()
            if number < parts - 1:
                await sim.reconcile()  # all of it is on the bill, what was told and what was not
        found, healed = await sim.even()
        return Told(len(notices), found.lost, found.doubled, healed, "; ".join(found.says))


async def _trade(alipay: AlipayEmulator, number: int, rng: Random) -> list[dict[str, str]]:
    """A trade with up to two refunds, of which nothing is told; gives what could be."""
    fen, book, at = rng.randrange(2, 50_000), rng.choice((LUNCH, RIVER)), noon(BILLED)
    payment = await alipay.pay(fen, attach="", book=book, order=f"{book}-{number}", at=at, notify=False)
    told = [alipay.notifications.paid(payment)]
    for turn in range(rng.randrange(3)):
        part = rng.randint(1, fen)
        refund = await alipay.refund(payment, part, at=at + timedelta(minutes=rng.randint(1, 9), hours=turn), notify=False)
        told.append(alipay.notifications.refunded(refund))
        fen -= part
        if not fen:
            break
    return told


def _configure_twins(sim: Sim) -> Path:
    account = sim.players["alipay"].account()
    lines = configuration.basics(sim.folder, sim.port, dict.fromkeys(TWINS, account), public_url=sim.ingress.url)
    for campaign in (LUNCH, RIVER):  # by the order's number, which bills tell as well
        rules = ", ".join(f'{{ account = "{name}", order = "{campaign}-*" }}' for name in TWINS)
        lines += ["[[campaigns]]", 'platform = "alipay"', f'id = "{campaign}"', 'title = "A campaign"']
        lines += ['currency = "CNY"', f"match = [{rules}]"]
    path = sim.folder / "giving.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


# -------------------------------------------------------------------------------------------------------------- clashes


async def clash(stage: Stage) -> Told:
    """What was told comes again with another amount, well signed; and once more on a bill."""
    names = ("wechat_pay", "alipay", "weibo")
    async with simulated(stage, *names) as sim:
        tries = 0
        for _ in range(stage.times(25, 4)):
            for name in names:
                network = cast("Any", sim.players[name].emulator)
                book = stage.rng.choice((LUNCH, RIVER))
                payment = await network.pay(stage.rng.randrange(1, 50_000), attach=f"campaign={book}", book=book)
                await sim.settle()
                tries += 1
                for more in (0, stage.rng.randint(1, 9_999), 0):
                    status = await _tell(sim, network, payment, more)
                    expect(status < 300, f"a clash at {name} was answered {status}")
        held = int(await sim.count("giving_held_total", reason="clash"))
        alarms = [line for line in sim.gateway.events() if line["event"] == "delivery.held" and line["reason"] == "clash"]
        expect(held == tries, f"of {tries} payments with clashes {held} are held")
        expect(len(alarms) == held, f"{held} clashes, and {len(alarms)} alarms")
        listed = await command("quarantine", "list", "--reason", "clash", "--json", "--config", str(sim.folder / "giving.toml"))
        kept = Counter(each["account"] for each in json.loads(listed.out)["held"])
        expect(kept.keys() == set(names) and kept.total() == tries, f"in quarantine are {kept}, not {tries}")
        await _clash_on_a_bill(sim, cast("WeChatPayEmulator", sim.players["wechat_pay"].emulator))
        found, healed = await sim.even()
        return Told(tries + 1, found.lost, found.doubled, healed, "; ".join(found.says) or f"{held} held")


async def _tell(sim: Sim, network: Emulator, payment: Any, more: int) -> int:
    """Tells a payment, all the while it is so much more; gives the answer."""
    payment.amount_fen += more
    try:
        return await sim.send(f"/webhooks/{network.key}/{network.key}", _outgoing(network, payment))
    finally:
        payment.amount_fen -= more


def _outgoing(network: Emulator, payment: Any) -> Outgoing:
    if isinstance(network, AlipayEmulator):
        return network.notifications.written(network.notifications.paid(payment))
    assert isinstance(network, WeChatPayEmulator | WeiboEmulator)
    return network.outgoing(payment)


async def _clash_on_a_bill(sim: Sim, wechat: WeChatPayEmulator) -> None:
    payment = await wechat.pay(400, book=LUNCH, paid_at=noon(BILLED))
    await sim.settle()
    payment.amount_fen = 999
    ended = await command("reconcile", "wechat_pay", "--config", str(sim.folder / "giving.toml"), "--json")
    findings = [finding["kind"] for report in json.loads(ended.out)["reports"] for finding in report["findings"]]
    expect((ended.code, findings) == (1, ["clash"]), f"a clash on a bill was told as {findings}, with {ended.code}")


# ----------------------------------------------------------------------------------------------------------- late facts


async def late_fact(stage: Stage) -> Told:
    """A payment and a refund of last week or last year: history moves from then on, and no bucket but its own is written."""
    async with simulated(stage, "wechat_pay", own_redis=True) as sim:
        assert sim.server is not None
        wechat = sim.players["wechat_pay"].emulator
        assert isinstance(wechat, WeChatPayEmulator)
        now = datetime.now(UTC)
        for days in range(1, 420, 30):
            await wechat.pay(stage.rng.randrange(1, 50_000), book=LUNCH, paid_at=now - timedelta(days=days))
        await sim.settle()
        [node] = [each["id"] for each in (await sim.query(ID))["campaigns"]["nodes"] if each["externalId"] == LUNCH]
        tries = stage.times(60, 6)
        for number in range(tries):
            stage.say(f"{number} of {tries}")
            given = now - timedelta(seconds=stage.rng.randrange(3_600, stage.rng.choice((7, 380)) * 86_400))
            returned = given + (now - given) * stage.rng.random()
            fen = stage.rng.randrange(2, 50_000)
            part = stage.rng.randint(1, fen)
            before, points = await _buckets(sim), await _points(sim, node)
            payment = await wechat.pay(fen, book=LUNCH, paid_at=given, notify=False)
            refund = await wechat.refund(payment, part, refunded_at=returned, notify=False)
            for outgoing in stage.rng.sample([wechat.outgoing(payment), wechat.outgoing(refund)], 2):
                status = await sim.send("/webhooks/wechat_pay/wechat_pay", outgoing)
                expect(status < 300, f"a late fact was answered {status}")
            moves = (payment.paid_at, fen), (refund.finished_at, -part)
            await _expect_own_buckets(sim, before, [at for at, _ in moves if at is not None])
            await _expect_points(sim, node, points, [(at, minor) for at, minor in moves if at is not None])
        await balance(sim.server, "after late facts")
        found, healed = await sim.even()
        return Told(2 * tries, found.lost, found.doubled, healed, "; ".join(found.says))


async def _expect_points(sim: Sim, node: str, before: dict[datetime, int], moves: list[tuple[datetime, int]]) -> None:
    """In a moment: answers show it with the next step."""
    loop = asyncio.get_running_loop()
    expected = {day: so_far + sum(minor for at, minor in moves if at < day) for day, so_far in before.items()}
    begun = loop.time()
    while (after := await _points(sim, node)) | expected != after and loop.time() - begun < SHOWN_SECONDS:
        await asyncio.sleep(0.05)
    for day, so_far in expected.items():
        expect(after[day] == so_far, f"at {day} it is {after[day]}, not {so_far}")


async def _points(sim: Sim, node: str) -> dict[datetime, int]:
    """The total at the end of each day that is over, in fen."""
    periods = (await sim.query(HISTORY, id=node))["node"]["history"]
    return {datetime.fromisoformat(each["until"]): _fen(each["raisedSoFar"]["amount"]) for each in periods[:-1]}


def _fen(amount: str) -> int:
    whole, _, part = amount.partition(".")
    return int(whole + part.ljust(2, "0"))


async def _buckets(sim: Sim) -> list[dict[bytes, bytes]]:
    """By minute, hour and day."""
    assert sim.server is not None
    async with sim.server.client() as redis:
        names = keys.buckets(CampaignId("wechat_pay", LUNCH))
        return [cast("dict[bytes, bytes]", await cast("Any", redis.hgetall(name))) for name in names]


async def _expect_own_buckets(sim: Sim, before: list[dict[bytes, bytes]], moments: list[datetime]) -> None:
    after, now = await _buckets(sim), datetime.now(UTC)
    written = [{int(name) for name in new if new[name] != old.get(name)} for old, new in zip(before, after, strict=True)]
    own = [
        {int(at.timestamp()) // 60 for at in moments if at > now - KEPT[0]},
        {int(at.timestamp()) // 3_600 for at in moments if at > now - KEPT[1]},
        {int((at + BEIJING).timestamp()) // 86_400 for at in moments},
    ]
    expect(written == own, f"buckets {written} were written, where {own} are its own")


FAULTS: Final = (
    Fault("16", "reply lost", reply_lost, ci=True),
    Fault("16b", "two accounts, two ways", two_ways, ci=True),
    Fault("23", "clash", clash),
    Fault("24b", "late fact", late_fact, ci=True),
)

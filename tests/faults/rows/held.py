"""What is genuine and cannot be counted: absurd, sealed with another key, or not confirmed. Rows 13 and 13b."""

import base64
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from connectors.weibo.emulator import Fault as WeiboFault
from tests.end_to_end.commands import Ended, command
from tests.end_to_end.notices import twitch_signed, wechat_notice, wechat_signed
from tests.end_to_end.test_bad_input import UNREADABLE
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.post import Letter, Post, all_taken, opened, pushers
from tests.faults.sim import Sim, simulated

CANARY: Final = "held-canary-4711"
"""Stands in every absurd body, and must lie in no file in clear."""
OTHER_KEY: Final = "k" * 32
ABSURD_FORMS: Final = (
    {"total_amount": "-1", "trade_no": CANARY},
    {"total_amount": "9" * 5_000, "trade_no": CANARY},
    {"total_amount": "1e400", "trade_status": "TRADE_SUCCESS", "gmt_payment": CANARY},
    {"trade_status": CANARY},
    {"trade_no": "\x00", "trade_status": "TRADE_SUCCESS", "subject": CANARY},
)


async def quarantine(sim: Sim, *arguments: str) -> Ended:
    """The operator's command."""
    return await command("quarantine", *arguments, "--config", str(sim.folder / "giving.toml"))


async def held_by(sim: Sim) -> list[dict[str, Any]]:
    """What is in quarantine."""
    found: list[dict[str, Any]] = json.loads((await quarantine(sim, "list", "--json")).out)["held"]
    return found


async def poison(stage: Stage) -> Told:
    """Valid signatures over absurd contents: kept whole and sealed, answered 2xx, counted, and no total moves."""
    async with simulated(stage, *pushers(stage), started=False) as sim, opened(sim) as post:
        await sim.give(20)
        await sim.even()
        letters = [letter for key in sim.players for letter in await _absurd(post, key)]
        counted = await _noticed(sim)
        all_taken(await post.over_connections(letters))
        noticed = await _noticed(sim) - counted
        expect(noticed == len(letters), f"of {len(letters)} absurd deliveries {noticed:.0f} were noticed")
        held = await held_by(sim)
        expect(held, "nothing is in quarantine")
        bodies = {letter.body for letter in letters}
        for each in stage.rng.sample(held, min(len(held), stage.times(20, 1))):
            which = (each["key"], "--account", each["account"])  # the same may have been sent to two
            shown = json.loads((await quarantine(sim, "show", *which, "--raw", "--json")).out)
            expect(base64.b64decode(shown["raw_base64"]) in bodies, "what is shown is not what was received")
        in_clear = [file.name for file in _files(sim) if CANARY.encode() in file.read_bytes()]
        expect(not in_clear, f"what is held lies in clear in {in_clear}")
        await quarantine(sim, "replay", "all")  # no fix was made, so they stay, and nothing moves
        expect(len(await held_by(sim)) == len(held), "what was not mended left quarantine")
        balance, healed = await sim.even()
        return Told(len(letters), balance.lost, balance.doubled, healed, f"{len(held)} held")


async def _absurd(post: Post, key: str) -> list[Letter]:
    """What a network never would write, signed by it."""
    emulator: Any = post.sim.players[key].emulator
    to = Letter(key, f"/webhooks/{key}/{key}", (), b"")
    bodies = [*UNREADABLE.values(), json.dumps({"id": CANARY, "event_type": 7, "resource": CANARY}).encode()]
    if key == "wechat_pay":
        made = [wechat_signed(emulator, body) for body in bodies] + [wechat_notice(emulator, body) for body in bodies]
        return [to.saying(each) for each in made]
    if key == "twitch":
        return [to.saying(twitch_signed(emulator, body)) for body in bodies]
    post.keeping = True
    if key == "alipay":
        for told in ABSURD_FORMS:
            await emulator.tell(told)
    elif key == "weibo":
        seller = {"appkey": emulator.merchant.appkey, "seller_id": emulator.merchant.seller_id}
        for number in (CANARY, "", "\x00", "9" * 5_000, "../x"):
            emulator.tell({**seller, "pay_id": number, "subject": CANARY})
    else:
        for data in ({"id": CANARY}, {"id": 7, "amount": []}, {"amount": {"value": "NaN", "currency": CANARY}}):
            await emulator.say("public:direct:donation_updated", data)
    await emulator.sender.settle()
    post.keeping = False
    letters, post.kept = post.kept, []
    return letters


async def _noticed(sim: Sim) -> float:
    """Held, or counted as something that nobody knows."""
    held = await sim.count("giving_held_total")
    return held + await sim.count("giving_facts_total", kind="unrecognised")


def _files(sim: Sim) -> Iterable[Path]:
    return (path for path in (sim.folder / "data").rglob("*") if path.is_file())


async def mended(stage: Stage) -> Told:
    """The gateway has a wrong key, so that nothing genuine can be opened; it is mended, and what was held is applied."""
    async with simulated(stage, "wechat_pay", started=False) as sim:
        sim.configure()
        (sim.folder / "secrets" / "wechat_pay.apiv3_key").write_text(OTHER_KEY, "utf-8")
        await sim.gateway.start()
        await sim.give(stage.times(200, 25), back=0.3)
        await sim.settle()
        held = await held_by(sim)
        told = len(sim.players["wechat_pay"].emulator.sender.attempts)
        expect(len(held) == told, f"of {told} deliveries {len(held)} are held")
        await sim.gateway.kill()
        await sim.start()
        replayed = await quarantine(sim, "replay", "all")
        expect(replayed.code == 0, f"the replay failed: {replayed}")
        await quarantine(sim, "replay", "all")
        balance, healed = await sim.even()
        expect(not await held_by(sim), "something stays held")
        return Told(len(held), balance.lost, balance.doubled, healed, "; ".join(balance.says))


async def unconfirmed(stage: Stage) -> Told:
    """Weibo notifies other amounts than were paid, and its query goes and comes: only what is queried counts."""
    async with simulated(stage, "weibo", started=False) as sim, opened(sim):
        emulator: Any = sim.players["weibo"].emulator
        tries = wrong = 0
        for _ in range(stage.times(8, 1)):
            for _ in range(stage.times(20, 12)):
                if stage.rng.random() < 0.5:
                    emulator.faults.once(WeiboFault.WRONG_AMOUNT)
                    wrong += 1
                await sim.give(1, back=0.3)
                await sim.settle()
            # the gateway still spares a network that was down a moment ago, and what came meanwhile is held
            await quarantine(sim, "replay", "all")
            balance, _ = await sim.even()
            expect(balance.is_even, f"with wrong amounts notified: {balance.says}")
            shown = {name: each["total"] for name, each in (await sim.campaigns()).items()}
            emulator.pay_outage.fail_next = 10**6
            emulator.faults.always(WeiboFault.WRONG_AMOUNT)
            await sim.give(stage.times(20, 6), back=0.3)
            await sim.settle()
            statuses = {attempt.status for attempt in emulator.sender.attempts}
            expect(statuses == {200}, f"while the query is down, notifications are answered {sorted(statuses)}")
            now = {name: each["total"]["raised"] for name, each in (await sim.campaigns()).items()}
            expect(
                now == {name: total["raised"] for name, total in shown.items()},
                f"what is unconfirmed counts: {shown} became {now}",
            )
            tries += len(await held_by(sim))
            emulator.pay_outage.fail_next = 0
            emulator.faults.clear()
            ended = await quarantine(sim, "replay", "all")
            expect(ended.code == 0, f"the query is up, and something stays held: {ended.out} {ended.err}")
        balance, healed = await sim.even()
        return Told(tries + wrong, balance.lost, balance.doubled, healed, f"{wrong} wrong amounts, {tries} held")


FAULTS: Final = (
    Fault("13", "poison", poison, ci=True),
    Fault("13", "another key, then mended", mended),
    Fault("13b", "unconfirmed", unconfirmed, ci=True),
)

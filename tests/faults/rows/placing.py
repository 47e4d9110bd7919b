"""Refunds before their payments, and payments of no campaign: row 13c."""

from datetime import datetime
from typing import Any, Final

from tests.end_to_end.merchants import noon
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.players import LUNCH, RIVER
from tests.faults.post import MERCHANTS, Letter, all_taken, calm, opened
from tests.faults.rows.held import held_by, quarantine
from tests.faults.sim import Sim, simulated

RULE: Final = 'match = [{{ account = "{key}", attach = "campaign={campaign}*" }}'
MORE: Final = ', {{ account = "{key}", attach = "canary*" }}'
BILLED: Final = 2
"""Days ago, of which the bills are there."""


async def refund_first(stage: Stage) -> Told:
    """Refunds of payments that nobody told of make the gateway read them; told afterwards, nothing moves."""
    async with simulated(stage, *MERCHANTS, started=False) as sim, opened(sim) as post:
        payments = [
            await _paid(sim, stage.rng.choice(MERCHANTS), f"campaign={LUNCH}", LUNCH) for _ in range(stage.times(150, 25))
        ]
        refunds = 0
        for key, payment, fen in payments:
            for part in sorted({fen, fen // 2})[: stage.rng.randint(1, 2)]:
                if 0 < part <= fen:
                    await _emulator(sim, key).refund(payment, part)
                    fen, refunds = fen - part, refunds + 1
        await sim.settle()
        balance, _ = await sim.even()
        expect(balance.is_even, f"refunds alone do not bring their payments: {balance.says}")
        stage.rng.shuffle(payments)
        for key, payment, _ in payments:
            all_taken([await post.status(_letter(sim, key, payment))])
        balance, healed = await sim.even()
        expect(not await held_by(sim), "something is held")
        return Told(refunds, balance.lost, balance.doubled, healed, f"{len(payments)} payments told afterwards")


async def unplaced(stage: Stage) -> Told:
    """No rule takes some payments, whose refunds come too; a rule is added, they are replayed, then the bills are read, under
    that rule and under another one: nothing moves.
    """
    async with simulated(stage, *MERCHANTS, started=False) as sim, opened(sim) as post:
        tries, given = stage.times(120, 20), []
        for number in range(tries):
            key = stage.rng.choice(MERCHANTS)
            given.append(await _paid(sim, key, f"canary-{number}", RIVER, noon(BILLED), told=True))
            if stage.rng.random() < 0.4:
                await _emulator(sim, key).refund(given[-1][1], stage.rng.randint(1, given[-1][2]))
        await sim.settle()
        seen = await sim.balance()
        expect(not seen.doubled, f"what no rule takes counts: {seen.says}")
        held = await held_by(sim)
        expect(len(held) >= tries, f"of {tries} payments of no campaign {len(held)} are held")
        expect({each["reason"] for each in held} <= {"unplaced"}, "something is held for another reason")

        _led_to(sim, RIVER)
        ended = await quarantine(sim, "replay", "all")
        expect(ended.code == 0, f"with a rule something stays held: {ended.out[-500:]}")
        balance, healed = await sim.even()
        expect(balance.is_even, f"after the replay: {balance.says}")

        for campaign in (RIVER, LUNCH):  # all of it is told once more under the new rule, then under one that leads elsewhere
            _led_to(sim, campaign)
            await sim.restart()
            await calm(sim)
            for key, payment, _ in given:
                all_taken([await post.status(_letter(sim, key, payment))])
            await sim.reconcile()
            balance, _ = await sim.even()
            expect(balance.is_even, f"with a rule that leads to {campaign}: {balance.says}")
            expect(not await held_by(sim), "what is told once more is held")
        return Told(tries, balance.lost, balance.doubled, healed, f"{len(held)} held")


def _led_to(sim: Sim, campaign: str) -> None:
    """The configuration has a rule by which all payments lead to this one."""
    path = sim.configure()
    text = path.read_text("utf-8")
    for key in MERCHANTS:
        rule = RULE.format(key=key, campaign=campaign)
        expect(rule in text, "the configuration has changed")
        text = text.replace(rule, rule + MORE.format(key=key))
    path.write_text(text, "utf-8")


def _letter(sim: Sim, key: str, payment: Any) -> Letter:
    return Letter(key, f"/webhooks/{key}/{key}", (), b"").saying(_emulator(sim, key).outgoing(payment))


def _emulator(sim: Sim, key: str) -> Any:
    return sim.players[key].emulator


async def _paid(
    sim: Sim, key: str, attach: str, book: str, at: datetime | None = None, *, told: bool = False
) -> tuple[str, Any, int]:
    """A payment at a network: its key, the payment, and fen."""
    fen = sim.rng.randrange(2, 50_000)
    moment = {"paid_at" if key == "wechat_pay" else "at": at}
    return key, await _emulator(sim, key).pay(fen, attach=attach, book=book, notify=told, **moment), fen


FAULTS: Final = (
    Fault("13c", "refund first", refund_first, ci=True),
    Fault("13c", "unplaced", unplaced),
)

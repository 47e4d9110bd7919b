"""Deliveries that prove nothing: altered, out of their window, signed by nobody or by somebody else. Rows 4, 5, 7 and 8."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from connectors.wechat_pay.emulator import Fault as WeChatFault
from tests.end_to_end.test_forgery import MEGABYTE, raw
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.forgery import (
    ALTERED,
    SIGNATURE,
    SPOILED,
    WINDOWS,
    redated,
    signature_of,
    signed_by_stranger,
    with_signatures,
)
from tests.faults.post import Letter, Post, all_taken, nothing_written, opened, pushers
from tests.faults.sim import simulated

PROBE: Final = "WECHATPAY/SIGNTEST/"
REFUSED: Final = 401
TOO_LARGE: Final = (413, 431)


async def altered(stage: Stage) -> Told:
    """Genuine letters in other bytes change nothing; as they were, they count."""
    async with simulated(stage, *pushers(stage), started=False) as sim, opened(sim) as post:
        letters = await post.written_in(stage.times(60, 20), back=0.3)
        bad = [(how, spoil(letter, stage.rng)) for letter in letters for how, spoil in ALTERED.items()]
        bad = [(how, each) for how, each in bad if each.body not in {letter.body for letter in letters}]
        await none_counts(post, bad)
        all_taken(await post.over_connections(letters))
        balance, healed = await sim.even()
        return Told(len(bad), balance.lost, balance.doubled, healed, "; ".join(balance.says))


async def none_counts(post: Post, bad: Sequence[tuple[str, Letter]]) -> None:
    """Raises Broken unless each is answered 401 without a word, and nothing at all is written."""
    turns = asyncio.Semaphore(8)

    async def one(how: str, letter: Letter) -> None:
        async with turns:
            status, body, _ = await post.sent(letter)
        expect((status, body) == (REFUSED, b""), f"{letter.key}: {how} is answered {status} {body[:40]!r}")

    async with nothing_written(post.sim, "a refused delivery"):
        await asyncio.gather(*(one(how, letter) for how, letter in bad))


async def out_of_window(stage: Stage) -> Told:
    """Signed a second too long ago, or ahead: refused. What was real comes with the next reconcile, or with its redelivery."""
    names = [name for name in pushers(stage) if name in WINDOWS]
    async with simulated(stage, *names, started=False) as sim, opened(sim) as post:
        letters = await post.written_in(stage.times(60, 12), back=0.3)
        bad = []
        for letter in letters:
            for sign in (1, -1):
                ago = timedelta(seconds=sign * (WINDOWS[letter.key] + (1 if sign > 0 else 20)))  # ahead it comes ever nearer
                bad.append((f"{ago} ago", redated(letter, sim.players[letter.key].emulator, ago)))
        await none_counts(post, bad)
        # those that list are asked, the others tell again, by a few seconds within the window
        await sim.reconcile()
        for letter in letters:
            if letter.key == "wechat_pay":
                ago = timedelta(seconds=stage.rng.choice((1, -1)) * (WINDOWS[letter.key] - 20))
                all_taken([await post.status(redated(letter, sim.players[letter.key].emulator, ago))])
        balance, healed = await sim.even()
        return Told(len(bad), balance.lost, balance.doubled, healed, "; ".join(balance.says))


async def signatures(stage: Stage) -> Told:
    """Missing, empty, two, of another scheme, beyond ASCII, long, of another letter or key: refused and never a fault."""
    async with simulated(stage, *pushers(stage), started=False) as sim, opened(sim) as post:
        letters = await post.written_in(stage.times(50, 15), back=0.3)
        bad = [(how, spoil(letter, stage.rng)) for letter in letters for how, spoil in SPOILED.items()]
        for letter in letters:
            same = [other for other in letters if other.key == letter.key and other.body != letter.body]
            bad += [("of another letter", with_signatures(letter, signature_of(stage.rng.choice(same))))] if same else []
            bad.append(("another account's key", signed_by_stranger(letter, sim.players[letter.key].emulator)))
            bad += [("of another network", replace(letter, path=other.path)) for other in letters if other.key != letter.key][
                :1
            ]
        await none_counts(post, bad)
        tries = len(bad) + await _a_megabyte(post, letters)
        all_taken(await post.over_connections(letters))
        balance, healed = await sim.even()
        faults = await sim.count("giving_deliveries_total", outcome="fault")
        expect(not faults, f"{faults:.0f} deliveries ended as a fault")
        return Told(tries, balance.lost, balance.doubled, healed, "; ".join(balance.says))


async def _a_megabyte(post: Post, letters: Sequence[Letter]) -> int:
    """A signature of a megabyte of each network is not even read; gives how many."""
    keys = {letter.key: letter for letter in letters}
    for key, letter in keys.items():
        if key in SIGNATURE:
            first = f"POST {letter.path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2"
            head = f"{first}\r\n{SIGNATURE[key]}: {'A' * MEGABYTE}\r\n\r\n"
            answer = await asyncio.to_thread(raw, post.sim.port, head.encode() + b"{}")
            status = int(answer.split(b" ", 2)[1])
        else:
            status = await post.status(with_signatures(letter, "A" * MEGABYTE))
        expect(status in TOO_LARGE, f"{key}: a signature of a megabyte is answered {status}")
    return len(keys)


async def probes(stage: Stage) -> Told:
    """WeChat Pay asks with bad signatures whether anybody looks, before each true delivery and by themselves."""
    async with simulated(stage, "wechat_pay", started=False) as sim, opened(sim) as post:
        emulator = sim.players["wechat_pay"].emulator
        letters = await post.written_in(stage.times(20, 8))
        await none_counts(post, [("a probe", with_signatures(each, PROBE + signature_of(each))) for each in letters])
        await none_counts(post, [("a bare probe", with_signatures(each, PROBE)) for each in letters])
        all_taken(await post.over_connections(letters))
        emulator.faults.always(WeChatFault.PROBE)  # type: ignore[attr-defined]
        gifts = stage.times(60, 15)
        await sim.give(gifts)
        balance, healed = await sim.even()
        accepted = emulator.notifications.probes_accepted  # type: ignore[attr-defined]
        expect(accepted == 0, f"{accepted} probes were answered as if they were good")
        return Told(gifts + 2 * len(letters), balance.lost, balance.doubled, healed, "; ".join(balance.says))


FAULTS: Final = (
    Fault("4", "altered body", altered, ci=True),
    Fault("5", "out of window", out_of_window, ci=True),
    Fault("7", "signature abuse", signatures, ci=True),
    Fault("8", "signature probe", probes, ci=True),
)

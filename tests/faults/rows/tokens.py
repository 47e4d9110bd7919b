"""Access tokens end before their time: row 37."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

from tests.end_to_end.commands import command
from tests.faults.eager import asked, eagerly, failed
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.ill import Altered, altered
from tests.faults.sim import Sim

DOWN: Final = 6.0
"""Seconds for which tokens cannot be had."""


async def lost_tokens(stage: Stage) -> Told:
    """Tokens are refused in the middle of things while several processes ask, and cannot be had for a while."""
    tries = 0
    async with eagerly(stage, "twitch", "tiltify") as sim:
        await sim.give(12)
        await sim.even()
        for number in range(stage.times(6, 1)):
            for name in sim.players:
                stage.say(f"{number} of {name}")
                tries += await _refused_at_once(sim, name)
        for name in sim.players:
            tries += await _no_tokens(sim, name)
        await sim.give(4)
        balance, healed = await sim.even(within=90)
        return Told(tries, balance.lost, balance.doubled, healed, "one renewal each time")


async def _refused_at_once(sim: Sim, name: str) -> int:
    """All tokens are refused; the gateway and two commands beside it need one, which takes its time."""
    network: Any = sim.players[name].emulator
    async with _counted(sim, name) as calls:
        network.token_outage.slow = timedelta(seconds=2.5)
        _revoke(network)
        both = [command("reconcile", name, "--config", str(sim.folder / "giving.toml"), "--json") for _ in range(2)]
        ended = await asyncio.gather(*both)
        await asked(sim, name)
        network.token_outage.slow = timedelta()
        expect(all(each.code == 0 for each in ended), f"reconcile failed: {ended}")
        renewals = _renewals(calls.asked)
        # Twitch has one for the broadcaster and one for the app
        expect(1 <= renewals <= (2 if name == "twitch" else 1), f"{name} was asked for {renewals} tokens, not for one")
    return 3


async def _no_tokens(sim: Sim, name: str) -> int:
    """Tokens are refused, and no others can be had: asked for now and then, told, and all goes on once there are some."""
    network: Any = sim.players[name].emulator
    network.token_outage.fail_next, network.token_outage.fail_status = 100_000, 500
    _revoke(network)
    began, warned = time.monotonic(), _warnings(sim, name)
    await failed(sim, name, cycles=3)
    while time.monotonic() - began < DOWN:
        await asyncio.sleep(0.1)
    taken = 100_000 - int(network.token_outage.fail_next)
    cycles = _warnings(sim, name) - warned
    network.token_outage.fail_next = 0
    expect(cycles, f"{name} has no tokens, and nobody is told")
    expect(taken <= 2 * cycles + 12, f"in {cycles} cycles {name} was asked {taken} times for a token")
    expect((await sim.balance()).is_even, f"{name} has no tokens, and its totals changed")
    return taken


def _warnings(sim: Sim, name: str) -> int:
    return sum(line["event"] == "job.failed" and line["account"] == name for line in sim.gateway.events())


@asynccontextmanager
async def _counted(sim: Sim, name: str) -> AsyncIterator[Altered]:
    """Its answers, which are as they should be."""
    async with altered(sim.egress[name], sim.players[name], lambda _, words: words) as network:
        yield network


def _renewals(paths: Iterable[str]) -> int:
    return sum(path.endswith("/token") for path in paths)


def _revoke(network: Any) -> None:
    (network.revoke_tokens if network.key == "twitch" else network.expire_tokens)()


FAULTS: Final = (Fault("37", "lost tokens", lost_tokens),)

"""Access tokens end before their time: row 37."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from connectors.testing.emulation.serving import serve
from tests.end_to_end.commands import command
from tests.faults.eager import asked, eagerly, failed
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.ill import redirected
from tests.faults.sim import Sim

DOWN: Final = 6.0
"""Seconds for which tokens cannot be had."""
PROCESSES: Final = 3
"""That need a token at once."""
WAITS: Final = 4.0
"""Seconds that a call can wait for others to come: a little less than whoever asks waits for its answer."""


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
    """While the gateway and two commands beside it ask, all tokens are refused; each needs another, which takes time."""
    network: Any = sim.players[name].emulator
    crowd = _Crowd(network.app, lambda: _revoke(network), PROCESSES)
    async with serve(crowd) as url, redirected(sim.egress[name], url):
        network.token_outage.slow = timedelta(seconds=1)
        both = [command("reconcile", name, "--config", str(sim.folder / "giving.toml"), "--json") for _ in range(PROCESSES - 1)]
        ended = await asyncio.gather(*both)
        await asked(sim, name)
        network.token_outage.slow = timedelta()
    expect(crowd.gone.is_set(), f"{name} was never asked by {PROCESSES} at once")
    expect(all(each.code == 0 for each in ended), f"reconcile failed: {ended}")
    renewals = sum(path.endswith("/token") for path in crowd.asked)
    # Twitch has one for the broadcaster and one for the app
    expect(1 <= renewals <= (2 if name == "twitch" else 1), f"{name} was asked for {renewals} tokens, not for one")
    return PROCESSES


@dataclass
class _Crowd:
    """A network that answers when ``many`` calls wait, after it has forgotten the tokens of all of them: ``gone`` is set then.
    ``asked`` are the paths of all calls.
    """

    app: ASGIApp
    forget: Callable[[], None]
    many: int
    asked: list[str] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        self.asked.append(scope["path"])
        if not scope["path"].endswith("/token") and not self.gone.is_set():
            self.waiting += 1
            if self.waiting >= self.many:
                self.forget()
                self.gone.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(WAITS):
                    await self.gone.wait()
            self.waiting -= 1
        await self.app(scope, receive, send)


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


def _revoke(network: Any) -> None:
    (network.revoke_tokens if network.key == "twitch" else network.expire_tokens)()


FAULTS: Final = (Fault("37", "lost tokens", lost_tokens),)

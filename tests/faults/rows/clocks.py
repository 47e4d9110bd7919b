"""The clock of a process jumps: row 55."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from tests.end_to_end.waiting import until
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.post import MERCHANTS, calm
from tests.faults.rows.held import quarantine
from tests.faults.sim import Sim, simulated

KEPT: Final = "weibo"
"""A network that is asked about each of its deliveries."""
LIBRARIES: Final = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1")
"""Where Debian's package ``libfaketime`` lies."""
CALLS: Final = "giving_upstream_calls_total"
ASKED_WITHIN: Final = 60.0
"""Seconds after which a network that was left alone has to be asked again, which is half a minute."""
JUMPS: Final = ("+1h", "-1h")
RIGHT: Final = "+0"
SPARED: Final = 1
"""Seconds that a network asks for."""


def faketime() -> str | None:
    """The library that turns the clock of a process, or None where it is not installed."""
    found = [path for pattern in LIBRARIES for path in Path("/").glob(pattern.lstrip("/"))]
    return str(found[0]) if found else None


async def clock_jumps(stage: Stage) -> Told:
    """The wall clock of the gateway jumps by an hour, forth and back, and comes right again, while things are waited for."""
    library = faketime()
    expect(library, "libfaketime is not installed, so no clock was turned: apt-get install libfaketime")
    async with simulated(stage, *MERCHANTS, own_redis=True, started=False) as sim:
        clock = sim.folder / "clock"
        clock.write_text(RIGHT)
        turned = {"FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        sim.gateway.variables = {"LD_PRELOAD": str(library), **turned}
        await sim.start()
        await calm(sim)
        tries = 0
        for _ in range(stage.times(3, 1)):
            for jump in JUMPS:
                stage.say(jump)
                await sim.give(10, back=0.2)
                await sim.settle()
                await _asked_for_patience(sim)
                clock.write_text(jump)
                await _turned(sim, jump)
                before = await sim.balance()
                await sim.give(20, back=0.2)
                await sim.players[KEPT].emulator.sender.settle()
                await asyncio.sleep(1.1 * SPARED)  # by a clock that does not jump it is not to be spared any more
                sim.egress[KEPT].black_hole = True
                taken, _ = await asyncio.gather(_answered(sim), _right_again(clock))
                expect(
                    1.5 < taken < 8, f"after a jump by {jump} and back a network that is silent was waited for {taken:.1f} s"
                )
                sim.egress[KEPT].heal()
                expect((await sim.balance()).doubled <= before.doubled, f"with the clock at {jump} something came twice")
                await sim.give(10, back=0.8)  # also of what was given while the clock was wrong
                tries += 2
        if not stage.quick:
            await _left_alone(sim, clock)
        # what was held is due by a clock that was wrong
        replayed = await quarantine(sim, "replay", "all")
        expect(replayed.code == 0, f"with the clock right again something stays held: {replayed.out} {replayed.err}")
        balance, healed = await sim.even()
        refused = sum(attempt.status == 401 for network in sim.networks for attempt in network.sender.attempts)
        says = f"{refused} were too old or too new to be believed"
        return Told(tries, balance.lost, balance.doubled, healed, "; ".join((says, *balance.says)))


async def _asked_for_patience(sim: Sim) -> None:
    """A network asks to be spared for a moment, from now on."""
    emulator: Any = sim.players[KEPT].emulator
    emulator.pay_outage.retry_after, emulator.pay_outage.fail_status, emulator.pay_outage.fail_next = f"{SPARED}", 429, 1
    await sim.give(1, KEPT)
    await sim.settle()
    expect(not emulator.pay_outage.fail_next, "the network was not asked")


async def _left_alone(sim: Sim, clock: Path) -> None:
    """A network fails so often that it is left alone, and the clock jumps back: it is asked again as soon as ever."""
    emulator: Any = sim.players[KEPT].emulator
    emulator.pay_outage.retry_after, emulator.pay_outage.fail_status, emulator.pay_outage.fail_next = None, 500, 10**6
    while not await sim.count("giving_upstream_open", account=KEPT):
        await sim.give(10, KEPT)
        await sim.settle()
    emulator.pay_outage.fail_next = 0
    clock.write_text("-1h")
    await _turned(sim, "-1h")
    answered = await sim.count(CALLS, platform=KEPT, outcome="answered")
    try:
        async with asyncio.timeout(ASKED_WITHIN):
            while await sim.count(CALLS, platform=KEPT, outcome="answered") == answered:
                await sim.give(1, KEPT)
                await asyncio.sleep(1)
    except TimeoutError:
        expect(False, "after a jump by -1h a network that had failed is left alone for longer than half a minute")
    clock.write_text(RIGHT)


async def _right_again(clock: Path) -> None:
    """The clock jumps back in the middle of what is waited for."""
    await asyncio.sleep(0.5)
    clock.write_text(RIGHT)


async def _turned(sim: Sim, jump: str) -> None:
    """Waits until the gateway's own log says so."""
    hour = timedelta(hours=1 if jump[0] == "+" else -1)
    before = len(sim.gateway.events())
    sim.gateway.reload()
    await until(lambda: len(sim.gateway.events()) > before)
    said = datetime.fromisoformat(sim.gateway.events()[-1]["timestamp"])
    apart = said - datetime.now(UTC)
    expect(abs(apart - hour) < timedelta(minutes=1), f"the clock was to jump by {jump}, and is {apart} apart")


async def _answered(sim: Sim) -> float:
    """Seconds until a delivery is answered for which the network must be asked, which says nothing."""
    player = sim.players[KEPT]
    seen = len(player.emulator.sender.attempts)
    began = asyncio.get_running_loop().time()
    await player.give(sim.rng)
    await until(lambda: len(player.emulator.sender.attempts) > seen)
    return asyncio.get_running_loop().time() - began


FAULTS: Final = (Fault("55", "clock jumps", clock_jumps),)

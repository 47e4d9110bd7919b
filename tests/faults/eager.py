"""A gateway that asks its networks five times a second, so that whatever is wrong with them is met often: ``python -m`` this.

All else is as an operator has it.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final

import uvloop

from connectors import justgiving, tiltify, twitch
from connectors.catalog import BUILT_IN
from connectors.spec import ConnectorSpec
from gateway.registry import Registry
from gateway.serving import serve
from gateway.settings import Settings
from tests.faults.fault import Stage
from tests.faults.sim import Sim, simulated

EVERY: Final = timedelta(seconds=0.2)
PATIENCE: Final = 60.0
POLLED: Final = ("twitch", "tiltify", "justgiving")
"""Networks that are asked for their totals."""


def _often(spec: ConnectorSpec) -> ConnectorSpec:
    """The same with a budget that is never spent."""
    budgets = MappingProxyType(dict.fromkeys(spec.pace.budgets, 1_000_000))
    return replace(spec, pace=replace(spec.pace, poll=EVERY, budgets=budgets))


TWITCH: Final = _often(twitch.CONNECTOR)
TILTIFY: Final = _often(tiltify.CONNECTOR)
JUSTGIVING: Final = _often(justgiving.CONNECTOR)


def installed() -> Registry:
    """All networks, and those three asked often."""
    return Registry({**BUILT_IN, **{key: f"tests.faults.eager:{key.upper()}" for key in POLLED}}, outside=())


def polled(stage: Stage) -> tuple[str, ...]:
    """Whom to ask. Those that push as well are asked often only from ten seconds after their first start on: what they tell is
    that old at most, so the first cycle is done twice.
    """
    return ("justgiving",) if stage.quick else POLLED


@asynccontextmanager
async def eagerly(stage: Stage, *names: str) -> AsyncIterator[Sim]:
    """Networks by their keys, those of ``polled`` where none is named, and such a gateway, which is asking them."""
    async with simulated(stage, *(names or polled(stage)), started=False) as sim:
        sim.gateway.program = "tests.faults.eager"
        await sim.start()
        await asked(sim, *sim.players)
        yield sim


async def asked(sim: Sim, *names: str, cycles: int = 2) -> None:
    """Waits for so many cycles more of each of these that is polled, which succeed."""
    for name in names:
        if name in POLLED:
            labels = {"account": name, "job": "poll", "outcome": "done"}
            await sim.reach("giving_jobs_total", await sim.count("giving_jobs_total", **labels) + cycles, **labels)


async def failed(sim: Sim, name: str, cycles: int = 1) -> None:
    """Waits for so many cycles more of one of them that do not succeed."""
    async with asyncio.timeout(PATIENCE):
        until = await _failures(sim, name) + cycles
        while await _failures(sim, name) < until:
            await asyncio.sleep(0.05)


async def cycled(sim: Sim, name: str, cycles: int = 2) -> bool:
    """Waits for so many cycles more, however they end; gives whether any of them failed."""
    labels = {"account": name, "job": "poll"}
    async with asyncio.timeout(PATIENCE):
        until, before = await sim.count("giving_jobs_total", **labels) + cycles, await _failures(sim, name)
        while await sim.count("giving_jobs_total", **labels) < until:
            await asyncio.sleep(0.05)
    return await _failures(sim, name) > before


async def _failures(sim: Sim, name: str) -> float:
    labels = {"account": name, "job": "poll"}
    return await sim.count("giving_jobs_total", **labels) - await sim.count("giving_jobs_total", **labels, outcome="done")


if __name__ == "__main__":
    uvloop.run(serve(partial(Settings.load, Path(sys.argv[-1])), installed=installed))
